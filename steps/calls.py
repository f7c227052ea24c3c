"""Calls: operations called by programs, with one argument given in a particular way, and all others valid."""

from __future__ import annotations

from typing import Any

from pytest_bdd import then, when

import steps.table_kinds  # noqa: F401  # registers Table, which the sentences need
from environment.arrangement.tables import TableArranger
from environment.checking.comparing import must_be_empty
from environment.driving.administration import Administration, User
from environment.driving.files import StoredContent
from environment.driving.packages import Package, PackageRevision
from environment.driving.session import Session
from environment.driving.tables import Table, TableNames
from environment.driving.work import LEFT_OUT, add, browse, compare, publish
from environment.driving.wrong_arguments import (
    GIVEN,
    OPERATIONS,
    OPTIONAL,
    OWN_REGISTRY,
    arguments_for_table,
    arguments_for_user,
    operation_of,
    right_arguments,
)
from environment.gherkin.parts import puts
from environment.gherkin.references import ValueKind, parse, register
from environment.product.outcome import attempt
from environment.targets.target import Target

_ARGUMENTS = tuple(dict.fromkeys((*(name for names in OPERATIONS.values() for name in names), *OPTIONAL)))
register(
    ValueKind("Operation", "|".join(OPERATIONS), str, tuple(OPERATIONS)),
    ValueKind("GivenValue", "|".join(GIVEN), GIVEN.__getitem__, tuple(GIVEN)),
    ValueKind("Argument", "|".join(_ARGUMENTS), str, _ARGUMENTS),
)
_NO_NAMES = ("", "7", "None", "null")
"""What a table may be called whose name was none."""


@when(
    parse("{persona:Persona}'s program calls {operation:Operation} with {value:GivenValue} as its {argument:Argument}")
)
def call_with(persona: Session, operation: str, value: object, argument: str, target: Target) -> None:
    """Call a method of QuiltOps or AdminOps with arguments that are all valid except this one."""
    _call(persona, operation, {**right_arguments(operation, target), argument: value})


@when(
    parse(
        "{persona:Persona}'s program calls {operation:Operation} for {table:Table} "
        + "with {value:GivenValue} as its {argument:Argument}"
    )
)
def call_for_table(
    persona: Session,
    operation: str,
    table: Table,
    value: object,
    argument: str,
    table_names: TableNames,
    target: Target,
) -> None:
    """Call a method that would change a table of the packages bucket, if it were not for this argument."""
    for name in (table.name, *_NO_NAMES):
        table_names.booked(name)
    arguments = arguments_for_table(operation, target, table, table_names.new())
    _call(persona, operation, {**arguments, argument: value})


@when(
    parse(
        "{persona:Persona}'s program calls {operation:Operation} for {user:User} "
        + "with {value:GivenValue} as its {argument:Argument}"
    )
)
def call_for_user(
    persona: Session,
    operation: str,
    user: User,
    value: object,
    argument: str,
    administration: Administration,
    target: Target,
) -> None:
    """Call a method that would change a user, if it were not for this argument: who gets or loses the role "user"."""
    administration.begin()
    _call(persona, operation, {**arguments_for_user(operation, target, user), argument: value})


@when(
    parse(
        "{persona:Persona}'s program creates a user for {user:NewUser} "
        + "with {value:GivenValue} as its {argument:Argument}"
    )
)
def create_user_with(
    persona: Session, user: User, value: object, argument: str, administration: Administration, target: Target
) -> None:
    """Create a user with the role "user", with arguments that are all valid except this one."""
    administration.begin()
    _call(persona, "create_user", {**arguments_for_user("create_user", target, user), argument: value})


@when(parse("{persona:Persona}'s program asks for an AWS client with {value:GivenValue} as its {argument:Argument}"))
def ask_for_client_with(persona: Session, value: object, argument: str, target: Target) -> None:
    """Ask for a client of S3 with arguments that are all valid except this one."""
    attempt(persona.ops.get_aws_client, **{**right_arguments("get_aws_client", target), argument: value})


@when(parse("{persona:Persona}'s program asks in GraphQL with {value:GivenValue} as its {argument:Argument}"))
def ask_in_graphql_with(persona: Session, value: object, argument: str, target: Target) -> None:
    """Ask for the user's own name with arguments that are all valid except this one."""
    value = target.registry_url if value is OWN_REGISTRY else value
    attempt(persona.ops.execute_graphql_query, **{**right_arguments("execute_graphql_query", target), argument: value})


@when(parse("{persona:Persona}'s program deletes a package with {value:GivenValue} as its {argument:Argument}"))
def delete_with(persona: Session, value: object, argument: str, target: Target) -> None:
    """Ask QuiltOps to delete a package with arguments that are all valid except this one."""
    arguments = {**right_arguments("delete_package", target), argument: value}
    attempt(persona.ops.delete_package, **arguments)


@when(
    parse(
        "{persona:Persona}'s program publishes {package:NewPackage} from {files:Files} "
        + "with {value:GivenValue} as its {argument:Argument}"
    )
)
@puts("package", words="files")
def publish_with(
    persona: Session, package: Package, files: tuple[StoredContent, ...], value: object, argument: str
) -> None:
    """Make a package of files in S3 with arguments that are all valid except this one."""
    publish(persona, package, files, metadata=_metadata(package, argument), given={argument: value})


@when(
    parse(
        "{persona:Persona}'s program adds {files:Files} to {package:Package} "
        + "with {value:GivenValue} as its {argument:Argument}"
    )
)
@puts("package", words="files")
def add_with(
    persona: Session, files: tuple[StoredContent, ...], package: Package, value: object, argument: str
) -> None:
    """Add files to a package with arguments that are all valid except this one."""
    add(persona, package, files, metadata=_metadata(package, argument), given={argument: value})


@when(
    parse(
        "{persona:Persona}'s program compares {one:Revision} with {other:Revision}, "
        + "with {value:GivenValue} as its {argument:Argument}"
    )
)
def compare_with(persona: Session, one: PackageRevision, other: PackageRevision, value: object, argument: str) -> None:
    """Compare the latest revisions of packages with arguments that are all valid except this one."""
    compare(persona, one, other, **{argument: value})


@when(parse("{persona:Persona}'s program browses {package:Package} with {value:GivenValue} as its {argument:Argument}"))
def browse_with(persona: Session, package: Package, value: object, argument: str) -> None:
    """Look into the latest revision of a package with arguments that are all valid except this one."""
    browse(persona, package, **{argument: value})


@then(parse("every table of the packages bucket has a name"))
def tables_have_names(table_arranger: TableArranger, target: Target) -> None:
    """No table has a name that stands for no name: empty text, a number, None, null."""
    names = table_arranger.tables(target.buckets.packages)
    must_be_empty([repr(name) for name in names if name.strip() in _NO_NAMES], "tables without a name")


def _metadata(package: Package, argument: str) -> dict[str, Any] | None:
    """Metadata that name the run, so that the revision can be undone where the message cannot name it."""
    return {"run": package.message} if argument == "message" else None


def _call(persona: Session, operation: str, arguments: dict[str, Any]) -> None:
    attempt(
        operation_of(persona, operation), **{name: each for name, each in arguments.items() if each is not LEFT_OUT}
    )
