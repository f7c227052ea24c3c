"""``AwsDataCatalog``: the tables of moto's Glue, over CSV and Parquet objects in S3."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from moto.glue.models import FakeDatabase, FakeTable, glue_backends

from quilt_stack.aws.athena import failures
from quilt_stack.aws.athena.caller import AWSCaller
from quilt_stack.aws.athena.catalogs import DEFAULT_DATABASE, Column, DataCatalog, Rows, Table
from quilt_stack.aws.athena.s3_objects import ReadableObjects, StoredObject

if TYPE_CHECKING:
    import pyarrow as pa

_COMMA_SERDE = "opencsvserde"
_TEXT_DELIMITER = "\x01"
_PATH = Column("$path", "string")
"""The file of a row (AWS documentation, "Getting the file locations for source data in Amazon S3")."""


class GlueCatalog:
    """The Glue catalog of one account and region."""

    type = "GLUE"
    description = ""

    def __init__(
        self, account_id: str, region: str, client: Callable[..., Any], added: Mapping[str, DataCatalog]
    ) -> None:
        """``added``: what answers for databases that are not moto's, by name."""
        self._backend = glue_backends[account_id][region]
        self._arn = f"arn:aws:glue:{region}:{account_id}"
        self._client = client
        self._added = added

    def databases(self, caller: AWSCaller) -> list[str]:
        """All databases; ``default`` is always there."""
        return sorted({DEFAULT_DATABASE, *self._backend.databases, *self._added})

    def tables(self, caller: AWSCaller, database: str) -> list[Table] | None:
        """Tables of a database."""
        if database in self._added:
            return self._added[database].tables(caller, database)
        found = self._database(database)
        if found is None:
            return [] if database == DEFAULT_DATABASE else None
        return [_described(table) for table in sorted(found.tables.values(), key=lambda each: each.name)]

    def read(self, caller: AWSCaller, database: str, table: Table) -> Rows:
        """The rows of a table.

        Raises:
            QueryFailure: the caller may not read the table's definition or its objects, or an object is malformed.
        """
        arn = f"{self._arn}:table/{database}/{table.name}"
        if not caller.may("glue:GetTable", arn):
            raise failures.not_authorized(caller.arn, "glue:GetTable", arn)
        if database in self._added:
            return self._added[database].read(caller, database, table)
        found = self._database(database)
        definition = None if found is None else found.tables.get(table.name)
        if definition is None:
            raise failures.table_not_found("awsdatacatalog", database, table.name)
        return _GlueFiles(definition, table, ReadableObjects(self._client, caller)).read()

    def _database(self, name: str) -> FakeDatabase | None:
        return self._backend.databases.get(name)


def _newest(table: FakeTable) -> dict[str, Any]:
    return list(table.versions.values())[-1]


def _described(table: FakeTable) -> Table:
    newest = _newest(table)
    storage = newest.get("StorageDescriptor", {})
    return Table(
        name=table.name,
        columns=_columns(storage.get("Columns")),
        partitions=_columns(newest.get("PartitionKeys")),
        partition_values=tuple(tuple(each.values) for each in table.partitions.values()),
        type=newest.get("TableType") or "EXTERNAL_TABLE",
        created_at=table.created_time.timestamp(),
        parameters=_parameters(newest.get("Parameters") or {}, storage),
        hidden=(_PATH,),
    )


def _parameters(own: Mapping[str, str], storage: Mapping[str, Any]) -> dict[str, str]:
    """The table's own parameters, and where and how it is stored under the names that Athena gives them."""
    serde = storage.get("SerdeInfo") or {}
    stored = {
        "location": storage.get("Location"),
        "inputformat": storage.get("InputFormat"),
        "outputformat": storage.get("OutputFormat"),
        "serde.serialization.lib": serde.get("SerializationLibrary"),
        **{f"serde.param.{name}": value for name, value in (serde.get("Parameters") or {}).items()},
    }
    return {**own, **{name: str(value) for name, value in stored.items() if value}}


def _columns(described: list[dict[str, str]] | None) -> tuple[Column, ...]:
    return tuple(Column(each["Name"].lower(), each["Type"], each.get("Comment", "")) for each in described or ())


