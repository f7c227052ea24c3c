"""What became of each scenario of a run, as data that outlives it (build/outcomes.json), and whether it is accepted."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Literal

from pydantic import BaseModel, ValidationError

from environment.driving.arguments import Variation
from environment.evidence.calls import WireCall
from environment.gherkin.records import ScenarioRecord, ScenarioStep
from environment.modes import Mode
from environment.people.personas import IN_THE_OTHER_MODE
from environment.record import Record
from environment.running.quick import NOT_CHOSEN
from environment.secrecy.redaction import redact
from reports.documents import InvalidDocumentError, findings, shown
from reports.features import owner, severity
from reports.gate import Gate

OUTCOMES_NAME = "outcomes.json"
FORMAT = 3
"""Of the file; 1 had the fields of a scenario copied into its outcome, and no calls; 2 had other names of fields."""


class Status(StrEnum):
    """How a scenario or one of its sentences ended.

    DIFFERENT and GONE are failures that concern an entry of the known-defects ledger. NOT_JUDGED is a sentence that
    rests on a failed Given or When.
    """

    PASSED = "passed"
    FAILED = "failed"
    BROKEN = "broken"
    SKIPPED = "skipped"
    KNOWN = "known defect"
    DIFFERENT = "fails differently than the ledger says"
    GONE = "no longer occurs"
    NOT_JUDGED = "not judged"

    @property
    def breaks_the_run(self) -> bool:
        """Whether the run must not count as accepted."""
        return self in (Status.FAILED, Status.BROKEN, Status.DIFFERENT, Status.GONE)

    @property
    def in_words(self) -> str:
        """For people, the same wherever it is said."""
        said = {
            Status.FAILED: "not a known defect",
            Status.BROKEN: "could not be judged",
            Status.DIFFERENT: "fails in another way than the known defect",
        }
        return said.get(self, self.value)

    @property
    def is_judged(self) -> bool:
        """Whether it says something of the product."""
        return self not in (Status.SKIPPED, Status.BROKEN, Status.NOT_JUDGED)


LOOKS_LIKE = "This looks like"
"""With this begins the line of a message about an entry of the ledger that has such a failure elsewhere."""
_SAID_IN_WORDS = ("AssertionError", "ToolMissing")
"""Kinds of failures whose own text is for developers, where there are words for people."""
_ALSO_BREAKS = {
    Status.GONE: ("known defect no longer occurs", "known defects no longer occur"),
    Status.BROKEN: ("check could not be judged", "checks could not be judged"),
}


class Failure(Record):
    """An exception: its class, and its text without secrets."""

    kind: str
    message: str

    @classmethod
    def of(cls, error: BaseException) -> Failure:
        """The exception as data."""
        return cls(kind=type(error).__name__, message=redact(str(error)))


class Ended(Record):
    """How a sentence or a whole scenario ended.

    message: why it did not pass, for people, empty if it did. happened: what of that is this run's, where the message
    also quotes the ledger. in_words: what of it people read, where the rest is for developers; empty if it is all.
    failure: the exception behind it, the product's own if there is one.
    """

    status: Status
    message: str = ""
    happened: str = ""
    in_words: str = ""
    failure: Failure | None = None

    @property
    def in_this_run(self) -> str:
        """The message without what the ledger says."""
        return self.happened or self.message

    @property
    def in_one_line(self) -> str:
        """The first line of it, for those who read no Python."""
        return self.in_this_run.strip().partition("\n")[0].removeprefix("AssertionError: ")

    @property
    def looks_like(self) -> str:
        """Id and title of the entry of the ledger that it looks like, and that does not claim it; "" if none."""
        lines = self.message.splitlines()
        return next((each.removeprefix(LOOKS_LIKE).strip() for each in lines if each.startswith(LOOKS_LIKE)), "")

    @property
    def instead(self) -> str:
        """What came instead of what was promised, in one line for people: what was found, or which error came."""
        if self.failure is None or self.failure.kind in _SAID_IN_WORDS or not self.failure.message.strip():
            return self.in_words or self.in_one_line
        return f"an error came instead: {self.failure.message.strip().partition(chr(10))[0]} ({self.failure.kind})"


class SentenceOutcome(Ended):
    """How one sentence of a scenario ended, and how long it took; defect: the ledger's entry.

    follows_from: the line of an earlier sentence that failed, if this one fails because of it.
    """

    defect: str | None = None
    follows_from: int | None = None
    seconds: float = 0.0


class Verdict(Ended):
    """How a scenario ended, and its sentences.

    defects: the entries of the ledger that this concerns, by id. sentences: how each of the scenario's steps ended;
    empty if it never started.
    """

    defects: tuple[str, ...] = ()
    sentences: tuple[SentenceOutcome, ...] = ()


class ScenarioOutcome(Verdict):
    """What became of a scenario: the verdict on it, and what was measured.

    nodeid: of pytest's item. seconds: set-up, steps and tear-down together; product_seconds:
    of those the time inside the product and its network, None if nobody measured it. reference_seconds: of a timed
    scenario, what the reference operation took on the machine and in the run that timed it (`reports.performance`).
    methods: the public methods of the product that it called, such as QuiltOps.list_buckets; arguments: of each
    method that it called, how each argument was given; calls: what it and the suite sent over the wire.
    """

    nodeid: str
    scenario: ScenarioRecord
    seconds: float = 0.0
    product_seconds: float | None = None
    reference_seconds: float | None = None
    methods: tuple[str, ...] = ()
    arguments: tuple[tuple[str, str, Variation], ...] = ()
    calls: tuple[WireCall, ...] = ()

    @property
    def failing(self) -> tuple[tuple[ScenarioStep | None, Ended], ...]:
        """Each sentence that breaks the run because it does not hold, and how it ended.

        What follows from another comes after it. Without a sentence the scenario as a whole, if it breaks the run and
        no sentence does.
        """
        if self.holds or not self.status.breaks_the_run:
            return ()
        found = [pair for pair in self.judged if pair[1].status.breaks_the_run and pair[1].status is not Status.GONE]
        return tuple(sorted(found, key=lambda pair: pair[1].follows_from is not None)) or ((None, self),)

    @property
    def holds(self) -> bool:
        """Whether all that it says is so, be it that the ledger does not expect it."""
        kept = all(each.status in (Status.PASSED, Status.GONE) for each in self.sentences)
        return self.status is Status.PASSED or (self.status is Status.GONE and kept)

    def shows(self, defect: str) -> bool:
        """Whether it fails by a known defect as the ledger says, whatever else fails in it."""
        if not self.sentences:
            return self.status is Status.KNOWN and defect in self.defects
        return any(each.status is Status.KNOWN and each.defect == defect for each in self.sentences)

    @property
    def mode_at_fault(self) -> Mode:
        """The mode in which it fails: the other one than its own, if the sentence that fails says so."""
        said = next(
            (
                f"{step.text} {each.happened or each.message}"
                for step, each in self.judged
                if each.status.breaks_the_run
            ),
            "",
        )
        own = self.scenario.mode
        return own.other if IN_THE_OTHER_MODE in said.partition("\n")[0] else own

    @property
    def severity(self) -> str:
        """How much a failure matters."""
        return severity(self.scenario.tags)

    @property
    def owner(self) -> str:
        """Whom to ask."""
        return owner(self.scenario.tags)

    @property
    def judged(self) -> tuple[tuple[ScenarioStep, SentenceOutcome], ...]:
        """Each step and how it ended; none if the scenario never started."""
        return tuple(zip(self.scenario.steps, self.sentences, strict=True)) if self.sentences else ()

    @property
    def not_judged(self) -> tuple[tuple[ScenarioStep, SentenceOutcome], ...]:
        """The Thens that were not judged, because something that they rest on failed."""
        return tuple(
            (step, ended) for step, ended in self.judged if step.type == "then" and ended.status is Status.NOT_JUDGED
        )


def in_order(outcome: ScenarioOutcome) -> tuple[str, int, str]:
    """What records sort scenarios by: feature, line and item."""
    return outcome.scenario.feature_path, outcome.scenario.line, outcome.nodeid


class ScenarioCounts(Record):
    """How many scenarios (times modes) the feature files hold, pytest collected, and were reported."""

    parsed: int
    collected: int
    reported: int


class RunRecord(Record):
    """A whole run, or one part of it.

    seconds: wall time of the session; seed: of people, names and a random order; shard: "I/N" if it is the I-th of N
    parts; chosen: what of the command line chose the scenarios, empty if nothing did; order: as written, or random;
    product_source: the folder or address that the product came from; suite_revision: the Git revision of this suite,
    empty if there is none; gate: the rule by which it is accepted; missing: what is wrong with the parts that it was
    merged from, in words.
    """

    format: Literal[3] = 3
    started: datetime
    seconds: float
    target: str
    seed: int
    stack_start_seconds: float
    product_name: str
    product_version: str
    workers: int
    counts: ScenarioCounts
    counts_by_mode: dict[Mode, ScenarioCounts]
    scenarios: tuple[ScenarioOutcome, ...]
    shard: str | None = None
    chosen: tuple[str, ...] = ()
    order: str = "as written"
    product_source: str = ""
    suite_revision: str = ""
    gate: Gate = Gate.REGRESSIONS
    missing: tuple[str, ...] = ()

    @property
    def product(self) -> str:
        """What was judged, in words."""
        name = f"{self.product_name} {self.product_version}"
        return f"{name} from {self.product_source}" if self.product_source else name

    @property
    def came_from(self) -> str:
        """The folder or address that the product came from; empty for one that was installed as usual."""
        return "" if PurePath(self.product_source).name == "site-packages" else self.product_source

    @property
    def built_as(self) -> str:
        """What was judged, by its version, and where it came from if it was not installed as usual."""
        name = f"{self.product_name} {self.product_version}"
        return f"{name} from {self.came_from}" if self.came_from else name

    @property
    def is_part(self) -> bool:
        """Whether somebody chose some of the scenarios, so that the run says nothing of the others."""
        return self.chosen not in NOT_CHOSEN

    @property
    def broke(self) -> tuple[ScenarioOutcome, ...]:
        """The scenarios that break the run."""
        return tuple(each for each in self.scenarios if each.status.breaks_the_run)

    @property
    def ran(self) -> bool:
        """Whether at least one scenario was really judged."""
        return any(each.status is not Status.SKIPPED for each in self.scenarios)

    @property
    def objection(self) -> str | None:
        """Why the run is not accepted; None if it is. The one rule: exit codes, closing words and pages ask here."""
        return "; ".join([*self.missing, *filter(None, [self._objection_to_what_is_there()])]) or None

    def _objection_to_what_is_there(self) -> str | None:
        missing = self.counts.collected - self.counts.reported
        if not self.ran:
            return "no scenario ran"
        if self.broke:
            counted = Counter(
                each.status for each in self.broke if not (each.status is Status.GONE and self.shows_elsewhere(each))
            )
            new = counted[Status.FAILED] + counted[Status.DIFFERENT]
            found = [f"{new} new {'failure' if new == 1 else 'failures'}"] if new else []
            found += [
                f"{number} {said[number > 1]}" for status, said in _ALSO_BREAKS.items() if (number := counted[status])
            ]
            return f"{'; '.join(found)} (of {len(self.scenarios)} {'check' if len(self.scenarios) == 1 else 'checks'})"
        if missing:
            return f"{missing} of {self.counts.collected} collected scenarios left no result"
        return self._known_defects_that_count()

    def shows_elsewhere(self, outcome: ScenarioOutcome) -> bool:
        """Whether another check in that mode fails in another way than by the known defect of one that holds now.

        Then something new may hide the defect, and it is not fixed.
        """
        return any(
            not set(outcome.defects).isdisjoint(each.defects)
            for each in self.scenarios
            if each.scenario.mode is outcome.scenario.mode and each.status is Status.DIFFERENT
        )

    def _known_defects_that_count(self) -> str | None:
        """What the gate objects to in a run that broke nothing."""
        checks = [each for each in self.scenarios if self.gate.judges(each.severity) and each.status.is_judged]
        known = sum(each.status is Status.KNOWN for each in checks)
        kind = "blocker checks" if self.gate is Gate.BLOCKERS else "checks"
        return (
            f"{known} of {len(checks)} {kind} {'fails' if known == 1 else 'fail'} because of known defects"
            if known
            else None
        )

    @property
    def accepted(self) -> bool:
        """Whether something ran, nothing broke, and every collected scenario was reported."""
        return self.objection is None


def write_run(record: RunRecord, folder: Path) -> Path:
    """Write the record into the folder; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path, partial = folder / OUTCOMES_NAME, folder / f"{OUTCOMES_NAME}.part"
    partial.write_text(record.model_dump_json() + "\n", encoding="utf-8")
    partial.replace(path)
    return path


def read_run(place: Path) -> RunRecord | None:
    """The record of the last run in that folder (or in that file), None if there was none.

    Raises InvalidDocumentError when the file is not one of ours, in one line when an older or newer suite wrote it.
    """
    path = place if place.is_file() else place / OUTCOMES_NAME
    if not path.exists():
        return None
    again = "; run the features again to write it again"
    try:
        written = _Format.model_validate_json(path.read_bytes()).format
        if written != FORMAT:
            problem = f"written in format {written}, this version of the suite reads format {FORMAT}"
            raise InvalidDocumentError([f"{shown(path)}: {problem}{again}"])
        return RunRecord.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise InvalidDocumentError([f"{shown(path)}: {finding}{again}" for finding in findings(error)]) from error


class _Format(BaseModel):
    format: int = 1
