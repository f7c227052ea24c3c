"""How the checks of each capability and of each feature ended: the map on the front page, the table of a job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from environment.gherkin.records import ScenarioRecord
from environment.gherkin.style import JOURNEY
from environment.modes import Mode
from reports.counts import counts
from reports.features import JOURNEYS, MCP_SERVER, capability, capability_order
from reports.outcomes import ScenarioOutcome

_BESIDE_JOURNEYS = "Other checks of journey features"
Key = TypeVar("Key")


class Standing(StrEnum):
    """How a capability stands, the worst first; the values are the names of signs and colours."""

    FAILED = "failed"
    KNOWN = "known"
    PASSED = "passed"
    NOT_JUDGED = "skipped"

    @property
    def in_words(self) -> str:
        """What it means."""
        return {
            Standing.FAILED: "new failures",
            Standing.KNOWN: "known defects",
            Standing.PASSED: "all pass",
            Standing.NOT_JUDGED: "none judged",
        }[self]


def standing(counted: Mapping[str, int]) -> Standing:
    """How checks stand that ended like this."""
    if counted["failed"] or counted["broken"]:
        return Standing.FAILED
    if counted["known_defects"]:
        return Standing.KNOWN
    return Standing.PASSED if counted["passed"] else Standing.NOT_JUDGED


@dataclass(frozen=True)
class FeatureRow:
    """One feature in the table of capabilities: its counts in each mode, None where it did not run."""

    capability: str
    feature: str
    modes: dict[Mode, dict[str, int] | None]


@dataclass(frozen=True)
class CapabilityRow:
    """One capability in the map: its counts in each mode (None where it did not run), and how many checks there are."""

    name: str
    modes: dict[Mode, dict[str, int] | None]
    listed: dict[Mode, int]

    @property
    def standing(self) -> Standing:
        """How it stands, in the worse of its modes."""
        found = {standing(each) for each in self.modes.values() if each is not None}
        return next((each for each in Standing if each in found), Standing.NOT_JUDGED)

    @property
    def heading(self) -> str:
        """What its features stand below on the page of features."""
        return JOURNEYS if self.name == _BESIDE_JOURNEYS else self.name


def feature_rows(scenarios: Sequence[ScenarioOutcome]) -> list[FeatureRow]:
    """A row for each feature that ran: journeys first, then by capability."""
    found = _by_mode(scenarios, lambda each: (_capability(each.scenario), each.scenario.feature))
    return [
        FeatureRow(*name, found[name]) for name in sorted(found, key=lambda pair: (capability_order(pair[0]), pair[1]))
    ]


def capability_rows(scenarios: Sequence[ScenarioOutcome], listed: Sequence[ScenarioRecord] = ()) -> list[CapabilityRow]:
    """A row for each capability that ran, and for each of the listed scenarios' that did not; journeys first."""
    not_run: dict[Mode, dict[str, int] | None] = dict.fromkeys(Mode)
    found = {_capability(each): not_run for each in listed} | _by_mode(
        scenarios, lambda each: _capability(each.scenario)
    )
    there = Counter((_capability(each), each.mode) for each in listed)
    return [
        CapabilityRow(name, found[name], {mode: there[name, mode] for mode in Mode})
        for name in sorted(found, key=capability_order)
    ]


def through_the_server(rows: Sequence[CapabilityRow]) -> str:
    """How the product's MCP server does, beside what calls QuiltOps itself; empty if no check of it ran."""
    found = [each for row in rows if row.name == MCP_SERVER for each in row.modes.values() if each is not None]
    judged = sum(each["passed"] + each["known_defects"] + each["failed"] for each in found)
    if not judged:
        return ""
    passed = sum(each["passed"] for each in found)
    checks = f"{passed} of {judged} checks pass"
    return f"Through the MCP server, which assistants use, {checks}; journeys do not go through it."


def _capability(scenario: ScenarioRecord) -> str:
    """What it counts for; in the folder of journeys, what is none itself counts apart, as on the board of journeys."""
    name = capability(scenario.feature_path, scenario.tags)
    return _BESIDE_JOURNEYS if name == JOURNEYS and JOURNEY not in scenario.tags else name


def _by_mode(
    scenarios: Sequence[ScenarioOutcome], key: Callable[[ScenarioOutcome], Key]
) -> dict[Key, dict[Mode, dict[str, int] | None]]:
    """The counts in each mode, None where nothing ran, of all scenarios with the same key."""
    found: dict[Key, dict[Mode, list[ScenarioOutcome]]] = {}
    for each in scenarios:
        modes = found.setdefault(key(each), {mode: [] for mode in Mode})
        modes[each.scenario.mode].append(each)
    return {
        name: {mode: counts(those) if those else None for mode, those in modes.items()} for name, modes in found.items()
    }
