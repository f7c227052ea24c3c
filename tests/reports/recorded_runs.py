"""Records of runs, made up for tests that hold runs against each other."""

from __future__ import annotations

from datetime import UTC, datetime

from environment.gherkin.records import ScenarioRecord, ScenarioStep
from environment.modes import Mode
from reports.outcomes import RunRecord, ScenarioCounts, ScenarioOutcome, SentenceOutcome, Status


def ended(
    name: str,
    status: Status,
    *,
    defect: str | None = None,
    message: str = "",
    happened: str = "",
    sentences: tuple[tuple[ScenarioStep, SentenceOutcome], ...] = (),
) -> ScenarioOutcome:
    """A scenario of local mode that ended so."""
    return ScenarioOutcome(
        nodeid=f"features/a/b.feature::{name}[local]",
        scenario=ScenarioRecord(
            feature_path="features/a/b.feature",
            feature="B",
            name=name,
            line=7,
            mode=Mode.LOCAL,
            steps=tuple(step for step, _ in sentences),
        ),
        status=status,
        defects=(defect,) if defect else (),
        message=message,
        happened=happened,
        sentences=tuple(found for _, found in sentences),
    )


def sentence(
    text: str, status: Status, defect: str | None = None, message: str = "", happened: str = ""
) -> tuple[ScenarioStep, SentenceOutcome]:
    """A Then that ended so."""
    step = ScenarioStep(type="then", keyword="Then", text=text, written=text, line=9)
    return step, SentenceOutcome(status=status, defect=defect, message=message, happened=happened)


def run(target: str, *scenarios: ScenarioOutcome, version: str = "0.22.0", lost: int = 0) -> RunRecord:
    """A run with these scenarios, of which some may have left no result."""
    counts = ScenarioCounts(parsed=1, collected=len(scenarios) + lost, reported=len(scenarios))
    return RunRecord(
        started=datetime(2026, 3, 9, tzinfo=UTC),
        seconds=1.0,
        target=target,
        seed=1,
        stack_start_seconds=0.0,
        product_name="quilt-mcp",
        product_version=version,
        workers=2,
        counts=counts,
        counts_by_mode=dict.fromkeys(Mode, counts),
        scenarios=scenarios,
    )
