"""What other plugins may know about a scenario item: `item.stash[SCENARIO]` and `item.stash[TEMPLATE]`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from pytest_bdd.parser import ScenarioTemplate


@dataclass(frozen=True)
class ScenarioStep:
    """A step of a scenario. `type` is given, when or then; `text` has the row's cells put in, `written` has not."""

    type: str
    keyword: str
    text: str
    written: str
    line: int


@dataclass(frozen=True)
class ScenarioRecord:
    """Which scenario an item runs.

    `feature_path` is relative to pytest's root directory. `scenario_name` is the name as written, an outline's
    `<columns>` not filled in. `line` is the line of the `Scenario:` keyword (from 1), `example_line` that of the row.
    `tags` are those of feature, rule, scenario and Examples together, without `@`. `example` maps column to cell.
    `steps` are all that run, the backgrounds' first.
    """

    feature_path: Path
    feature_name: str
    rule_name: str | None
    scenario_name: str
    line: int
    mode: str
    tags: frozenset[str]
    requirement_ids: tuple[str, ...]
    example: dict[str, str] | None = None
    example_line: int | None = None
    steps: tuple[ScenarioStep, ...] = ()


SCENARIO = pytest.StashKey[ScenarioRecord]()

# pytest-bdd's own object, for plugins that call its hooks: `item.stash[TEMPLATE].render(record.example or {})`
TEMPLATE = pytest.StashKey[ScenarioTemplate]()
