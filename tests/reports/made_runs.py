"""Records of runs made by hand, for tests that need no real one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from environment.modes import Mode
from reports.outcomes import Accounting, Outcome, RunRecord, ScenarioOutcome, SentenceOutcome


def made_run(scenarios: Iterable[ScenarioOutcome], version: str = "0.22.0") -> RunRecord:
    """A run of these scenarios, none of which was lost."""
    found = tuple(scenarios)
    accounting = Accounting(parsed=len(found), collected=len(found), reported=len(found))
    return RunRecord(
        started=datetime.now(UTC),
        seconds=1.0,
        target="embedded",
        seed=0,
        stack_start_seconds=0.0,
        product_name="quilt-mcp",
        product_version=version,
        workers=1,
        accounting=accounting,
        accounting_by_mode=dict.fromkeys(Mode, accounting),
        scenarios=found,
    )


def made_outcome(name: str, mode: Mode, outcome: Outcome, **fields: Any) -> ScenarioOutcome:
    """A scenario that ended so."""
    given: dict[str, Any] = {"feature_path": "features/packages/links.feature", "example": None, **fields}
    row = "-".join((given["example"] or {}).values())
    return ScenarioOutcome(
        nodeid=f"{given['feature_path']}::{name}[{mode}{row and '-'}{row}]",
        feature="Links",
        rule=None,
        scenario=name,
        line=1,
        mode=mode,
        tags=(),
        requirements=("CONT-4",),
        outcome=outcome,
        **given,
    )


def claimed(
    name: str,
    mode: Mode,
    outcome: Outcome,
    sentence: str,
    defect: str,
    message: str = "",
    example: Mapping[str, str] | None = None,
) -> ScenarioOutcome:
    """A scenario of one Then, which an entry of the ledger claims."""
    then = SentenceOutcome(
        line=3, type="then", keyword="Then", text=sentence, outcome=outcome, defect=defect, message=message
    )
    row = None if example is None else dict(example)
    return made_outcome(name, mode, outcome, defects=(defect,), sentences=(then,), example=row)
