"""``/tabular-preview``: the first rows of a table, as an Arrow file."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from typing import IO, TYPE_CHECKING, Any

from starlette.responses import Response

from quilt_stack.previews.source import PreviewRefused, Storage, beginning

if TYPE_CHECKING:
    import pyarrow as pa

INFORMATION = "x-quilt-info"
"""Header that tells of the table: whether rows are left out, and what a Parquet file says of itself."""

_SIZES = {"small": 100_000, "medium": 500_000, "large": 4_000_000}
_MOST_PARQUET_BYTES = 150_000_000
_ROWS_AT_ONCE = 100

Rows = tuple["pa.Table", dict[str, Any]]


def preview_table(storage: Storage, arguments: Mapping[str, str]) -> Response:
    """Rows of the object at ``url``: ``input`` is csv, tsv, jsonl or parquet, ``size`` small, medium or large.

    Decision: spreadsheets are refused, for they need a reader of their own (open: registry facts 1.7).

    Raises:
        PreviewRefused: there is no preview.
    """
    import pyarrow as pa  # late: a start needs it for nothing

    read = _READERS.get(arguments.get("input", ""))
    limit = _SIZES.get(arguments.get("size", "small"))
    if read is None or limit is None:
        wanted = f"input= is one of {', '.join(_READERS)}, size= one of {', '.join(_SIZES)}."
        raise PreviewRefused(400, title=f"No preview: {wanted}")
    with storage.open(arguments.get("url", ""), arguments.get("compression")) as stream:
        try:
            table, information = read(stream, limit)
        except pa.ArrowException as error:
            raise PreviewRefused(400, title="The object is no such table.", detail=str(error)) from error
    content, truncated = _arrow_file(_flat(table), limit)
    information["truncated"] = information.get("truncated", False) or truncated
    return Response(
        content, media_type="application/vnd.apache.arrow.file", headers={INFORMATION: json.dumps(information)}
    )


def _csv(delimiter: str) -> Callable[[IO[bytes], int], Rows]:
    def read(stream: IO[bytes], limit: int) -> Rows:
        from pyarrow import csv

        skipped = 0

        def skip(_: object) -> str:
            nonlocal skipped
            skipped += 1
            return "skip"

        content, truncated = beginning(stream, limit)
        options = csv.ParseOptions(delimiter=delimiter, invalid_row_handler=skip)
        table = csv.read_csv(io.BytesIO(content), parse_options=options)
        return table, {"truncated": truncated, "rows_skipped": skipped}

    return read


def _jsonl(stream: IO[bytes], limit: int) -> Rows:
    from pyarrow import json as arrow_json

    content, truncated = beginning(stream, limit)
    return arrow_json.read_json(io.BytesIO(content)), {"truncated": truncated}


def _parquet(stream: IO[bytes], limit: int) -> Rows:
    import pyarrow as pa
    from pyarrow import parquet

    content = stream.read(_MOST_PARQUET_BYTES + 1)
    if len(content) > _MOST_PARQUET_BYTES:
        raise PreviewRefused(400, title="The object is too large for a preview.")
    file = parquet.ParquetFile(io.BytesIO(content))
    batches: list[pa.RecordBatch] = []
    size = 0
    for batch in file.iter_batches(_ROWS_AT_ONCE):
        batches.append(batch)
        size += batch.nbytes
        if size > limit:
            break
    found = file.metadata
    described = {
        "created_by": found.created_by,
        "format_version": found.format_version,
        "num_row_groups": found.num_row_groups,
        "schema": {"names": found.schema.names},
        "serialized_size": found.serialized_size,
        "shape": (found.num_rows, found.num_columns),
    }
    table = pa.Table.from_batches(batches, file.schema_arrow)
    return table, {"truncated": table.num_rows < found.num_rows, "meta": described}


_READERS: dict[str, Callable[[IO[bytes], int], Rows]] = {
    "csv": _csv(","),
    "tsv": _csv("\t"),
    "jsonl": _jsonl,
    "parquet": _parquet,
}


def _flat(table: pa.Table) -> pa.Table:
    """The table with columns that the catalog can show: lists and structures as JSON."""
    import pyarrow as pa

    for index, field in enumerate(table.schema):
        if pa.types.is_nested(field.type):
            texts = [None if value is None else json.dumps(value, default=str) for value in table[index].to_pylist()]
            table = table.set_column(index, field.name, pa.array(texts, pa.string()))
    return table


def _arrow_file(table: pa.Table, limit: int) -> tuple[bytes, bool]:
    """As many rows as have room in ``limit`` bytes, and whether some are left out."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    written = 0
    with pa.ipc.new_file(sink, table.schema) as writer:
        for batch in table.to_batches(_ROWS_AT_ONCE):
            if written and sink.tell() + pa.ipc.get_record_batch_size(batch) > limit:
                break
            writer.write(batch)
            written += batch.num_rows
    return sink.getvalue().to_pybytes(), written < table.num_rows
