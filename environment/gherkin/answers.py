"""Which of the product's operations a sentence calls, and whose answers of which operations it reads.

Both are read from the source of the step function and of what it goes by, so that no sentence has to say it again.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from environment.gherkin.step_functions import ACTING, KEEPING, function_named, reached_from, source_of
from environment.gherkin.vocabulary import StepDefinition, Vocabulary

READING = frozenset({"last_outcome", "outcomes"})
"""Methods of a session (`environment.driving.session`) that give what came of earlier calls of a persona."""

LAST_NAMED = "last_named"
"""The attribute of a stage that is whoever was named last."""

MOST_SUGGESTIONS = 3


@dataclass(frozen=True)
class Read:
    """An answer that a sentence reads: of whom, and of which operations, of any if there are none.

    `who` is the parameter of the step function for the person; "" is whoever was named last.
    """

    who: str
    operations: frozenset[str]


def operations_called(definition: StepDefinition) -> frozenset[str]:
    """The operations that a sentence may call as a persona."""
    return _called(definition.callback)


def answers_read(definition: StepDefinition) -> frozenset[Read]:
    """The answers that a sentence reads."""
    return _read(definition.callback)


def would_ask(operations: frozenset[str], text: str, vocabulary: Vocabulary) -> str:
    """The acts that call one of these operations, in words, those that do little else first; "" if there is none."""
    acts = [one for one in vocabulary.nearest_first(text) if one.type == "when" and operations & operations_called(one)]
    acts.sort(key=lambda one: len(operations_called(one) - operations))
    suggestions = " | ".join(f'"{one.readable()}"' for one in acts[:MOST_SUGGESTIONS])
    return f"These would: {suggestions}" if suggestions else ""


@cache
def _called(function: Callable[..., Any]) -> frozenset[str]:
    found: set[str] = set()
    for one in reached_from(function):
        node = source_of(one)
        for part in ast.walk(node) if node is not None else ():
            if isinstance(part, ast.Attribute) and _is_interface(part.value, _interfaces(node)):
                found.add(part.attr)
            elif isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == KEEPING:
                found.update(_texts(one, part.args[1:2]))
    return frozenset(found)


def _interfaces(node: ast.AST | None) -> frozenset[str]:
    """Names to which a function gives the interface of a persona: `ops = persona.ops`."""
    found: set[str] = set()
    for part in ast.walk(node) if node is not None else ():
        if isinstance(part, ast.Assign):
            for target in part.targets:
                pairs = zip(_elements(target), _elements(part.value), strict=False)
                found.update(name.id for name, value in pairs if isinstance(name, ast.Name) and _acts(value))
    return frozenset(found)


def _elements(node: ast.expr) -> list[ast.expr]:
    return node.elts if isinstance(node, ast.Tuple) else [node]


def _acts(node: ast.expr) -> bool:
    node = node.func if isinstance(node, ast.Call) else node
    return isinstance(node, ast.Attribute) and node.attr in ACTING


def _is_interface(node: ast.expr, names: frozenset[str]) -> bool:
    return _acts(node) or (isinstance(node, ast.Name) and node.id in names)


@cache
def _read(function: Callable[..., Any]) -> frozenset[Read]:
    node = source_of(function)
    found: set[Read] = set()
    for call in (part for part in ast.walk(node) if isinstance(part, ast.Call)) if node is not None else ():
        if isinstance(call.func, ast.Attribute) and call.func.attr in READING:
            who = _who(call.func.value, function)
            found.update([Read(who, frozenset(_texts(function, call.args)))] if who is not None else [])
        elif isinstance(call.func, ast.Name):
            found.update(_read_by(function, call, call.func.id))
    return frozenset(found)


def _read_by(function: Callable[..., Any], call: ast.Call, name: str) -> Iterator[Read]:
    """What a function that is called reads, in the caller's words."""
    called = function_named(function, name)
    if called is None or called is function:
        return
    handed = dict(zip(inspect.signature(called).parameters, call.args, strict=False))
    handed |= {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg is not None}
    for read in _read(called):
        who = _who(handed[read.who], function) if read.who in handed else read.who
        if who is not None:
            yield Read(who, read.operations)


def _who(node: ast.expr, function: Callable[..., Any]) -> str | None:
    """The parameter whose session it is; "" whoever was named last; None if that cannot be told."""
    if isinstance(node, ast.Attribute):
        return "" if node.attr == LAST_NAMED else None
    if not isinstance(node, ast.Name):
        return None
    if node.id in inspect.signature(function).parameters:
        return node.id
    source = source_of(function)
    for part in ast.walk(source) if source is not None else ():
        if isinstance(part, ast.Assign) and any(isinstance(to, ast.Name) and to.id == node.id for to in part.targets):
            return _who(part.value, function)
    return None


def _texts(function: Callable[..., Any], nodes: Iterable[ast.expr]) -> Iterator[str]:
    """The texts that these expressions are: literally, or by the name of a constant."""
    for node in nodes:
        value: Any = None
        if isinstance(node, ast.Constant):
            value = node.value
        elif isinstance(node, ast.Starred) and isinstance(node.value, ast.Name):
            value = inspect.unwrap(function).__globals__.get(node.value.id)
        elif isinstance(node, ast.Name):
            value = inspect.unwrap(function).__globals__.get(node.id)
        yield from [value] if isinstance(value, str) else value if isinstance(value, tuple) else ()
