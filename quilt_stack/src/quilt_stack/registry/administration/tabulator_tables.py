"""Tabulator tables of a bucket: names, configurations, and the open-query switch (registry facts 9.1, 9.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from quilt_stack.registry.administration import configuration_text
from quilt_stack.registry.database import SettingKey, TabulatorTable, read_setting, store_setting
from quilt_stack.registry.refusals import InvalidInputRefusal

# Decision: these names of errors are ours (open: registry facts 9.2).
# Decision: a table's name has up to 255 letters of either case, digits, underscores and hyphens (open: registry facts
# 9.2; hyphens are recorded: registry facts 11).
TABLE_NOT_FOUND = "TableNotFound"
TABLE_NAME_CONFLICT = "TableNameConflict"
TABLE_NAME_INVALID = "TableNameInvalid"
_TABLE_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")

_TEXT = {"type": "string", "minLength": 1}

_ONE_CHARACTER = {"minLength": 1, "maxLength": 1}


def _options_of(parser_format: str, **options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The keys that a parser of this format may have beside ``format``."""
    return {
        "if": {"properties": {"format": {"const": parser_format}}},
        "then": {"additionalProperties": False, "properties": {"format": True, **options}},
    }


SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["schema", "source", "parser"],
    "properties": {
        "schema": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["name", "type"],
                "properties": {
                    "name": {"type": "string", "maxLength": 255, "pattern": r"^[A-Za-z][A-Za-z0-9_-]*\Z"},
                    "type": {
                        "enum": [
                            "BOOLEAN",
                            "TINYINT",
                            "SMALLINT",
                            "INT",
                            "BIGINT",
                            "FLOAT",
                            "DOUBLE",
                            "STRING",
                            "BINARY",
                            "DATE",
                            "TIMESTAMP",
                        ]
                    },
                    "nullable": {"type": "boolean"},
                },
            },
        },
        "source": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "package_name", "logical_key"],
            "properties": {
                "type": {"const": "quilt-packages"},
                "package_name": _TEXT,
                "logical_key": _TEXT,
            },
        },
        "parser": {
            "type": "object",
            "required": ["format"],
            "properties": {"format": {"enum": ["csv", "parquet"]}},
            "allOf": [
                _options_of("csv", header={"type": "boolean"}, delimiter={"type": "string", **_ONE_CHARACTER}),
                _options_of("parquet"),
            ],
        },
        "continue_on_error": {"type": "boolean"},
    },
}


def tables(session: Session, bucket: str) -> list[TabulatorTable]:
    """The tables of a bucket, by name."""
    query = select(TabulatorTable).where(TabulatorTable.bucket_name == bucket).order_by(TabulatorTable.name)
    return list(session.scalars(query))


def store(session: Session, bucket: str, name: str, config: str) -> None:
    """Create a table or replace its configuration, which is kept to the letter.

    Raises:
        InvalidInputRefusal: TableNameInvalid at ``tableName``; InvalidYaml at ``config``, ValidationError at a place
            in it.
    """
    _check_name(name, "tableName")
    _check_config(config)
    session.merge(TabulatorTable(bucket_name=bucket, name=name, config=config))
    session.flush()


def delete(session: Session, bucket: str, name: str) -> None:
    """Delete a table.

    Raises:
        InvalidInputRefusal: TableNotFound at ``tableName``.
    """
    session.delete(_table(session, bucket, name))
    session.flush()


def rename(session: Session, bucket: str, name: str, new_name: str) -> None:
    """Give a table another name; its own name again changes nothing.

    Raises:
        InvalidInputRefusal: TableNotFound at ``tableName``; TableNameInvalid or TableNameConflict at ``newTableName``.
    """
    table = _table(session, bucket, name)
    _check_name(new_name, "newTableName")
    if new_name != name and session.get(TabulatorTable, (bucket, new_name)) is not None:
        message = f"The bucket {bucket} already has a table named {new_name}."
        raise InvalidInputRefusal.at("newTableName", TABLE_NAME_CONFLICT, message)
    table.name = new_name
    session.flush()


def open_query(session: Session) -> bool:
    """Whether AWS permissions alone decide who queries the tables (registry facts 9.3); off in a fresh stack."""
    return bool(read_setting(session, SettingKey.TABULATOR_OPEN_QUERY))


def set_open_query(session: Session, enabled: bool) -> None:
    """Turn open query on or off."""
    store_setting(session, SettingKey.TABULATOR_OPEN_QUERY, enabled)


def _table(session: Session, bucket: str, name: str) -> TabulatorTable:
    table = session.get(TabulatorTable, (bucket, name))
    if table is None:
        message = f"Table not found: the bucket {bucket} has no table named {name!r}."
        raise InvalidInputRefusal.at("tableName", TABLE_NOT_FOUND, message)
    return table


def _check_name(name: str, path: str) -> None:
    if _TABLE_NAME.fullmatch(name) is None:
        message = f"{name!r} is not a table name: letters, digits, underscores and hyphens, 255 at most."
        raise InvalidInputRefusal.at(path, TABLE_NAME_INVALID, message)


def _check_config(text: str) -> None:
    config = configuration_text.parse(text, SCHEMA)
    names: set[str] = set()
    for position, column in enumerate(config["schema"]):
        # Decision: Athena tells columns apart without regard to case, so a schema with two of one name is refused; a
        # group of that name fails queries, for patterns are not looked into (open: registry facts 9.1).
        if column["name"].lower() in names:
            place = ("schema", position, "name")
            raise configuration_text.refusal_at(place, f"the table already has a column named {column['name']}")
        names.add(column["name"].lower())
