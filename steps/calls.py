"""Calls: operations called by programs, with one argument wrong."""

from __future__ import annotations

from pytest_bdd import when

from environment.driving.session import Session
from environment.driving.wrong_arguments import OPERATIONS, WRONG, operation_of, right_arguments
from environment.gherkin.references import ValueKind, parse, register
from environment.product.outcome import attempt
from environment.targets.target import Target

_ARGUMENTS = tuple(dict.fromkeys(name for names in OPERATIONS.values() for name in names))
register(
    ValueKind("Operation", "|".join(OPERATIONS), str, tuple(OPERATIONS)),
    ValueKind("WrongValue", "|".join(WRONG), WRONG.__getitem__, tuple(WRONG)),
    ValueKind("Argument", "|".join(_ARGUMENTS), str, _ARGUMENTS),
)


@when(
    parse("{persona:Persona}'s program calls {operation:Operation} with {value:WrongValue} as its {argument:Argument}")
)
def call_with(persona: Session, operation: str, value: object, argument: str, target: Target) -> None:
    """Call a method of QuiltOps or AdminOps with all its arguments in order but this one."""
    arguments = {**right_arguments(operation, target), argument: value}
    attempt(operation_of(persona, operation), **arguments)


@when(parse("{persona:Persona}'s program deletes a package with {value:WrongValue} as its {argument:Argument}"))
def delete_with(persona: Session, value: object, argument: str, target: Target) -> None:
    """Ask QuiltOps to delete a package with all arguments in order but this one."""
    arguments = {**right_arguments("delete_package", target), argument: value}
    attempt(persona.ops.delete_package, **arguments)
