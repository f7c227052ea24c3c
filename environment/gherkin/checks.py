"""Everything that is wrong with features and step definitions, found at once, before anything runs.

`check_features` needs no pytest run: the collection calls it, and so can a command line or an editor.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from environment.gherkin.acts import tenses
from environment.gherkin.cases import rendered_steps
from environment.gherkin.document import (
    SUFFIX,
    ExampleRow,
    FeatureDocument,
    FeatureSyntaxError,
    StepLine,
    feature_files,
    misnamed_features,
    read_feature,
)
from environment.gherkin.embedded import tag_problems
from environment.gherkin.findings import Finding
from environment.gherkin.following import meaning_problems
from environment.gherkin.misfits import near_miss
from environment.gherkin.needs import Fixtures, definitions_without_fixtures, missing_needs
from environment.gherkin.people import people_problems
from environment.gherkin.references import Checkable
from environment.gherkin.step_arguments import TABLE, Takes, argument_problems
from environment.gherkin.step_functions import unused_placeholders
from environment.gherkin.structure import document_findings, duplicate_findings, layout_findings
from environment.gherkin.vocabulary import Match, StepDefinition, Vocabulary
from environment.gherkin.wishes import is_wish


def check_features(
    paths: Iterable[Path],
    definitions: Iterable[StepDefinition],
    *,
    root: Path | None = None,
    requirements: Collection[str] | None = None,
    fixtures: Fixtures | None = None,
    complete: bool = False,
    suggest: Callable[[StepLine], str] | None = None,
) -> list[Finding]:
    """Check feature files, and the files in directories among `paths`, against the step definitions.

    Args:
        paths: feature files and directories.
        definitions: the sentences that exist (`vocabulary.definitions_in`).
        root: what paths inside messages are shown relative to.
        requirements: the known requirement ids; None: any id of the right form will do.
        fixtures: all fixtures there are (`needs.fixtures_in`); None: what sentences need and give is not checked.
        complete: the paths are all features there are, so that a sentence that none uses is a finding.
        suggest: what to say of a step that is no sentence; None: name those that are written most like it.

    Returns:
        The findings, each once, sorted by path and line.
    """
    vocabulary = Vocabulary(definitions)
    findings: set[Finding] = set(_definition_findings(vocabulary))
    for definition, message in definitions_without_fixtures(vocabulary, fixtures) if fixtures is not None else ():
        findings.add(Finding(definition.path, definition.line, message))
    documents = []
    any_unreadable = False
    paths = list(paths)
    for path in misnamed_features(paths):
        message = f"no scenario of this file runs; save it as {path.name[: path.name.lower().index(SUFFIX)]}{SUFFIX}"
        findings.add(Finding(path, 1, message))
    for path in feature_files(paths):
        try:
            documents.append(read_feature(path))
            findings.update(layout_findings(path))
        except FeatureSyntaxError as error:
            any_unreadable = True
            findings.update(Finding(path, line, message) for line, message in error.problems)
    used: set[StepDefinition] = set()
    for document in documents:
        findings.update(document_findings(document, requirements))
        findings.update(_sentence_findings(document, vocabulary, used, root, suggest))
        findings.update(Finding(document.path, line, message) for line, message in tag_problems(document, vocabulary))
        if fixtures is not None:
            findings.update(_need_findings(document, vocabulary, fixtures))
    findings.update(duplicate_findings(documents, root))
    findings.update(_function_findings(vocabulary.definitions if complete else used))
    if complete and not any_unreadable:
        findings.update(_unused_findings(vocabulary, used))
    return sorted(findings)


def _definition_findings(vocabulary: Vocabulary) -> Iterator[Finding]:
    for definition in vocabulary.definitions:
        if definition.is_coroutine:
            message = (
                f"the step function {definition.function} is a coroutine, which pytest-bdd never awaits: it would pass "
                "whatever happens; write a plain function"
            )
            yield Finding(definition.path, definition.line, message)
        if (definition.table is Takes.NEVER) != (definition.columns is None):
            what = (
                f"declares columns, and has no parameter {TABLE}"
                if definition.columns
                else 'takes a table and does not say which columns it has; write @columns("first", "second") above it'
            )
            message = f"the step function {definition.function} {what}"
            yield Finding(definition.path, definition.line, message)


def _function_findings(definitions: Iterable[StepDefinition]) -> Iterator[Finding]:
    for definition in definitions:
        for name in unused_placeholders(definition):
            message = (
                f"the step function {definition.function} does not use {{{name}}} of its sentence, which would hold "
                "whatever stands there; use it or take it out"
            )
            yield Finding(definition.path, definition.line, message)
        if definition.type == "then" and definition.target_fixture is not None:
            message = (
                f"the Then {definition.function} leaves {definition.target_fixture} to later steps, which are judged "
                "also when it fails; let each of them look for itself"
            )
            yield Finding(definition.path, definition.line, message)


def _unused_findings(vocabulary: Vocabulary, used: Collection[StepDefinition]) -> Iterator[Finding]:
    acts = tenses(vocabulary.definitions).keys() & {definition.callback for definition in used}
    for definition in vocabulary.definitions:
        if definition not in used and definition.callback not in acts:
            message = f'no feature uses the step "{definition.sentence()}"; use it or delete it'
            yield Finding(definition.path, definition.line, message)


_BELOW = "who and what is meant below it is checked once there is one"


def _sentence_findings(
    document: FeatureDocument,
    vocabulary: Vocabulary,
    used: set[StepDefinition],
    root: Path | None,
    suggest: Callable[[StepLine], str] | None,
) -> Iterator[Finding]:
    hiding = set[StepLine]()
    for scenario in _scenarios(document):
        hiding.update(islice((step for step in scenario[:-1] if not vocabulary.matches(step.type, step.text)), 1))
        for step, message in (*people_problems(scenario, vocabulary), *meaning_problems(scenario, vocabulary)):
            yield Finding(document.path, step.line, message)
    for step in _steps(document):
        matches = vocabulary.matches(step.type, step.text)
        used.update(match.definition for match in matches)
        for message in _messages(step, matches, vocabulary, root, suggest):
            below = f" ({_BELOW})" if step in hiding else ""
            yield Finding(document.path, step.line, message + below)
        if len(matches) == 1:
            one = matches[0].definition
            for line, message in argument_problems(step, one.table, one.doc_string, one.columns):
                yield Finding(document.path, line, message)


def _need_findings(document: FeatureDocument, vocabulary: Vocabulary, fixtures: Fixtures) -> Iterator[Finding]:
    for steps in _scenarios(document):
        for step, message in missing_needs(steps, vocabulary, fixtures):
            yield Finding(document.path, step.line, message)


def _scenarios(document: FeatureDocument) -> Iterator[tuple[StepLine, ...]]:
    """Yield the steps of each scenario as they will run; those of an outline once for each row."""
    for scenario in document.scenarios:
        if is_wish(document, scenario):
            continue  # its sentences need not exist
        rows: list[ExampleRow | None] = [row for block in scenario.examples for row in block.rows]
        for row in rows or [None]:
            yield rendered_steps(document, scenario, row)


def _steps(document: FeatureDocument) -> list[StepLine]:
    """Return all steps, each once; steps without a type are found elsewhere."""
    return [step for step in dict.fromkeys(chain.from_iterable(_scenarios(document))) if step.type]


def _messages(
    step: StepLine,
    matches: tuple[Match, ...],
    vocabulary: Vocabulary,
    root: Path | None,
    suggest: Callable[[StepLine], str] | None,
) -> Iterator[str]:
    if not matches:
        yield _undefined(step, vocabulary, suggest)
    elif len(matches) > 1:
        places = ", ".join(_place(match.definition, root) for match in matches)
        yield f'the step "{step.text}" is ambiguous: it is defined by {places}'
    else:
        for value in matches[0].arguments.values():
            wrong = value.problem() if isinstance(value, Checkable) else None
            if wrong:
                yield wrong


def _undefined(step: StepLine, vocabulary: Vocabulary, suggest: Callable[[StepLine], str] | None) -> str:
    for other in ("given", "when", "then"):
        if vocabulary.matches(other, step.text):
            instead = f"; {suggest(step)}" if suggest else ""
            return f'"{step.text}" is a {other.capitalize()}, not a {step.type.capitalize()}{instead}'
    wrong = near_miss(step.type, step.text, vocabulary)
    if wrong is not None:
        return f'there is no sentence "{step.type.capitalize()} {step.text}": {wrong}'
    hint = (suggest or (lambda step: _written_alike(step, vocabulary)))(step)
    return f'there is no sentence "{step.type.capitalize()} {step.text}"; {hint}'


def _written_alike(step: StepLine, vocabulary: Vocabulary) -> str:
    nearest = vocabulary.nearest(step.text)
    search = (
        "`acceptance lint` with this file names those that mean nearly the same; if none does, tag the scenario @wish"
    )
    return "nearest: " + " | ".join(one.spoken() for one in nearest) if nearest else search


def _place(definition: StepDefinition, root: Path | None) -> str:
    place = Finding(definition.path, definition.line, "").text(root).removesuffix(": ")
    return f'{place} "{definition.pattern}"'
