"""What Athena leaves of a scenario's queries: result files in the output locations of workgroups.

Their keys are made of an id that Athena gives, so they cannot be booked by name before a query starts. What is booked
is the table that the queries name, which is one scenario's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from environment.targets.target import Target

_LARGEST_BATCH = 50
"""Query executions that Athena describes at once (AWS documentation, "BatchGetQueryExecution")."""
_DESCRIPTION_SUFFIX = ".metadata"


class QueryResults:
    """The result files of queries, in the workgroups that are the suite's to clear, seen with its own keys."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._athena = target.client("athena")
        self._s3 = target.client("s3")

    def locations(self, table: str) -> list[str]:
        """``s3://bucket/key`` of the result of every query that names the table, whether a file is there or not."""
        return [
            found["ResultConfiguration"]["OutputLocation"]
            for workgroup in self._target.workgroups()
            for found in self._described(list(self._identifiers(workgroup)))
            if table in found["Query"]
        ]

    def delete(self, table: str) -> None:
        """Delete the results of every query that names the table, every version of them."""
        for location in self.locations(table):
            place = urlsplit(location, allow_fragments=False)
            key = place.path.removeprefix("/")
            wanted = {key, f"{key}{_DESCRIPTION_SUFFIX}"}
            for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=place.netloc, Prefix=key):
                for version in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                    if version["Key"] in wanted:
                        self._s3.delete_object(Bucket=place.netloc, Key=version["Key"], VersionId=version["VersionId"])

    def _identifiers(self, workgroup: str) -> Iterator[str]:
        pages = self._athena.get_paginator("list_query_executions").paginate(WorkGroup=workgroup)
        for page in pages:
            yield from page.get("QueryExecutionIds", [])

    def _described(self, identifiers: list[str]) -> Iterator[Any]:
        for start in range(0, len(identifiers), _LARGEST_BATCH):
            batch = identifiers[start : start + _LARGEST_BATCH]
            yield from self._athena.batch_get_query_execution(QueryExecutionIds=batch)["QueryExecutions"]
