"""By operation, argument and mode: in which ways a run gave each argument of the product's public methods.

What is to be tried follows from the signature: an argument that may be left out is left out, one that may be None is
None, a text or a list is empty, a flag is set and not set. What nothing tried is a hole, unless it has an explanation.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from environment.driving.arguments import Variation, outermost_types
from environment.modes import Mode
from reports.methods import declared_methods
from reports.outcomes import ScenarioOutcome


@dataclass(frozen=True)
class Argument:
    """An argument of a public method, and the ways in which it is to be given."""

    method: str
    name: str
    promised: tuple[Variation, ...]


@dataclass(frozen=True)
class ArgumentCoverage:
    """An argument, and in how many checks it was given in which way, by mode."""

    argument: Argument
    tried: Mapping[Mode, Mapping[Variation, int]]

    @cached_property
    def missing(self) -> Mapping[Mode, tuple[Variation, ...]]:
        """The ways that were promised and that no check tried."""
        return {mode: tuple(each for each in self.argument.promised if not self.tried[mode][each]) for mode in Mode}

    @property
    def holes(self) -> Sequence[str]:
        """The holes in words, one for each way, with its modes."""
        ways = dict.fromkeys(each for those in self.missing.values() for each in those)
        modes = {way: " and ".join(mode.value for mode in Mode if way in self.missing[mode]) for way in ways}
        return [f"{self.argument.method}({self.argument.name}) {way} in {modes[way]} mode" for way in ways]


def arguments_of(product: Path) -> tuple[Argument, ...]:
    """Every argument of the public methods of the product whose modules lie there.

    Raises:
        SuiteError: if an interface is not where it was.
    """
    return tuple(
        each for method, node in declared_methods(product) for each in _arguments(method, node.args) if each.promised
    )


def argument_coverage(arguments: Iterable[Argument], scenarios: Iterable[ScenarioOutcome]) -> list[ArgumentCoverage]:
    """In how many checks each argument was given in which way."""
    tried: Counter[tuple[Mode, str, str, Variation]] = Counter(
        (each.scenario.mode, *one) for each in scenarios for one in each.arguments
    )
    return [
        ArgumentCoverage(
            each,
            {mode: {way: tried[mode, each.method, each.name, way] for way in Variation} for mode in Mode},
        )
        for each in arguments
    ]


def _arguments(method: str, declared: ast.arguments) -> Iterator[Argument]:
    positional = [*declared.posonlyargs, *declared.args]
    defaults = [None] * (len(positional) - len(declared.defaults)) + list(declared.defaults)
    pairs = [*zip(positional, defaults, strict=True), *zip(declared.kwonlyargs, declared.kw_defaults, strict=True)]
    for argument, default in pairs:
        if argument.arg != "self":
            annotation = ast.unparse(argument.annotation) if argument.annotation else ""
            yield Argument(method, argument.arg, tuple(_promised(annotation, default)))


def _promised(annotation: str, default: ast.expr | None) -> Iterator[Variation]:
    types = outermost_types(annotation)
    if types == {"bool"}:
        yield from (Variation.TRUE, Variation.FALSE)
    else:
        yield Variation.GIVEN
    if types & {"str", "list", "dict"}:
        yield Variation.EMPTY
    if default is not None:
        yield Variation.LEFT_OUT
    yield Variation.NONE
    if types:
        yield Variation.OTHER_TYPE
