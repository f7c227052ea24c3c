"""By operation, argument and mode: in which ways a run gave each argument of the product's public methods.

What is to be tried follows from the signature: an argument that may be left out is left out, one of a type is also
None and of another type, a text or a list is also empty, a flag is set and not set. What nothing tried is a hole,
unless `untried_arguments.yaml` gives a reason.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import TypeAdapter, ValidationError

from environment.driving.arguments import Variation, outermost_types
from environment.modes import Mode
from environment.record import Record
from reports.documents import InvalidDocumentError, findings, shown
from reports.methods import declared_methods
from reports.outcomes import ScenarioOutcome

REASONS_FILE = Path(__file__).with_name("untried_arguments.yaml")


class Untried(Record):
    """Why some ways of giving arguments are not tried.

    arguments: as ``QuiltOps.search_packages(query)``; ways: which; modes: in which, all if there are none.
    """

    arguments: tuple[str, ...]
    ways: tuple[Variation, ...]
    modes: tuple[Mode, ...] = ()
    reason: str


@dataclass(frozen=True)
class Argument:
    """An argument of a public method, and the ways in which it is to be given."""

    method: str
    name: str
    promised: tuple[Variation, ...]

    @property
    def full_name(self) -> str:
        """Method and argument: ``QuiltOps.search_packages(query)``."""
        return f"{self.method}({self.name})"


@dataclass(frozen=True)
class ArgumentCoverage:
    """An argument, in how many checks it was given in which way, by mode, and why not in the others."""

    argument: Argument
    tried: Mapping[Mode, Mapping[Variation, int]]
    reasons: Mapping[tuple[Mode, Variation], str]

    def reason(self, mode: Mode, way: Variation) -> str:
        """Why it is not tried; empty if nobody says so."""
        return self.reasons.get((mode, way), "")

    @property
    def unexplained(self) -> Sequence[str]:
        """What was not tried without a reason, in words, a line for each mode and way."""
        return [
            f"{self.argument.full_name} {way} in {mode} mode"
            for mode in Mode
            for way in self.argument.promised
            if not self.tried[mode][way] and not self.reason(mode, way)
        ]


def arguments_of(product: Path) -> tuple[Argument, ...]:
    """Every argument of the public methods of the product whose modules lie there.

    Raises:
        SuiteError: if an interface is not where it was.
    """
    return tuple(each for method, node in declared_methods(product) for each in _arguments(method, node.args))


def load_reasons(path: Path = REASONS_FILE) -> tuple[Untried, ...]:
    """Why ways are not tried.

    Raises:
        InvalidDocumentError: the file cannot be read, with a line for each problem.
    """
    try:
        return TypeAdapter(tuple[Untried, ...]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")) or ())
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidDocumentError([f"{shown(path)}: {error}"]) from error
    except ValidationError as error:
        raise InvalidDocumentError([f"{shown(path)}: {finding}" for finding in findings(error)]) from error


def argument_coverage(
    arguments: Iterable[Argument], scenarios: Iterable[ScenarioOutcome], reasons: Sequence[Untried] = ()
) -> list[ArgumentCoverage]:
    """In how many checks each argument was given in which way."""
    tried: Counter[tuple[Mode, str, str, Variation]] = Counter(
        (each.scenario.mode, *one) for each in scenarios for one in each.arguments
    )
    return [
        ArgumentCoverage(
            each,
            {mode: {way: tried[mode, each.method, each.name, way] for way in Variation} for mode in Mode},
            {
                (mode, way): untried.reason
                for untried in reasons
                if each.full_name in untried.arguments
                for mode in untried.modes or tuple(Mode)
                for way in untried.ways
            },
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
    yield from (Variation.TRUE, Variation.FALSE) if types == {"bool"} else (Variation.GIVEN,)
    if types & {"str", "list", "dict"}:
        yield Variation.EMPTY
    if default is not None:
        yield Variation.LEFT_OUT
    yield Variation.NONE
    if types:
        yield Variation.OTHER_TYPE
