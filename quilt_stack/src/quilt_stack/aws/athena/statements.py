"""Athena's SQL taken apart: what kind of statement it is, which tables it names, and what DuckDB is to run.

Nothing of the text is handed on as it came. A query is parsed, the tables in it are replaced by the relations that the
engine holds, and what DuckDB gets is generated from the tree.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import sqlglot
from sqlglot import exp
from sqlglot.errors import ErrorLevel, OptimizeError, ParseError, SqlglotError, TokenError, UnsupportedError
from sqlglot.optimizer.annotate_types import annotate_types
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import traverse_scope
from sqlglot.schema import MappingSchema
from sqlglot.tokenizer_core import TokenType

from quilt_stack.aws.athena import failures
from quilt_stack.aws.athena.catalogs import Table
from quilt_stack.aws.athena.differences import as_athena
from quilt_stack.aws.athena.utilities import without_leading_comments

# sqlglot tells on its log what the exceptions below tell anyway.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

_UNNAMED = "_unnamed_column_"
_ABOUT_THE_ENGINE = frozenset(
    {"current_setting", "getenv", "getvariable", "version", "nextval", "currval", "txid_current"}
)
_ENGINE_PREFIXES = ("pragma_", "duckdb_", "pg_", "read_", "parquet_", "has_", "query", "glob", "write_", "sqlite_")
_PARAMETER = (
    exp.Literal,
    exp.Neg,
    exp.Boolean,
    exp.Null,
    exp.Cast,
    exp.DataType,
    exp.DataTypeParam,
    exp.Paren,
    exp.Array,
)
# Decision: nothing here writes or defines anything, so DDL, DML other than queries, UNLOAD and prepared statements are
# refused with Athena's words for what it does not support.
_NOT_SUPPORTED = "Queries of this type are not supported here: SELECT, WITH, VALUES, SHOW, DESCRIBE and EXPLAIN are"
_EXPLAIN = re.compile(r"EXPLAIN\b\s*(?:\((\s*(?:TYPE|FORMAT)\b[^)]*)\))?(.*)", re.I | re.S)
_OPTION = re.compile(r"\s*(TYPE|FORMAT)\s+(\w+)\s*", re.I)


class Wanted(Enum):
    """What is asked of a query: its rows, or with EXPLAIN its plan or whether it is valid."""

    ROWS = "rows"
    PLAN = "plan"
    VALIDITY = "validity"


class MalformedQueryError(Exception):
    """The text is refused before it runs; the message is Athena's."""


@dataclass(frozen=True)
class TableName:
    """A table as a query names it, completed with the query's own catalog and database."""

    catalog: str
    database: str
    table: str


@dataclass(frozen=True)
class Query:
    """A query whose tables are replaced by relations."""

    tree: exp.Query
    tables: Mapping[str, TableName]
    wanted: Wanted = Wanted.ROWS

    def for_engine(self, relations: Mapping[str, Table]) -> str:
        """The query in DuckDB's SQL; ``relations`` says which columns each has.

        Raises:
            QueryFailure: a column is in none of them, or in several, or DuckDB has nothing for what is asked.
        """
        columns: dict[str, object] = {
            name: {
                each.name: exp.DataType.build(each.type, dialect="hive") for each in (*table.all_columns, *table.hidden)
            }
            for name, table in relations.items()
        }
        shown: dict[str, object] = {
            name: [each.name for each in table.all_columns] for name, table in relations.items()
        }
        schema = MappingSchema(columns, visible=shown, dialect="athena")
        try:
            tree = self.tree.copy()
            _mark_unnamed(tree)
            tree = qualify(tree, schema=schema, dialect="athena", identify=True)
        except OptimizeError as error:
            raise _unresolved(error) from error
        tree = annotate_types(tree, schema=schema, dialect="athena")
        as_athena(tree)
        _name_columns(tree)
        try:
            return tree.sql("duckdb", unsupported_level=ErrorLevel.RAISE)
        except UnsupportedError as error:
            raise failures.QueryFailure(f"NOT_SUPPORTED: line 1:8: {error}") from error


