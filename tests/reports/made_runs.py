"""Records of runs made by hand, for tests that need no real one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from environment.gherkin.records import ScenarioRecord, ScenarioStep
from environment.modes import Mode
from reports.answers import Answer, answers
from reports.changes import Changes
from reports.fitness import Harm, Journey
from reports.new_failures import failures_by_cause
from reports.outcomes import RunRecord, ScenarioCounts, ScenarioOutcome, SentenceOutcome, Status


def answered(
    record: RunRecord, harms: Sequence[Harm], walked: Sequence[Journey], changes: Changes | str, left_out: int = 0
) -> tuple[Answer, ...]:
    """The five answers for that run."""
    return answers(record, harms, walked, changes, failures_by_cause(record), left_out=left_out)


def made_run(scenarios: Iterable[ScenarioOutcome], version: str = "0.22.0") -> RunRecord:
    """A run of these scenarios, none of which was lost."""
    found = tuple(scenarios)
    accounting = ScenarioCounts(parsed=len(found), collected=len(found), reported=len(found))
    return RunRecord(
        started=datetime.now(UTC),
        seconds=1.0,
        target="embedded",
        seed=0,
        stack_start_seconds=0.0,
        product_name="quilt-mcp",
        product_version=version,
        workers=1,
        counts=accounting,
        counts_by_mode=dict.fromkeys(Mode, accounting),
        scenarios=found,
    )


def made_outcome(name: str, mode: Mode, status: Status, **fields: Any) -> ScenarioOutcome:
    """A scenario that ended so; the fields are those of its record or of its outcome."""
    of_scenario = {each: fields.pop(each) for each in ScenarioRecord.model_fields.keys() & fields.keys()}
    given: dict[str, Any] = {
        "feature_path": "features/packages/links.feature",
        "feature": "Links",
        "line": 1,
        "requirements": ("CONT-4",),
        **of_scenario,
    }
    scenario = ScenarioRecord(name=name, mode=mode, **given)
    row = "-".join((scenario.example or {}).values())
    return ScenarioOutcome(
        nodeid=f"{scenario.place}[{mode}{row and '-'}{row}]", scenario=scenario, status=status, **fields
    )


def altered(outcome: ScenarioOutcome, /, **fields: Any) -> ScenarioOutcome:
    """The outcome with other fields: those of its scenario's record, or its own."""
    of_scenario = {each: fields.pop(each) for each in ScenarioRecord.model_fields.keys() & fields.keys()}
    return outcome.model_copy(update={"scenario": outcome.scenario.model_copy(update=of_scenario), **fields})


def claimed(
    name: str,
    mode: Mode,
    status: Status,
    sentence: str,
    defect: str,
    message: str = "",
    example: Mapping[str, str] | None = None,
) -> ScenarioOutcome:
    """A scenario of one Then, which an entry of the ledger claims."""
    then = ScenarioStep(type="then", keyword="Then", text=sentence, written=sentence, line=3)
    ended = SentenceOutcome(status=status, defect=defect, message=message)
    return made_outcome(
        name, mode, status, defects=(defect,), steps=(then,), sentences=(ended,), example=example and dict(example)
    )
