"""Athena's API for looking into data catalogs: which there are, their databases and tables."""

from __future__ import annotations

import json
import re
from typing import Any
from uuid import uuid4

from moto.athena.exceptions import MetadataException
from moto.athena.responses import AthenaResponse

from quilt_stack.aws.athena import service
from quilt_stack.aws.athena.caller import AWSCaller
from quilt_stack.aws.athena.catalogs import GLUE_CATALOG, Column, DataCatalog, Table, find_table
from quilt_stack.aws.athena.failures import QueryFailure
from quilt_stack.aws.athena.resolution import Resolution
from quilt_stack.aws.athena.responses import InvalidRequestError, page


def list_data_catalogs(self: AthenaResponse) -> str:
    """ListDataCatalogs."""
    summaries = _resolution(self).summaries()
    return page(self, "DataCatalogsSummary", [{"CatalogName": name, "Type": type_} for name, type_ in summaries])


def get_data_catalog(self: AthenaResponse) -> str:
    """GetDataCatalog."""
    name = self._get_param("Name")
    made: dict[str, Any] | None = self.athena_backend.get_data_catalog(name)
    if made is None:
        found = dict(_resolution(self).summaries())
        if name not in found:
            raise InvalidRequestError(f"Data catalog {name} was not found")
        made = {"Name": name, "Type": found[name], "Description": _catalog(self, name).description, "Parameters": {}}
    return json.dumps({"DataCatalog": made})


def list_databases(self: AthenaResponse) -> str:
    """ListDatabases."""
    names = _databases(self)
    return page(self, "DatabaseList", [{"Name": name} for name in names])


def get_database(self: AthenaResponse) -> str:
    """GetDatabase."""
    name = self._get_param("DatabaseName").lower()
    if name not in _databases(self):
        raise _not_found(self, f"Database {name}")
    return json.dumps({"Database": {"Name": name}})


def list_table_metadata(self: AthenaResponse) -> str:
    """ListTableMetadata; ``Expression`` is a regular expression in which ``*`` alone stands for anything."""
    tables = _tables(self)
    expression = self._get_param("Expression")
    if expression:
        pattern = re.escape(expression).replace(r"\*", ".*")
        tables = [table for table in tables if re.fullmatch(pattern, table.name, re.IGNORECASE)]
    return page(self, "TableMetadataList", [_described(table) for table in tables])


def get_table_metadata(self: AthenaResponse) -> str:
    """GetTableMetadata."""
    name = self._get_param("TableName")
    _tables(self)
    found = find_table(_catalog(self), _caller(self), self._get_param("DatabaseName").lower(), name)
    if found is None:
        raise _not_found(self, f"Table {name}")
    return json.dumps({"TableMetadata": _described(found)})


def _databases(self: AthenaResponse) -> list[str]:
    try:
        return _catalog(self).databases(_caller(self))
    except QueryFailure as failure:
        raise MetadataException(str(failure)) from failure


def _tables(self: AthenaResponse) -> list[Table]:
    database = self._get_param("DatabaseName").lower()
    try:
        tables = _catalog(self).tables(_caller(self), database)
    except QueryFailure as failure:
        raise MetadataException(str(failure)) from failure
    if tables is None:
        raise _not_found(self, f"Database {database}")
    return tables


def _described(table: Table) -> dict[str, Any]:
    return {
        "Name": table.name,
        "CreateTime": table.created_at,
        "TableType": table.type,
        "Columns": [_column(column) for column in table.columns],
        "PartitionKeys": [_column(column) for column in table.partitions],
        "Parameters": dict(table.parameters),
    }


def _not_found(self: AthenaResponse, what: str) -> MetadataException:
    """Athena hands Glue's refusals on in an envelope that clients read; a federated catalog's words stand alone."""
    message = f"EntityNotFoundException: {what} not found."
    if _catalog(self).type == "GLUE":
        envelope = "Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException"
        message = f"{message} ({envelope}; Request ID: {uuid4()}; Proxy: null)"
    return MetadataException(message)


def _column(column: Column) -> dict[str, str]:
    return {"Name": column.name, "Type": column.type, **({"Comment": column.comment} if column.comment else {})}


def _catalog(self: AthenaResponse, name: str | None = None) -> DataCatalog:
    try:
        return _resolution(self).catalog(name or self._get_param("CatalogName") or GLUE_CATALOG)
    except QueryFailure as failure:
        raise InvalidRequestError(str(failure)) from failure


def _resolution(self: AthenaResponse) -> Resolution:
    return Resolution(self.athena_backend, service.running())


def _caller(self: AthenaResponse) -> AWSCaller:
    return AWSCaller.of(self.iam_request)  # type: ignore[attr-defined]  # kept there by `iam_authorization`
