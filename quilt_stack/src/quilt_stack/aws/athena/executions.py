"""The life of a query: QUEUED, RUNNING, then SUCCEEDED, FAILED or CANCELLED, which nothing changes any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from moto.athena.models import WorkGroup

from quilt_stack.aws import moto_state
from quilt_stack.aws.athena import failures, information_schema, result_files
from quilt_stack.aws.athena.caller import AWSCaller
from quilt_stack.aws.athena.catalogs import DataCatalog, Rows, Table, find_table
from quilt_stack.aws.athena.failures import QueryFailure
from quilt_stack.aws.athena.service import Service
from quilt_stack.aws.athena.utilities import Utilities, is_utility, without_leading_comments

if TYPE_CHECKING:
    import pyarrow as pa

    from quilt_stack.aws.athena.engine import Engine, Result
    from quilt_stack.aws.athena.statements import Query, TableName, Wanted


class QueryState(StrEnum):
    """Athena's states of a query."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"

    @property
    def is_final(self) -> bool:
        """Whether the query has ended."""
        return self not in (QueryState.QUEUED, QueryState.RUNNING)


@dataclass(frozen=True)
class Request:
    """What a client asked; ``output_location`` is a prefix, ``options`` the rest of that configuration."""

    sql: str
    parameters: Sequence[str] | None
    catalog: str
    database: str
    context: Mapping[str, str]
    output_location: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """A result as clients page through it: names and types of its columns, and the rows."""

    names: tuple[str, ...]
    types: tuple[str, ...]
    rows: pa.Table | list[list[str | None]]

    @property
    def has_header(self) -> bool:
        """Queries repeat their columns' names as the first row; SHOW, DESCRIBE and EXPLAIN do not."""
        return not isinstance(self.rows, list)


