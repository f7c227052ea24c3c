"""GraphQL: what people ask the registry themselves, and what the product asks by itself."""

from __future__ import annotations

import allure
import pytest
from graphql import GraphQLSchema, build_schema
from pytest_bdd import given, then, when

import quilt_stack
from environment.checking.comparing import must_agree, must_not_be_empty
from environment.driving.packages import Package
from environment.driving.session import Session
from environment.driving.stage import Stage
from environment.gherkin.references import ValueKind, parse, register
from environment.observers.registry import RegistryObserver
from environment.product.graphql_operations import (
    QUILT_OPS,
    TOOLS,
    GraphQLOperation,
    check,
    operations_of,
    part_of,
    table_text,
)
from environment.product.outcome import attempt
from quilt_stack import PackageSearchForm

PRODUCT = "quilt_mcp"

register(ValueKind("ProductPart", f"{QUILT_OPS}|{TOOLS}", str, (QUILT_OPS, TOOLS)))


@given(parse('{persona:Persona} has asked in GraphQL: "{query:Text}"'))
@when(parse('{persona:Persona} asks in GraphQL: "{query:Text}"'))
def ask_in_a_line(persona: Session, query: str) -> None:
    """Send a short query without variables."""
    attempt(persona.ops.execute_graphql_query, query)


@given(parse("{persona:Persona} has asked in GraphQL about {package:Package}:"))
@when(parse("{persona:Persona} asks in GraphQL about {package:Package}:"))
def ask_about(persona: Session, package: Package, docstring: str) -> None:
    """Send a query with the package's name and its bucket as the variables ``name`` and ``bucket``."""
    variables = {"bucket": package.bucket, "name": package.name}
    attempt(persona.ops.execute_graphql_query, docstring, variables=variables)


@then(parse("the answer has data and no errors"))
def has_data(stage: Stage) -> None:
    """What GraphQL calls a complete answer."""
    answer = stage.last_named.last_outcome("execute_graphql_query").value
    assert answer.get("data"), f"the answer has no data: {answer}"
    assert not answer.get("errors"), f"the answer has errors: {answer['errors']}"


@then(parse("{persona:Persona} gets the name and the top hash of {package:Package}"))
def gets_package(persona: Session, package: Package) -> None:
    """Name and hash are those of the package's latest pointer in S3."""
    answer = persona.last_outcome("execute_graphql_query").value
    wanted = {"name": package.name, "revision": {"hash": package.top_hash()}}
    must_agree(answer["data"]["package"], wanted, "fields of the package")


@then(parse("{persona:Persona} is told that there is no such package"))
def gets_nothing(persona: Session) -> None:
    """GraphQL's null, which is an answer, not an error."""
    answer = persona.last_outcome("execute_graphql_query").value
    assert answer["data"] == {"package": None}, f"the answer is {answer['data']}"


@pytest.fixture(scope="session")
def product_operations() -> tuple[GraphQLOperation, ...]:
    """Every operation that the installed product can send, found in its modules."""
    return operations_of(PRODUCT)


@then(parse("every GraphQL operation of {part:ProductPart} is valid in the registry's schema"))
def operations_are_valid(
    part: str, product_operations: tuple[GraphQLOperation, ...], registry_observer: RegistryObserver
) -> None:
    """The registry can answer every one that the installed product can send; the table goes into the report."""
    _must_be_valid(product_operations, part, registry_observer.schema())


@then(parse("every GraphQL operation of {part:ProductPart} is valid in the current published schema"))
def operations_are_valid_today(part: str, product_operations: tuple[GraphQLOperation, ...]) -> None:
    """Even if a registry only takes the current form of the package search (registry facts 8.1)."""
    _must_be_valid(product_operations, part, build_schema(quilt_stack.schema(PackageSearchForm.ORDERING)))


def _must_be_valid(operations: tuple[GraphQLOperation, ...], part: str, schema: GraphQLSchema) -> None:
    chosen = [operation for operation in operations if part_of(operation) == part]
    checked = must_not_be_empty(check(chosen, schema), "operations")
    allure.attach(table_text(checked), "GraphQL operations", allure.attachment_type.CSV)
    wrong = [
        f"{each.operation.name} ({each.operation.place}): {'; '.join(each.findings)}"
        for each in checked
        if not each.valid
    ]
    assert not wrong, f"{len(wrong)} of {len(checked)} operations are not valid: {' | '.join(wrong)}"
