"""The sample table in Glue: as the templates declare it, and in what one that is there differs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"
_COLUMNS = {"id": "int", "name": "string", "value": "double", "timestamp": "timestamp"}


def declared(bucket: str, table: str) -> dict[str, str]:
    """What the templates say of the table, over the data bucket."""
    return {
        "location": f"s3://{bucket}/athena/{table}/",
        "type": "EXTERNAL_TABLE",
        "input format": f"{_PARQUET}.MapredParquetInputFormat",
        "output format": f"{_PARQUET}.MapredParquetOutputFormat",
        "serialization": f"{_PARQUET}.serde.ParquetHiveSerDe",
        "list of columns": _in_words(_COLUMNS),
    }


def described(table: Mapping[str, Any]) -> dict[str, str]:
    """The same of a table as Glue describes it; what it does not say is "nothing"."""
    storage = table.get("StorageDescriptor", {})
    found = {
        "location": storage.get("Location"),
        "type": table.get("TableType"),
        "input format": storage.get("InputFormat"),
        "output format": storage.get("OutputFormat"),
        "serialization": storage.get("SerdeInfo", {}).get("SerializationLibrary"),
        "list of columns": _in_words({each["Name"]: each.get("Type", "") for each in storage.get("Columns", [])}),
    }
    return {what: str(value or "nothing") for what, value in found.items()}


def differences(table: Mapping[str, Any], bucket: str) -> list[str]:
    """In words, what a table that Glue describes has otherwise than declared."""
    found = described(table)
    wanted = declared(bucket, str(table["Name"]))
    return [f"its {what} is {found[what]}, not {value}" for what, value in wanted.items() if found[what] != value]


def _in_words(columns: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())
