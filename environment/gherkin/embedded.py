"""Sentences that only the embedded deployment can do: whoever writes one is told before a run which tag it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from environment.gherkin.cases import rendered_steps
from environment.gherkin.document import ExampleRow, FeatureDocument, ScenarioBlock, StepLine
from environment.gherkin.tags import EMBEDDED_ONLY
from environment.gherkin.vocabulary import StepDefinition, Vocabulary
from environment.gherkin.wishes import is_wish

_MARK = "embedded_only"
_Function = TypeVar("_Function", bound=Callable[..., Any])


def embedded_only(function: _Function) -> _Function:
    """Say that a sentence needs faults, the clock, the mailbox or tokens that no live deployment has."""
    setattr(function, _MARK, True)
    return function


def is_embedded_only(definition: StepDefinition) -> bool:
    """Whether a sentence needs the embedded deployment."""
    return getattr(definition.callback, _MARK, False)


def tag_problems(document: FeatureDocument, vocabulary: Vocabulary) -> Iterator[tuple[int, str]]:
    """Yield the line and the message of each scenario whose tag for the embedded deployment is missing or idle."""
    for scenario in document.scenarios:
        if is_wish(document, scenario):
            continue
        inherited = {tag.name for tag in document.tags_of(scenario)}
        blocks = [({tag.name for tag in block.tags}, block.rows, block.line) for block in scenario.examples]
        for own, rows, line in blocks or [(set(), (), scenario.line)]:
            steps = [step for row in rows or (None,) for step in _embedded(document, scenario, row, vocabulary)]
            is_tagged = EMBEDDED_ONLY in inherited | own
            if steps and not is_tagged:
                message = f'only the embedded deployment can do "{steps[0].text}"; tag the scenario @{EMBEDDED_ONLY}'
                yield steps[0].line, message
            if is_tagged and not steps:
                yield line, f"nothing here needs the embedded deployment; remove @{EMBEDDED_ONLY}"


def _embedded(
    document: FeatureDocument, scenario: ScenarioBlock, row: ExampleRow | None, vocabulary: Vocabulary
) -> Iterator[StepLine]:
    for step in rendered_steps(document, scenario, row):
        if any(is_embedded_only(match.definition) for match in vocabulary.matches(step.type, step.text)):
            yield step
