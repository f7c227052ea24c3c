"""Queries that fail, are refused or are stopped: Athena's states, messages and error shapes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from athena_people import DATABASE, RESULTS_WORKGROUP, Analyst, Lake
from botocore.exceptions import ClientError

from quilt_stack.aws.athena import service

TABLE = "numbers"
# Minutes of work for the engine, whatever the machine.
ENDLESS = " CROSS JOIN ".join(["SELECT count(*) FROM UNNEST(sequence(1, 4000)) AS a(x)"]) + "".join(
    f" CROSS JOIN UNNEST(sequence(1, 4000)) AS {name}(x)" for name in "bcde"
)


@pytest.fixture(scope="module", autouse=True)
def numbers(lake: Lake) -> None:
    lake.csv_table(TABLE, "a,b\n1,x\n0,y\n", {"a": "int", "b": "string"})


@pytest.fixture
def limits() -> Iterator[service.Limits]:
    """The limits of this deployment, put back after the test."""
    running = service.running()
    before = running.limits
    running.limits = service.Limits()
    yield running.limits
    running.limits = before


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        (
            "SELECT * FROM nothing",
            f"TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.{DATABASE}.nothing' does not exist",
        ),
        ("SELECT * FROM nowhere.t", "SCHEMA_NOT_FOUND: line 1:15: Schema 'nowhere' does not exist"),
        ('SELECT * FROM "no"."lake"."t"', "CATALOG_NOT_FOUND: line 1:15: Catalog 'no' does not exist"),
        (f"SELECT nope FROM {TABLE}", "COLUMN_NOT_FOUND: line 1:8: Column 'nope' cannot be resolved"),
        ("SELECT nofunction(1)", "FUNCTION_NOT_FOUND: line 1:8: Function 'nofunction' not registered"),
        (f"SELECT cast(b AS integer) FROM {TABLE}", "INVALID_CAST_ARGUMENT: Could not convert string 'x'"),
        (f"SELECT 1 / a FROM {TABLE}", "DIVISION_BY_ZERO: Division by zero"),
        (f"SELECT b, count(*) FROM {TABLE}", "SYNTAX_ERROR: line 1:8: column"),
        ("SELECT now() AT TIME ZONE 'Europe/Berlin'", "NOT_SUPPORTED: line 1:8: AT TIME ZONE 'Europe/Berlin'"),
        (
            "SELECT date_add('hour', 1, date '2024-01-01')",
            "INVALID_FUNCTION_ARGUMENT: 'hour' is not a valid DATE field",
        ),
        (
            "SELECT date '2024-01-01' + interval '1' minute",
            "INVALID_FUNCTION_ARGUMENT: 'minute' is not a valid DATE field",
        ),
        (
            "SELECT date_trunc('hour', date '2024-01-01')",
            "INVALID_FUNCTION_ARGUMENT: 'hour' is not a valid DATE field",
        ),
        ("SELECT split('a,b,c', ',', 2)", "NOT_SUPPORTED: line 1:8: "),
        ("SELECT strpos('abab', 'b', 2)", "NOT_SUPPORTED: line 1:8: "),
        # In Hive's style (registry facts 11).
        ("SHOW TABLES IN nowhere", "FAILED: SemanticException [Error 10072]: Database does not exist: nowhere"),
        ("DESCRIBE nothing", "FAILED: SemanticException [Error 10001]: Table not found lake.nothing"),
        ("SHOW CREATE TABLE nothing", "FAILED: SemanticException [Error 10001]: Table not found lake.nothing"),
        (f"SHOW PARTITIONS {TABLE}", f"FAILED: Execution Error: Table {TABLE} is not a partitioned table"),
        ("SHOW CREATE VIEW nothing", "NOT_SUPPORTED: SHOW CREATE VIEW is not supported here"),
        ("SHOW HANDS", "FAILED: ParseException line 1:0 cannot recognize input near 'SHOW HANDS'"),
        ("EXPLAIN SELECT * FROM nothing", "TABLE_NOT_FOUND: line 1:15"),
        (f"EXPLAIN (TYPE VALIDATE) SELECT nope FROM {TABLE}", "COLUMN_NOT_FOUND: line 1:8: Column 'nope'"),
    ],
)
def test_a_failed_query_says_why(operator: Analyst, sql: str, reason: str) -> None:
    identifier = operator.start(sql)
    status = operator.finished(identifier)["Status"]
    assert status["State"] == "FAILED"
    assert status["StateChangeReason"].startswith(reason)
    assert status["AthenaError"]["ErrorMessage"] == status["StateChangeReason"]
    assert status["AthenaError"]["ErrorCategory"] == 2
    with pytest.raises(ClientError, match=r"Query did not finish successfully\. Final query state: FAILED") as caught:
        operator.athena.get_query_results(QueryExecutionId=identifier)
    assert caught.value.response["Error"]["Code"] == "InvalidRequestException"


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELEC 1", "mismatched input"),
        ("SELECT FROM WHERE", "mismatched input"),
        ("SELECT 'open", "cannot be parsed"),
        ("SELECT 1; SELECT 2", "Only one sql statement is allowed"),
        ("SELECT ?", "Incorrect number of parameters: expected 1 but found 0"),
    ],
)
def test_malformed_sql_is_refused_at_once(operator: Analyst, sql: str, message: str) -> None:
    with pytest.raises(ClientError, match=message) as caught:
        operator.start(sql)
    assert caught.value.response["Error"]["Code"] == "InvalidRequestException"
    response: Any = caught.value.response
    assert response["AthenaErrorCode"] == "MALFORMED_QUERY"


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE EXTERNAL TABLE new_table (a int) LOCATION 's3://lake-data/new/'",
        "CREATE TABLE new_table AS SELECT 1 AS a",
        "CREATE DATABASE new_database",
        "CREATE VIEW new_view AS SELECT 1 AS a",
        "ALTER TABLE numbers ADD PARTITION (day = '1')",
        "MSCK REPAIR TABLE numbers",
        "DROP TABLE numbers",
        "INSERT INTO numbers VALUES (1)",
        "DELETE FROM numbers",
        "UNLOAD (SELECT 1) TO 's3://lake-data/unloaded/' WITH (format = 'PARQUET')",
        "PREPARE question FROM SELECT 1",
        "EXPLAIN ANALYZE SELECT 1",
        "EXPLAIN (FORMAT JSON) SELECT 1",
        "EXPLAIN DROP TABLE numbers",
    ],
)
def test_what_is_no_question_is_refused_as_not_supported_here(operator: Analyst, sql: str) -> None:
    with pytest.raises(ClientError, match="Queries of this type are not supported here: SELECT") as caught:
        operator.start(sql)
    assert caught.value.response["Error"]["Code"] == "InvalidRequestException"


def test_requests_that_cannot_be_met(operator: Analyst) -> None:
    athena = operator.athena
    with pytest.raises(ClientError, match="WorkGroup nobodys is not found"):
        operator.start("SELECT 1", WorkGroup="nobodys")
    with pytest.raises(ClientError, match="WorkGroup nobodys is not found"):
        athena.get_work_group(WorkGroup="nobodys")
    with pytest.raises(ClientError, match="No output location provided"):
        operator.start("SELECT 1", WorkGroup="primary")
    with pytest.raises(ClientError, match="QueryExecution none was not found"):
        athena.get_query_execution(QueryExecutionId="none")
    with pytest.raises(ClientError, match="EntityNotFoundException: Table none not found") as caught:
        athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName=DATABASE, TableName="none")
    assert caught.value.response["Error"]["Code"] == "MetadataException"
    identifier = operator.finished(operator.start("SELECT 1"))["QueryExecutionId"]
    with pytest.raises(ClientError, match="Invalid NextToken"):
        athena.get_query_results(QueryExecutionId=identifier, NextToken="elsewhere")


def test_a_workgroup_that_does_not_enforce_leaves_the_place_to_the_client(operator: Analyst, lake: Lake) -> None:
    chosen = {"OutputLocation": f"s3://{lake.results}/chosen/"}
    found = operator.finished(operator.start("SELECT 1", WorkGroup="primary", ResultConfiguration=chosen))
    assert found["ResultConfiguration"]["OutputLocation"].startswith(f"s3://{lake.results}/chosen/")
    enforced = operator.finished(operator.start("SELECT 1", ResultConfiguration=chosen))
    assert enforced["ResultConfiguration"]["OutputLocation"].startswith(f"s3://{lake.results}/enforced/")


def test_a_place_for_results_that_is_not_there(operator: Analyst) -> None:
    place = {"OutputLocation": "s3://no-such-bucket-at-all/"}
    reason = operator.failure("SELECT 1", WorkGroup="primary", ResultConfiguration=place)
    assert "Unable to verify/create output bucket no-such-bucket-at-all" in reason


def test_stopping_a_query(operator: Analyst, limits: service.Limits) -> None:
    limits.grace_seconds = 0
    identifier = operator.start(ENDLESS)
    with pytest.raises(ClientError, match=r"Query has not yet finished\. Current state: (QUEUED|RUNNING)"):
        operator.athena.get_query_results(QueryExecutionId=identifier)
    operator.athena.stop_query_execution(QueryExecutionId=identifier)
    status = operator.execution(identifier)["Status"]
    assert status["State"] == "CANCELLED"
    operator.athena.stop_query_execution(QueryExecutionId=identifier)
    assert operator.execution(identifier)["Status"]["State"] == "CANCELLED"
    assert operator.rows("SELECT 1") == [["1"]]


def test_a_query_that_takes_too_long(operator: Analyst, limits: service.Limits) -> None:
    limits.seconds = 0.5
    status = operator.finished(operator.start(ENDLESS))["Status"]
    assert (status["State"], status["AthenaError"]["ErrorType"]) == ("FAILED", 206)
    assert status["StateChangeReason"].startswith("Query timeout")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT array_agg(x || 'a long text that takes room') FROM UNNEST(sequence(1, 3000000)) AS t(x) GROUP BY x % 3",
        "SELECT x, 'a text that takes room' AS t FROM UNNEST(sequence(1, 3000000)) AS t(x)",
    ],
    ids=["in the engine", "in the result"],
)
def test_a_query_that_needs_too_much(operator: Analyst, limits: service.Limits, sql: str) -> None:
    limits.memory_bytes, limits.result_bytes = 96 * service.MEBIBYTE, 16 * service.MEBIBYTE
    assert operator.failure(sql) == "Query exhausted resources at this scale factor"


def test_only_what_the_caller_may_read(lake: Lake, analyst: Callable[..., Analyst]) -> None:
    sql = f"SELECT count(*) FROM {TABLE}"
    listing = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{lake.data}"}
    reading = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{lake.data}/{TABLE}/*"}
    assert analyst(listing, reading).rows(sql) == [["2"]]
    place = f"s3://{lake.data}/{TABLE}/"
    assert analyst(reading).failure(sql) == f"PERMISSION_DENIED: Permission denied on S3 path: {place}"
    denied = f"PERMISSION_DENIED: Permission denied on S3 path: {place}part-0.csv"
    assert analyst(listing).failure(sql) == denied
    refusing = {**reading, "Effect": "Deny"}
    assert analyst(listing, reading, refusing).failure(sql) == denied


def test_permissions_beside_s3(lake: Lake, analyst: Callable[..., Analyst]) -> None:
    no_tables = {"Effect": "Deny", "Action": "glue:GetTable", "Resource": f"arn:aws:glue:*:*:table/{DATABASE}/{TABLE}"}
    assert "not authorized to perform: glue:GetTable" in analyst(no_tables).failure(f"SELECT 1 FROM {TABLE}")
    no_results = {"Effect": "Deny", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{lake.results}/*"}
    assert "Access denied when writing output" in analyst(no_results).failure("SELECT 1")
    no_workgroup = {
        "Effect": "Deny",
        "Action": "athena:*",
        "Resource": f"arn:aws:athena:*:*:workgroup/{RESULTS_WORKGROUP}",
    }
    with pytest.raises(ClientError, match="StartQueryExecution on resource") as caught:
        analyst(no_workgroup).start("SELECT 1")
    assert caught.value.response["Error"]["Code"] == "AccessDeniedException"
