"""Promises that no check of a run judged: whatever they say, nobody knows whether it holds."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from environment.modes import Mode
from reports.outcomes import RunRecord, Status

_UNKNOWN = {Status.NOT_JUDGED, Status.SKIPPED}


@dataclass(frozen=True)
class NeverJudged:
    """A Then of a scenario that ran in a mode, and was judged in none of its rows there."""

    mode: Mode
    feature_path: str
    line: int
    scenario: str
    sentence: str


def never_judged(record: RunRecord) -> dict[Mode, list[NeverJudged]]:
    """The Thens that the run judged in no row, mode by mode, in the order of the features."""
    found: dict[NeverJudged, set[Status]] = defaultdict(set)
    for outcome in record.scenarios:
        scenario = outcome.scenario
        for step, ended in outcome.judged:
            if step.type == "then":
                place = scenario.mode, scenario.feature_path, step.line, scenario.name
                found[NeverJudged(*place, f"{step.keyword} {step.written}")].add(ended.status)
    never = sorted(
        (each for each, statuses in found.items() if statuses <= _UNKNOWN),
        key=lambda each: (each.feature_path, each.line),
    )
    return {mode: [each for each in never if each.mode is mode] for mode in Mode}
