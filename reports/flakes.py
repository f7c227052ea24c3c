"""Flaky scenarios: those that were run several times and did not end the same way each time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from rich.table import Table

from environment.gherkin.sharding import once
from reports.outcomes import RunRecord, Status


@dataclass(frozen=True)
class Repeated:
    """A scenario (times mode and row) that ran several times: how often it ended in which way."""

    nodeid: str
    outcomes: dict[Status, int]

    @property
    def runs(self) -> int:
        """How many times it ran."""
        return sum(self.outcomes.values())

    @property
    def text(self) -> str:
        """How it ended, in words: `2 x failed, 1 x passed`."""
        return ", ".join(f"{number} x {status}" for status, number in sorted(self.outcomes.items()))

    @property
    def is_flaky(self) -> bool:
        """Whether it ended in more than one way."""
        return len(self.outcomes) > 1


def repeated(record: RunRecord) -> list[Repeated]:
    """The scenarios that ran more than once, by node id."""
    ended: dict[str, Counter[Status]] = {}
    for scenario in record.scenarios:
        ended.setdefault(once(scenario.nodeid), Counter())[scenario.status] += 1
    found = [Repeated(nodeid, dict(outcomes)) for nodeid, outcomes in sorted(ended.items())]
    return [each for each in found if each.runs > 1]


def flaky(record: RunRecord) -> list[Repeated]:
    """Those of them that did not end the same way each time."""
    return [each for each in repeated(record) if each.is_flaky]


def flake_table(record: RunRecord) -> Table | str | None:
    """The flaky scenarios for a terminal, with their share; a line if there are none, None if nothing was repeated."""
    again = repeated(record)
    if not again:
        return None
    found = flaky(record)
    title = f"Flaky: {len(found)} of {len(again)} scenarios ({100 * len(found) / len(again):.1f} %)"
    if not found:
        return title
    table = Table("scenario", "runs", "ended", title=title)
    for each in found:
        table.add_row(each.nodeid, str(each.runs), each.text)
    return table
