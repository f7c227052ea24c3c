"""Living documentation: the features as people wrote them, with what became of each sentence in both modes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from environment.gherkin.cases import scenario_cases
from environment.gherkin.document import (
    ExampleRow,
    FeatureDocument,
    RuleBlock,
    ScenarioBlock,
    StepLine,
    feature_files,
    read_feature,
)
from environment.gherkin.records import ScenarioRecord
from environment.gherkin.tags import requirement_ids
from environment.modes import Mode
from environment.people.personas import CAST, Persona
from environment.settings import ROOT
from reports.allure_results import personas
from reports.features import FEATURES, capability, capability_order, severity
from reports.outcomes import ScenarioOutcome, Status
from reports.verdict import WORST_FIRST

PAGES_FOLDER = "features"
_ORDER = (*WORST_FIRST, Status.NOT_JUDGED)
Results = Mapping[Mode, Status | None]
"""What became of something in each mode that it is for: None where it did not run."""


@dataclass(frozen=True)
class Sentence:
    """A step as written, and the worst that became of it in each mode."""

    step: StepLine
    results: Results


@dataclass(frozen=True)
class Row:
    """A row of an outline (None: the scenario has no rows), and what became of it in each mode."""

    row: ExampleRow | None
    outcomes: Mapping[Mode, ScenarioOutcome]
    results: Results


@dataclass(frozen=True)
class DocumentedScenario:
    """A scenario and what became of it; `records` are those of its rows and modes."""

    block: ScenarioBlock
    sentences: tuple[Sentence, ...]
    rows: tuple[Row, ...]
    records: tuple[ScenarioRecord, ...]

    @property
    def anchor(self) -> str:
        """Its place on the feature's page."""
        return f"line-{self.block.line}"

    @property
    def is_wish(self) -> bool:
        """Whether it is wished for, and not run."""
        return not self.records

    @property
    def outcomes(self) -> list[ScenarioOutcome]:
        """What became of all its rows in all modes."""
        return [outcome for row in self.rows for outcome in row.outcomes.values()]

    @property
    def results(self) -> Results:
        """The worst of its rows in each mode."""
        return _worst(row.results for row in self.rows)

    @property
    def ran(self) -> bool:
        """Whether all of its rows ran, in each mode that they are for."""
        return bool(self.records) and len(self.outcomes) == len(self.records)

    @property
    def fails(self) -> bool:
        """Whether anything of it does not hold in any mode."""
        return any(each.status not in (Status.PASSED, Status.SKIPPED) for each in self.outcomes)

    @property
    def defects(self) -> list[str]:
        """The entries of the ledger that it met."""
        return sorted({each for outcome in self.outcomes for each in outcome.defects})

    @property
    def requirements(self) -> tuple[str, ...]:
        """What it proves."""
        return requirement_ids({tag for record in self.records for tag in record.tags})

    @property
    def severity(self) -> str:
        """How much a failure matters."""
        return severity(self.records[0].tags if self.records else ())

    @property
    def seconds(self) -> float:
        """How long its runs took."""
        return sum(each.seconds for each in self.outcomes)

    @property
    def words(self) -> str:
        """All that is searched."""
        cells = [cell for row in self.rows if row.row for cell in row.row.values.values()]
        texts = [self.block.name, *(each.step.text for each in self.sentences), *cells, *self.tags, *self.defects]
        return " ".join(texts).lower()

    @property
    def tags(self) -> list[str]:
        """Its own and those of its rule and feature, with `@`; those of its rows, too."""
        tags = {tag for record in self.records for tag in record.tags} or {tag.name for tag in self.block.tags}
        return sorted(f"@{tag}" for tag in tags)


