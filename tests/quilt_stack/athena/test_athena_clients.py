"""Clients that know nothing of this deployment: PyAthena, SQLAlchemy over it, and quilt-mcp's own query service."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from athena_people import DATABASE, RESULTS_WORKGROUP, Analyst, Lake
from botocore.config import Config
from pyathena import connect
from pyathena.async_cursor import AsyncCursor
from pyathena.connection import Connection
from pyathena.cursor import DictCursor
from pyathena.error import DatabaseError, OperationalError
from pyathena.pandas.cursor import PandasCursor
from sqlalchemy import URL, Engine, MetaData, Table, create_engine, func, inspect, select, text
from sqlalchemy.exc import NoSuchTableError

TABLE = "measured"


@pytest.fixture(scope="module", autouse=True)
def measured(lake: Lake) -> None:
    rows = pa.table({"site": ["north", "south", None], "value": [1.5, -2.0, 1e9], "n": pa.array([1, 2, 3], pa.int32())})
    lake.parquet_table(TABLE, rows, {"site": "string", "value": "double", "n": "int"})


@pytest.fixture
def connection(operator: Analyst, lake: Lake) -> Iterator[Connection[Any]]:
    key, secret, _ = operator.keys
    opened = connect(
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        region_name="us-east-1",
        endpoint_url=lake.cloud.url,
        schema_name=DATABASE,
        work_group=RESULTS_WORKGROUP,
        config=Config(proxies={}),
    )
    yield opened
    opened.close()


def test_pyathena_gives_python_values(connection: Connection[Any]) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SELECT site, value, n, n > 1 AS more FROM {TABLE} ORDER BY n")
    assert cursor.fetchall() == [("north", 1.5, 1, False), ("south", -2.0, 2, True), (None, 1e9, 3, True)]
    assert [column[:2] for column in cursor.description or ()] == [
        ("site", "varchar"),
        ("value", "double"),
        ("n", "integer"),
        ("more", "boolean"),
    ]


def test_pyathena_parameters(connection: Connection[Any]) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SELECT n FROM {TABLE} WHERE site = %(site)s", {"site": "south"})
    assert cursor.fetchall() == [(2,)]
    cursor.execute(f"SELECT n FROM {TABLE} WHERE site = ?", ["'north'"], paramstyle="qmark")
    assert cursor.fetchall() == [(1,)]


def test_pyathena_types(connection: Connection[Any], lake: Lake, table_name: str) -> None:
    values = {
        "d": date(2024, 2, 29),
        "t": datetime(2024, 2, 29, 1, 2, 3),
        "p": Decimal("1.50"),
        "b": b"\x01\xff",
        "l": [1, 2],
        "s": {"a": "1"},
    }
    rows = pa.table(
        {name: pa.array([value, None]) for name, value in values.items() if name != "p"}
        | {"p": pa.array([values["p"], None], pa.decimal128(5, 2))}
    )
    types = {"d": "date", "t": "timestamp", "p": "decimal(5,2)", "b": "binary", "l": "array<bigint>"}
    lake.parquet_table(table_name, rows, {**types, "s": "struct<a:string>"})
    cursor = connection.cursor(DictCursor)
    cursor.execute(f"SELECT d, t, p, b, l, s FROM {table_name} ORDER BY d NULLS LAST")
    assert cursor.fetchall() == [values, dict.fromkeys(values)]


def test_what_pyathena_tells_of_a_query(connection: Connection[Any], lake: Lake) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SELECT count(*) FROM {TABLE} AS a CROSS JOIN {TABLE} AS b")
    size = lake.cloud.client("s3").head_object(Bucket=lake.data, Key=f"{TABLE}/part-0.parquet")["ContentLength"]
    assert cursor.data_scanned_in_bytes == size, "a file that is named twice is read once"
    assert (cursor.state, cursor.statement_type, cursor.substatement_type) == ("SUCCEEDED", "DML", "SELECT")
    assert cursor.total_execution_time_in_millis >= cursor.engine_execution_time_in_millis >= 0
    assert cursor.completion_date_time >= cursor.submission_date_time
    assert cursor.output_location == f"s3://{lake.results}/enforced/{cursor.query_id}.csv"
    cursor.execute("SELECT 1")
    assert cursor.data_scanned_in_bytes == 0


def test_pandas_reads_the_result_file(connection: Connection[Any], lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", lake.cloud.url)
    frame: Any = connection.cursor(PandasCursor).execute(f"SELECT site, value, n FROM {TABLE} ORDER BY n").as_pandas()
    assert frame["site"].isna().tolist() == [False, False, True]
    assert (frame["value"].tolist(), frame["n"].tolist()) == ([1.5, -2.0, 1e9], [1, 2, 3])


def test_pyathena_statements_that_are_no_queries(connection: Connection[Any]) -> None:
    cursor = connection.cursor()
    cursor.execute(f"SHOW CREATE TABLE {TABLE}")
    assert cursor.fetchmany(2) == [(f"CREATE EXTERNAL TABLE `{TABLE}`(",), ("  `site` string, ",)]
    cursor.execute(f"EXPLAIN (TYPE VALIDATE) SELECT * FROM {TABLE}")
    assert (cursor.statement_type, cursor.fetchall()) == ("UTILITY", [(True,)])
    with pytest.raises(DatabaseError, match="Queries of this type are not supported here"):
        cursor.execute(f"DROP TABLE {TABLE}")


def test_pyathena_cancels(connection: Connection[Any]) -> None:
    endless = "SELECT count(*) FROM UNNEST(sequence(1, 4000)) AS a(x)" + "".join(
        f" CROSS JOIN UNNEST(sequence(1, 4000)) AS {name}(x)" for name in "bcde"
    )
    cursor = connection.cursor(AsyncCursor)
    query: tuple[str, Future[Any]] = cursor.execute(endless)
    cursor.cancel(query[0]).result(timeout=30)
    result = query[1].result(timeout=30)
    assert (result.state, result.state_change_reason) == ("CANCELLED", "Query cancelled by user")


def test_pyathena_failure(connection: Connection[Any]) -> None:
    with pytest.raises(OperationalError, match="TABLE_NOT_FOUND"):
        connection.cursor().execute("SELECT * FROM nothing")


@pytest.fixture
def engine(operator: Analyst, lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("AWS_ENDPOINT_URL", lake.cloud.url)
    key, secret, _ = operator.keys
    url = URL.create(
        "awsathena+rest",
        key,
        secret,
        "athena.us-east-1.amazonaws.com",
        443,
        DATABASE,
        {"work_group": RESULTS_WORKGROUP},
    )
    engine = create_engine(url)
    yield engine
    engine.dispose()


@pytest.mark.slow
def test_sqlalchemy_queries(engine: Engine) -> None:
    with engine.connect() as session:
        assert session.execute(text(f"SELECT max(value) FROM {TABLE}")).scalar() == 1e9
        reflected = Table(TABLE, MetaData(), autoload_with=engine)
        query = select(reflected.c.site, func.count()).where(reflected.c.n < 3).group_by(reflected.c.site)
        assert {tuple(row) for row in session.execute(query)} == {("north", 1), ("south", 1)}


def test_sqlalchemy_looks_around(engine: Engine, lake: Lake) -> None:
    inspector = inspect(engine)
    assert {"default", DATABASE} <= set(inspector.get_schema_names())
    assert TABLE in inspector.get_table_names(schema=DATABASE)
    assert inspector.get_view_names(schema=DATABASE) == []
    columns = {column["name"]: str(column["type"]) for column in inspector.get_columns(TABLE, schema=DATABASE)}
    assert columns == {"site": "VARCHAR", "value": "DOUBLE", "n": "INTEGER"}
    options = inspector.get_table_options(TABLE, schema=DATABASE)
    assert options["awsathena_location"] == f"s3://{lake.data}/{TABLE}/"
    assert inspector.has_table(TABLE, schema=DATABASE)
    assert not inspector.has_table("nothing", schema=DATABASE)
    with pytest.raises(NoSuchTableError):
        inspector.get_columns("nothing", schema=DATABASE)


def test_the_information_schema(connection: Connection[Any], lake: Lake, table_name: str) -> None:
    types = {"a": "array<struct<x:int,y:string>>", "b": "float", "c": "map<string,binary>", "d": "timestamp"}
    lake.table(table_name, types, {}, None, [{"Name": "day", "Type": "date", "Comment": "of the week"}])
    cursor = connection.cursor()
    cursor.execute(
        "SELECT ordinal_position, column_name, data_type, comment, extra_info FROM information_schema.columns "
        f"WHERE table_schema = '{DATABASE}' AND table_name = '{table_name}' ORDER BY 1"
    )
    assert cursor.fetchall() == [
        (1, "a", "array(row(x integer, y varchar))", None, None),
        (2, "b", "real", None, None),
        (3, "c", "map(varchar, varbinary)", None, None),
        (4, "d", "timestamp(3)", None, None),
        (5, "day", "date", "of the week", "partition key"),
    ]
    cursor.execute(
        'SELECT * FROM "AwsDataCatalog"."information_schema"."tables" WHERE table_name = ?',
        ["'measured'"],
        paramstyle="qmark",
    )
    assert cursor.fetchall() == [("awsdatacatalog", DATABASE, TABLE, "BASE TABLE")]
    cursor.execute("SELECT schema_name FROM information_schema.schemata")
    assert {("default",), (DATABASE,), ("information_schema",)} <= set(cursor.fetchall())
    assert cursor.data_scanned_in_bytes == 0


class Backend:
    """The one thing that the query service wants from QuiltOps."""

    def __init__(self, analyst: Analyst) -> None:
        self._analyst = analyst

    def get_aws_client(self, service: str, region: str | None = None) -> Any:
        return self._analyst.client(service)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_products_query_service(operator: Analyst, lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    from quilt_mcp.services.athena_service import AthenaQueryService

    monkeypatch.setenv("AWS_ENDPOINT_URL", lake.cloud.url)
    service = AthenaQueryService(Backend(operator), RESULTS_WORKGROUP)
    found = service.execute_query(f"SELECT site, n FROM {TABLE} ORDER BY n", DATABASE)
    assert found["success"], found
    assert found["data"]["n"].tolist() == [1, 2, 3]
    assert DATABASE in {each["name"] for each in service.discover_databases()["databases"]}
    assert TABLE in {each["name"] for each in service.discover_tables(DATABASE)["tables"]}
    metadata = service.get_table_metadata(DATABASE, TABLE)
    assert {each["name"]: each["type"] for each in metadata["columns"]} == {
        "site": "string",
        "value": "double",
        "n": "int",
    }
    refused = service.execute_query("SELECT * FROM nothing", DATABASE)
    assert not refused["success"]
    assert "TABLE_NOT_FOUND" in refused["error"]
    groups = {group["name"]: group for group in service.list_workgroups()}
    assert groups[RESULTS_WORKGROUP]["output_location"] == f"s3://{lake.results}/enforced/"
