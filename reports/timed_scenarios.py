"""The scenarios about speed and size: what limit each sets, how long it took, and whether it holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from environment.modes import Mode
from reports.living_documentation import DocumentedFeature, DocumentedScenario
from reports.not_run import reason_of
from reports.outcomes import ScenarioOutcome
from reports.performance import is_about_time

_LIMIT = "less than"


@dataclass(frozen=True)
class TimedScenario:
    """A scenario that proves a requirement about performance; address: where it is read."""

    name: str
    address: str
    limits: tuple[str, ...]
    outcomes: Mapping[Mode, ScenarioOutcome]
    modes: frozenset[Mode]
    why_not_run: str

    def ran(self, mode: Mode) -> bool:
        """Whether it ran there."""
        return mode in self.outcomes


def timed_scenarios(documented: Iterable[DocumentedFeature]) -> list[TimedScenario]:
    """All of them, also those that this run left out."""
    return [
        _timed(feature, each)
        for feature in documented
        for each in feature.scenarios
        if is_about_time(each.requirements)
    ]


def _timed(feature: DocumentedFeature, scenario: DocumentedScenario) -> TimedScenario:
    return TimedScenario(
        name=scenario.block.name,
        address=f"{feature.page}#{scenario.anchor}",
        limits=tuple(each.step.text for each in scenario.sentences if _LIMIT in each.step.text),
        outcomes={each.scenario.mode: each for each in scenario.outcomes},
        modes=frozenset(each.mode for each in scenario.records),
        why_not_run=reason_of(scenario.records[0].tags),
    )
