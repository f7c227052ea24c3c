"""Reads a feature file into blocks that know their lines.

Parsing is done by the gherkin parser that pytest-bdd uses itself, so that what is checked is what runs. pytest-bdd's
own `Feature` keeps no line of a rule, a tag or an Examples row and drops the first of two scenarios with one name; both
are needed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from gherkin.dialect import Dialect
from gherkin.errors import CompositeParserException, ParserException
from gherkin.parser import Parser
from pytest_bdd import gherkin_parser as ast
from pytest_bdd.types import STEP_TYPE_BY_PARSER_KEYWORD

SUFFIX = ".feature"
# As other file systems, editors that add .txt, and writers of Gherkin in Markdown name them.
_MISNAMED = re.compile(r"\.feature(\.md|\.markdown|\.txt)?$", re.IGNORECASE)


class FeatureSyntaxError(Exception):
    """The file is not Gherkin; `problems` holds (line, message) for each place."""

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        super().__init__("; ".join(f"line {line}: {message}" for line, message in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True)
class Tag:
    """A tag without its `@`, and its line."""

    name: str
    line: int


@dataclass(frozen=True)
class TableRow:
    """A row of a data table, the header among them."""

    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True)
class DocString:
    """A text under a step, and the line of the quotation marks before it."""

    text: str
    line: int


@dataclass(frozen=True)
class StepLine:
    """A step as written; `type` is given, when or then (`And` takes over the one before), "" when there is none."""

    type: str
    keyword: str
    text: str
    line: int
    table: tuple[TableRow, ...] = ()
    doc_string: DocString | None = None


@dataclass(frozen=True)
class ExampleRow:
    """A row of an Examples table: column to cell."""

    values: dict[str, str]
    line: int


@dataclass(frozen=True)
class ExamplesBlock:
    """An Examples table from its first tag to its last row; `line` is that of its header, or of its keyword."""

    first_line: int
    line: int
    columns: tuple[str, ...]
    tags: tuple[Tag, ...]
    rows: tuple[ExampleRow, ...]
    last_line: int


@dataclass(frozen=True)
class RuleBlock:
    """The head of a rule: tags, name, description, background; its scenarios name it."""

    name: str
    line: int
    first_line: int
    last_line: int
    tags: tuple[Tag, ...]
    background: tuple[StepLine, ...]


@dataclass(frozen=True)
class ScenarioBlock:
    """A scenario or an outline (which has Examples) from its first tag to its last line."""

    keyword: str
    name: str
    line: int
    first_line: int
    last_line: int
    description: str
    tags: tuple[Tag, ...]
    steps: tuple[StepLine, ...]
    examples: tuple[ExamplesBlock, ...]
    rule: RuleBlock | None = None


@dataclass(frozen=True)
class FeatureDocument:
    """A feature file. `last_line` is the last line of its head (tags, name, description, background).

    `language` is the code that its first line names, `en` if it names none.
    """

    path: Path
    language: str
    name: str
    line: int
    first_line: int
    last_line: int
    description: str
    tags: tuple[Tag, ...]
    background: tuple[StepLine, ...]
    rules: tuple[RuleBlock, ...]
    scenarios: tuple[ScenarioBlock, ...]

    @property
    def dialect(self) -> Dialect:
        """The keywords of the language that the feature is written in."""
        dialect = Dialect.for_name(self.language)
        assert dialect is not None, "the parser knows the language"
        return dialect

    def tags_of(self, scenario: ScenarioBlock) -> tuple[Tag, ...]:
        """Return the scenario's own tags and those it takes over from its rule and the feature."""
        return (*self.tags, *(scenario.rule.tags if scenario.rule else ()), *scenario.tags)

    def steps_of(self, scenario: ScenarioBlock) -> tuple[StepLine, ...]:
        """Return the scenario's steps, the backgrounds' first."""
        return (*self.background, *(scenario.rule.background if scenario.rule else ()), *scenario.steps)


