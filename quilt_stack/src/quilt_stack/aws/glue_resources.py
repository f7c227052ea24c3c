"""Which resources a request to Glue is about, for IAM: moto asks for ``*`` alone.

AWS (Glue developer guide, "Specifying AWS Glue resource ARNs") asks for the resource and for all that it lies in: a
table's database and the catalog with it.

Decision: an operation on something else than the catalog, databases, tables, partitions and table versions is asked for
``*``, as moto does; lists of databases and tables are asked for what holds them, and not filtered.
"""

from __future__ import annotations

import json
from typing import Any

_OF_DATABASES = frozenset({"CreateDatabase", "DeleteDatabase", "GetDatabase", "UpdateDatabase"})
_OF_ONE_TABLE = frozenset({"CreateTable", "DeleteTable", "GetTable", "UpdateTable"})


def resources(operation: str, body: bytes, account: str, region: str) -> list[str]:
    """The ARNs that the caller of an operation needs it for."""
    prefix = f"arn:aws:glue:{region}:{account}"
    asked = json.loads(body or b"{}")
    database, tables = _database(operation, asked), _tables(operation, asked)
    if operation != "GetDatabases" and not database:
        return ["*"]
    return [
        f"{prefix}:catalog",
        *([f"{prefix}:database/{database}"] if database else []),
        *(f"{prefix}:table/{database}/{name}" for name in tables),
    ]


def _database(operation: str, asked: dict[str, Any]) -> str:
    if operation in _OF_DATABASES:
        return str(asked.get("Name") or asked.get("DatabaseInput", {}).get("Name", ""))
    return str(asked.get("DatabaseName", ""))


def _tables(operation: str, asked: dict[str, Any]) -> list[str]:
    if operation in _OF_ONE_TABLE:
        return [str(asked.get("Name") or asked.get("TableInput", {}).get("Name", ""))]
    return [str(name) for name in asked.get("TablesToDelete", [asked["TableName"]] if "TableName" in asked else [])]
