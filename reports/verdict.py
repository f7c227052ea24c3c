"""Strict expected failures: a failure is judged by the ledger where the exception itself is at hand.

Runs in the process that ran the scenario (an xdist worker has the exception, the main process only its text).
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from environment.evidence.redaction import redact
from reports.known_defects import KnownDefect, Stage
from reports.outcomes import Outcome

LEDGER_NAME = "reports/known_defects.yaml"


@dataclass(frozen=True)
class Verdict:
    """How a scenario ended, which entry of the ledger that concerns, and why (for people; empty if it passed)."""

    outcome: Outcome
    defect: KnownDefect | None = None
    message: str = ""


def judge(defect: KnownDefect | None, stage: Stage, error: BaseException | None) -> Verdict | None:
    """The verdict on one stage of a scenario, None while nothing is decided (a set-up that went well)."""
    if isinstance(error, pytest.skip.Exception):
        return Verdict(Outcome.SKIPPED, None, redact(str(error)))
    if error is None:
        return _went_well(defect) if stage == "scenario" else None
    if defect is None:
        broken = stage == "set-up" or not isinstance(error, AssertionError | pytest.fail.Exception)
        return Verdict(Outcome.BROKEN if broken else Outcome.FAILED, None, told(error))
    if defect.describes(error, stage):
        return Verdict(Outcome.KNOWN, defect, known_defect_message(defect, error))
    return Verdict(
        Outcome.DIFFERENT,
        defect,
        f"{defect.id} fails differently than the ledger says.\n"
        f"The ledger says: {defect.expectation}\n"
        f"What happened in the {stage}: {told(error)}",
    )


def _went_well(defect: KnownDefect | None) -> Verdict:
    if defect is None:
        return Verdict(Outcome.PASSED)
    return Verdict(
        Outcome.GONE, defect, f"{defect.id} no longer occurs: take it off the ledger ({LEDGER_NAME}).\n{defect.title}"
    )


def known_defect_message(defect: KnownDefect, error: BaseException) -> str:
    """What the report shows of a known defect: id, promise, what happens instead, and this run's failure."""
    return (
        f"{defect.reason}\n"
        f"Promised: {defect.promised.text} ({defect.promised.source})\n"
        f"Observed: {defect.observed}\n"
        f"Since {defect.since}. This run: {told(error)}"
    )


def told(error: BaseException) -> str:
    """Class, text and notes of an exception, and a line for each of its causes; without secrets."""
    lines = [_one(error), *getattr(error, "__notes__", ())]
    seen = {id(error)}
    cause = _cause(error)
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines.append(f"caused by {_one(cause)}")
        cause = _cause(cause)
    return redact("\n".join(lines))


def _one(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _cause(error: BaseException) -> BaseException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def apply(verdict: Verdict, report: pytest.TestReport) -> None:
    """Make pytest's report say what the ledger makes of the outcome."""
    if verdict.defect is None:
        return
    if verdict.outcome is Outcome.KNOWN:
        report.outcome = "skipped"
        report.wasxfail = verdict.defect.reason
    elif verdict.outcome is Outcome.GONE:
        report.outcome = "failed"
        report.longrepr = verdict.message
    elif verdict.outcome is Outcome.DIFFERENT:
        report.sections.append((verdict.defect.reason, verdict.message))
        crash = getattr(report.longrepr, "reprcrash", None)
        if crash is not None:
            crash.message = verdict.message


def spoiled(verdict: Verdict | None, error: BaseException) -> Verdict:
    """The verdict when something failed after the scenario (undoing, evidence): never a known defect, never passed."""
    after = f"After the scenario: {told(error)}"
    if verdict is None or not verdict.outcome.breaks_the_run:
        return Verdict(Outcome.BROKEN, None, after)
    return Verdict(verdict.outcome, verdict.defect, f"{verdict.message}\n{after}")