def parse(sql: str, parameters: Sequence[str], *, catalog: str, database: str) -> Query:
    """Take a query apart; ``catalog`` and ``database`` are for tables named without them.

    Raises:
        MalformedQueryError: it is no SQL, several statements, or one that is not a query.
        QueryFailure: it calls a function that Athena does not have.
    """
    wanted, text = _without_explain(without_leading_comments(sql))
    trees = _parsed(_with_parameters(text, parameters))
    if len(trees) != 1:
        raise MalformedQueryError(f"Only one sql statement is allowed. Got: {sql}")
    tree = _selected(trees[0]) if isinstance(trees[0], exp.Values) else trees[0]
    if not isinstance(tree, exp.Query) or tree.args.get("into") is not None:
        raise MalformedQueryError(_NOT_SUPPORTED)
    for function in tree.find_all(exp.Func):
        _check_function(function)
    return Query(tree, _replace_tables(tree, catalog, database), wanted)


def _without_explain(sql: str) -> tuple[Wanted, str]:
    """What is asked of the query, and the query (AWS documentation, "Using EXPLAIN and EXPLAIN ANALYZE in Athena").

    Decision: the plan is DuckDB's, as text, whether the logical or the distributed one is asked for.
    """
    found = _EXPLAIN.fullmatch(sql)
    if found is None:
        return Wanted.ROWS, sql
    if found[2].lstrip().upper().startswith("ANALYZE"):
        raise MalformedQueryError(f"{_NOT_SUPPORTED}, and the latter without ANALYZE")
    options = [_OPTION.fullmatch(option) for option in (found[1] or "TYPE LOGICAL").split(",")]
    asked = {option[1].upper(): option[2].upper() for option in options if option is not None}
    known = asked.get("TYPE", "LOGICAL") in ("LOGICAL", "DISTRIBUTED", "VALIDATE")
    if None in options or not known or asked.get("FORMAT", "TEXT") != "TEXT":
        raise MalformedQueryError(f"{_NOT_SUPPORTED}, and the latter gives a plan as text or validates")
    return (Wanted.VALIDITY if asked.get("TYPE") == "VALIDATE" else Wanted.PLAN), found[2]


def _selected(values: exp.Values) -> exp.Select:
    """A query of the rows of a VALUES statement, with the names that Athena gives columns without one."""
    first = values.expressions[0]
    width = len(first.expressions) if isinstance(first, exp.Tuple) else 1
    names = [exp.to_identifier(f"_col{position}") for position in range(width)]
    return exp.select("*").from_(
        exp.Values(expressions=values.expressions, alias=exp.TableAlias(this=exp.to_identifier("v"), columns=names))
    )


def _parsed(sql: str) -> list[exp.Expr]:
    try:
        return [tree for tree in sqlglot.parse(sql, read="athena") if tree is not None]
    except ParseError as error:
        place = error.errors[0] if error.errors else {}
        line, column = place.get("line") or 1, place.get("col") or 1
        message = f"line {line}:{column}: mismatched input '{place.get('highlight') or '<EOF>'}'. Expecting: <query>"
        raise MalformedQueryError(message) from error
    except (TokenError, SqlglotError, RecursionError) as error:
        raise MalformedQueryError("line 1:1: the query cannot be parsed") from error


def _with_parameters(sql: str, parameters: Sequence[str]) -> str:
    """Put execution parameters in the place of question marks; each is a literal, never a piece of a query."""
    try:
        places = [token for token in sqlglot.tokenize(sql, read="athena") if token.token_type is TokenType.PLACEHOLDER]
    except TokenError as error:
        raise MalformedQueryError("line 1:1: the query cannot be parsed") from error
    if len(places) != len(parameters):
        raise MalformedQueryError(f"Incorrect number of parameters: expected {len(places)} but found {len(parameters)}")
    for place, parameter in reversed(list(zip(places, parameters, strict=True))):
        sql = sql[: place.start] + _literal(parameter) + sql[place.end + 1 :]
    return sql


