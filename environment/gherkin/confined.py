"""Sentences after which a person can do some things only: whoever asks more of them is told before a run."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from environment.gherkin.answers import operations_called
from environment.gherkin.vocabulary import StepDefinition

_MARK, _FREE = "confines", "frees"
_Function = TypeVar("_Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Confinement:
    """The operations that are left to a person, and why there are no others."""

    operations: frozenset[str]
    reason: str

    def objection(self, definition: StepDefinition, text: str, person: str) -> str:
        """What is wrong with a sentence that does something else; "" if it may be done."""
        called = operations_called(definition)
        if not called or called & self.operations:
            return ""
        return f'{person} cannot do "{text}": {self.reason}'


def confines(operations: Iterable[str], reason: str) -> Callable[[_Function], _Function]:
    """Say that after a sentence its person can call these operations of the product only, and why."""

    def mark(function: _Function) -> _Function:
        setattr(function, _MARK, Confinement(frozenset(operations), reason))
        return function

    return mark


def frees(function: _Function) -> _Function:
    """Say that after a sentence its person can do everything again."""
    setattr(function, _FREE, True)
    return function


def is_freeing(definition: StepDefinition) -> bool:
    """Whether a sentence lets its person do everything again."""
    return getattr(definition.callback, _FREE, False)


def confinement(definition: StepDefinition) -> Confinement | None:
    """What a sentence leaves to its person; None if it takes nothing away."""
    found: Confinement | None = getattr(definition.callback, _MARK, None)
    return found
