"""The public methods that the product documents, and how much of them a run called in each mode.

The product's modules are parsed, not imported, which would take seconds.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.table import Column, Table
from rich.text import Text

from environment.errors import SuiteError
from environment.modes import Mode
from reports.outcomes import ScenarioOutcome, Status

INTERFACES = {"QuiltOps": "ops/quilt_ops.py", "AdminOps": "ops/admin_ops.py"}
_PROPERTIES = frozenset({"QuiltOps.admin"})  # reaching AdminOps is using it


@dataclass(frozen=True)
class MethodCoverage:
    """A public method, and in each mode how many scenarios called it and how many of those passed."""

    method: str
    called: dict[Mode, int]
    passed: dict[Mode, int]
    requirements: tuple[str, ...]

    @property
    def missing(self) -> tuple[Mode, ...]:
        """The modes in which nothing called it."""
        return tuple(mode for mode in Mode if not self.called[mode])


def public_methods(product: Path) -> tuple[str, ...]:
    """Every public method of QuiltOps (Tabulator's included) and AdminOps of the product whose modules lie there.

    Raises:
        SuiteError: if an interface is not where it was.
    """
    return tuple(name for name, _ in declared_methods(product))


def coverage(methods: Sequence[str], scenarios: Iterable[ScenarioOutcome]) -> tuple[MethodCoverage, ...]:
    """How often each method was called by scenarios of a run, skipped ones left out."""
    ran = [each for each in scenarios if each.status is not Status.SKIPPED]
    return tuple(_covered(method, [each for each in ran if method in each.methods]) for method in methods)


def uncovered(found: Sequence[MethodCoverage]) -> list[str]:
    """A line for each method that nothing called in some mode."""
    return [
        f"{each.method}: nothing calls it in {' and '.join(mode.value for mode in each.missing)} mode"
        for each in found
        if each.missing
    ]


def unproven(scenarios: Iterable[ScenarioOutcome]) -> dict[Mode, list[str]]:
    """The methods that scenarios of a run called in a mode without one of these passing, by mode.

    What holds of such a method nobody has seen: all that is known of it is how it fails.
    """
    called: dict[Mode, set[str]] = {mode: set() for mode in Mode}
    proven: dict[Mode, set[str]] = {mode: set() for mode in Mode}
    for each in scenarios:
        called[each.scenario.mode].update(each.methods)
        if each.status is Status.PASSED:
            proven[each.scenario.mode].update(each.methods)
    return {mode: sorted(called[mode] - proven[mode]) for mode in Mode}


def coverage_table(found: Sequence[MethodCoverage]) -> Table:
    """The coverage for a terminal; in a narrow one words are broken, not cut."""
    headings = ("method", "requirements", *(f"{mode}: called, passed" for mode in Mode))
    table = Table(*(Column(heading, overflow="fold") for heading in headings))
    for each in found:
        cells = [
            Text(f"{each.called[mode]}, {each.passed[mode]}", style="green" if each.called[mode] else "red")
            for mode in Mode
        ]
        table.add_row(each.method, ", ".join(each.requirements), *cells)
    return table


def _covered(method: str, callers: Sequence[ScenarioOutcome]) -> MethodCoverage:
    called = {mode: [each for each in callers if each.scenario.mode is mode] for mode in Mode}
    return MethodCoverage(
        method,
        {mode: len(called[mode]) for mode in Mode},
        {mode: sum(each.status is Status.PASSED for each in called[mode]) for mode in Mode},
        tuple(sorted({requirement for each in callers for requirement in each.scenario.requirements})),
    )


def declared_methods(product: Path) -> list[tuple[str, ast.FunctionDef]]:
    """Every public method of QuiltOps (Tabulator's included) and AdminOps, by its full name, as it is declared.

    Raises:
        SuiteError: if an interface is not where it was.
    """
    found = ((name, each) for name, file in INTERFACES.items() for each in _declared(product / file, name))
    named = [(f"{name}.{each.name}", each) for name, each in found if not each.name.startswith("_")]
    return [(name, each) for name, each in named if name not in _PROPERTIES]


def _declared(file: Path, interface: str) -> list[ast.FunctionDef]:
    try:
        module = ast.parse(file.read_text(encoding="utf-8"))
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise SuiteError(f"Looked for {interface} in {file.name}", str(error), "Fix the product") from error
    for each in (node for node in module.body if isinstance(node, ast.ClassDef)):
        if each.name == interface:
            return [node for node in each.body if isinstance(node, ast.FunctionDef)]
    raise SuiteError(f"Looked for {interface} in {file.name}", "it is not there", "Look where the product has it now")
