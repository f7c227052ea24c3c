"""SHOW and DESCRIBE: statements that are answered from the catalogs, without the engine."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from quilt_stack.aws.athena import failures
from quilt_stack.aws.athena.caller import AWSCaller
from quilt_stack.aws.athena.catalogs import Column, DataCatalog, Table, find_table
from quilt_stack.aws.athena.table_creation import creation, own_parameters

_NAME = r"(`[^`]+`|\"[^\"]+\"|[\w$-]+)"
_DOTTED = rf"({_NAME}(?:\s*\.\s*{_NAME}){{0,2}})"
_DATABASES = re.compile(rf"SHOW\s+(?:DATABASES|SCHEMAS)(?:\s+(?:IN|FROM)\s+{_NAME})?(?:\s+LIKE\s+'([^']*)')?", re.I)
_TABLES = re.compile(rf"SHOW\s+TABLES(?:\s+(?:IN|FROM)\s+{_DOTTED})?(?:\s+(?:LIKE\s+)?'([^']*)')?", re.I)
_COLUMNS = re.compile(rf"SHOW\s+COLUMNS\s+(?:IN|FROM)\s+{_DOTTED}(?:\s+(?:IN|FROM)\s+{_NAME})?", re.I)
_DESCRIBE = re.compile(rf"DESC(?:RIBE)?\s+(?:EXTENDED\s+|FORMATTED\s+)?{_DOTTED}", re.I)
_CREATION = re.compile(rf"SHOW\s+CREATE\s+TABLE\s+{_DOTTED}", re.I)
_PROPERTIES = re.compile(rf"SHOW\s+TBLPROPERTIES\s+{_DOTTED}(?:\s*\(\s*['\"]([^'\"]+)['\"]\s*\))?", re.I)
_VIEWS = re.compile(rf"SHOW\s+VIEWS(?:\s+(?:IN|FROM)\s+{_DOTTED})?(?:\s+LIKE\s+'([^']*)')?", re.I)
_PARTITIONS = re.compile(rf"SHOW\s+PARTITIONS\s+{_DOTTED}", re.I)
_OF_VIEWS = re.compile(r"SHOW\s+CREATE\s+VIEW\b", re.I)
_UTILITY = re.compile(r"(SHOW|DESC|DESCRIBE)\b", re.I)
_COMMENTS = re.compile(r"(?:\s+|--[^\n]*(?:\n|$))*")
_PART = re.compile(_NAME)

Catalogs = Callable[[str], DataCatalog]


@dataclass(frozen=True)
class UtilityAnswer:
    """Names of the columns (all of type string) and rows."""

    names: tuple[str, ...]
    rows: list[list[str | None]]


def without_leading_comments(sql: str) -> str:
    """The text from where its statement begins."""
    found = _COMMENTS.match(sql)
    return sql if found is None else sql[found.end() :]


def is_utility(sql: str) -> bool:
    """Whether the text starts as SHOW or DESCRIBE does."""
    return _UTILITY.match(without_leading_comments(sql)) is not None


class Utilities:
    """Answers for one caller; ``catalogs`` finds a data catalog by name and raises `QueryFailure` if there is none."""

    def __init__(self, catalogs: Catalogs, caller: AWSCaller, catalog: str, database: str) -> None:
        self._catalogs = catalogs
        self._caller = caller
        self._catalog = catalog
        self._database = database

    def answer(self, sql: str) -> UtilityAnswer:
        """Answer a statement.

        Raises:
            QueryFailure: the statement is not understood, or what it names is not there.
        """
        text = without_leading_comments(sql).strip().rstrip(";").strip()
        if found := _DATABASES.fullmatch(text):
            return self._show_databases(_unquoted(found[1]), found[2])
        if found := _TABLES.fullmatch(text):
            return self._show_tables(_parts(found[1]), found.group(found.re.groups))
        if found := _COLUMNS.fullmatch(text):
            named = [_unquoted(found.group(found.re.groups)), *_parts(found[1])[-1:]]
            return self._show_columns(named if named[0] else _parts(found[1]))
        if found := _DESCRIBE.fullmatch(text):
            return self._describe(_parts(found[1]))
        if found := _CREATION.fullmatch(text):
            return UtilityAnswer(("createtab_stmt",), [[line] for line in creation(self._table(_parts(found[1])))])
        if found := _PROPERTIES.fullmatch(text):
            return self._show_properties(_parts(found[1]), found.group(found.re.groups))
        if found := _VIEWS.fullmatch(text):
            return self._show_views(_parts(found[1]), found.group(found.re.groups))
        if found := _PARTITIONS.fullmatch(text):
            return self._show_partitions(_parts(found[1]))
        if _OF_VIEWS.match(text):
            # Decision: views are not kept here; those of Glue are listed and cannot be queried.
            raise failures.QueryFailure("NOT_SUPPORTED: SHOW CREATE VIEW is not supported here")
        raise failures.QueryFailure(f"FAILED: ParseException line 1:0 cannot recognize input near '{text[:40]}'")

    def _show_databases(self, catalog: str, pattern: str | None) -> UtilityAnswer:
        names = self._catalogs(catalog or self._catalog).databases(self._caller)
        return UtilityAnswer(("database_name",), [[name] for name in names if _is_like(name, pattern)])

    def _show_tables(self, place: list[str], pattern: str | None) -> UtilityAnswer:
        tables = self._tables(place)
        return UtilityAnswer(("tab_name",), [[each.name] for each in tables if _is_like(each.name, pattern)])

    def _show_views(self, place: list[str], pattern: str | None) -> UtilityAnswer:
        views = [each.name for each in self._tables(place) if each.type == "VIRTUAL_VIEW"]
        return UtilityAnswer(("views",), [[name] for name in views if _is_like(name, pattern)])

    def _tables(self, place: list[str]) -> list[Table]:
        *catalog, database = place or [self._database]
        tables = self._catalogs((catalog or [self._catalog])[0]).tables(self._caller, database.lower())
        if tables is None:
            raise failures.database_not_found(database)
        return tables

    def _show_columns(self, name: list[str]) -> UtilityAnswer:
        return UtilityAnswer(("field",), [[column.name] for column in self._table(name).all_columns])

    def _show_partitions(self, name: list[str]) -> UtilityAnswer:
        table = self._table(name)
        if not table.partitions:
            raise failures.QueryFailure(f"FAILED: Execution Error: Table {table.name} is not a partitioned table")
        pairs = [zip(table.partitions, values, strict=True) for values in table.partition_values]
        rows = sorted("/".join(f"{column.name}={value}" for column, value in partition) for partition in pairs)
        return UtilityAnswer(("partition",), [[row] for row in rows])

    def _show_properties(self, name: list[str], key: str | None) -> UtilityAnswer:
        own = own_parameters(self._table(name))
        return UtilityAnswer(
            ("prpt_name", "prpt_value"), [[*item] for item in sorted(own.items()) if key in (None, item[0])]
        )

    def _describe(self, name: list[str]) -> UtilityAnswer:
        """One text for each column, with tabs in it, as Hive writes them."""
        table = self._table(name)
        lines = [_described(column) for column in table.all_columns]
        if table.partitions:
            lines += ["\t \t ", "# Partition Information\t \t ", _padded("# col_name", "data_type", "comment")]
            lines += ["\t \t ", *map(_described, table.partitions)]
        return UtilityAnswer(("col_name",), [[line] for line in lines])

    def _table(self, name: list[str]) -> Table:
        *places, table = name
        database = places[-1].lower() if places else self._database
        catalog = places[-2] if len(places) > 1 else self._catalog
        found = find_table(self._catalogs(catalog), self._caller, database, table)
        if found is None:
            raise failures.QueryFailure(
                f"FAILED: SemanticException [Error 10001]: Table not found {database}.{table.lower()}"
            )
        return found


def _described(column: Column) -> str:
    return _padded(column.name, column.type, column.comment)


def _padded(*fields: str) -> str:
    return "\t".join(f"{field:<20}" for field in fields)


def _parts(dotted: str | None) -> list[str]:
    return [_unquoted(part) for part in _PART.findall(dotted or "")]


def _unquoted(name: str | None) -> str:
    return (name or "").strip('`"')


def _is_like(name: str, pattern: str | None) -> bool:
    """Hive's patterns: ``*`` (and SQL's ``%``) for any letters, ``|`` between alternatives."""
    if pattern is None:
        return True
    alternatives = [re.escape(part).replace(r"\*", ".*").replace("%", ".*") for part in pattern.split("|")]
    return any(re.fullmatch(alternative, name, re.I) for alternative in alternatives)
