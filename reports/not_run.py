"""What a run says nothing about: checks that it did not make, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from environment.gherkin.records import ScenarioRecord
from reports.living_documentation import DocumentedFeature

_HEAVY = ("large", "slow")
NOT_CHOSEN = "not selected"


def not_run(documented: Iterable[DocumentedFeature]) -> dict[str, list[ScenarioRecord]]:
    """The checks of these features that left no outcome, by the tag that keeps them out of a usual run."""
    found: dict[str, list[ScenarioRecord]] = {}
    for feature in documented:
        for scenario in feature.scenarios:
            ran = {(each.scenario.mode, each.scenario.title) for each in scenario.outcomes}
            for record in scenario.records:
                if (record.mode, record.title) not in ran:
                    found.setdefault(reason_of(record.tags), []).append(record)
    return found


def reason_of(tags: Collection[str]) -> str:
    """Why a scenario with these tags did not run: one of them, or that nobody chose it."""
    return next((tag for tag in _HEAVY if tag in tags), NOT_CHOSEN)


def not_run_sentence(checks: Mapping[str, list[ScenarioRecord]], where: str = "") -> str:
    """How many checks were not made, and how they would be; empty if all were."""
    if not checks:
        return ""
    number = sum(map(len, checks.values()))
    kinds = ", ".join(f"{len(those)} {reason}" for reason, those in sorted(checks.items()))
    how = "" if NOT_CHOSEN in checks else "; “acceptance run --everything” runs them"
    return f"Not run{f' {where}' if where else ''}: {number} {'check' if number == 1 else 'checks'} ({kinds}){how}."
