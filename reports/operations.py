"""GQL-6 as a page: every GraphQL operation that the product can send, and whether a registry understands it.

Registries in the field differ in the form of the package search (registry facts 8.1); the embedded deployment has the
schema in each form, and an operation is held against all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from graphql import GraphQLSchema, build_schema
from pydantic import TypeAdapter

import quilt_stack
from environment.product import constant_texts, graphql_operations
from environment.product.graphql_operations import GraphQLOperation, check, operations_below, part_of
from quilt_stack import PackageSearchForm

_KEPT_NAME = "graphql-operations-{}.json"


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


def kept_operations(product: Path, folder: Path) -> tuple[CheckedEverywhere, ...]:
    """The same, kept in that folder for as long as the product, the schemas and what checks them stay as they are.

    Looking takes seconds, and a report is wanted at once.
    """
    path = folder / _KEPT_NAME.format(_digest(product))
    if path.is_file():
        return _CHECKED.validate_json(path.read_bytes())
    found = checked_operations(product)
    for outdated in folder.glob(_KEPT_NAME.format("*")):
        outdated.unlink(missing_ok=True)
    partial = path.with_name(f"{path.name}.part")
    partial.write_bytes(_CHECKED.dump_json(found))
    partial.replace(path)
    return found


_CHECKED = TypeAdapter(tuple[CheckedEverywhere, ...])


def _digest(product: Path) -> str:
    """Of the files that the schemas are made of, not of the schemas: making them takes as long as the check itself."""
    looked = [Path(str(module.__file__)) for module in (constant_texts, graphql_operations)]
    registry = Path(str(quilt_stack.__file__)).parent
    found = hashlib.sha256(" ".join(map(version, ("graphql-core", "strawberry-graphql"))).encode())
    for path in (*looked, Path(__file__), *sorted(registry.rglob("*.py")), *sorted(product.rglob("*.py"))):
        found.update(f"\0{path.name}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


def schemas() -> dict[PackageSearchForm, GraphQLSchema]:
    """The schema of the embedded registry in each of its forms."""
    return {form: build_schema(quilt_stack.schema(form)) for form in PackageSearchForm}


def refused_sentence(operations: Sequence[CheckedEverywhere]) -> str:
    """Which requests are refused by which registries; empty if all are understood everywhere."""
    refused = invalid(operations)
    if not refused:
        return ""
    each = " and ".join(f"{one.operation.name} ({_refusing(one)})" for one in refused)
    requests = "request" if len(refused) == 1 else "requests"
    return f"Registries refuse {len(refused)} of {len(operations)} {requests} that the product can send: {each}."


def _refusing(operation: CheckedEverywhere) -> str:
    forms = [form.value for form, words in operation.findings.items() if words]
    return "all do" if len(forms) == len(operation.findings) else f"those of the form “{' or '.join(forms)}”"


def invalid(operations: Sequence[CheckedEverywhere]) -> list[CheckedEverywhere]:
    """Those that at least one registry does not understand."""
    return [each for each in operations if not each.valid]
