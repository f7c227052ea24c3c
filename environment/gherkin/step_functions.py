"""What the function behind a sentence does with its arguments, read from its source without calling it.

Of a function without a source file nothing is known, and nothing is held against it.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from environment.gherkin.vocabulary import StepDefinition

ACTING = frozenset({"ops", "admin", "request", "server"})
"""Attributes of a session (`environment.driving.session`) through which a persona calls the product."""

ELSEWHERE = frozenset({"account"})
"""Attributes of a session through which a persona acts with another client."""

KEEPING = "keep_answer"
"""The function that registers an answer that a persona got by other means (`environment.product.outcome`)."""

_DRIVING = "environment"
"""The package in which what people do is defined in one word."""

_Definition = ast.FunctionDef | ast.AsyncFunctionDef


def unused_placeholders(definition: StepDefinition) -> list[str]:
    """Names of the placeholders that the step function has no parameter for, or never reads."""
    node = source_of(definition.callback)
    if node is None:
        return []
    read = _names_read(node) & set(inspect.signature(definition.callback).parameters)
    return [placeholder.name for placeholder in definition.placeholders if placeholder.name not in read]


def calls_the_product(definition: StepDefinition) -> bool:
    """Whether the step function, or one of its package that it goes by, calls the product as a persona."""
    return _calls_the_product(definition.callback)


def asks_as(definition: StepDefinition) -> frozenset[str]:
    """The parameters of the step function as whom it acts itself, on the product or with another client."""
    return _acting_parameters(definition.callback)


@cache
def _calls_the_product(function: Callable[..., Any]) -> bool:
    for one in reached_from(function):
        names, attributes = _words(one)
        if source_of(one) is None or KEEPING in names or attributes & ACTING:
            return True
    return False


@cache
def reached_from(function: Callable[..., Any]) -> tuple[Callable[..., Any], ...]:
    """A function and those of its package, or of the suite's environment, that it goes by."""
    reached = [function]
    for one in reached:  # grows while it is gone through
        named = (function_named(one, name) for name in _words(one)[0])
        reached += [other for other in named if other is not None and other not in reached]
    return tuple(reached)


@cache
def _words(function: Callable[..., Any]) -> tuple[frozenset[str], frozenset[str]]:
    """The names in a function's source, and the attributes."""
    node = source_of(function)
    parts = [] if node is None else list(ast.walk(node))
    names = frozenset(part.id for part in parts if isinstance(part, ast.Name))
    return names, frozenset(part.attr for part in parts if isinstance(part, ast.Attribute))


def function_named(function: Callable[..., Any], name: str) -> Callable[..., Any] | None:
    """The function, of the same package or of the suite's environment, that a name means where another stands."""
    found: Any = inspect.unwrap(function).__globals__.get(name)
    packages = {function.__module__.partition(".")[0], _DRIVING}
    return found if inspect.isfunction(found) and found.__module__.partition(".")[0] in packages else None


@cache
def _acting_parameters(function: Callable[..., Any]) -> frozenset[str]:
    node, parameters = source_of(function), inspect.signature(function).parameters
    if node is None:
        return frozenset(parameters)
    acting = {
        part.value.id
        for part in ast.walk(node)
        if isinstance(part, ast.Attribute) and part.attr in ACTING | ELSEWHERE and isinstance(part.value, ast.Name)
    }
    for call in (part for part in ast.walk(node) if isinstance(part, ast.Call)):
        acting |= _handed_on(function, call)
    return frozenset(acting & set(parameters))


def _handed_on(function: Callable[..., Any], call: ast.Call) -> set[str]:
    """Names that a call hands to a function that acts as them, also by way of ``attempt`` or ``partial``."""
    line = [call.func, *call.args]
    for place, part in enumerate(line):
        called = function_named(function, part.id) if isinstance(part, ast.Name) else None
        if called is not None and called is not function:
            acting, parameters = _acting_parameters(called), list(inspect.signature(called).parameters)
            pairs = [*zip(parameters, line[place + 1 :], strict=False)]
            pairs += [(keyword.arg, keyword.value) for keyword in call.keywords if keyword.arg is not None]
            return {value.id for name, value in pairs if name in acting and isinstance(value, ast.Name)}
    return set()


def _names_read(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}


def source_of(function: Callable[..., Any]) -> _Definition | None:
    """Return a function's definition; None for what has no source file."""
    code = inspect.unwrap(function).__code__
    return _definitions(Path(code.co_filename)).get(code.co_firstlineno)


@cache
def _definitions(path: Path) -> dict[int, _Definition]:
    """The functions of a file by the line on which they begin, decorators included."""
    if not path.is_file():
        return {}
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = (part for part in tree.body if isinstance(part, _Definition))
    return {min([one.lineno, *(each.lineno for each in one.decorator_list)]): one for one in functions}
