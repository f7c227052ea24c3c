"""GQL-6 as a page: every GraphQL operation that the product can send, and whether a registry understands it.

Registries in the field differ in the form of the package search (registry facts 8.1); the embedded deployment has the
schema in each form, and an operation is held against all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graphql import GraphQLSchema, build_schema

import quilt_stack
from environment.product.graphql_operations import GraphQLOperation, check, operations_below, part_of
from quilt_stack import PackageSearchForm


@dataclass(frozen=True)
class CheckedEverywhere:
    """An operation and, for each form of the schema, what the validator has to say about it; nothing if it is valid."""

    operation: GraphQLOperation
    findings: dict[PackageSearchForm, tuple[str, ...]]

    @property
    def part(self) -> str:
        """Which part of the product sends it."""
        return part_of(self.operation)

    @property
    def valid(self) -> bool:
        """Whether each registry understands it."""
        return not any(self.findings.values())


def checked_operations(product: Path) -> tuple[CheckedEverywhere, ...]:
    """The operations of the product whose modules lie there, what is not valid first.

    Raises:
        SuiteError: if it has none, because then nobody looked at the right place.
    """
    operations = operations_below(product)
    by_form = {form: check(operations, schema) for form, schema in schemas().items()}
    found = [
        CheckedEverywhere(operation, {form: checked[number].findings for form, checked in by_form.items()})
        for number, operation in enumerate(operations)
    ]
    return tuple(sorted(found, key=lambda each: (each.valid, each.part, each.operation.place)))


def schemas() -> dict[PackageSearchForm, GraphQLSchema]:
    """The schema of the embedded registry in each of its forms."""
    return {form: build_schema(quilt_stack.schema(form)) for form in PackageSearchForm}


def invalid(operations: Sequence[CheckedEverywhere]) -> list[CheckedEverywhere]:
    """Those that at least one registry does not understand."""
    return [each for each in operations if not each.valid]
