"""Parquet and Arrow files with the same rows as a CSV text.

pyarrow writes its version into the footer of a Parquet file, so these bytes are stable for the pinned version only.
Compression, dictionaries and statistics are off: what is left is plain encoding.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from data.datasets.model import Sink, Writer

ColumnTypes = Mapping[str, str]
"""Arrow type by column, for example ``{"id": "int64"}``."""


def parquet_writer(text: Writer, types: ColumnTypes) -> Writer:
    """Return a writer of a Parquet file with the rows of the CSV file (with header) that ``text`` writes."""

    def write(sink: Sink) -> None:
        # Imported late: pyarrow takes longer to load than the small datasets take to make.
        import pyarrow
        import pyarrow.parquet

        buffer = pyarrow.BufferOutputStream()
        pyarrow.parquet.write_table(
            _table(text, types), buffer, compression="none", use_dictionary=False, write_statistics=False
        )
        sink.write(buffer.getvalue().to_pybytes())

    return write


def arrow_writer(text: Writer, types: ColumnTypes) -> Writer:
    """Return a writer of an Arrow IPC file with the rows of the CSV file (with header) that ``text`` writes."""

    def write(sink: Sink) -> None:
        import pyarrow

        table = _table(text, types)
        buffer = pyarrow.BufferOutputStream()
        with pyarrow.ipc.new_file(buffer, table.schema) as file:
            file.write_table(table)
        sink.write(buffer.getvalue().to_pybytes())

    return write


def _table(text: Writer, types: ColumnTypes) -> Any:
    # From CSV rather than from Python lists: those make pyarrow load pandas, which takes two seconds.
    import pyarrow
    import pyarrow.csv

    buffer = BytesIO()
    text(buffer)
    buffer.seek(0)
    table = pyarrow.csv.read_csv(
        buffer,
        read_options=pyarrow.csv.ReadOptions(use_threads=False),
        convert_options=pyarrow.csv.ConvertOptions(
            column_types={column: pyarrow.type_for_alias(alias) for column, alias in types.items()},
            timestamp_parsers=["%Y-%m-%dT%H:%M:%SZ"],
        ),
    )
    return table.combine_chunks()
