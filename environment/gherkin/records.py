"""The record of a scenario, made once from its feature file and held by whatever is said of it later.

Plugins find it as `item.stash[SCENARIO]`, and pytest-bdd's own object as `item.stash[TEMPLATE]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from pytest_bdd.parser import ScenarioTemplate

from environment.modes import Mode
from environment.record import Record


class ScenarioStep(Record):
    """A step of a scenario. `type` is given, when or then; `text` has the row's cells put in, `written` has not.

    `table` and `doc_string` are what stands below it, with the row's cells put in, too; empty if nothing does.
    """

    type: str
    keyword: str
    text: str
    written: str
    line: int
    table: tuple[tuple[str, ...], ...] = ()
    doc_string: str | None = None

    @property
    def full_text(self) -> str:
        """As it is read: the keyword and the text."""
        return f"{self.keyword} {self.text}"

    @property
    def in_brief(self) -> str:
        """The sentence without its keyword, with dots for what stands below it."""
        return re.sub(":$", " …", self.text)

    @property
    def lines(self) -> list[str]:
        """As the feature file has it: the sentence, and its table or text below it."""
        widths = [max(map(len, column)) for column in zip(*self.table, strict=True)]
        rows = [[cell.ljust(width) for cell, width in zip(row, widths, strict=True)] for row in self.table]
        table = [f"  | {' | '.join(row)} |" for row in rows]
        text = [] if self.doc_string is None else ['"""', *self.doc_string.splitlines(), '"""']
        return [self.full_text, *table, *(f"  {line}".rstrip() for line in text)]


class ScenarioRecord(Record):
    """One run of a scenario: in one mode, with one row of its Examples.

    `feature_path` is relative to pytest's root directory, with slashes. `name` is as written, an outline's `<columns>`
    not filled in. `description` is that of the feature. `line` is the line of the `Scenario:` keyword (from 1),
    `example_line` that of the row. `tags` are those of feature, rule, scenario and Examples together, without `@`,
    sorted. `requirements` are the ids among them. `example` maps column to cell. `steps` are all that run, the
    backgrounds' first.
    """

    feature_path: str
    feature: str
    description: str = ""
    rule: str | None = None
    name: str
    line: int
    mode: Mode
    tags: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    example: dict[str, str] | None = None
    example_line: int | None = None
    steps: tuple[ScenarioStep, ...] = ()

    @property
    def place(self) -> str:
        """Where it is written, whichever row and mode: `feature path::name`."""
        return f"{self.feature_path}::{self.name}"

    @property
    def location(self) -> str:
        """Where people find this run of it: `path:line [mode]`."""
        return f"{self.feature_path}:{self.line} [{self.mode}]"

    @property
    def title(self) -> str:
        """The name that people call it by."""
        return scenario_title(self.name, self.example)


def scenario_title(name: str, example: Mapping[str, str] | None) -> str:
    """Return the name that reports print: with the row's values in place of `<columns>`, or what tells it apart."""
    if not example:
        return name
    filled = name
    for column, value in example.items():
        filled = filled.replace(f"<{column}>", value)
    return filled if filled != name else f"{name} ({example.get('case') or next(iter(example.values()))})"


SCENARIO = pytest.StashKey[ScenarioRecord]()

# pytest-bdd's own object, for plugins that call its hooks: `item.stash[TEMPLATE].render(record.example or {})`
TEMPLATE = pytest.StashKey[ScenarioTemplate]()
