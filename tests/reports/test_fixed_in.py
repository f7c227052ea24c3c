"""`fixed_in` and `since` of an entry against the version of the product that is judged."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_runs import made_run
from test_verdict import KNOWN, SCENARIO, entry, judged

from reports import ledger_state
from reports.known_defects import Ledger
from reports.outcomes import Status, Verdict
from reports.verdict import judge
from reports.versions import reached

FIXED = entry().model_copy(update={"fixed_in": "0.23.0"})


def _verdict(product: str, error: BaseException | None) -> Verdict:
    ledger = Ledger((FIXED,), Path("ledger.yaml"), product)
    found = judge(ledger, SCENARIO, "scenario", error, judged(None, None, error))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("product", "error", "status"),
    [
        ("0.22.0", KNOWN, Status.KNOWN),
        ("0.22.0", None, Status.GONE),
        ("0.23.0", None, Status.PASSED),
        ("0.23.0.dev7+g12", None, Status.PASSED),
        ("0.23.1", KNOWN, Status.FAILED),
        ("0.21.0", None, Status.PASSED),
        ("0.21.0", KNOWN, Status.KNOWN),
        ("no version", KNOWN, Status.KNOWN),
    ],
)
def test_entry_is_expected_until_it_is_fixed(product: str, error: BaseException | None, status: Status) -> None:
    assert _verdict(product, error).status is status


def test_what_comes_back_after_its_fix_is_said_to_be_back() -> None:
    message = _verdict("0.23.0", KNOWN).message
    assert "This looks like QO-001: Nothing is found, which was fixed in 0.23.0 and is back" in message


def test_fixed_entry_is_a_note() -> None:
    ledger = Ledger((FIXED,), Path("ledger.yaml"))
    [note] = ledger_state.notes(made_run([], version="0.23.0"), ledger)
    assert note.startswith("QO-001 is fixed in 0.23.0, as the ledger says;")
    assert note.endswith("acceptance defect remove QO-001")
    assert ledger_state.notes(made_run([], version="0.22.0"), ledger) == []


def test_versions_that_are_none_have_reached_nothing() -> None:
    assert not reached("", "0.1")
    assert not reached("not installed", "0.1")
    assert reached("0.23.0rc1", "0.23.0")
