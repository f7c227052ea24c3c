"""A table's YAML configuration as data (registry facts 9.1); the registry has checked it when it was stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from quilt_stack.aws.athena.catalogs import Column
from quilt_stack.registry.administration.tabulator_patterns import Pattern

ADDED_COLUMNS = ("$pkg_name", "$logical_key", "$physical_key", "$top_hash", "$issue")
"""Columns that every table has, after its own and those of the named groups (registry facts 9.3)."""


@dataclass(frozen=True)
class SchemaColumn:
    """A column of the files; ``type`` is Hive's word for it, ``name`` as Athena shows it, in small letters."""

    name: str
    type: str
    nullable: bool


@dataclass(frozen=True)
class CsvParser:
    """Columns by position; with ``header`` the first line is skipped, whatever it says."""

    delimiter: str
    header: bool


@dataclass(frozen=True)
class ParquetParser:
    """Columns by name, in any case."""


@dataclass(frozen=True)
class TableConfiguration:
    """What a table is made of."""

    columns: tuple[SchemaColumn, ...]
    package_name: Pattern
    logical_key: Pattern
    parser: CsvParser | ParquetParser
    continue_on_error: bool

    @classmethod
    def parse(cls, text: str) -> TableConfiguration:
        """Read a configuration that the registry has accepted."""
        config: dict[str, Any] = yaml.safe_load(text)
        parser = config["parser"]
        return cls(
            columns=tuple(
                SchemaColumn(column["name"].lower(), column["type"].lower(), column.get("nullable", True))
                for column in config["schema"]
            ),
            package_name=Pattern.parse(config["source"]["package_name"]),
            logical_key=Pattern.parse(config["source"]["logical_key"]),
            parser=CsvParser(parser.get("delimiter", ","), parser.get("header", False))
            if parser["format"] == "csv"
            else ParquetParser(),
            continue_on_error=config.get("continue_on_error", False),
        )

    def problem(self) -> str | None:
        """Why the table cannot be queried, None if it can: patterns are kept as they are (registry facts 11)."""
        for key, pattern in (("package_name", self.package_name), ("logical_key", self.logical_key)):
            if pattern.problem is not None:
                return f"source.{key} is not a regular expression: {pattern.problem}"
        names = [column.name for column in self.described()]
        twice = sorted({name for name in names if names.count(name) > 1})
        return f"two columns are named {', '.join(twice)}" if twice else None

    @property
    def groups(self) -> tuple[str, ...]:
        """The columns that named groups give, in small letters."""
        return tuple(name.lower() for name in self.package_name.groups + self.logical_key.groups)

    def described(self) -> tuple[Column, ...]:
        """The columns as Athena shows them.

        Decision: the schema's come first, then the named groups', then those that Tabulator adds (open: registry facts
        9.3).
        """
        own = [Column(column.name, column.type) for column in self.columns]
        return (*own, *(Column(name, "string") for name in (*self.groups, *ADDED_COLUMNS)))
