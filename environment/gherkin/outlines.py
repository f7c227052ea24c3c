"""Checks of outlines: Examples that are there and whole, rows that differ, columns that are used and exist."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator

from environment.gherkin import tags
from environment.gherkin.document import ExamplesBlock, FeatureDocument, ScenarioBlock, StepLine
from environment.gherkin.findings import Finding
from environment.nearest import nearest

ROW_NAME = "case"
"""The column that names a row and need not be used (`cases._identified_rows`)."""

_COLUMN = re.compile(r"<([^<>]+)>")
# In a table or a text, < and > may be meant as they are: `a < 3 and b > 2`.
_COLUMN_IN_TEXT = re.compile(r"<(\w(?:[\w -]*\w)?)>")

_Make = Callable[[int, str], Finding]


def outline_findings(document: FeatureDocument, scenario: ScenarioBlock, finding: _Make) -> Iterator[Finding]:
    """Yield what is wrong with the Examples of a scenario and with the `<columns>` in it."""
    outlines = [keyword.strip() for keyword in document.dialect.scenario_outline_keywords]
    rows = [row for block in scenario.examples for row in block.rows]
    if not rows and (scenario.examples or scenario.keyword in outlines):
        message = f'the outline "{scenario.name}" has no Examples with rows, so that it would never run'
        yield finding(scenario.line, message)
    for block in scenario.examples:
        yield from _header_findings(block, finding)
    yield from _repeated_rows(document, scenario, finding)
    used = list(_used(scenario))
    if not scenario.examples:
        # Keywords of outlines are told above; in a table or a text, what is in angle brackets may be meant so.
        used = [] if scenario.keyword in outlines else [each for each in used if not each[2]]
        for line, column, _ in used:
            yield finding(line, f"<{column}> stands for nothing: the scenario has no Examples")
    for block in scenario.examples if rows else ():
        yield from _unknown_columns(block, used, finding)
        yield from _unused_columns(block, {column for _, column, _ in used}, finding)


def background_findings(document: FeatureDocument, finding: _Make) -> Iterator[Finding]:
    """Yield the `<columns>` in backgrounds: they have no Examples, and Gherkin leaves them as they are."""
    for steps in (document.background, *(rule.background for rule in document.rules)):
        for step in steps:
            for column in _COLUMN.findall(step.text):
                yield finding(step.line, f"<{column}> stands for nothing in a background, which has no Examples")


def _used(scenario: ScenarioBlock) -> Iterator[tuple[int, str, bool]]:
    """Yield line, name and whether it is under a step, for every `<column>` of a scenario."""
    for column in _COLUMN.findall(scenario.name):
        yield scenario.line, column, False
    for step in scenario.steps:
        for column in _COLUMN.findall(step.text):
            yield step.line, column, False
        for line, text in _texts_under(step):
            for column in _COLUMN_IN_TEXT.findall(text):
                yield line, column, True


def _texts_under(step: StepLine) -> Iterator[tuple[int, str]]:
    for row in step.table:
        for cell in row.cells:
            yield row.line, cell
    if step.doc_string:
        yield from enumerate(step.doc_string.text.split("\n"), start=step.doc_string.line + 1)


def _header_findings(block: ExamplesBlock, finding: _Make) -> Iterator[Finding]:
    for column, number in Counter(block.columns).items():
        if not column:
            yield finding(block.line, "a column of the Examples has no name")
        elif number > 1:
            yield finding(block.line, f'the Examples have {number} columns named "{column}"')


def _repeated_rows(document: FeatureDocument, scenario: ScenarioBlock, finding: _Make) -> Iterator[Finding]:
    """Yield rows that repeat another one in the same mode: reports could not tell the two apart."""
    shared = [tag.name for tag in document.tags_of(scenario)]
    seen: dict[tuple[str, frozenset[tuple[str, str]]], int] = {}
    for block in scenario.examples:
        modes = tags.modes_of({*shared, *(tag.name for tag in block.tags)})
        for row in block.rows:
            values = frozenset(row.values.items())
            first = next((seen[mode, values] for mode in modes if (mode, values) in seen), None)
            if first is not None:
                yield finding(row.line, f"this row of the Examples is the same as that at line {first}; delete one")
            for mode in modes:
                seen.setdefault((mode, values), row.line)


def _unknown_columns(block: ExamplesBlock, used: list[tuple[int, str, bool]], finding: _Make) -> Iterator[Finding]:
    known = ", ".join(block.columns)
    for line, column, _ in used:
        if column not in block.columns:
            close = nearest(column, block.columns)
            meant = f"did you mean <{close[0]}>? " if close else ""
            yield finding(line, f"<{column}> is no column of the Examples at line {block.line}; {meant}known: {known}")


def _unused_columns(block: ExamplesBlock, used: set[str], finding: _Make) -> Iterator[Finding]:
    for column in block.columns:
        if column and column not in used and column != ROW_NAME:
            yield finding(
                block.line, f'nothing uses the column "{column}" of the Examples; write <{column}>, or delete it'
            )
