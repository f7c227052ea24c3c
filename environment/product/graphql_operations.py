"""Every GraphQL operation that an installed package can send, found in its modules, held against a registry's schema.

The modules are parsed, not imported. A text counts as GraphQL if it parses as a document with an operation that has a
keyword (``query``, ``mutation``, ``subscription``) or a nested selection; so a format string such as ``"{name}"`` does
not. `environment.product.constant_texts` puts together what is written in parts. What begins like GraphQL and is not,
even so, is reported as such, because nobody knows whether it is valid.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    validate,
)

from environment.errors import SuiteError
from environment.product.constant_texts import constant_texts

QUILT_OPS = "QuiltOps"
TOOLS = "the product's tools"
_QUILT_OPS_MODULES = ("quilt_mcp.ops", "quilt_mcp.backends", "quilt_mcp.services")
_LOOKS_LIKE_GRAPHQL = re.compile(r"\A\s*(?:query|mutation|subscription)\b[^{]*\{", re.DOTALL)


@dataclass(frozen=True)
class GraphQLOperation:
    """One operation: its name or what it asks for, the module and line where it stands, its document's text.

    ``text`` is None if no whole document is to be found, because parts of it are not constants.
    """

    name: str
    module: str
    line: int
    text: str | None

    @property
    def place(self) -> str:
        """Module and line, as ``package.module:12``."""
        return f"{self.module}:{self.line}"


@dataclass(frozen=True)
class CheckedOperation:
    """An operation with what the validator has to say about it; nothing if it is valid."""

    operation: GraphQLOperation
    findings: tuple[str, ...]

    @property
    def valid(self) -> bool:
        """Whether the schema can answer it."""
        return not self.findings


def operations_of(package: str) -> tuple[GraphQLOperation, ...]:
    """The operations of an installed package, by module and line.

    Raises:
        SuiteError: if there is no such package, or no operation in it, which would make every check of them pass.
    """
    specification = find_spec(package)
    if specification is None or not specification.submodule_search_locations:
        raise SuiteError(f"Looked for GraphQL in {package}", "there is no such package", "Install the product")
    return operations_below(Path(specification.submodule_search_locations[0]))


def operations_below(root: Path) -> tuple[GraphQLOperation, ...]:
    """The operations of the package whose folder that is, by module and line.

    Raises:
        SuiteError: if it has none, or a module cannot be read.
    """
    found = [operation for file in sorted(root.rglob("*.py")) for operation in _in_file(file, _module(file, root))]
    if not found:
        raise SuiteError(f"Looked for GraphQL in {root.name}", "no module has any", "Look how it asks the registry now")
    return tuple(found)


def check(operations: Sequence[GraphQLOperation], schema: GraphQLSchema) -> tuple[CheckedOperation, ...]:
    """Hold each operation against the schema."""
    return tuple(CheckedOperation(operation, _findings(operation, schema)) for operation in operations)


def part_of(operation: GraphQLOperation) -> str:
    """Which part of the product sends it: QuiltOps, or the tools that are built on it."""
    return QUILT_OPS if operation.module.startswith(_QUILT_OPS_MODULES) else TOOLS


def operations_in(source: str, module: str) -> tuple[GraphQLOperation, ...]:
    """The operations in the source text of one module."""
    found = []
    for line, text in constant_texts(source):
        document = _document(text)
        if document is not None:
            found += [GraphQLOperation(_name(each), module, line, text) for each in _operations(document)]
        elif _LOOKS_LIKE_GRAPHQL.match(text):
            found.append(GraphQLOperation(" ".join(text.split("{")[0].split()), module, line, None))
    return tuple(sorted(found, key=lambda operation: operation.line))


def table_text(checked: Sequence[CheckedOperation]) -> str:
    """A CSV table: operation, where it stands, and "valid" or the validator's words."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(("operation", "where", "verdict"))
    for each in checked:
        writer.writerow((each.operation.name, each.operation.place, "; ".join(each.findings) or "valid"))
    return buffer.getvalue()


def _in_file(file: Path, module: str) -> tuple[GraphQLOperation, ...]:
    try:
        return operations_in(file.read_text(encoding="utf-8"), module)
    except (OSError, SyntaxError, UnicodeDecodeError) as error:
        raise SuiteError(f"Looked for GraphQL in {module}", str(error), "Fix the product") from error


def _module(file: Path, root: Path) -> str:
    parts = file.relative_to(root.parent).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def _findings(operation: GraphQLOperation, schema: GraphQLSchema) -> tuple[str, ...]:
    if operation.text is None:
        return ("not a whole document: it is put together at run time, so it cannot be checked",)
    return tuple(error.message for error in validate(schema, parse(operation.text)))


def _document(text: str) -> DocumentNode | None:
    if "{" not in text:
        return None
    try:
        document = parse(text)
    except GraphQLError:
        return None
    return document if any(_is_meant(each) for each in _operations(document)) else None


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]


def _is_meant(operation: OperationDefinitionNode) -> bool:
    keyword = operation.loc is not None and operation.loc.start_token.value in {"query", "mutation", "subscription"}
    nested = any(isinstance(each, FieldNode) and each.selection_set for each in operation.selection_set.selections)
    return keyword or nested


def _name(operation: OperationDefinitionNode) -> str:
    if operation.name is not None:
        return operation.name.value
    fields = [each.name.value for each in operation.selection_set.selections if isinstance(each, FieldNode)]
    return f"{operation.operation.value} of {', '.join(fields)}"
