"""Clients that know nothing of this deployment: PyAthena, SQLAlchemy over it, and quilt-mcp's own query service."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from athena_people import DATABASE, RESULTS_WORKGROUP, Analyst, Lake
from botocore.config import Config
from pyathena import connect
from pyathena.connection import Connection
from pyathena.error import OperationalError
from sqlalchemy import URL, create_engine, inspect, text

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


def test_pyathena_failure(connection: Connection[Any]) -> None:
    with pytest.raises(OperationalError, match="TABLE_NOT_FOUND"):
        connection.cursor().execute("SELECT * FROM nothing")


def test_sqlalchemy(operator: Analyst, lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
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
    with engine.connect() as session:
        assert session.execute(text(f"SELECT max(value) FROM {TABLE}")).scalar() == 1e9
    inspector = inspect(engine)
    assert TABLE in inspector.get_table_names(schema=DATABASE)
    assert [column["name"] for column in inspector.get_columns(TABLE, schema=DATABASE)] == ["site", "value", "n"]
    engine.dispose()


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
