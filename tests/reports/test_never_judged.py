"""Promises that no row of a scenario judged."""

from __future__ import annotations

from made_runs import made_outcome, made_run

from environment.gherkin.records import ScenarioStep
from environment.modes import Mode
from reports.never_judged import never_judged
from reports.outcomes import ScenarioOutcome, SentenceOutcome, Status

THEN = ScenarioStep(type="then", keyword="Then", text="it holds 2 files", written="it holds <number> files", line=5)


def ended(mode: Mode, status: Status, row: str) -> ScenarioOutcome:
    sentences = (SentenceOutcome(status=status),)
    return made_outcome("Counting", mode, status, steps=(THEN,), sentences=sentences, example={"number": row})


def test_a_promise_is_judged_in_a_mode_if_one_row_judged_it() -> None:
    record = made_run(
        [
            ended(Mode.LOCAL, Status.NOT_JUDGED, "1"),
            ended(Mode.LOCAL, Status.KNOWN, "2"),
            ended(Mode.MULTIUSER, Status.NOT_JUDGED, "1"),
            ended(Mode.MULTIUSER, Status.NOT_JUDGED, "2"),
        ]
    )
    found = never_judged(record)
    assert found[Mode.LOCAL] == []
    [one] = found[Mode.MULTIUSER]
    assert (one.scenario, one.sentence, one.line) == ("Counting", "Then it holds <number> files", 5)
