"""The rows of a table: the files' columns, with what Tabulator says of each file beside them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from quilt_stack.registry.administration.tabulator_configuration import SchemaColumn, TableConfiguration
from quilt_stack.tabulator.files import FileRows
from quilt_stack.tabulator.matching import MatchedFile

if TYPE_CHECKING:
    import pyarrow as pa

_DEFAULTS: dict[str, Any] = {"boolean": False, "string": "", "binary": b"", "date": 0, "timestamp": 0}


def relation(configuration: TableConfiguration, files: Iterable[tuple[MatchedFile, FileRows]]) -> pa.Table:
    """All files' rows in one table; texts that are the same for a whole file are kept once."""
    import pyarrow as pa

    from quilt_stack.aws.athena.column_types import arrow_type

    own = [(column.name, arrow_type(column.type)) for column in configuration.columns]
    repeated = [(column.name, _repeated_text_type()) for column in configuration.described()[len(own) :]]
    schema = pa.schema(own + repeated)
    parts = [
        pa.table([*rows.columns, *(_constant(text, rows.length) for text in _about(file, rows))], schema=schema)
        for file, rows in files
    ]
    return pa.concat_tables(parts) if parts else schema.empty_table()


def row_of_a_bad_file(configuration: TableConfiguration, issue: str) -> FileRows:
    """What a file that cannot be read comes to with ``continue_on_error`` (registry facts 9.3)."""
    return FileRows(tuple(map(_default, configuration.columns)), 1, issue)


def _about(file: MatchedFile, rows: FileRows) -> tuple[str | None, ...]:
    return (*file.groups, file.package, file.logical_key, file.physical_key, file.top_hash, rows.issue)


def _default(column: SchemaColumn) -> pa.Array:
    import pyarrow as pa

    from quilt_stack.aws.athena.column_types import arrow_type

    value = None if column.nullable else _DEFAULTS.get(column.type, 0)
    return pa.array([value], arrow_type(column.type))


def _repeated_text_type() -> pa.DataType:
    import pyarrow as pa

    return pa.dictionary(pa.int8(), pa.string())


def _constant(text: str | None, length: int) -> pa.Array:
    import pyarrow as pa

    position = pa.scalar(None if text is None else 0, pa.int8())
    return pa.DictionaryArray.from_arrays(pa.repeat(position, length), pa.array([text or ""], pa.string()))