def read_feature(path: Path) -> FeatureDocument:
    """Read a feature file (UTF-8, with or without a byte order mark).

    Raises:
        FeatureSyntaxError: it cannot be read as one feature; one problem per place.
    """
    try:
        return _read(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise FeatureSyntaxError([(1, f"the file cannot be read: {error.strerror or error}")]) from error


@cache
def _read(path: Path, _changed_at: int) -> FeatureDocument:
    """Read a file once for the checks, the collection and the accounting, unless it changes."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeatureSyntaxError([(1, f"not UTF-8 text (byte {error.start}); save the file as UTF-8")]) from error
    try:
        parsed = Parser().parse(text)
    except CompositeParserException as error:
        raise FeatureSyntaxError([_in_own_words(part) for part in error.errors]) from error
    except ParserException as error:
        raise FeatureSyntaxError([_in_own_words(error)]) from error
    if not parsed.get("feature"):
        raise FeatureSyntaxError(
            [(1, 'the file has no feature; begin with "Feature: " and a name, or delete the file')]
        )
    return _Builder(path, text, ast.GherkinDocument.from_dict(parsed)).document()


def feature_files(places: Iterable[Path], is_ignored: Callable[[Path], object] = lambda path: False) -> list[Path]:
    """Return the feature files among `places` and below the directories among them, sorted, each once.

    `is_ignored` is asked about what is below the directories, not about the places themselves.
    """
    found: set[Path] = set()
    for place in places:
        if place.is_dir():
            found.update(feature_files([entry for entry in place.iterdir() if not is_ignored(entry)], is_ignored))
        elif place.suffix == SUFFIX and (place.is_file() or place.is_symlink()):
            found.add(place)
    return sorted(found)


def misnamed_features(places: Iterable[Path], is_ignored: Callable[[Path], object] = lambda path: False) -> list[Path]:
    """Return the files, found as by `feature_files`, that hold a feature by their names and would be passed over."""
    found: set[Path] = set()
    for place in places:
        if place.is_dir():
            entries = [entry for entry in place.iterdir() if not is_ignored(entry)]
            found.update(misnamed_features(entries, is_ignored))
        elif place.suffix != SUFFIX and _MISNAMED.search(place.name) and place.is_file():
            found.add(place)
    return sorted(found)


def _in_own_words(error: ParserException) -> tuple[int, str]:
    """Turn the parser's message into one line for people; its own words carry "(line:column): "."""
    line = int(error.location["line"])
    message = str(error).partition("): ")[2] or str(error)
    if "inconsistent cell count" in message:
        return line, "this table row has fewer or more cells than the rows above it; an empty cell is written | |"
    if "tag may not contain whitespace" in message:
        return line, "a tag has no blanks and begins with @; put hyphens in place of the blanks"
    expected, _, got = message.partition(", got ")
    if expected.startswith("expected:") and got:
        return (
            line,
            f"{got} does not belong here; a line with Feature:, Rule:, Scenario:, Given, When, Then was expected",
        )
    return line, " ".join(message.split())


@dataclass
class _Builder:
    """Turns the parser's tree into blocks."""

    path: Path
    text: str
    tree: ast.GherkinDocument
    _rules: list[RuleBlock] = field(default_factory=list)
    _scenarios: list[ScenarioBlock] = field(default_factory=list)

    def document(self) -> FeatureDocument:
        feature = self.tree.feature
        background: tuple[StepLine, ...] = ()
        for child in feature.children:
            if child.background:
                background = _steps(child.background.steps)
            elif child.rule:
                self._add_rule(child.rule)
            elif child.scenario:
                self._scenarios.append(self._scenario(child.scenario, None))
        tags = _tags(feature.tags)
        return FeatureDocument(
            path=self.path,
            language=feature.language,
            name=feature.name,
            line=feature.location.line,
            first_line=_first_line(tags, feature.location.line),
            last_line=self._end_of_head(feature.location.line, feature.description, feature.children),
            description=feature.description,
            tags=tags,
            background=background,
            rules=tuple(self._rules),
            scenarios=tuple(self._scenarios),
        )

    def _add_rule(self, rule: ast.Rule) -> None:
        tags = _tags(rule.tags)
        backgrounds = [child.background for child in rule.children if child.background]
        block = RuleBlock(
            name=rule.name,
            line=rule.location.line,
            first_line=_first_line(tags, rule.location.line),
            last_line=self._end_of_head(rule.location.line, rule.description, rule.children),
            tags=tags,
            background=_steps(backgrounds[0].steps) if backgrounds else (),
        )
        self._rules.append(block)
        self._scenarios += [self._scenario(child.scenario, block) for child in rule.children if child.scenario]

    def _scenario(self, scenario: ast.Scenario, rule: RuleBlock | None) -> ScenarioBlock:
        tags = _tags(scenario.tags)
        examples = tuple(_examples(table) for table in scenario.examples)
        ends = [self._end_of_description(scenario.location.line, scenario.description)]
        ends += [_end_of_step(step) for step in scenario.steps] + [block.last_line for block in examples]
        return ScenarioBlock(
            keyword=scenario.keyword,
            name=scenario.name,
            line=scenario.location.line,
            first_line=_first_line(tags, scenario.location.line),
            last_line=max(ends),
            description=scenario.description,
            tags=tags,
            steps=_steps(scenario.steps),
            examples=examples,
            rule=rule,
        )

    def _end_of_head(self, line: int, description: str, children: Iterable[ast.Child]) -> int:
        """Return the last line of the keyword, the description and the background, whichever comes last."""
        ends = [self._end_of_description(line, description)]
        for child in children:
            if child.background:
                ends += [child.background.location.line, *(_end_of_step(step) for step in child.background.steps)]
        return max(ends)

    def _end_of_description(self, line: int, description: str) -> int:
        """Return the last line of a description; blank and comment lines may stand between it and its keyword."""
        last = description.strip().splitlines()
        if not last:
            return line
        lines = self.text.split("\n")  # only the breaks that the parser knows
        wanted = last[-1].strip()
        return next((n for n in range(line + 1, len(lines) + 1) if lines[n - 1].strip() == wanted), line)


def _tags(tags: Iterable[ast.Tag]) -> tuple[Tag, ...]:
    return tuple(Tag(tag.name.removeprefix("@"), tag.location.line) for tag in tags)


def _first_line(tags: Sequence[Tag], line: int) -> int:
    return min([line, *(tag.line for tag in tags)])


def _steps(steps: Iterable[ast.Step]) -> tuple[StepLine, ...]:
    lines: list[StepLine] = []
    current = ""
    for step in steps:
        current = STEP_TYPE_BY_PARSER_KEYWORD.get(step.keyword_type, current)
        rows = step.datatable.rows if step.datatable else ()
        table = tuple(TableRow(tuple(cell.value for cell in row.cells), row.location.line) for row in rows)
        text = DocString(step.docstring.content, step.docstring.location.line) if step.docstring else None
        lines.append(StepLine(current, step.keyword, step.text, step.location.line, table, text))
    return tuple(lines)


def _end_of_step(step: ast.Step) -> int:
    if step.docstring is not None:
        return int(step.docstring.location.line + step.docstring.content.count("\n") + 2)
    if step.datatable is not None:
        return int(step.datatable.rows[-1].location.line)
    return int(step.location.line)


def _examples(table: ast.ExamplesTable) -> ExamplesBlock:
    tags = _tags(table.tags)
    columns = [cell.value for cell in table.table_header.cells] if table.table_header else []
    rows = tuple(
        ExampleRow(dict(zip(columns, (cell.value for cell in row.cells), strict=True)), row.location.line)
        for row in table.table_body or []
    )
    header = table.table_header.location.line if table.table_header else table.location.line
    return ExamplesBlock(
        first_line=_first_line(tags, table.location.line),
        line=header,
        columns=tuple(columns),
        tags=tags,
        rows=rows,
        last_line=rows[-1].line if rows else header,
    )
