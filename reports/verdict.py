"""Strict expected failures: each sentence is judged by the ledger where the exception itself is at hand.

Whether the run as a whole is accepted is decided in `reports.outcomes.RunRecord.objection`.

Runs in the process that ran the scenario (an xdist worker has the exception, the main process only its text).
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from environment.gherkin.judging import JudgedStep, StepResult, is_failure
from environment.gherkin.readable import in_words, message_for_readers, own_message
from environment.gherkin.records import ScenarioRecord, ScenarioStep
from environment.product.outcome import OperationFailed
from environment.running.losing import ScenarioLost
from environment.secrecy.redaction import redact
from reports.claims import Phase, exception_chain, own_error
from reports.known_defects import Claimed, KnownDefect, Ledger
from reports.outcomes import LOOKS_LIKE, Failure, SentenceOutcome, Status, Verdict
from reports.resemblance import has_failed_so, looks_like, tells_of_the_product

LEDGER_SAYS = "The ledger says:"
WORST_FIRST = (
    Status.BROKEN,
    Status.FAILED,
    Status.DIFFERENT,
    Status.GONE,
    Status.KNOWN,
    Status.SKIPPED,
    Status.PASSED,
)


def judge(
    ledger: Ledger,
    scenario: ScenarioRecord,
    phase: Phase,
    error: BaseException | None,
    judged: Sequence[JudgedStep] = (),
    raised: Sequence[BaseException] = (),
) -> Verdict | None:
    """The verdict on one phase of a scenario, None while nothing is decided (a set-up that went well).

    `raised` is what the product raised.
    """
    if isinstance(error, pytest.skip.Exception):
        return Verdict(status=Status.SKIPPED, message=redact(str(error)))
    if isinstance(error, ScenarioLost):
        return _lost(error, len(judged))
    claims = ledger.claims_on(scenario)
    if phase == "set-up":
        return None if error is None else _never_started(ledger, scenario, claims, error, raised)
    sentences = tuple(
        _sentence(ledger, scenario, claims, one, raised).model_copy(
            update={"seconds": round(one.seconds, 4), "follows_from": _cause_line(number, judged)}
        )
        for number, one in enumerate(judged)
    )
    if error is not None and not any(one.went_wrong for one in judged):
        status = Status.FAILED if is_failure(error) else Status.BROKEN
        return Verdict(
            status=status,
            message=described(error, as_said=True),
            sentences=sentences,
            failure=Failure.of(own_error(error, raised) or error),
        )
    return _together(ledger, scenario.steps, sentences, [each for each in claims if not each.claim.sentence])


def _lost(error: ScenarioLost, steps: int) -> Verdict:
    """What it did before it was lost was no judgement either: its surroundings may have been gone by then."""
    why = redact(str(error))
    lost = SentenceOutcome(status=Status.NOT_JUDGED, message=why)
    return Verdict(status=Status.BROKEN, message=why, sentences=(lost,) * steps)


def _never_started(
    ledger: Ledger,
    scenario: ScenarioRecord,
    claims: Sequence[Claimed],
    error: BaseException,
    raised: Sequence[BaseException],
) -> Verdict:
    claimed = next((each for each in claims if not each.claim.sentence), None)
    found = _not_held(ledger, scenario, claimed, error, raised, "set-up")
    message, defects = found.message, (claimed.entry.id,) if claimed else ()
    if claimed is not None and found.status is Status.KNOWN:
        message = known_defect_message(claimed.entry, message)
    happened = "" if message == found.in_this_run else found.in_this_run
    return Verdict(
        status=found.status,
        message=message,
        happened=happened,
        in_words=found.in_words,
        failure=found.failure,
        defects=defects,
    )


def _sentence(
    ledger: Ledger,
    scenario: ScenarioRecord,
    claims: Sequence[Claimed],
    one: JudgedStep,
    raised: Sequence[BaseException],
) -> SentenceOutcome:
    claimed = next((each for each in claims if each.claim.says(one.step)), None)
    if one.result is StepResult.NOT_JUDGED:
        because = f"rests on line {one.rests_on.line}, which failed" if one.rests_on else "the scenario ended before it"
        return SentenceOutcome(status=Status.NOT_JUDGED, message=because)
    if one.error is not None:
        return _not_held(ledger, scenario, claimed, one.error, raised, "scenario")
    if claimed is None or claimed.entry.is_older(ledger.product):
        return SentenceOutcome(status=Status.PASSED)
    message = f"{claimed.entry.id} no longer occurs here: {claimed.entry.title}"
    return SentenceOutcome(status=Status.GONE, defect=claimed.entry.id, message=message)


def _cause_line(number: int, judged: Sequence[JudgedStep]) -> int | None:
    """The line of the earlier sentence because of which a sentence fails: a call there failed where none was to.

    Such a When may itself be judged only after the last sentence, when nothing expected its error.
    """
    error = judged[number].error
    if error is None:
        return None
    failed = next((one for one in judged[:number] if one.went_wrong and one.step.type != "then"), None)
    if failed is None:
        calls = (each.step for each in exception_chain(error) if isinstance(each, OperationFailed))
        failed = next((judged[each] for each in calls if each is not None and each < number), None)
    return failed.step.line if failed else None


def _not_held(
    ledger: Ledger,
    scenario: ScenarioRecord,
    claimed: Claimed | None,
    error: BaseException,
    raised: Sequence[BaseException],
    phase: Phase,
) -> SentenceOutcome:
    """What an error says of a sentence, or of set-up, which the ledger claims or not."""
    message = happened = described(error, as_said=claimed is None)
    status = Status.FAILED if phase == "scenario" and is_failure(error) else Status.BROKEN
    if phase == "scenario" and status is Status.BROKEN:
        claimed = None
    elif claimed is None:
        message += _resemblance(ledger, scenario, error, phase)
    elif claimed.describes(error, phase):
        status = Status.KNOWN
    else:
        status, message = Status.DIFFERENT, _differently(claimed, happened, phase)
    return SentenceOutcome(
        status=status,
        message=message,
        happened="" if message == happened else happened,
        in_words=redact(in_words(error)),
        failure=Failure.of(own_error(error, raised) or error),
        defect=claimed.entry.id if claimed else None,
    )


def _together(
    ledger: Ledger,
    steps: Sequence[ScenarioStep],
    sentences: tuple[SentenceOutcome, ...],
    in_set_up: Sequence[Claimed],
) -> Verdict:
    """The verdict on a scenario that ran: the worst of its sentences decides."""
    if in_set_up:
        entry = in_set_up[0].entry
        message = f"{entry.id} no longer occurs in set-up: {entry.title}"
        return Verdict(status=Status.GONE, message=message, defects=(entry.id,), sentences=sentences)
    ended = {each.status for each in sentences}
    of_their_own = {each.status for each in sentences if each.follows_from is None}
    if Status.FAILED in of_their_own:
        ended = of_their_own  # what cannot be judged because of it leaves it a failure of the product
    status = next((each for each in WORST_FIRST if each in ended), Status.PASSED)
    judged = list(zip(steps, sentences, strict=True)) if sentences else []
    wrong = [each for each in judged if each[1].status not in (Status.PASSED, Status.NOT_JUDGED, Status.KNOWN)]
    wrong.sort(key=lambda each: (each[1].follows_from is not None, WORST_FIRST.index(each[1].status)))
    parts = _parts(wrong)
    known = [each for each in judged if each[1].status is Status.KNOWN]
    concerned = ledger.named(one.defect for _, one in [*wrong, *judged] if one.defect)
    defects = {entry.id: entry for entry in concerned}
    for identifier in dict.fromkeys(one.defect for _, one in known if one.defect):
        those = _parts([each for each in known if each[1].defect == identifier])
        parts.append(known_defect_message(defects[identifier], "\n".join(those)))
    return Verdict(status=status, message="\n".join(parts), defects=tuple(defects), sentences=sentences)


def _parts(judged: Sequence[tuple[ScenarioStep, SentenceOutcome]]) -> list[str]:
    """What is said of several sentences, each with its own words; of one, without them."""
    if len(judged) == 1:
        return [judged[0][1].message]
    return [f"{step.full_text}: {one.message}" for step, one in judged]


def _differently(claimed: Claimed, happened: str, phase: Phase) -> str:
    return (
        f"{claimed.entry.id} fails differently than the ledger says.\n"
        f"{LEDGER_SAYS} {claimed.expectation}\n"
        f"What happened in the {phase}: {happened}"
    )


def _resemblance(ledger: Ledger, scenario: ScenarioRecord, error: BaseException, phase: Phase) -> str:
    message = described(error)
    alone = phase == "set-up" or tells_of_the_product(message)

    def may_be(entry: KnownDefect) -> bool:
        """Where a sentence fails without an error of the product, the promise has to be the same as well."""
        return entry.may_show_in(scenario) and (alone or entry.requirement in scenario.requirements)

    alike = looks_like(message, scenario.mode)
    entry = ledger.entry(alike) if alike else None
    if entry is None or not may_be(entry):
        entry = ledger.resembling(error, phase, scenario, lambda each: may_be(each) and has_failed_so(each.id, message))
    if entry is None:
        return ""
    again = f", which was fixed in {entry.fixed_in} and is back" if entry.is_fixed_in(ledger.product) else ""
    return f"\n{LOOKS_LIKE} {entry.reason}{again}"


def known_defect_message(defect: KnownDefect, this_run: str) -> str:
    """What the report shows of a known defect: id, promise, what happens instead, and this run's failure."""
    return (
        f"{defect.reason}\n"
        f"Promised: {defect.promised.text} ({defect.promised.source})\n"
        f"Observed: {defect.observed}\n"
        f"Since {defect.since}. This run: {this_run}"
    )


