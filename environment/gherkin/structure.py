"""Checks of a feature file's form: line endings, names, tags, scenarios that hold nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

from gherkin.dialect import Dialect
from rapidfuzz import fuzz

from environment.gherkin import tags
from environment.gherkin.document import FeatureDocument, ScenarioBlock, StepLine, Tag
from environment.gherkin.findings import Finding
from environment.gherkin.outlines import background_findings, outline_findings


def layout_findings(path: Path) -> Iterator[Finding]:
    """Yield what is tolerated but told: Windows line endings, tabs, a byte order mark; each once per file."""
    content = path.read_bytes()
    if content.startswith(b"\xef\xbb\xbf"):
        yield Finding(path, 1, "the file begins with a byte order mark; save it as UTF-8 without one", blocks=False)
    lines = content.split(b"\n")
    for line, text in enumerate(lines, start=1):
        if text.endswith(b"\r"):
            yield Finding(path, line, "Windows line ending (CRLF); save the file with LF line endings", blocks=False)
            break
    for line, text in enumerate(lines, start=1):
        if b"\t" in text:
            yield Finding(path, line, "there is a tab; indent with blanks", blocks=False)
            break


def document_findings(document: FeatureDocument, requirements: Collection[str] | None) -> Iterator[Finding]:
    """Yield what is wrong with a document by itself; `requirements` are the known ids, None when nobody knows them."""

    def finding(line: int, message: str) -> Finding:
        return Finding(document.path, line, message)

    if not document.name:
        yield finding(document.line, "the feature has no name")
    if not document.scenarios:
        yield finding(document.line, "the feature has no scenario")
    yield from _background_findings(document, finding)
    yield from background_findings(document, finding)
    yield from _tag_findings(document, requirements, finding)
    for scenario in document.scenarios:
        yield from _scenario_findings(document, scenario, finding)


def duplicate_findings(documents: Sequence[FeatureDocument], root: Path | None) -> Iterator[Finding]:
    """Yield scenarios of one name in a file, and features of one name among all files."""
    for document in documents:
        names: dict[str, int] = {}
        for scenario in document.scenarios:
            first = names.setdefault(scenario.name, scenario.line)
            if first != scenario.line:
                message = (
                    f'there is a scenario "{scenario.name}" at line {first} already; give this one a name of its own'
                )
                yield Finding(document.path, scenario.line, message)
    features: dict[str, list[FeatureDocument]] = defaultdict(list)
    for document in documents:
        features[document.name].append(document)
    for name, same in features.items():
        for document in same[1:] if name else []:
            first_place = Finding(same[0].path, same[0].line, "").text(root).removesuffix(": ")
            message = f'there is a feature "{name}" already, at {first_place}; give this one a name of its own'
            yield Finding(document.path, document.line, message)


_Make = Callable[[int, str], Finding]


def _background_findings(document: FeatureDocument, finding: _Make) -> Iterator[Finding]:
    for steps in (document.background, *(rule.background for rule in document.rules)):
        yield from _keyword_findings(steps, finding)


def _keyword_findings(steps: Sequence[StepLine], finding: _Make) -> Iterator[Finding]:
    if steps and not steps[0].type:
        yield finding(steps[0].line, f"{steps[0].keyword} continues nothing; begin with Given, When or Then")


def _tag_findings(document: FeatureDocument, requirements: Collection[str] | None, finding: _Make) -> Iterator[Finding]:
    heads = [document.tags, *(rule.tags for rule in document.rules), *(one.tags for one in document.scenarios)]
    rows = [block.tags for scenario in document.scenarios for block in scenario.examples]
    for tag in _all(heads + rows):
        wrong = tags.problem(tag.name, requirements)
        if wrong:
            yield finding(tag.line, wrong)
    for tag in _all(rows):
        if ":" in tag.name:
            yield finding(tag.line, f"@{tag.name}: a tag with a value belongs to the scenario, not to its Examples")


def _all(groups: Iterable[Iterable[Tag]]) -> list[Tag]:
    return [tag for group in groups for tag in group]


def _scenario_findings(document: FeatureDocument, scenario: ScenarioBlock, finding: _Make) -> Iterator[Finding]:
    line = scenario.line
    names = [tag.name for tag in document.tags_of(scenario)]
    every = {*names, *(tag.name for block in scenario.examples for tag in block.tags)}
    if not scenario.name:
        yield finding(line, "the scenario has no name")
    if "::" in scenario.name or "[" in scenario.name:
        yield finding(line, "a scenario's name must not contain :: or [, which select scenarios on the command line")
    if any(name.startswith("proposes:") for name in names) and tags.WISH not in names:
        yield finding(line, "@proposes belongs to a wish; tag the scenario with @wish, too")
    if not tags.requirement_ids(every) and tags.WISH not in names:
        yield finding(line, f'the scenario "{scenario.name}" names no requirement; tag it with one, such as @AUTH-1')
    per_row = [{*names, *(tag.name for tag in block.tags)} for block in scenario.examples] or [set(names)]
    if any({"local_mode", "multiuser_mode"} <= together for together in per_row):
        yield finding(line, "@local_mode and @multiuser_mode exclude each other; a scenario without both runs in each")
    if not scenario.steps:
        yield finding(line, f'the scenario "{scenario.name}" has no steps')
    yield from _keyword_findings(scenario.steps, finding)
    yield from _misspelt_keywords(document, scenario, finding)
    yield from outline_findings(document, scenario, finding)


def _misspelt_keywords(document: FeatureDocument, scenario: ScenarioBlock, finding: _Make) -> Iterator[Finding]:
    """Yield description lines that look like steps: "Whn she asks" is a description to Gherkin, and would not run."""
    keywords = sorted(_step_keywords(document.dialect))
    for text in scenario.description.splitlines():
        word = text.strip().partition(" ")[0]
        for keyword in keywords:
            if word and word != keyword and fuzz.ratio(word, keyword) >= 75 and " " in text.strip():
                message = f'"{text.strip()}" is not a step but part of the description; did you mean {keyword}?'
                yield finding(scenario.line, message)
                break


def _step_keywords(dialect: Dialect) -> set[str]:
    groups = (
        dialect.given_keywords,
        dialect.when_keywords,
        dialect.then_keywords,
        dialect.and_keywords,
        dialect.but_keywords,
    )
    return {keyword.strip() for group in groups for keyword in group} - {"*"}