def _literal(parameter: str) -> str:
    trees = _parsed(f"SELECT {parameter}")
    values = [value for tree in trees if isinstance(tree, exp.Select) for value in tree.selects]
    if (
        len(trees) != 1
        or not isinstance(trees[0], exp.Select)
        or trees[0].find(exp.From)
        or len(values) != 1
        or not all(isinstance(node, _PARAMETER) for node in values[0].walk())
    ):
        raise MalformedQueryError(f"Execution parameter is not a literal: {parameter}")
    return values[0].sql("athena")


def _check_function(function: exp.Func) -> None:
    name = (function.name if isinstance(function, exp.Anonymous) else function.sql_name()).lower()
    if name in _ABOUT_THE_ENGINE or name.startswith(_ENGINE_PREFIXES):
        raise failures.QueryFailure(f"FUNCTION_NOT_FOUND: line 1:8: Function '{name}' not registered")


def _replace_tables(tree: exp.Query, catalog: str, database: str) -> dict[str, TableName]:
    """Replace each table by a relation of the engine; names that a WITH clause gives are left alone."""
    relations: dict[TableName, str] = {}
    replaced: set[int] = set()
    named = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    sources = [source for scope in traverse_scope(tree) for source in scope.sources.values()]
    for table in [source for source in sources if isinstance(source, exp.Table)]:
        if id(table) in replaced:
            continue
        replaced.add(id(table))
        if not isinstance(table.this, exp.Identifier):
            raise _no_table_function(table)
        name = TableName(table.catalog or catalog, (table.db or database).lower(), table.name.lower())
        relation = relations.setdefault(name, f"relation_{len(relations)}")
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(table.name, quoted=True)))
        table.set("this", exp.to_identifier(relation))
        table.set("db", None)
        table.set("catalog", None)
    for table in tree.find_all(exp.Table):
        if id(table) not in replaced and (table.db or table.name.lower() not in named):
            raise _no_table_function(table)
    for column in tree.find_all(exp.Column):
        column.set("db", None)
        column.set("catalog", None)
    return {relation: name for name, relation in relations.items()}


def _no_table_function(table: exp.Table) -> failures.QueryFailure:
    name = table.this.name if isinstance(table.this, exp.Anonymous) else table.this.key
    return failures.QueryFailure(f"FUNCTION_NOT_FOUND: line 1:15: Table function '{name.lower()}' not registered")


def _unresolved(error: OptimizeError) -> failures.QueryFailure:
    message = str(error)
    if message.startswith("Column '"):
        name = message.split("'")[1]
        text = f"Column '{name}' cannot be resolved or requester is not authorized to access requested resources"
        return failures.QueryFailure(f"COLUMN_NOT_FOUND: line 1:8: {text}")
    return failures.QueryFailure(f"SYNTAX_ERROR: line 1:8: {message}")


def _mark_unnamed(tree: exp.Query) -> None:
    """Give columns without a name one that can be told from a user's."""
    for position, column in enumerate(tree.selects):
        if not isinstance(column, exp.Alias | exp.Column | exp.Star | exp.Dot):
            column.replace(exp.alias_(column.copy(), f"{_UNNAMED}{position}", quoted=True))


def _name_columns(tree: exp.Query) -> None:
    """Columns without a name are ``_col0``, ``_col1``, … in Athena, by their position once stars are written out.

    Decision: all names are in small letters, also those that a query gives in quotes.
    """
    names = {
        column.alias: f"_col{position}"
        for position, column in enumerate(tree.selects)
        if isinstance(column, exp.Alias) and column.alias.startswith(_UNNAMED)
    }
    for identifier in tree.find_all(exp.Identifier):
        if identifier.name in names:
            identifier.set("this", names[identifier.name])
