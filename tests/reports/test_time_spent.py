"""Where the time of a run went."""

from __future__ import annotations

import pytest
from made_runs import altered, made_outcome, made_run

from environment.gherkin.records import ScenarioStep
from environment.modes import Mode
from reports.outcomes import RunRecord, SentenceOutcome, Status
from reports.time_spent import SentenceTime, time_spent


def step(kind: str, text: str, written: str) -> ScenarioStep:
    return ScenarioStep(type=kind, keyword=kind.capitalize(), text=text, written=written, line=3)


def test_a_workers_time_is_all_accounted_for(run_record: RunRecord) -> None:
    """Two workers of 10 s each; the deployment was ready after 1 s; scenarios took 12 s, 9 of them in sentences."""
    steps = (
        step("given", "Dana is signed in", "Dana is signed in"),
        step("when", 'she searches for "a"', 'she searches for "<what>"'),
        step("then", "she finds it", "she finds it"),
    )
    sentences = tuple(SentenceOutcome(status=Status.PASSED, seconds=each) for each in (0.5, 3.0, 1.0))
    one, other = (
        altered(
            made_outcome(name, Mode.LOCAL, Status.PASSED, seconds=6.0, product_seconds=2.5),
            steps=steps,
            sentences=sentences,
        )
        for name in ("One", "Other")
    )
    record = made_run([one, other]).model_copy(update={"seconds": 10.0, "workers": 2, "stack_start_seconds": 1.0})
    spent = time_spent(record)
    assert [each.seconds for each in spent.shares] == [2.0, 1.0, 6.0, 2.0, 3.0, 6.0]
    assert sum(each.seconds for each in spent.shares) == pytest.approx(spent.in_all) == 20.0
    assert (spent.in_product, spent.ratio) == (5.0, 4.0)
    assert spent.sentences[0] == SentenceTime('When she searches for "<what>"', 2, 6.0)


def test_a_run_that_says_nothing_of_its_time(run_record: RunRecord) -> None:
    spent = time_spent(made_run([made_outcome("One", Mode.LOCAL, Status.PASSED)]))
    assert spent.ratio is None and spent.sentences == ()


def test_each_sentence_of_a_run_was_timed(run_record: RunRecord) -> None:
    timed = [
        ended.seconds for each in run_record.scenarios for _, ended in each.judged if ended.status is Status.PASSED
    ]
    assert timed and all(seconds > 0 for seconds in timed)