class QueryExecution:
    """One query; the attributes that moto's own code looks at (``id``, ``query``, ``workgroup``, ``status``) included.

    ``plan`` is the query taken apart, None for SHOW and DESCRIBE, or why the query must fail.
    """

    def __init__(
        self,
        service: Service,
        catalogs: Callable[[str], DataCatalog],
        caller: AWSCaller,
        request: Request,
        workgroup: WorkGroup,
        plan: Query | QueryFailure | None,
    ) -> None:
        self.id = str(uuid4())
        self.query = request.sql
        self.request = request
        self.workgroup = workgroup
        self.submitted_at = moto_state.utc_now()
        self.completed_at = self.submitted_at
        self.milliseconds = 0
        self.scanned_bytes = 0
        self.failure: QueryFailure | None = None
        self.answer: Answer | None = None
        suffix = "csv" if statement_type(request.sql)[0] == "DML" else "txt"
        self.output_location = f"{request.output_location.rstrip('/')}/{self.id}.{suffix}"
        self._service = service
        self._catalogs = catalogs
        self._caller = caller
        self._plan = plan
        self._state = QueryState.QUEUED
        self._engine: Engine | None = None
        self._lock = threading.Lock()

    @property
    def state(self) -> QueryState:
        """Where the query stands."""
        return self._state

    @property
    def status(self) -> str:
        """The state by the name that moto looks for."""
        return self._state.value

    def run(self) -> None:
        """Run the query to its end; nothing is raised, whatever happens becomes its state."""
        started = time.perf_counter()
        if not self._enter(QueryState.RUNNING):
            return
        limit = threading.Timer(self._service.limits.seconds, self._time_out)
        limit.daemon = True
        limit.start()
        try:
            self._end(QueryState.SUCCEEDED, started, answer=self._answered())
        except QueryFailure as failure:
            self._end(QueryState.FAILED, started, failure=failure)
        except Exception as error:  # noqa: BLE001  # a query that ends in no state would be waited for without end
            text = f"GENERIC_INTERNAL_ERROR: {type(error).__name__}: {error}"
            self._end(QueryState.FAILED, started, failure=QueryFailure(text, failures.Kind.ENGINE))
        finally:
            limit.cancel()

    def cancel(self) -> None:
        """Stop the query; one that has ended stays as it is."""
        self._stop(QueryState.CANCELLED, None)

    def _time_out(self) -> None:
        self._stop(QueryState.FAILED, failures.timed_out(self._service.limits.seconds))

    def _stop(self, state: QueryState, failure: QueryFailure | None) -> None:
        with self._lock:
            if self._state.is_final:
                return
            self._state, self.failure, self.completed_at = state, failure, moto_state.utc_now()
            if self._engine is not None:
                self._engine.stop()

    def _enter(self, state: QueryState) -> bool:
        with self._lock:
            if self._state.is_final:
                return False
            self._state = state
            return True

    def _end(
        self, state: QueryState, started: float, *, answer: Answer | None = None, failure: QueryFailure | None = None
    ) -> None:
        with self._lock:
            self.milliseconds = int(1000 * (time.perf_counter() - started))
            if self._state.is_final:
                return
            self.answer, self.failure, self.completed_at = answer, failure, moto_state.utc_now()
            self._state = state

    def _answered(self) -> Answer:
        if isinstance(self._plan, QueryFailure):
            raise self._plan
        return self._utility_answer() if self._plan is None else self._query_answer(self._plan)

    def _utility_answer(self) -> Answer:
        utilities = Utilities(self._catalogs, self._caller, self.request.catalog, self.request.database)
        answered = utilities.answer(self.query)
        self._store(result_files.text_content(answered.rows))
        return Answer(answered.names, ("string",) * len(answered.names), answered.rows)

    def _query_answer(self, plan: Query) -> Answer:
        # Late, here and below: they load DuckDB, Arrow and sqlglot.
        from quilt_stack.aws.athena.result_texts import text_rows
        from quilt_stack.aws.athena.statements import Wanted

        tables = {relation: self._find(name) for relation, name in plan.tables.items()}
        sql = plan.for_engine(tables)
        if plan.wanted is not Wanted.ROWS:
            return self._explanation(plan.wanted, sql, tables)
        read = {relation: self._read(plan.tables[relation], table) for relation, table in tables.items()}
        self.scanned_bytes = sum(rows.scanned_bytes for rows in read.values())
        result = self._run(sql, {relation: rows.table for relation, rows in read.items()})
        self._store(result_files.csv_content(result.names, text_rows(result.rows)))
        return Answer(result.names, result.types, result.rows)

    def _explanation(self, wanted: Wanted, sql: str, tables: Mapping[str, Table]) -> Answer:
        """Answer EXPLAIN: the tables' columns suffice, no file is read."""
        from quilt_stack.aws.athena.column_types import empty_table
        from quilt_stack.aws.athena.statements import Wanted

        empty = {relation: empty_table(table.all_columns) for relation, table in tables.items()}
        plan = self._run(f"EXPLAIN {sql}", empty).rows.column(1).to_pylist()
        if wanted is Wanted.VALIDITY:
            name, type_, lines = "Valid", "boolean", ["true"]
        else:
            name, type_, lines = "Query Plan", "varchar", "\n".join(plan).splitlines()
        rows: list[list[str | None]] = [[line] for line in lines]
        self._store(result_files.text_content(rows))
        return Answer((name,), (type_,), rows)

    def _run(self, sql: str, relations: Mapping[str, pa.Table]) -> Result:
        from quilt_stack.aws.athena.engine import Engine

        engine = Engine(self._service.limits)
        try:
            with self._lock:
                if self._state.is_final:
                    raise failures.stopped()
                self._engine = engine
            return engine.run(sql, relations)
        finally:
            with self._lock:
                self._engine = None
            engine.close()

    def _find(self, name: TableName) -> Table:
        catalog = self._catalog(name)
        if catalog.tables(self._caller, name.database) is None:
            raise failures.schema_not_found(name.database)
        table = find_table(catalog, self._caller, name.database, name.table)
        if table is None:
            raise failures.table_not_found(name.catalog, name.database, name.table)
        return table

    def _read(self, name: TableName, table: Table) -> Rows:
        return self._catalog(name).read(self._caller, name.database, table)

    def _catalog(self, name: TableName) -> DataCatalog:
        found = self._catalogs(name.catalog)
        if name.database == information_schema.NAME:
            return information_schema.InformationSchema(name.catalog, found)
        return found

    def _store(self, content: bytes) -> None:
        result_files.store(self._service.client, self._caller, self.output_location, content)


def statement_type(sql: str) -> tuple[str, str]:
    """Athena's ``StatementType`` and ``SubstatementType``."""
    first = (without_leading_comments(sql).split() or [""])[0].upper()
    if is_utility(sql) or first.partition("(")[0] == "EXPLAIN":
        return "UTILITY", "DESCRIBE" if first == "DESC" else first.partition("(")[0]
    return "DML", "SELECT"
