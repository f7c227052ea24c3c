"""GraphQL: what people ask the registry themselves, and what the product asks by itself."""

from __future__ import annotations

import allure
import pytest
from pytest_bdd import then, when

from environment.gherkin.references import ValueKind, parse, register
from environment.observers.registry import RegistryObserver
from environment.observers.storage import StorageObserver
from environment.product.graphql_operations import (
    QUILT_OPS,
    TOOLS,
    CheckedOperation,
    GraphQLOperation,
    check,
    operations_of,
    part_of,
    table_text,
)
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from steps.baseline import Baseline

PRODUCT = "quilt_mcp"

register(ValueKind("ProductPart", f"{QUILT_OPS}|{TOOLS}", str, (QUILT_OPS, TOOLS)))


@when(parse("{persona:Persona} asks in GraphQL:"), target_fixture="outcome")
def ask(persona: Session, docstring: str) -> Outcome:
    """Send a query without variables."""
    return attempt(persona.ops.execute_graphql_query, docstring)


@when(parse('{persona:Persona} asks in GraphQL: "{query:Text}"'), target_fixture="outcome")
def ask_in_a_line(persona: Session, query: str) -> Outcome:
    """Send a short query without variables."""
    return attempt(persona.ops.execute_graphql_query, query)


@when(parse('{persona:Persona} asks in GraphQL about "{name:Text}":'), target_fixture="outcome")
def ask_about(persona: Session, name: str, docstring: str, baseline: Baseline, target: Target) -> Outcome:
    """Send a query with the package's name and its bucket as the variables ``name`` and ``bucket``."""
    variables = {"bucket": target.buckets.packages, "name": name}
    return attempt(persona.ops.execute_graphql_query, docstring, variables=variables)


@then(parse("the answer has data and no errors"))
def has_data(outcome: Outcome) -> None:
    """What GraphQL calls a complete answer."""
    assert outcome.value.get("data"), f"the answer has no data: {outcome.value}"
    assert not outcome.value.get("errors"), f"the answer has errors: {outcome.value['errors']}"


@then(parse('the answer is "{name:Text}" with the top hash that the registry holds'))
def is_package(outcome: Outcome, name: str, storage_observer: StorageObserver, target: Target) -> None:
    """Name and hash are those of the package's latest pointer in S3."""
    top_hash = storage_observer.latest_top_hash(target.buckets.packages, name)
    assert top_hash is not None, f"the registry holds no package {name}"
    assert outcome.value["data"]["package"] == {"name": name, "revision": {"hash": top_hash}}


@then(parse("the answer is that there is no such package"))
def is_nothing(outcome: Outcome) -> None:
    """GraphQL's null, which is an answer and no error."""
    assert outcome.value["data"] == {"package": None}


@pytest.fixture(scope="session")
def product_operations() -> tuple[GraphQLOperation, ...]:
    """Every operation that the installed product can send, found in its modules."""
    return operations_of(PRODUCT)


@when(
    parse("every GraphQL operation of {part:ProductPart} is held against the registry's schema"),
    target_fixture="checked",
)
def hold_against_schema(
    part: str, product_operations: tuple[GraphQLOperation, ...], registry_observer: RegistryObserver
) -> tuple[CheckedOperation, ...]:
    """Validate each against the schema that the registry itself gives; the table goes into the report."""
    chosen = [operation for operation in product_operations if part_of(operation) == part]
    checked = check(chosen, registry_observer.schema())
    allure.attach(table_text(checked), "GraphQL operations", allure.attachment_type.CSV)
    return checked


@then(parse("each of them is valid"))
def all_are_valid(checked: tuple[CheckedOperation, ...]) -> None:
    """The registry can answer every one; an empty list would prove nothing."""
    assert checked, "no operation was found"
    wrong = [f"{each.operation.name} ({each.operation.place}): {'; '.join(each.findings)}" for each in checked]
    invalid = [words for words, each in zip(wrong, checked, strict=True) if not each.valid]
    assert not invalid, f"{len(invalid)} of {len(checked)} operations are not valid: {' | '.join(invalid)}"
