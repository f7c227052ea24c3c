"""Expands a feature document into cases: one per mode and Examples row, named as the pytest item will be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent

from pytest_bdd.parser import render_string

from environment.gherkin import tags as tag_rules
from environment.gherkin.document import ExampleRow, ExamplesBlock, FeatureDocument, ScenarioBlock, StepLine
from environment.gherkin.records import ScenarioRecord, ScenarioStep, scenario_title
from environment.modes import Mode

LONGEST_ROW_ID = 40


@dataclass(frozen=True)
class ScenarioCase:
    """One run of a scenario: in one mode, with one Examples row (None: not an outline)."""

    document: FeatureDocument
    scenario: ScenarioBlock
    mode: str
    tags: tuple[str, ...]
    example_tags: tuple[str, ...] = ()
    row: ExampleRow | None = None
    row_id: str | None = None

    @property
    def parameters_id(self) -> str:
        """What stands between the brackets of the item's name: `local` or `local-no slash`."""
        return self.mode if self.row_id is None else f"{self.mode}-{self.row_id}"

    @property
    def item_name(self) -> str:
        """The pytest item's name."""
        return f"{self.scenario.name}[{self.parameters_id}]"

    @property
    def printed_names(self) -> frozenset[str]:
        """The names by which reports and people call the case, with and without its mode."""
        titles = {self.scenario.name, scenario_title(self.scenario.name, self.row.values if self.row else None)}
        return frozenset(f"{title}{mode}" for title in titles for mode in ("", f"[{self.mode}]", f" [{self.mode}]"))

    def node_id(self, root: Path) -> str:
        """Return the pytest node id as seen from the root directory."""
        return f"{self._path(root)}::{self.item_name}"

    def record(self, root: Path) -> ScenarioRecord:
        """Return what other parts may know of this case; paths relative to the root directory."""
        return ScenarioRecord(
            feature_path=self._path(root),
            feature=self.document.name,
            description=dedent(self.document.description).strip(),
            rule=self.scenario.rule.name if self.scenario.rule else None,
            name=self.scenario.name,
            line=self.scenario.line,
            mode=Mode(self.mode),
            tags=tuple(sorted(set(self.tags))),
            requirements=tag_rules.requirement_ids(self.tags),
            example=dict(self.row.values) if self.row else None,
            example_line=self.row.line if self.row else None,
            steps=tuple(
                ScenarioStep(
                    type=step.type,
                    keyword=step.keyword.strip(),
                    text=step.text,
                    written=written.text,
                    line=step.line,
                    table=tuple(row.cells for row in step.table),
                    doc_string=step.doc_string.text if step.doc_string else None,
                )
                for step, written in zip(self.steps(), self.document.steps_of(self.scenario), strict=True)
            ),
        )

    def steps(self) -> tuple[StepLine, ...]:
        """Return the steps, backgrounds first, with the row's cells put in."""
        return rendered_steps(self.document, self.scenario, self.row)

    def _path(self, root: Path) -> str:
        path = self.document.path
        return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def rendered_steps(document: FeatureDocument, scenario: ScenarioBlock, row: ExampleRow | None) -> tuple[StepLine, ...]:
    """Return a scenario's steps, backgrounds first, with a row's cells put in as pytest-bdd does it."""
    steps = document.steps_of(scenario)
    return steps if row is None else tuple(_rendered(step, row.values) for step in steps)


def _rendered(step: StepLine, values: Mapping[str, str]) -> StepLine:
    table = tuple(replace(row, cells=tuple(render_string(cell, values) for cell in row.cells)) for row in step.table)
    text = step.doc_string and replace(step.doc_string, text=render_string(step.doc_string.text, values))
    return replace(step, text=render_string(step.text, values), table=table, doc_string=text)


def cases_of(document: FeatureDocument, modes: Sequence[str] = tag_rules.MODES) -> list[ScenarioCase]:
    """Return all cases of a document: scenario by scenario, row by row, mode by mode."""
    return [case for scenario in document.scenarios for case in scenario_cases(document, scenario, modes)]


def scenario_cases(
    document: FeatureDocument, scenario: ScenarioBlock, modes: Sequence[str] = tag_rules.MODES
) -> list[ScenarioCase]:
    """Return the cases of one scenario; an outline without rows has none, nor has a wish."""
    shared = tuple(tag.name for tag in document.tags_of(scenario))
    if tag_rules.WISH in shared:
        return []
    if not scenario.examples:
        return [ScenarioCase(document, scenario, mode, shared) for mode in tag_rules.modes_of(shared, modes)]
    cases = []
    for block, row, row_id in _identified_rows(scenario.examples):
        own = tuple(tag.name for tag in block.tags)
        every = (*shared, *own)
        for mode in tag_rules.modes_of(every, modes):
            cases.append(ScenarioCase(document, scenario, mode, every, own, row, row_id))
    return cases


def _identified_rows(examples: Iterable[ExamplesBlock]) -> list[tuple[ExamplesBlock, ExampleRow, str]]:
    """Give each row an id of its own: its `case` column or else its first, counted on where two are the same."""
    identified: list[tuple[ExamplesBlock, ExampleRow, str]] = []
    taken: set[str] = set()
    for block in examples:
        for row in block.rows:
            base = _row_id(row.values.get("case", next(iter(row.values.values()), "")))
            candidate, count = base, 1
            while candidate in taken:
                count += 1
                candidate = f"{base} ({count})"
            taken.add(candidate)
            identified.append((block, row, candidate))
    return identified


def _row_id(cell: str) -> str:
    """Return a short printable ASCII id; pytest would escape anything else beyond recognition."""
    plain = unicodedata.normalize("NFKD", cell).encode("ascii", "ignore").decode()
    plain = " ".join(re.sub(r"[^\x20-\x7e]|[\[\]\\]|::", " ", plain).split())
    if len(plain) > LONGEST_ROW_ID:
        plain = plain[: LONGEST_ROW_ID - 3].rstrip() + "..."
    return plain or ("empty" if not cell.strip() else "row")
