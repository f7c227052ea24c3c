"""The counts, the overhead and the words at the end of a run."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_runs import altered, made_outcome, made_run
from rich.console import Console
from sample_runs import HEADLINE

from environment.gherkin.records import ScenarioStep
from environment.modes import Mode
from reports.changes import FIRST_RUN
from reports.counts import counts
from reports.failing_sentences import failing_sentences
from reports.gate import Gate
from reports.known_defects import Ledger
from reports.outcomes import RunRecord, ScenarioCounts, ScenarioOutcome, SentenceOutcome, Status
from reports.page_templates import markdown_cell
from reports.summary import headline, print_closing_words, suite_overhead, verdict


def test_closing_words_name_everything_that_matters_in_whole_lines(
    run_record: RunRecord, sample_ledger: Ledger
) -> None:
    out = StringIO()
    print_closing_words(
        run_record, sample_ledger, FIRST_RUN, Path("/elsewhere/index.html"), Console(file=out, width=80)
    )
    text = out.getvalue()
    for words in (
        HEADLINE,
        "known defect QO-001 (1 x local, 1 x multiuser): Search cares for capitals",
        "QO-003: 1 passes; it can go: acceptance defect remove QO-003",
        "features/packages/discovery.feature:48 [local]  the search did not do what was promised",
        "not claimed by the ledger for this scenario: Refuse a malformed name (two slashes)",
        "it looks like QO-",
        "Report: /elsewhere/index.html",
        "quilt-mcp 0.22.0, seed 0",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("outcomes", "words", "accepted"),
    [
        ([Status.PASSED, Status.SKIPPED], "Accepted: nothing fails.", True),
        ([Status.PASSED, Status.KNOWN], "Accepted: nothing fails except 1 known defect.", True),
        ([Status.SKIPPED], "Not accepted: no scenario ran.", False),
        ([], "Not accepted: no scenario ran.", False),
        ([Status.PASSED, Status.GONE], "Not accepted: 1 known defect no longer occurs (of 2 checks).", False),
    ],
)
def test_headline_judges_the_run(run_record: RunRecord, outcomes: list[Status], words: str, accepted: bool) -> None:
    scenarios = tuple(
        run_record.scenarios[0].model_copy(
            update={"status": status, "defects": ("QO-001",) if status is Status.KNOWN else ()}
        )
        for status in outcomes
    )
    number = len(outcomes)
    record = run_record.model_copy(
        update={"scenarios": scenarios, "counts": ScenarioCounts(parsed=number, collected=number, reported=number)}
    )
    assert (headline(record), record.accepted) == (words, accepted)


@pytest.mark.parametrize(
    ("gate", "severity", "objection"),
    [
        (Gate.REGRESSIONS, "blocker", None),
        (Gate.BLOCKERS, "blocker", "1 of 2 blocker checks fails because of known defects"),
        (Gate.BLOCKERS, "minor", None),
        (Gate.EVERYTHING, "minor", "1 of 2 checks fails because of known defects"),
    ],
)
def test_the_gate_decides_which_known_defects_count(
    run_record: RunRecord, sample_ledger: Ledger, gate: Gate, severity: str, objection: str | None
) -> None:
    one = altered(run_record.scenarios[0], tags=(f"severity:{severity}",))
    scenarios = tuple(
        one.model_copy(update={"status": status}) for status in (Status.PASSED, Status.KNOWN, Status.SKIPPED)
    )
    number = ScenarioCounts(parsed=3, collected=3, reported=3)
    record = run_record.model_copy(update={"scenarios": scenarios, "counts": number, "gate": gate})
    assert record.objection == objection
    assert verdict(record, sample_ledger, FIRST_RUN)[::3] == (headline(record), gate.rule)


def closing_words(record: RunRecord, ledger: Ledger) -> str:
    out = StringIO()
    print_closing_words(record, ledger, FIRST_RUN, None, Console(file=out, width=80))
    return out.getvalue()


def test_what_only_a_whole_run_can_tell_is_not_said_of_a_part(run_record: RunRecord, sample_ledger: Ledger) -> None:
    as_known = {"status": Status.KNOWN, "methods": ("QuiltOps.search_packages",), "defects": ("QO-001",)}
    known = run_record.scenarios[0].model_copy(update=as_known)
    number = ScenarioCounts(parsed=1, collected=1, reported=1)
    whole = run_record.model_copy(
        update={"scenarios": (known,), "counts": number, "counts_by_mode": dict.fromkeys(Mode, number), "chosen": ()}
    )
    unseen = "no scenario that passes calls QuiltOps.search_packages, so nobody has seen it work"
    assert all(words in closing_words(whole, sample_ledger) for words in (unseen, FIRST_RUN))
    part = whole.model_copy(update={"chosen": ("features/packages",)})
    assert not any(words in closing_words(part, sample_ledger) for words in (unseen, FIRST_RUN))


def test_what_a_new_failure_looks_like_is_said(run_record: RunRecord, sample_ledger: Ledger) -> None:
    message = "AssertionError: it is gone\nmore\nThis looks like QO-001 (Search cares for capitals)"
    failed = run_record.scenarios[0].model_copy(update={"status": Status.FAILED, "message": message})
    words = closing_words(run_record.model_copy(update={"scenarios": (failed,)}), sample_ledger)
    assert "not claimed by the ledger for this scenario: " in words and "not a known defect: " not in words
    assert "it looks like QO-001 (Search cares for capitals)" in words and "more" not in words


def test_one_cause_is_told_once_and_every_failure_has_a_text(run_record: RunRecord, sample_ledger: Ledger) -> None:
    message = "AssertionError: it is gone\nThis looks like QO-001: Capitals\nThis looks like QO-001: Capitals"
    failed = [
        run_record.scenarios[number].model_copy(update={"status": Status.FAILED, "message": message})
        for number in (0, 1)
    ]
    lines = closing_words(run_record.model_copy(update={"scenarios": tuple(failed)}), sample_ledger).splitlines()
    assert sum("it looks like QO-001: Capitals" in line for line in lines) == 1
    places = [line for line in lines if line.startswith("    features/")]
    assert [line.partition("]  ")[2] for line in places] == ["it is gone", "the same"]


def test_lost_scenario_is_no_success(run_record: RunRecord) -> None:
    passed = run_record.scenarios[0].model_copy(update={"status": Status.PASSED})
    record = run_record.model_copy(
        update={"scenarios": (passed,), "counts": ScenarioCounts(parsed=2, collected=2, reported=1)}
    )
    assert headline(record) == "Not accepted: 1 of 2 collected scenarios left no result."
    assert not record.accepted


def test_overhead_divides_the_product_among_workers(run_record: RunRecord) -> None:
    scenario = run_record.scenarios[0].model_copy(update={"product_seconds": 4.0})
    record = run_record.model_copy(update={"scenarios": (scenario,) * 4, "seconds": 10.0, "workers": 2})
    assert suite_overhead(record) == 2.0


@given(st.lists(st.sampled_from([each for each in Status if each is not Status.NOT_JUDGED])))
def test_counts_lose_nothing(run_record: RunRecord, outcomes: list[Status]) -> None:
    found = counts(run_record.scenarios[0].model_copy(update={"status": status}) for status in outcomes)
    assert sum(found.values()) == len(outcomes)
    assert found["failed"] + found["broken"] == sum(status.breaks_the_run for status in outcomes)
    assert found["broken"] == outcomes.count(Status.BROKEN)


@given(st.text())
def test_markdown_cells_stay_in_their_cell(text: str) -> None:
    cell = markdown_cell(text)
    assert "\n" not in cell
    assert "<" not in cell
    unescaped = cell.replace("\\\\", "")
    assert unescaped.count("|") == unescaped.count("\\|")


ALIKE = "AssertionError: no link\nThis looks like QO-017: Local mode cannot give a link to any file"
ANOTHER = "AssertionError: a swap\nThis looks like QO-123: Local mode swaps them"
NEW = "AssertionError: no"


def failing(title: str, mode: Mode, *messages: str, line: int = 10) -> ScenarioOutcome:
    """A check whose Thens fail with these messages, one a line from that line on; one that is empty holds."""
    steps = [
        ScenarioStep(type="then", keyword="Then", text=f"it {number}", written="it", line=number)
        for number in range(line, line + len(messages))
    ]
    ended = [
        SentenceOutcome(status=Status.FAILED if message else Status.PASSED, message=message) for message in messages
    ]
    return made_outcome(title, mode, Status.FAILED, message=messages[0], steps=tuple(steps), sentences=tuple(ended))


def headline_of_part(*scenarios: ScenarioOutcome) -> str:
    return headline(made_run(scenarios).model_copy(update={"chosen": ("a.feature",)}))


@pytest.mark.parametrize(
    ("scenarios", "words"),
    [
        ([failing("A", Mode.LOCAL, ALIKE)], "The failing sentence looks like a known defect (QO-017)."),
        ([failing("A", Mode.LOCAL, ALIKE, "", ALIKE)], "Both failing sentences look like a known defect (QO-017)."),
        (
            [failing("A", Mode.LOCAL, ALIKE, ANOTHER, ALIKE)],
            "All 3 failing sentences look like known defects (QO-017, QO-123).",
        ),
        (
            [failing("A", Mode.LOCAL, ALIKE, NEW, NEW, ANOTHER)],
            "2 of 4 failing sentences look like known defects (QO-017, QO-123); "
            "2 are new: features/packages/links.feature:11, :12.",
        ),
        (
            [failing("A", Mode.LOCAL, ALIKE, NEW), failing("A", Mode.MULTIUSER, NEW, NEW)],
            "1 of 4 failing sentences looks like a known defect (QO-017); "
            "3 are new: features/packages/links.feature:10 (multiuser mode), :11 (both modes).",
        ),
        (
            [failing("A", Mode.LOCAL, NEW), failing("A", Mode.LOCAL, NEW), failing("B", Mode.LOCAL, ALIKE, line=30)],
            "1 of 3 failing sentences looks like a known defect (QO-017); "
            "2 are new: features/packages/links.feature:10 (2 rows).",
        ),
        (
            [failing("A", Mode.LOCAL, ALIKE, *[NEW] * 7)],
            "1 of 8 failing sentences looks like a known defect (QO-017); "
            "7 are new: features/packages/links.feature:11, :12, :13, :14, :15, and 2 more.",
        ),
    ],
)
def test_likeness_to_known_defects_is_counted_by_sentences(scenarios: list[ScenarioOutcome], words: str) -> None:
    assert headline_of_part(*scenarios).endswith(f"). {words}")
    assert headline(made_run(scenarios)).endswith(" checks).") or len(scenarios) == 1, "a whole run does not say it"


def test_nothing_is_said_of_likeness_where_there_is_none() -> None:
    assert headline_of_part(failing("A", Mode.LOCAL, NEW)).endswith("(of 1 check).")


@pytest.mark.parametrize(
    ("messages", "label", "told"),
    [
        (
            (ALIKE, NEW),
            "not a known defect: A",
            [
                "features/packages/links.feature:10 [local]  no link",
                "it looks like QO-017: Local mode cannot give a link to any file",
                "features/packages/links.feature:11 [local]  no",
                "nothing in the ledger looks like it",
            ],
        ),
        (
            (ALIKE,),
            "not claimed by the ledger for this scenario: A",
            [
                "features/packages/links.feature:10 [local]  no link",
                "it looks like QO-017: Local mode cannot give a link to any file",
            ],
        ),
        ((NEW,) * 7, "not a known defect: A", ["and 2 more failing sentences"]),
    ],
)
def test_each_failing_sentence_of_a_check_is_told_with_what_the_ledger_has_of_it(
    messages: tuple[str, ...], label: str, told: list[str], sample_ledger: Ledger
) -> None:
    lines = [
        line.strip()
        for line in closing_words(made_run([failing("A", Mode.LOCAL, *messages)]), sample_ledger).split("\n")
    ]
    found = lines[lines.index(label) + 1 :]
    assert "\n".join(told) in "\n".join(found)
    assert sum("[local]" in line for line in found) == min(len(messages), 5)


def test_what_fails_differently_names_its_entry(sample_ledger: Ledger) -> None:
    said = "QO-403 fails differently than the ledger says."
    message = f"{said}\nThe ledger says: a\nWhat happened in the scenario: b"
    one = failing("A", Mode.LOCAL, "b")
    ended = SentenceOutcome(status=Status.DIFFERENT, message=message, happened="AssertionError: b", defect="QO-403")
    differs = altered(one, status=Status.DIFFERENT, message=message, sentences=(ended,))
    lines = closing_words(made_run([differs]), sample_ledger).splitlines()
    place = lines.index("    features/packages/links.feature:10 [local]  b")
    assert lines[place + 1] == f"      {said}"


def following(*follows: tuple[str, int | None], told: bool = True) -> ScenarioOutcome:
    """A check whose sentences fail with these messages because of these lines, from line 10 on; the first is a When."""
    one = failing("A", Mode.LOCAL, *(message for message, _ in follows))
    when = one.scenario.steps[0].model_copy(update={"type": "when", "text": "Dana asks"})
    sentences = tuple(
        each.model_copy(update={"follows_from": line} | ({} if told or number else {"status": Status.PASSED}))
        for number, (each, (_, line)) in enumerate(zip(one.sentences, follows, strict=True))
    )
    return altered(one, steps=(when, *one.scenario.steps[1:])).model_copy(update={"sentences": sentences})


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (following(("AssertionError: she was refused", None), (NEW, 10)), ["she was refused", "no"]),
        (
            following(("x", None), ("AssertionError: after 'Dana asks' failed: refused", 10), (NEW, 10), told=False),
            ["refused", "after 'Dana asks' failed: refused", "no"],
        ),
    ],
)
def test_what_follows_from_a_failed_act_comes_after_it_and_is_not_new(
    one: ScenarioOutcome, told: list[str], sample_ledger: Ledger
) -> None:
    found = failing_sentences(one)
    assert [each.said for each in found] == told
    assert [each.line for each in found][:2] == [10, 11]
    assert [each.hint for each in found[1:]] == ["follows from line 10"] * len(found[1:])
    also = failing("B", Mode.LOCAL, ALIKE, line=30)
    assert headline_of_part(one, also).endswith("; 1 is new: features/packages/links.feature:10.")
    assert "      follows from line 10" in closing_words(made_run([one]), sample_ledger).splitlines()


def test_what_is_written_for_developers_is_told_in_words_where_there_are_any() -> None:
    ended = SentenceOutcome(status=Status.FAILED, message="AssertionError: pointers differ: a", in_words="it exists")
    (found,) = failing_sentences(failing("A", Mode.LOCAL, NEW).model_copy(update={"sentences": (ended,)}))
    assert found.said == "it exists"
