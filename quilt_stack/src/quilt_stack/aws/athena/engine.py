"""DuckDB for one query, with nothing in it but the query's relations and nothing around it that it could reach.

The engine is shut before a relation is in it: no file system, no network, no extension, no variable of this process,
and settings that cannot be changed any more. Memory, threads and the size of a result are bounded.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from quilt_stack.aws.athena import failures
from quilt_stack.aws.athena.column_types import answered_type
from quilt_stack.aws.athena.service import Limits

_BATCH_ROWS = 65536
_INTERRUPT_EVERY_SECONDS = 0.05


@dataclass(frozen=True)
class Result:
    """Names and types (in Athena's words) of a query's columns, and the rows; column n of ``rows`` is named n."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: pa.Table


class Engine:
    """One query's engine; ``close`` it."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._stopped = threading.Event()
        self._closed = threading.Event()
        self._closing = threading.Lock()
        self._connection = duckdb.connect(
            ":memory:",
            config={
                "enable_external_access": "false",
                "python_enable_replacements": "false",
                "autoload_known_extensions": "false",
                "autoinstall_known_extensions": "false",
                "allow_community_extensions": "false",
                "temp_directory": "",
                "memory_limit": f"{limits.memory_bytes}B",
                "threads": limits.threads,
            },
        )
        self._connection.execute("SET lock_configuration = true")

    def run(self, sql: str, relations: Mapping[str, pa.Table]) -> Result:
        """Run a query over relations.

        Raises:
            QueryFailure: DuckDB refuses it, it fails, it is interrupted, or the result is too large.
        """
        try:
            for name, table in relations.items():
                self._connection.register(name, table)
            if self._stopped.is_set():
                raise failures.stopped()
            answer = self._connection.sql(sql)
            if answer is None:
                raise failures.QueryFailure("NOT_SUPPORTED: the statement has no result")
            names, types = tuple(answer.columns), tuple(answered_type(str(type_)) for type_ in answer.types)
            return Result(names, types, self._fetched(answer))
        except duckdb.Error as error:
            raise failures.from_engine(error) from error

    def stop(self) -> None:
        """Let the query fail, now or when it starts; for another thread to call."""
        self._stopped.set()
        threading.Thread(target=self._interrupt_until_closed, daemon=True).start()

    def close(self) -> None:
        """Give everything back."""
        with self._closing:
            self._closed.set()
            self._connection.close()

    def _interrupt_until_closed(self) -> None:
        # DuckDB forgets an interrupt that comes between two of its steps, so one is not enough.
        while True:
            with self._closing:
                if self._closed.is_set():
                    return
                self._connection.interrupt()
            self._closed.wait(_INTERRUPT_EVERY_SECONDS)

    def _fetched(self, answer: duckdb.DuckDBPyRelation) -> pa.Table:
        reader = answer.to_arrow_reader(_BATCH_ROWS)
        schema = pa.schema([field.with_name(str(position)) for position, field in enumerate(reader.schema)])
        batches, size = [], 0
        for batch in reader:
            if self._stopped.is_set():
                raise failures.stopped()
            size += batch.nbytes
            if size > self._limits.result_bytes:
                raise failures.out_of_resources()
            batches.append(pa.RecordBatch.from_arrays(batch.columns, schema=schema))
        return pa.Table.from_batches(batches, schema=schema)
