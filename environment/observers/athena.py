"""Queries through Athena's API with whoever's client: started, waited for, and read to the last row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from environment.errors import SuiteError
from environment.waiting import wait_until

QUERY_LIMIT_SECONDS = 120.0


_WORKGROUPS_OF_PEOPLE = "QuiltUserAthena-"


@dataclass(frozen=True)
class QueryAnswer:
    """What came of a query: its final state, why it failed, and its rows by column name (null is None)."""

    state: str
    reason: str
    rows: tuple[Mapping[str, str | None], ...]


def workgroup_of_people(athena: Any) -> str:
    """The stack's workgroup in which the client's identity may query (registry facts 9.3).

    Raises:
        SuiteError: there is none.
    """
    for listed in athena.list_work_groups()["WorkGroups"]:
        name = str(listed["Name"])
        if name.startswith(_WORKGROUPS_OF_PEOPLE) and _may_use(athena, name):
            return name
    raise SuiteError("Looked for a workgroup to query in", "the role may use none of the stack's", "Look at its policy")


def _may_use(athena: Any, name: str) -> bool:
    try:
        athena.get_work_group(WorkGroup=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != "AccessDeniedException":
            raise
        return False
    return True


class AthenaObserver:
    """Queries in one data catalog, with the rights of the client's identity.

    Without an ``output_location`` they run in the first of the stack's workgroups for people that the identity may use,
    with one in the account's own workgroup.
    """

    def __init__(self, athena: Any, catalog: str, output_location: str | None = None) -> None:
        self._athena = athena
        self._catalog = catalog
        if output_location is None:
            self._options: Mapping[str, Any] = {"WorkGroup": workgroup_of_people(athena)}
        else:
            self._options = {
                "WorkGroup": "primary",
                "ResultConfiguration": {"OutputLocation": output_location},
            }

    def query(self, sql: str, database: str) -> QueryAnswer:
        """Run a query to its end.

        Raises:
            botocore.exceptions.ClientError: the query is not accepted at all.
        """
        started = self._athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Catalog": self._catalog, "Database": database},
            **self._options,
        )
        identifier = started["QueryExecutionId"]
        status = wait_until(
            lambda: self._final_status(identifier), limit_seconds=QUERY_LIMIT_SECONDS, what="the query to end"
        )
        assert status is not None
        rows = self._rows(identifier) if status["State"] == "SUCCEEDED" else ()
        return QueryAnswer(status["State"], status.get("StateChangeReason", ""), rows)

    def _final_status(self, identifier: str) -> Mapping[str, Any] | None:
        status: Mapping[str, Any] = self._athena.get_query_execution(QueryExecutionId=identifier)["QueryExecution"][
            "Status"
        ]
        return None if status["State"] in ("QUEUED", "RUNNING") else status

    def _rows(self, identifier: str) -> tuple[Mapping[str, str | None], ...]:
        pages = list(self._athena.get_paginator("get_query_results").paginate(QueryExecutionId=identifier))
        names = [column["Name"] for column in pages[0]["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]]
        values = [
            [cell.get("VarCharValue") for cell in row["Data"]] for page in pages for row in page["ResultSet"]["Rows"]
        ]
        return tuple(dict(zip(names, row, strict=True)) for row in values[1:])
