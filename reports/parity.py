"""Which scenarios hold on a live deployment, too: the machine-written file reports/parity.yaml.

A live run writes down each scenario that ended as the suite expects (passed, or failed as the ledger of known defects
says), with the date and the versions of product and platform. A scenario that broke is written down as a contradiction:
the embedded deployment answers otherwise than the live one did, until a later live run agrees. What no live run ever
judged is not in the file, and is shown as never validated live.

Beside live runs it has a second kind of evidence: recordings, single answers of real stacks that the embedded
deployment was seen to give too (``acceptance parity --write``); `reports.recorded` has them.

A rehearsal (a live target whose catalog is on this machine) validates and contradicts nothing, whatever file it is told
to write: what held there goes to a list of its own, which nobody counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from environment.gherkin.records import ScenarioRecord
from environment.product.run_facts import RunFacts
from environment.record import Record
from environment.settings import ROOT
from reports.documents import InvalidDocumentError, findings, shown
from reports.outcomes import ScenarioOutcome, Status
from reports.recorded.recording import Basis, Recording

PARITY_FILE = ROOT / "reports" / "parity.yaml"
NEVER = "never validated live"
_HEAD = """# Written by live runs (--target live) and by `acceptance parity --write`; not by hand.
# What is not named here was never validated live; `recorded`: answers of real stacks that the embedded one gives too.
"""
_LONGEST_MESSAGE = 300


class LiveResult(Record):
    """How a scenario ended on a live deployment; ``message`` says how it contradicts, else it is empty."""

    on: date
    result: Status
    product: str
    platform: str
    message: str = ""


class RecordedAnswer(Record):
    """A recording that the embedded deployment agrees with: what it says, of whom, when, and of which facts.

    settings: with which the deployment agrees, if not by default.
    """

    what: str
    source: str
    when: str
    facts: tuple[str, ...]
    settings: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def of(cls, recording: Recording) -> RecordedAnswer:
        """What the file says of a recording."""
        return cls(**recording.model_dump(include=set(cls.model_fields)))


class Parity(Record):
    """Lists by scenario, as ``feature path::title[mode]``; ``rehearsed`` says nothing about a live deployment.

    ``recorded`` is by name of the recording; decisions are none.
    """

    validated: dict[str, LiveResult] = Field(default_factory=dict)
    contradicted: dict[str, LiveResult] = Field(default_factory=dict)
    rehearsed: dict[str, LiveResult] = Field(default_factory=dict)
    recorded: dict[str, RecordedAnswer] = Field(default_factory=dict)

    def with_recordings(self, agreeing: Mapping[str, Recording], not_asked: Collection[str] = ()) -> Parity:
        """This file with these recordings that agree, those that were not asked as they stand, and no others."""
        answers = {name: RecordedAnswer.of(each) for name, each in agreeing.items() if each.basis is Basis.RECORDED}
        kept = {name: each for name, each in self.recorded.items() if name in not_asked}
        return self.model_copy(update={"recorded": dict(sorted({**kept, **answers}.items()))})

    def with_run(self, facts: RunFacts, scenarios: Iterable[ScenarioOutcome]) -> Parity:
        """This file after one more live run; what the run skipped stays as it was."""
        validated, contradicted, rehearsed = dict(self.validated), dict(self.contradicted), dict(self.rehearsed)
        for scenario in scenarios:
            if scenario.status is Status.SKIPPED:
                continue
            key = key_of(scenario.scenario)
            breaks = scenario.status.breaks_the_run
            result = LiveResult(
                on=facts.started.date(),
                result=scenario.status,
                product=f"{facts.product_name} {facts.product_version}",
                platform=facts.platform_version,
                message=scenario.message.partition("\n")[0][:_LONGEST_MESSAGE] if breaks else "",
            )
            if facts.rehearsal:
                rehearsed[key] = result
            elif breaks:
                contradicted[key] = result
            else:
                validated[key] = result
                contradicted.pop(key, None)
        return Parity(
            validated=dict(sorted(validated.items())),
            contradicted=dict(sorted(contradicted.items())),
            rehearsed=dict(sorted(rehearsed.items())),
            recorded=self.recorded,
        )

    def summary(self, scenarios: Sequence[ScenarioRecord]) -> str:
        """In words, how many of these scenarios were validated live, when last, and how many a live run contradicts."""
        keys = {key_of(each) for each in scenarios}
        found = [self.validated[key] for key in keys if key in self.validated]
        contradicted = sum(key in self.contradicted for key in keys)
        words = (
            f"{len(found)} of {len(keys)} validated live, last on {max(each.on for each in found)}" if found else NEVER
        )
        return f"{words}; {contradicted} contradicted live" if contradicted else words

    def sentence(self, scenarios: Sequence[ScenarioRecord]) -> str:
        """The same of a whole run, in a sentence."""
        found = self.summary(scenarios)
        if found == NEVER:
            return "None of these checks has been confirmed on a real Quilt stack."
        return f"Of these checks, {found}."


def key_of(scenario: ScenarioRecord) -> str:
    """What names a scenario (a row of an outline) in a mode, in this file."""
    return f"{scenario.feature_path}::{scenario.title}[{scenario.mode}]"


def load_parity(path: Path = PARITY_FILE) -> Parity:
    """What the file says; nothing if there is none.

    Raises:
        InvalidDocumentError: if it is not as a live run writes it.
    """
    if not path.is_file():
        return Parity()
    try:
        return Parity.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except yaml.YAMLError as error:
        raise InvalidDocumentError([f"{shown(path)}: not valid YAML: {error}"]) from error
    except ValidationError as error:
        raise InvalidDocumentError([f"{shown(path)}: {finding}" for finding in findings(error)]) from error


def write_parity(parity: Parity, path: Path = PARITY_FILE) -> None:
    """Write the file anew."""
    content = parity.model_dump(mode="json")
    path.write_text(_HEAD + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8")
