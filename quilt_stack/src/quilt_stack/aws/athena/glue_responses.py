"""Glue's own API shows the databases of ``AwsDataCatalog`` as Athena does, also those that are not moto's, in pages.

Decision: what is not moto's is looked at through GetDatabases, GetDatabase, GetTables and GetTable alone, and a table
of it has no versions and no partitions; a client that writes to it finds no such database (open: registry facts 11).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from moto.core.responses import ActionResult
from moto.glue.exceptions import DatabaseNotFoundException, GlueClientError, TableNotFoundException
from moto.glue.responses import GlueResponse

from quilt_stack.aws.athena import pages, service
from quilt_stack.aws.athena.caller import AWSCaller
from quilt_stack.aws.athena.catalogs import Column, Table
from quilt_stack.aws.athena.glue_catalog import GlueCatalog
from quilt_stack.patches import Patch

_LARGEST_PAGE = 100

PATCH = Patch(
    __name__,
    "moto",
    reason="moto's Glue shows what was made through its API alone, and all of it on one page.",
    bodies={
        "moto.glue.responses:GlueResponse.get_database": "56df726c6d24",
        "moto.glue.responses:GlueResponse.get_databases": "c050d992b2f5",
        "moto.glue.responses:GlueResponse.get_table": "dcbb8f8fe6c4",
        "moto.glue.responses:GlueResponse.get_tables": "5e2c530f6df1",
    },
    fence="tests/quilt_stack/tabulator/test_tabulator_glue.py::test_glue_shows_what_athena_shows",
    until="never: Athena's databases of packages are not moto's",
    needed="tests/upstream/test_moto.py::test_glue_lists_in_pages",
)


def install() -> None:
    """Put Athena's databases beside moto's."""
    for name, build in (
        ("get_databases", _databases),
        ("get_database", _database),
        ("get_tables", _tables),
        ("get_table", _table),
    ):
        PATCH.replace(GlueResponse, name, build)


def _databases(_original: Any) -> Any:
    def get_databases(self: GlueResponse) -> ActionResult:
        names = _catalog(self).databases(_caller(self))
        return _page(self, "DatabaseList", [_described_database(self, name) for name in names])

    return get_databases


def _database(_original: Any) -> Any:
    def get_database(self: GlueResponse) -> ActionResult:
        name = str(self.parameters["Name"])
        if name not in _catalog(self).databases(_caller(self)):
            raise DatabaseNotFoundException(name)
        return ActionResult({"Database": _described_database(self, name)})

    return get_database


def _tables(_original: Any) -> Any:
    def get_tables(self: GlueResponse) -> ActionResult:
        database, expression = str(self.parameters["DatabaseName"]), self.parameters.get("Expression")
        if _is_motos(self, database):
            found = [table.as_dict() for table in self.glue_backend.get_tables(database, expression)]
        else:
            tables = [table for table in _seen(self, database) if _matches(expression, table.name)]
            found = [_described_table(self, database, table) for table in tables]
        return _page(self, "TableList", found)

    return get_tables


def _table(original: Any) -> Any:
    def get_table(self: GlueResponse) -> ActionResult:
        database, name = str(self.parameters["DatabaseName"]), str(self.parameters["Name"])
        if _is_motos(self, database):
            return original(self)  # type: ignore[no-any-return]
        found = next((table for table in _seen(self, database) if table.name == name.lower()), None)
        if found is None:
            raise TableNotFoundException(name)
        return ActionResult({"Table": _described_table(self, database, found)})

    return get_table


def _is_motos(self: GlueResponse, database: str) -> bool:
    return database in self.glue_backend.databases and database not in service.running().databases


def _seen(self: GlueResponse, database: str) -> list[Table]:
    """The tables of a database that the caller may see.

    Raises:
        DatabaseNotFoundException: there is no such database.
    """
    tables = _catalog(self).tables(_caller(self), database)
    if tables is None:
        raise DatabaseNotFoundException(database)
    return tables


def _matches(expression: str | None, name: str) -> bool:
    """Whether a name matches a regular expression, in which a star by itself stands for anything, as moto has it."""
    if not expression:
        return True
    try:
        return re.match(re.sub(r"(?<!\.)\*", ".*", expression), name) is not None
    except re.error as error:
        raise GlueClientError("InvalidInputException", f"Expression {expression} is no pattern: {error}") from error


def _described_database(self: GlueResponse, name: str) -> dict[str, Any]:
    if _is_motos(self, name):
        return dict(self.glue_backend.databases[name].as_dict())
    added = service.running().databases.get(name)
    return {"Name": name, "Description": added.description if added else None, "CatalogId": self.current_account}


def _described_table(self: GlueResponse, database: str, table: Table) -> dict[str, Any]:
    parameters = dict(table.parameters)
    return {
        "DatabaseName": database,
        "Name": table.name,
        "CreateTime": table.created_at,
        "TableType": table.type,
        "StorageDescriptor": {"Columns": _columns(table.columns), "Location": parameters.pop("location", None)},
        "PartitionKeys": _columns(table.partitions),
        "Parameters": parameters,
        "CatalogId": self.current_account,
    }


def _columns(columns: Sequence[Column]) -> list[dict[str, str]]:
    return [
        {"Name": each.name, "Type": each.type, **({"Comment": each.comment} if each.comment else {})}
        for each in columns
    ]


def _page(self: GlueResponse, name: str, items: Sequence[Any]) -> ActionResult:
    size, token = self.parameters.get("MaxResults"), self.parameters.get("NextToken")
    try:
        return ActionResult(pages.page_of(name, items, size, token, largest=_LARGEST_PAGE))
    except ValueError as error:
        raise GlueClientError("InvalidInputException", str(error)) from error


def _catalog(self: GlueResponse) -> GlueCatalog:
    running = service.running()
    return GlueCatalog(self.current_account, self.region, running.client, running.databases)


def _caller(self: GlueResponse) -> AWSCaller:
    return AWSCaller.of(self.iam_request)  # type: ignore[attr-defined]  # kept there by `iam_authorization`
