"""What sentences need and what they give: found before anything runs, and in one line when one is missing.

A sentence needs the fixtures that its function takes, and gives the one that its `target_fixture` names. What no
fixture makes by itself has to be given by an earlier step of the scenario.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Protocol

import pytest
from _pytest.fixtures import FixtureFunctionDefinition

from environment.gherkin.document import StepLine
from environment.gherkin.step_arguments import DOC_STRING, TABLE
from environment.gherkin.vocabulary import StepDefinition, Vocabulary, required_parameters
from environment.nearest import nearest
from quilt_stack.patches import Patch

MOST_SUGGESTIONS = 3
_PYTESTS_OWN = frozenset({"request"})
_BEFORE = {"given": ("given",), "when": ("given", "when"), "then": ("given", "when")}
_PLURAL = re.compile(r"[^s]s$")

Fixtures = Mapping[str, tuple[str, ...]]
"""Fixtures by name, each with the names of those that it takes."""
PATCH = Patch(
    __name__,
    "pytest",
    reason="What a fixture takes is in its function, which pytest wraps.",
    bodies={
        "_pytest.fixtures:FixtureFunctionDefinition._get_wrapped_function": "d8e1bdf1c535",
    },
    fence="tests/environment/gherkin/test_needs.py::test_a_step_function_that_takes_what_nothing_makes",
    until="pytest has a public name for the function of a fixture",
)


class Step(Protocol):
    """What is read of pytest-bdd's step."""

    type: str
    name: str


def fixtures_in(modules: Iterable[object]) -> Fixtures:
    """Return the fixtures of these modules; those of a later module come first, as with pytest's plugins."""
    found: dict[str, tuple[str, ...]] = {}
    for module in modules:
        for value in list(vars(module).values()) if isinstance(module, ModuleType) else ():
            if isinstance(value, FixtureFunctionDefinition) and not value.name.startswith("pytestbdd_"):
                found[value.name] = required_parameters(value._get_wrapped_function())
    return found


def definitions_without_fixtures(vocabulary: Vocabulary, fixtures: Fixtures) -> Iterator[tuple[StepDefinition, str]]:
    """Yield the step functions that take what neither a fixture nor a sentence makes, each with the message."""
    given = {one.target_fixture for one in vocabulary.definitions if one.target_fixture}
    for definition in vocabulary.definitions:
        for name in definition.needs:
            gap = _gap(name, given, fixtures)
            if gap:
                yield (
                    definition,
                    f"the step function {definition.function} takes {_nothing_makes(gap[-1], given, fixtures)}",
                )


def missing_needs(
    steps: Iterable[StepLine], vocabulary: Vocabulary, fixtures: Fixtures
) -> Iterator[tuple[StepLine, str]]:
    """Follow a scenario step by step, and yield each step that needs what none before it gives, with the message.

    Each thing is reported once. Steps that are no sentence, or several, are left to other checks.
    """
    givable = {one.target_fixture for one in vocabulary.definitions if one.target_fixture}
    there: set[str] = set()
    for step in steps:
        matches = vocabulary.matches(step.type, step.text)
        if len(matches) != 1:
            return  # what it would give is not known
        definition = matches[0].definition
        for name in definition.needs:
            gap = _gap(name, there, fixtures)
            if gap and gap[-1] in givable:
                yield step, _needs(step.type, step.text, gap, vocabulary, (there, fixtures))
                there.update(gap)
        if definition.target_fixture:
            there.add(definition.target_fixture)


def explain_missing(error: pytest.FixtureLookupError, step: Step | None, vocabulary: Vocabulary) -> str:
    """Return in one line what a step lacks, and which sentences would give it.

    Args:
        error: what pytest raised when it looked for the fixture.
        step: the step that was about to run; None: the scenario was being set up.
        vocabulary: the sentences of the run.
    """
    name = error.argname or ""
    asking = f'"{step.name}"' if step else "the scenario"
    around = [each.argname for each in error.fixturestack]
    if error.msg:
        return f"{asking}: {' '.join(error.msg.split())}"
    if name in around:
        return f'{asking} takes the fixture "{name}", which takes itself: {" -> ".join([*around, name])}'
    if name in (TABLE, DOC_STRING):
        return f"{asking} needs a {'table' if name == TABLE else 'doc string'}"
    if step and any(one.target_fixture == name for one in vocabulary.definitions):
        return _needs(step.type, step.name, (name,), vocabulary, None)
    return f"{asking} takes {_nothing_makes(name, (one.target_fixture for one in vocabulary.definitions), {})}"


def _gap(name: str, there: Iterable[str], fixtures: Fixtures, around: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the way from a name to what is missing for it: fixtures, and at last what none makes.

    Empty if all is there.
    """
    if name in there or name in _PYTESTS_OWN or name in around:
        return ()
    if name not in fixtures:
        return (*around, name)
    ways = (_gap(each, there, fixtures, (*around, name)) for each in fixtures[name])
    return next((way for way in ways if way), ())


def _needs(
    step_type: str,
    text: str,
    gap: tuple[str, ...],
    vocabulary: Vocabulary,
    known: tuple[Iterable[str], Fixtures] | None,
) -> str:
    givers = [
        one for one in vocabulary.nearest_first(text) if one.target_fixture in gap and one.type in _BEFORE[step_type]
    ]
    if known:
        givers.sort(key=lambda one: any(_gap(name, *known) for name in one.needs))  # what can stand there comes first
    givers.sort(key=lambda one: one.type)
    noun = _noun(gap[-1], [one for one in vocabulary.definitions if one.target_fixture == gap[-1]])
    suggestions = " | ".join(f'"{one.readable()}"' for one in givers[:MOST_SUGGESTIONS])
    would = f"These would: {suggestions}" if suggestions else f"No sentence that may stand before a {step_type} does"
    one = "any" if _PLURAL.search(noun) else "one"
    return f'"{text}" needs {noun}; no step before it makes {one}. {would}'


def _noun(name: str, givers: Iterable[StepDefinition]) -> str:
    """Return in words what a fixture is: the class that its sentences return, or its own name."""
    classes = {one.target_class for one in givers}
    kind = classes.pop() if len(classes) == 1 else ""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind) if kind else name.replace("_", " ")
    words = words.lower()
    if _PLURAL.search(words):
        return words
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _nothing_makes(name: str, given: Iterable[str | None], fixtures: Fixtures) -> str:
    close = nearest(name, sorted({each for each in (*given, *fixtures) if each}))
    meant = f'; did you mean "{close[0]}"?' if close else ""
    return f'"{name}", which no sentence and no fixture makes{meant}'