class _GlueFiles:
    """The files of one table."""

    def __init__(self, definition: FakeTable, table: Table, objects: ReadableObjects) -> None:
        self._newest = _newest(definition)
        self._partitions = list(definition.partitions.values())
        self._storage = self._newest.get("StorageDescriptor", {})
        self._table = table
        self._objects = objects

    def read(self) -> Rows:
        import pyarrow as pa

        from quilt_stack.aws.athena.column_types import UnknownTypeError, arrow_type

        if self._table.type == "VIRTUAL_VIEW":
            raise failures.QueryFailure(f"NOT_SUPPORTED: {self._table.name} is a view; views are not kept here")
        try:
            described = [(column.name, arrow_type(column.type)) for column in self._table.all_columns]
            # Of a file's rows all say the same, which is kept once.
            schema = pa.schema([*described, (_PATH.name, pa.dictionary(pa.int8(), pa.string()))])
        except UnknownTypeError as error:
            raise failures.QueryFailure(f"HIVE_INVALID_METADATA: {self._table.name}: {error}") from error
        files = [(found, values) for location, values in self._locations() for found in self._objects.under(location)]
        parts = [self._one(found, values, schema) for found, values in files]
        table = pa.concat_tables(parts) if parts else schema.empty_table()
        return Rows(table, scanned_bytes=sum(found.size for found, _ in files))

    def _locations(self) -> Iterator[tuple[str, list[str]]]:
        """Where the objects lie, each with the values of the partition columns."""
        if not self._table.partitions:
            yield self._storage["Location"], []
        for partition in self._partitions:
            place = partition.partition_input.get("StorageDescriptor") or {}
            yield place["Location"], list(partition.values)

    def _one(self, found: StoredObject, values: list[str], schema: pa.Schema) -> pa.Table:
        import pyarrow as pa

        from quilt_stack.aws.athena import file_contents

        own = [schema.field(column.name) for column in self._table.columns]
        try:
            columns = self._parsed(self._objects.content(found), own)
            length = len(columns[0]) if columns else 0
            for column, value in zip(self._table.partitions, values, strict=True):
                text = pa.repeat(pa.scalar(value, pa.string()), length)
                columns.append(file_contents.parse_text_or_null(text, schema.field(column.name).type))
            columns.append(pa.DictionaryArray.from_arrays(pa.repeat(pa.scalar(0, pa.int8()), length), [found.uri]))
        except file_contents.ContentError as error:
            raise failures.QueryFailure(f"HIVE_BAD_DATA: Error reading {found.uri}: {error}") from error
        return pa.table(columns, schema=schema)

    def _parsed(self, content: bytes, fields: list[pa.Field]) -> list[pa.Array]:
        serde: Mapping[str, Any] = self._storage.get("SerdeInfo") or {}
        library = f"{serde.get('SerializationLibrary', '')} {self._storage.get('InputFormat', '')}".lower()
        if "parquet" in library:
            return _parquet(content, fields)
        if "csv" in library or "lazysimple" in library:
            parameters = {**(serde.get("Parameters") or {}), "library": library}
            return _csv(content, fields, parameters, self._newest.get("Parameters") or {})
        message = (
            f"NOT_SUPPORTED: {self._table.name} is stored as {library.strip()}; only CSV and Parquet are read here"
        )
        raise failures.QueryFailure(message)


def _parquet(content: bytes, fields: list[pa.Field]) -> list[pa.Array]:
    import pyarrow as pa

    from quilt_stack.aws.athena import file_contents

    rows, found = file_contents.parquet_columns(content, [field.name for field in fields])
    columns = []
    for field in fields:
        try:
            stored = found.get(field.name)
            columns.append(
                pa.nulls(rows, field.type) if stored is None else file_contents.strict_cast(stored, field.type)
            )
        except file_contents.ContentError as error:
            raise file_contents.ContentError(f"column {field.name}: {error}") from None
    return columns


def _csv(
    content: bytes, fields: list[pa.Field], serde: Mapping[str, str], parameters: Mapping[str, str]
) -> list[pa.Array]:
    """OpenCSVSerde knows quotes, LazySimpleSerDe does not (AWS documentation, "CSV SerDe libraries")."""
    from quilt_stack.aws.athena import file_contents

    quoting = _COMMA_SERDE in serde["library"]
    columns = file_contents.csv_columns_of_any_length(
        content,
        delimiter=serde.get("separatorChar", ",") if quoting else serde.get("field.delim", _TEXT_DELIMITER),
        header_lines=int(parameters.get("skip.header.line.count", 0)),
        quote=serde.get("quoteChar", '"') if quoting else None,
        width=len(fields),
    )
    return [file_contents.parse_text_or_null(values, field.type) for values, field in zip(columns, fields, strict=True)]
