"""Tabulator tables and the open-query switch, set through the registry as the administrator."""

from __future__ import annotations

from environment.clients.mutations import RESULT, must_be_done
from environment.observers.registry import RegistryObserver

_TABLES = "query ($bucket: String!) { bucketConfig(name: $bucket) { tabulatorTables { name config } } }"
_SET = f"""
mutation ($bucket: String!, $name: String!, $config: String) {{
  bucketSetTabulatorTable(bucketName: $bucket, tableName: $name, config: $config) {{ {RESULT} }}
}}
"""
_OPEN_QUERY = "{ admin { tabulatorOpenQuery } }"
_SET_OPEN_QUERY = """
mutation ($enabled: Boolean!) { admin { setTabulatorOpenQuery(enabled: $enabled) { tabulatorOpenQuery } } }
"""


class TableArranger:
    """Makes and looks at the tables of one registry."""

    def __init__(self, registry: RegistryObserver) -> None:
        self._registry = registry

    def tables(self, bucket: str) -> dict[str, str]:
        """Configurations (YAML, to the letter) of a bucket's tables by name."""
        found = self._registry.ask(_TABLES, bucket=bucket)["bucketConfig"]["tabulatorTables"]
        return {table["name"]: table["config"] for table in found}

    def store(self, bucket: str, name: str, config: str) -> None:
        """Create a table or replace its configuration.

        Raises:
            SuiteError: the registry refuses.
        """
        self._set(bucket, name, config)

    def delete(self, bucket: str, name: str) -> None:
        """Delete a table, if it is there."""
        if name in self.tables(bucket):
            self._set(bucket, name, None)

    def open_query(self) -> bool:
        """Whether AWS permissions alone decide who queries."""
        return bool(self._registry.ask(_OPEN_QUERY)["admin"]["tabulatorOpenQuery"])

    def set_open_query(self, enabled: bool) -> None:
        """Turn open query on or off."""
        self._registry.ask(_SET_OPEN_QUERY, enabled=enabled)

    def _set(self, bucket: str, name: str, config: str | None) -> None:
        answer = self._registry.ask(_SET, bucket=bucket, name=name, config=config)["bucketSetTabulatorTable"]
        must_be_done(f"{'Deleted' if config is None else 'Stored'} the table {name} of {bucket}", answer)
