"""The sentences that exist: every registered step definition, and which of them a step is.

pytest-bdd keeps a step definition as a fixture in the module that made it; its registry leads from the fixture's
function to the definition. Step modules are pytest plugins, so the modules to look through are the loaded plugins.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pytest_bdd.parsers import StepParser
from pytest_bdd.steps import StepFunctionContext, step_function_context_registry
from rapidfuzz import fuzz, process

from environment.gherkin.references import KINDS, PLACEHOLDER, readable
from environment.gherkin.step_arguments import DOC_STRING, TABLE, Columns, Takes, columns_of, takes

LEAST_LIKENESS = 75.0


@dataclass(frozen=True)
class Placeholder:
    """A placeholder of a sentence; `kind` is "" for one without a type."""

    name: str
    kind: str


@dataclass(frozen=True, eq=False)
class StepDefinition:
    """A sentence and the function behind it.

    `type` is given, when, then, or "" for any; `line` counts from 1; `target_fixture` is what it leaves to later steps,
    `target_class` the name of that one's class ("" if it has no plain name), `needs` are the fixtures that the function
    takes besides the words of the sentence. `table` and `doc_string` say whether it takes one, `columns` which columns
    its table has.
    """

    type: str
    pattern: str
    module: str
    function: str
    path: Path
    line: int
    description: str
    placeholders: tuple[Placeholder, ...]
    is_coroutine: bool
    target_fixture: str | None
    parser: StepParser = field(repr=False)
    callback: Callable[..., Any] = field(repr=False)
    needs: tuple[str, ...] = ()
    target_class: str = ""
    table: Takes = Takes.NEVER
    doc_string: Takes = Takes.NEVER
    columns: Columns | None = None

    def arguments(self, text: str) -> dict[str, object] | None:
        """Return placeholder to value when the text is this sentence, or None."""
        return self.parser.parse_arguments(text) if self.parser.is_matching(text) else None

    def sentence(self) -> str:
        """Return the sentence with its keyword, for messages."""
        return f"{self.type.capitalize() or 'Given/When/Then'} {self.pattern}"

    def readable(self) -> str:
        """Return the sentence with its keyword and what each blank takes in words, for those who write features."""
        return readable(self.sentence())

    def spoken(self) -> str:
        """Return the sentence with its keyword as somebody could write it, its placeholders filled in."""
        return PLACEHOLDER.sub(_example, self.sentence())


def _example(blank: re.Match[str]) -> str:
    return next(iter(KINDS[blank[2]].choices()), "…") if blank[2] in KINDS.names() else blank[0]


@dataclass(frozen=True)
class Match:
    """A definition that a step is, with the values of its placeholders."""

    definition: StepDefinition
    arguments: dict[str, object]


class Vocabulary:
    """All step definitions of a run."""

    def __init__(self, definitions: Iterable[StepDefinition]) -> None:
        self.definitions: tuple[StepDefinition, ...] = tuple(definitions)
        self._matches = lru_cache(maxsize=None)(self._find)

    def matches(self, step_type: str, text: str) -> tuple[Match, ...]:
        """Return the definitions that a step is; more than one means that the step is ambiguous."""
        return self._matches(step_type, text)

    def nearest(self, text: str, *, limit: int = 3) -> list[StepDefinition]:
        """Return the definitions whose sentences are most like the text, best first."""
        return self.nearest_first(text, limit=limit, least=LEAST_LIKENESS)

    def nearest_first(self, text: str, *, limit: int | None = None, least: float = 0.0) -> list[StepDefinition]:
        """Return the definitions in the order of their likeness (0 to 100) to the text, without those below `least`."""
        shapes = {number: _shape(one.pattern) for number, one in enumerate(self.definitions)}
        found = process.extract(_shape(text), shapes, scorer=fuzz.ratio, limit=limit, score_cutoff=least)
        return [self.definitions[number] for _, _, number in found]

    def _find(self, step_type: str, text: str) -> tuple[Match, ...]:
        found = []
        for definition in self.definitions:
            if definition.type in ("", step_type):
                arguments = definition.arguments(text)
                if arguments is not None:
                    found.append(Match(definition, arguments))
        return tuple(found)


VOCABULARY: pytest.StashKey[Vocabulary] = pytest.StashKey()


def vocabulary_of(config: pytest.Config) -> Vocabulary:
    """Return the sentences that the plugins of a run define."""
    if VOCABULARY not in config.stash:
        config.stash[VOCABULARY] = Vocabulary(definitions_in(config.pluginmanager.get_plugins()))
    return config.stash[VOCABULARY]


def definitions_in(modules: Iterable[object]) -> list[StepDefinition]:
    """Return the step definitions of the modules, in the order of their files and lines.

    pytest-bdd's own (`trace`, which stops in a debugger) are no sentences of ours.
    """
    contexts: dict[int, StepFunctionContext] = {}
    for module in modules:
        if isinstance(module, ModuleType) and not module.__name__.startswith("pytest_bdd"):
            for context in _contexts(module):
                contexts[id(context)] = context
    return sorted(map(_definition, contexts.values()), key=lambda one: (one.path, one.line, one.type, one.pattern))


def _contexts(module: ModuleType) -> Sequence[StepFunctionContext]:
    markers = [
        inspect.unwrap(value)
        for name, value in list(vars(module).items())
        if name.startswith("pytestbdd_stepdef") and callable(value)
    ]
    return [step_function_context_registry[marker] for marker in markers if marker in step_function_context_registry]


def _definition(context: StepFunctionContext) -> StepDefinition:
    function = inspect.unwrap(context.step_func)
    pattern = context.parser.name
    placeholders = tuple(Placeholder(name, kind) for name, kind in PLACEHOLDER.findall(pattern))
    named_groups = re.findall(r"\(\?P<(\w+)>", pattern)  # of a regular expression
    from_the_step = {TABLE, DOC_STRING, *named_groups, *(placeholder.name for placeholder in placeholders)}
    return StepDefinition(
        type=context.type or "",
        pattern=pattern,
        module=function.__module__,
        function=function.__name__,
        path=Path(function.__code__.co_filename),
        line=function.__code__.co_firstlineno,
        description=inspect.getdoc(function) or "",
        placeholders=placeholders,
        is_coroutine=inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function),
        target_fixture=context.target_fixture,
        parser=context.parser,
        callback=function,
        needs=tuple(name for name in required_parameters(function) if name not in from_the_step),
        target_class=_class_returned(function),
        table=takes(function, TABLE),
        doc_string=takes(function, DOC_STRING),
        columns=columns_of(function),
    )


def required_parameters(function: Callable[..., object]) -> tuple[str, ...]:
    """Return the parameters that have no default value: what pytest fills in with fixtures."""
    parameters = inspect.signature(function).parameters.values()
    return tuple(one.name for one in parameters if one.default is inspect.Parameter.empty)


def _class_returned(function: Callable[..., object]) -> str:
    annotation = function.__annotations__.get("return")
    name = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", "")
    return name if re.fullmatch(r"[A-Z]\w+", name) else ""


def _shape(text: str) -> str:
    """Reduce a sentence to what can be compared: placeholders, quoted texts and numbers are the same to everyone."""
    text = PLACEHOLDER.sub("0", text)
    text = re.sub(r'"[^"]*"', '"0"', text)
    return re.sub(r"\d[\d,.]*", "0", text).lower()
