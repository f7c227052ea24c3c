"""One line for each entry that a fix of the product touches, with the commands that take off what can go."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_runs import claimed, made_run

from environment.gherkin.records import ScenarioRecord, ScenarioStep
from environment.modes import Mode
from reports import ledger_state
from reports.known_defects import KnownDefect, Ledger
from reports.outcomes import RunRecord, Status

FEATURE = "features/packages/links.feature"
NAMES = ("Ask for a link", "Ask for <what>")
ROWS = ("a file", "a folder")
SENTENCE = "she gets a link to <what>"


def _entry(identifier: str = "QO-017") -> KnownDefect:
    return KnownDefect.model_validate(
        {
            "id": identifier,
            "title": "No link can be had at all",
            "impact": "cannot do it",
            "affects": "anyone who wants a link",
            "modes": ["local", "multiuser"],
            "claims": [{"scenario": name, "sentence": SENTENCE} for name in NAMES],
            "requirement": "CONT-4",
            "promised": {"text": "A link can be had", "source": "docstring"},
            "observed": "None can be had",
            "evidence": "Tried with quilt3",
            "fails_with": {"exception": "BackendError", "message": "get_url"},
            "since": "0.22.0",
        }
    )


def _sentence(example: dict[str, str] | None) -> str:
    return SENTENCE.replace("<what>", (example or {}).get("what", "<what>"))


def _scenarios() -> list[ScenarioRecord]:
    return [
        ScenarioRecord(
            feature_path=FEATURE,
            feature="Links",
            name=name,
            line=1,
            mode=mode,
            example=example,
            steps=(ScenarioStep(type="then", keyword="Then", text=_sentence(example), written=SENTENCE, line=3),),
        )
        for mode in Mode
        for name, example in ((NAMES[0], None), *((NAMES[1], {"what": row}) for row in ROWS))
    ]


def _run(outcomes: list[Status | None]) -> RunRecord:
    """A run in which the six scenario runs end so; None did not run."""
    return made_run(
        claimed(
            each.name,
            each.mode,
            outcome,
            _sentence(each.example),
            "QO-017",
            example=each.example,
        )
        for each, outcome in zip(_scenarios(), outcomes, strict=True)
        if outcome is not None
    )


GONE, KNOWN, DIFFERENT = Status.GONE, Status.KNOWN, Status.DIFFERENT
REMOVE = "acceptance defect remove QO-017"


@pytest.mark.parametrize(
    ("outcomes", "line"),
    [
        ([GONE] * 6, f"QO-017: 6 pass; it can go: {REMOVE}"),
        ([GONE] * 3 + [KNOWN] * 3, f"QO-017: 3 pass, 3 fail as described; this can go: {REMOVE} --mode local"),
        ([GONE] * 3 + [None] * 3, f"QO-017: 3 pass, 3 not run; this can go: {REMOVE} --mode local"),
        (
            [GONE, KNOWN, KNOWN, GONE, DIFFERENT, None],
            "QO-017: 2 pass, 1 differs, 2 fail as described, 1 not run; "
            f"this can go: {REMOVE} --scenario 'Ask for a link'",
        ),
        (
            [KNOWN, GONE, GONE, KNOWN, KNOWN, KNOWN],
            f"QO-017: 2 pass, 4 fail as described; this can go: {REMOVE} --scenario 'Ask for <what>' --mode local",
        ),
        (
            [KNOWN, GONE, KNOWN, KNOWN, KNOWN, KNOWN],
            "QO-017: 1 passes, 5 fail as described; "
            f"this can go: {REMOVE} --scenario 'Ask for <what>' --mode local --example 'what=a file'",
        ),
        ([DIFFERENT] * 2 + [KNOWN] * 4, "QO-017: 2 differ, 4 fail as described; nothing can go: look at what differs"),
    ],
)
def test_entry_is_one_line(outcomes: list[Status | None], line: str) -> None:
    ledger = Ledger((_entry("QO-016"), _entry()), Path("known_defects.yaml"))
    assert ledger_state.lines(_run(outcomes), ledger, _scenarios) == [line]


def test_nothing_is_said_and_nothing_looked_up_while_all_fail_as_described() -> None:
    def must_not_be_called() -> list[ScenarioRecord]:
        raise AssertionError("features were read for nothing")

    ledger = Ledger((_entry(),), Path("known_defects.yaml"))
    assert ledger_state.lines(_run([KNOWN] * 6), ledger, must_not_be_called) == []