def described(error: BaseException, *, as_said: bool = False) -> str:
    """Class, text and notes of an exception, and a line for each of its causes; without secrets.

    `as_said`: what was not done is told as the sentence says it; what the ledger knows keeps the words of its record.
    """
    lines = [_one(error, as_said=as_said), *getattr(error, "__notes__", ())]
    seen = {id(error)}
    cause = _cause(error)
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines.append(f"caused by {_one(cause)}")
        cause = _cause(cause)
    return redact("\n".join(lines))


def _one(error: BaseException, *, as_said: bool = False) -> str:
    text = message_for_readers(error) if as_said else own_message(error, str(error))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _cause(error: BaseException) -> BaseException | None:
    return error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def apply(verdict: Verdict, defects: Sequence[KnownDefect], report: pytest.TestReport) -> None:
    """Make pytest's report say what the ledger makes of the outcome; defects: the entries that this concerns."""
    if verdict.status is Status.KNOWN:
        report.outcome = "skipped"
        report.wasxfail = "; ".join(defect.reason for defect in defects)
    elif verdict.status is Status.GONE:
        report.outcome = "failed"
        report.longrepr = verdict.message
    elif defects:
        report.sections.append(("; ".join(defect.reason for defect in defects), verdict.message))
        crash = getattr(report.longrepr, "reprcrash", None)
        if crash is not None:
            crash.message = verdict.message


def spoiled(verdict: Verdict | None, error: BaseException) -> Verdict:
    """The verdict when something failed after the scenario (undoing, evidence): never a known defect, never passed."""
    if isinstance(error, ScenarioLost):
        return _lost(error, 0 if verdict is None else len(verdict.sentences))
    after = f"After the scenario: {described(error)}"
    if verdict is None:
        return Verdict(status=Status.BROKEN, message=after, failure=Failure.of(error))
    if not verdict.status.breaks_the_run:
        return Verdict(status=Status.BROKEN, message=after, sentences=verdict.sentences, failure=Failure.of(error))
    happened = verdict.happened and f"{verdict.happened}\n{after}"
    return verdict.model_copy(update={"message": f"{verdict.message}\n{after}", "happened": happened})
