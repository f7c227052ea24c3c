"""Why a query fails, in Athena's words: the state change reason and the ``AthenaError`` of a failed execution.

Decision: of the published error types (AWS documentation, "Athena error catalog") one is used for each kind of failure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """Whose fault it is: Athena's ``ErrorCategory`` and ``ErrorType``."""

    RESOURCES = (1, 0)
    ENGINE = (1, 200)
    TIMEOUT = (1, 206)
    USER = (2, 1000)

    @property
    def category(self) -> int:
        """1 for the system, 2 for the user."""
        return self.value[0]

    @property
    def type(self) -> int:
        """The number in the error catalog."""
        return self.value[1]


class QueryFailure(Exception):  # noqa: N818  # it ends a query; to the service it is no error
    """A query ends as FAILED; the text is its ``StateChangeReason``."""

    def __init__(self, reason: str, kind: Kind = Kind.USER) -> None:
        super().__init__(reason)
        self.kind = kind


@dataclass(frozen=True)
class _Translation:
    """DuckDB's message, and the reason that Athena gives for the same mistake; groups fill the braces."""

    exception: str
    pattern: re.Pattern[str]
    reason: str


_TRANSLATIONS = tuple(
    _Translation(exception, re.compile(pattern), reason)
    for exception, pattern, reason in (
        (
            "BinderException",
            r'Referenced column "(.+?)"',
            "COLUMN_NOT_FOUND: line 1:8: Column '{0}' cannot be resolved or requester is not authorized to access "
            "requested resources",
        ),
        (
            "CatalogException",
            r"Function with name \"?(\w+)",
            "FUNCTION_NOT_FOUND: line 1:8: Function '{0}' not registered",
        ),
        (
            "BinderException",
            r"[Nn]o function matches the given name and argument types '(.+?)'",
            "TYPE_MISMATCH: line 1:8: Unexpected parameters for function {0}",
        ),
        ("BinderException", r"(Cannot .+|Could not .+)", "TYPE_MISMATCH: line 1:8: {0}"),
        ("ConversionException", r"Conversion Error: (.+)", "INVALID_CAST_ARGUMENT: {0}"),
        ("InvalidInputException", r"Division by zero", "DIVISION_BY_ZERO: Division by zero"),
        ("OutOfRangeException", r"Out of Range Error: (.+)", "NUMERIC_VALUE_OUT_OF_RANGE: {0}"),
        ("InvalidInputException", r"Invalid Input Error: (.+)", "INVALID_FUNCTION_ARGUMENT: {0}"),
        ("BinderException", r"Binder Error: (.+)", "SYNTAX_ERROR: line 1:8: {0}"),
        ("ParserException", r"Parser Error: (.+)", "SYNTAX_ERROR: line 1:8: {0}"),
    )
)


def from_engine(error: Exception) -> QueryFailure:
    """What a DuckDB error comes to; only its first line is told, the rest shows the SQL that DuckDB was given."""
    exception, message = type(error).__name__, str(error).split("\n", maxsplit=1)[0]
    if exception == "OutOfMemoryException":
        return out_of_resources()
    for translation in _TRANSLATIONS:
        found = translation.pattern.search(message) if translation.exception == exception else None
        if found is not None:
            return QueryFailure(translation.reason.format(*found.groups()))
    return QueryFailure(f"GENERIC_INTERNAL_ERROR: {message}", Kind.ENGINE)


def out_of_resources() -> QueryFailure:
    """The query needs more memory than one may have."""
    return QueryFailure("Query exhausted resources at this scale factor", Kind.RESOURCES)


def timed_out(seconds: float) -> QueryFailure:
    """The query ran longer than one may."""
    return QueryFailure(f"Query timeout: the query ran longer than {seconds:g} seconds", Kind.TIMEOUT)


def stopped() -> QueryFailure:
    """The query was cancelled, or its time was up; its state tells which."""
    return QueryFailure("Query was stopped")


def database_not_found(database: str) -> QueryFailure:
    """A database that is not there, in Hive's words, as statements that are no queries say it (registry facts 11)."""
    return QueryFailure(f"FAILED: SemanticException [Error 10072]: Database does not exist: {database}")


def schema_not_found(database: str) -> QueryFailure:
    """There is no database of this name, or the caller may not know of it."""
    return QueryFailure(f"SCHEMA_NOT_FOUND: line 1:15: Schema '{database}' does not exist")


def table_not_found(catalog: str, database: str, table: str) -> QueryFailure:
    """There is no table of this name."""
    name = f"{catalog}.{database}.{table}".lower()
    return QueryFailure(f"TABLE_NOT_FOUND: line 1:15: Table '{name}' does not exist")


def catalog_not_found(catalog: str) -> QueryFailure:
    """There is no data catalog of this name."""
    return QueryFailure(f"CATALOG_NOT_FOUND: line 1:15: Catalog '{catalog}' does not exist")


def access_denied(uri: str) -> QueryFailure:
    """The caller may not read what the table is made of."""
    return QueryFailure(f"PERMISSION_DENIED: Permission denied on S3 path: {uri}")


def not_authorized(arn: str, action: str, resource: str) -> QueryFailure:
    """The caller lacks a permission other than on S3."""
    return QueryFailure(
        f"Insufficient permissions to execute the query. User: {arn} is not authorized to perform: {action} on "
        f"resource: {resource}"
    )