@dataclass(frozen=True)
class DocumentedFeature:
    """A feature file and what became of its scenarios; `background` are the sentences before each of them."""

    document: FeatureDocument
    path: str
    background: tuple[Sentence, ...]
    scenarios: tuple[DocumentedScenario, ...]

    @property
    def page(self) -> str:
        """Its address in the report."""
        name = "-".join(PurePosixPath(self.path).with_suffix("").parts[1:])
        return f"{PAGES_FOLDER}/{name}.html"

    @property
    def capability(self) -> str:
        """What it belongs to."""
        return capability(self.path)

    @property
    def people(self) -> list[Persona]:
        """Who acts in it."""
        steps = [*self.background, *(sentence for each in self.scenarios for sentence in each.sentences)]
        names = personas([each.step.text for each in steps])
        return [each for each in CAST if each.name in names]

    @cached_property
    def rules(self) -> list[tuple[RuleBlock | None, list[DocumentedScenario]]]:
        """Its scenarios by rule, in order; those without a rule first."""
        found: dict[RuleBlock | None, list[DocumentedScenario]] = {}
        for each in self.scenarios:
            found.setdefault(each.block.rule, []).append(each)
        return list(found.items())

    @property
    def results(self) -> Results:
        """The worst of its scenarios in each mode."""
        return _worst(each.results for each in self.scenarios)


def documented_features(
    outcomes: Iterable[ScenarioOutcome], places: Sequence[Path] = (FEATURES,), root: Path = ROOT
) -> list[DocumentedFeature]:
    """Every feature in these places with what became of it, journeys first, then by capability.

    Raises:
        FeatureSyntaxError: a file is not Gherkin.
    """
    by_id = {each.nodeid: each for each in outcomes}
    features = [_feature(read_feature(path), by_id, root) for path in feature_files(places)]
    return sorted(features, key=lambda each: (capability_order(each.capability), each.path))


def case_addresses(documented: Iterable[DocumentedFeature]) -> dict[str, str]:
    """Where each scenario is read on the page of its feature, by `feature path::name`."""
    return {
        f"{feature.path}::{each.block.name}": f"{feature.page}#{each.anchor}"
        for feature in documented
        for each in feature.scenarios
    }


def listed_in(documented: Iterable[DocumentedFeature]) -> list[ScenarioRecord]:
    """Every scenario of these features, in each row and mode, whether or not it ran."""
    return [record for feature in documented for each in feature.scenarios for record in each.records]


def _feature(document: FeatureDocument, by_id: Mapping[str, ScenarioOutcome], root: Path) -> DocumentedFeature:
    scenarios = tuple(_scenario(document, block, by_id, root) for block in document.scenarios)
    every = [outcome for each in scenarios for outcome in each.outcomes]
    modes = {record.mode for each in scenarios for record in each.records}
    background = tuple(Sentence(step, _of_step(every, step, modes)) for step in document.background)
    return DocumentedFeature(document, document.path.relative_to(root).as_posix(), background, scenarios)


def _scenario(
    document: FeatureDocument, block: ScenarioBlock, by_id: Mapping[str, ScenarioOutcome], root: Path
) -> DocumentedScenario:
    cases = scenario_cases(document, block)
    rows: dict[int, tuple[ExampleRow | None, dict[Mode, ScenarioOutcome | None]]] = {}
    for case in cases:
        _, found = rows.setdefault(case.row.line if case.row else block.line, (case.row, {}))
        found[Mode(case.mode)] = by_id.get(case.node_id(root))
    documented = tuple(
        Row(
            row,
            {mode: outcome for mode, outcome in found.items() if outcome},
            {mode: outcome.status if outcome else None for mode, outcome in found.items()},
        )
        for row, found in rows.values()
    )
    every = [outcome for row in documented for outcome in row.outcomes.values()]
    steps = (*(block.rule.background if block.rule else ()), *block.steps)
    modes = {Mode(case.mode) for case in cases}
    sentences = tuple(Sentence(step, _of_step(every, step, modes)) for step in steps)
    return DocumentedScenario(block, sentences, documented, tuple(case.record(root) for case in cases))


def _of_step(outcomes: Iterable[ScenarioOutcome], step: StepLine, modes: Iterable[Mode]) -> Results:
    """The worst that became of a step, which its line tells from the others, in each of these modes."""
    ended: Iterator[Results] = (
        {outcome.scenario.mode: ended.status}
        for outcome in outcomes
        for found, ended in outcome.judged
        if found.line == step.line
    )
    return _worst([dict.fromkeys(modes), *ended])


def _worst(results: Iterable[Results]) -> Results:
    """The worst of several results, mode by mode."""
    found: dict[Mode, set[Status | None]] = {}
    for each in results:
        for mode, status in each.items():
            found.setdefault(mode, set()).add(status)
    return {mode: next((each for each in _ORDER if each in ended), None) for mode, ended in found.items()}
