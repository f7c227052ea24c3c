"""How many scenario runs ended how, as every table counts them."""

from __future__ import annotations

from collections.abc import Iterable

from reports.outcomes import ScenarioOutcome, Status

COUNTED = ("passed", "known_defects", "failed", "broken", "skipped")


def counts(scenarios: Iterable[ScenarioOutcome]) -> dict[str, int]:
    """How many passed, are known defects, failed (trouble with the ledger included), are broken, were skipped."""
    found = dict.fromkeys(COUNTED, 0)
    for scenario in scenarios:
        found[_counted_as(scenario.status)] += 1
    return found


def _counted_as(status: Status) -> str:
    if status is Status.BROKEN:
        return "broken"
    if status.breaks_the_run:
        return "failed"
    return {Status.PASSED: "passed", Status.KNOWN: "known_defects", Status.SKIPPED: "skipped"}[status]
