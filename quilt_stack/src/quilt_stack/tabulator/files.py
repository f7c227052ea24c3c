"""One file of a table as Arrow columns (registry facts 9.3), read once for each version of the object."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from quilt_stack.aws.athena.caller import AWSCaller
from quilt_stack.registry.administration.tabulator_configuration import (
    CsvParser,
    ParquetParser,
    SchemaColumn,
    TableConfiguration,
)
from quilt_stack.registry.packages.physical_key import ObjectLocation, PhysicalKeyError

if TYPE_CHECKING:
    import pyarrow as pa

_CACHE_BYTES = 256 * 1024 * 1024


class FileError(Exception):
    """A file cannot be a part of its table; the message says why, without the file's name."""


@dataclass(frozen=True)
class FileRows:
    """The schema's columns of a file; ``issue`` tells which nullable ones it lacks, None if it has all.

    ``scanned_bytes`` is the size of the file.
    """

    columns: tuple[pa.Array, ...]
    length: int
    issue: str | None
    scanned_bytes: int = 0

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return sum(int(column.nbytes) for column in self.columns)


Content = tuple[ObjectLocation, str]
Key = tuple[Content, tuple[SchemaColumn, ...], CsvParser | ParquetParser]


class Files:
    """Reads files with the operator's keys once the caller's rights allow it, and remembers what it parsed."""

    def __init__(self, client: Callable[..., Any], cache_bytes: int = _CACHE_BYTES) -> None:
        self._client = client
        self._cache_bytes = cache_bytes
        self._parsed: OrderedDict[Key, FileRows] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, physical_key: str, configuration: TableConfiguration, caller: AWSCaller) -> FileRows:
        """A file's rows.

        Raises:
            FileError: the file is not there, the caller may not read it, or its content does not fit the table.
        """
        try:
            place = ObjectLocation.parse(physical_key)
        except PhysicalKeyError as error:
            raise FileError(str(error)) from error
        if not caller.may_read(place.bucket, place.key, place.version_id):
            raise FileError(f"Access Denied: {caller.arn} may not read the object")
        try:
            key = ((place, self._content_tag(place)), configuration.columns, configuration.parser)
            return self._remembered(key) or self._remember(key, self._rows(place, configuration))
        except ClientError as error:
            raise FileError(f"S3 answered {error.response['Error']['Code']}") from error

    def _content_tag(self, place: ObjectLocation) -> str:
        """What tells this content from another one; a version never changes."""
        if place.version_id is not None:
            return place.version_id
        return str(self._client("s3").head_object(Bucket=place.bucket, Key=place.key)["ETag"])

    def _rows(self, place: ObjectLocation, configuration: TableConfiguration) -> FileRows:
        version = {} if place.version_id is None else {"VersionId": place.version_id}
        answer = self._client("s3").get_object(Bucket=place.bucket, Key=place.key, **version)
        return parse_file(answer["Body"].read(), configuration)

    def _remembered(self, key: Key) -> FileRows | None:
        with self._lock:
            if key in self._parsed:
                self._parsed.move_to_end(key)
            return self._parsed.get(key)

    def _remember(self, key: Key, rows: FileRows) -> FileRows:
        with self._lock:
            self._parsed[key] = rows
            size = sum(each.size for each in self._parsed.values())
            while size > self._cache_bytes and len(self._parsed) > 1:
                size -= self._parsed.popitem(last=False)[1].size
        return rows


def parse_file(content: bytes, configuration: TableConfiguration) -> FileRows:
    """A file's columns in the types of its table.

    Raises:
        FileError: the content is not of the parser's format, a column that must be there is not, or a value does not
            fit its column.
    """
    from quilt_stack.aws.athena import file_contents
    from quilt_stack.aws.athena.column_types import arrow_type

    try:
        length, stored = _stored_columns(content, configuration)
    except file_contents.ContentError as error:
        raise FileError(str(error)) from error
    parse = file_contents.parse_text if isinstance(configuration.parser, CsvParser) else file_contents.strict_cast
    columns, missing = [], []
    for column in configuration.columns:
        try:
            values = stored.get(column.name)
            if values is None:
                missing.append(column)
                columns.append(_nulls(length, column))
            else:
                columns.append(_checked(parse(values, arrow_type(column.type)), column))
        except file_contents.ContentError as error:
            raise FileError(f"column {column.name} ({column.type.upper()}): {error}") from error
    issue = f"missing columns: {', '.join(column.name for column in missing)}" if missing else None
    return FileRows(tuple(columns), length, issue, len(content))


def _stored_columns(content: bytes, configuration: TableConfiguration) -> tuple[int, dict[str, pa.Array]]:
    """Number of rows, and the columns that the file has, by the names of the schema."""
    from quilt_stack.aws.athena import file_contents

    names = [column.name for column in configuration.columns]
    parser = configuration.parser
    if isinstance(parser, ParquetParser):
        return file_contents.parquet_columns(content, names)
    columns = file_contents.csv_columns(content, delimiter=parser.delimiter, header_lines=int(parser.header))
    if not columns:
        # No rows, and so nothing that could be missing.
        return 0, {name: _empty_texts() for name in names}
    return len(columns[0]), dict(zip(names, columns, strict=False))


def _empty_texts() -> pa.Array:
    import pyarrow as pa

    return pa.array([], pa.string())


def _nulls(length: int, column: SchemaColumn) -> pa.Array:
    import pyarrow as pa

    from quilt_stack.aws.athena.column_types import arrow_type

    if not column.nullable:
        raise FileError(f"column {column.name} ({column.type.upper()}) is missing")
    return pa.nulls(length, arrow_type(column.type))


def _checked(values: pa.Array, column: SchemaColumn) -> pa.Array:
    if values.null_count and not column.nullable:
        raise FileError(f"column {column.name} ({column.type.upper()}) is not nullable, but a value is missing")
    return values
