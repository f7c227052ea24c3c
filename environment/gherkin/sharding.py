"""Pytest plugin: `--shard I/N` runs one of N parts of the scenarios, so that several machines share a run.

The parts are cut by how long scenarios took before (`SECONDS_FILE`, which `acceptance report durations` writes): the
longest goes first, each to the part that has least to do. Every machine comes to the same cut by itself, because the
cut depends on the collected scenarios and that file alone. What other parts run counts as deselected here.

Parts that run at the same time on one deployment (the live one) would disturb each other by exclusive scenarios. With
`--exclusive-last` the last part has all of these and nothing else: it runs when the others have ended.

pytest-split (0.11) cuts the same way, by its `least_duration`, but all that was collected at once: it can set no
scenarios apart for a last part, and it knows no repetitions of one scenario.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import pytest

from environment.gherkin.records import SCENARIO
from environment.running.exclusive import MARKER
from environment.settings import ROOT

SECONDS_FILE = ROOT / ".github" / "scenario-seconds.json"
_SHARD = re.compile(r"(?P<number>[1-9]\d*)/(?P<count>[1-9]\d*)")
_UNKNOWN_SECONDS = 1.0
_REPETITION = re.compile(r"-\d+-\d+\]$")


@dataclass(frozen=True)
class Shard:
    """Part `number` of `count`; numbers count from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"


SHARD: pytest.StashKey[Shard | None] = pytest.StashKey()
"""Which part this run is, None if it is not one; in `config.stash`."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--shard` and `--exclusive-last`."""
    group = parser.getgroup("scenarios")
    group.addoption(
        "--shard", default=None, metavar="I/N", help="run the I-th of N parts that take about the same time (CI)"
    )
    group.addoption(
        "--exclusive-last",
        action="store_true",
        help="with --shard: the last part has the exclusive scenarios, so that the others can share a deployment",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Read the options; malformed ones end the run before it starts."""
    text = config.getoption("shard")
    config.stash[SHARD] = part = None if text is None else shard(text)
    if config.getoption("exclusive_last") and (part is None or part.count == 1):
        raise pytest.UsageError("--exclusive-last: there is no last part of several; say --shard, too, as 3/3")


def shard(text: str) -> Shard:
    """The part that `I/N` names.

    Raises:
        pytest.UsageError: it is none: not two numbers, or I greater than N.
    """
    match = _SHARD.fullmatch(text)
    found = Shard(int(match["number"]), int(match["count"])) if match else None
    if found is None or found.number > found.count:
        raise pytest.UsageError(f"--shard: '{text}' is no part of a run; say 1/3, 2/3 or 3/3 for one of three")
    return found


def once(nodeid: str) -> str:
    """The node id of what is repeated: pytest-repeat ends its second of ten by `Scenario[local-2-10]`."""
    return _REPETITION.sub("]", nodeid)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the scenarios of this part; last, after what -k and -m left."""
    part = config.stash[SHARD]
    if part is None:
        return
    scenarios = {item.nodeid: item for item in items if SCENARIO in item.stash}
    seconds = recorded_seconds(SECONDS_FILE)
    if config.getoption("exclusive_last"):
        exclusive = {name for name, item in scenarios.items() if item.get_closest_marker(MARKER)}
        parts = [*cut(sorted(scenarios.keys() - exclusive), seconds, part.count - 1), exclusive]
    else:
        parts = cut(sorted(scenarios), seconds, part.count)
    mine = parts[part.number - 1]
    left_to_others = [item for item in items if SCENARIO in item.stash and item.nodeid not in mine]
    items[:] = [item for item in items if item not in left_to_others]
    config.hook.pytest_deselected(items=left_to_others)


def cut(scenarios: Sequence[str], seconds: Mapping[str, float], count: int) -> list[set[str]]:
    """Cut node ids into `count` parts of about the same time.

    A scenario without a time counts as much as the median of those that have one. What the parts get depends on the
    arguments alone, not on their order.
    """
    known = [seconds[once(each)] for each in scenarios if once(each) in seconds]
    usual = median(known) if known else _UNKNOWN_SECONDS
    parts: list[set[str]] = [set() for _ in range(count)]
    loads = [0.0] * count
    for each in sorted(scenarios, key=lambda one: (-seconds.get(once(one), usual), one)):
        least = min(range(count), key=lambda part: (loads[part], len(parts[part])))
        parts[least].add(each)
        loads[least] += seconds.get(once(each), usual)
    return parts


def recorded_seconds(path: Path) -> dict[str, float]:
    """Seconds that scenarios took, by node id; none if nothing is recorded yet.

    Raises:
        pytest.UsageError: the file is not what `acceptance report durations` writes.
    """
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): float(value) for name, value in content.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise pytest.UsageError(f"{path}: {error}; write it anew with 'acceptance report durations'") from error
