"""Attempts to get out: of a query's text to files, network, settings or tables that it may not see. All are listed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from athena_people import DATABASE, Analyst, Lake
from botocore.exceptions import ClientError

SECRET = "a secret of this machine"  # what the attempts are after

REFUSED = [
    "SELECT * FROM read_csv('{file}')",
    "SELECT * FROM read_text('{file}')",
    "SELECT * FROM read_blob('{file}')",
    "SELECT * FROM read_parquet('{file}')",
    "SELECT * FROM '{file}'",
    'SELECT * FROM "{file}"',
    "SELECT * FROM glob('{directory}/*')",
    "SELECT * FROM query('SELECT 1')",
    "SELECT * FROM query_table('pets')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_settings",
    "SELECT * FROM pragma_database_list",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM pg_catalog.pg_tables",
    "SELECT * FROM information_schema.settings",
    "SELECT * FROM main.information_schema.tables",
    "SELECT * FROM temp.main.relation_0",
    "SELECT * FROM main.pets",
    "SELECT * FROM relation_0",
    "SELECT (SELECT count(*) FROM read_csv('{file}')) FROM pets",
    "SELECT * FROM pets WHERE EXISTS (SELECT 1 FROM read_text('{file}'))",
    "WITH x AS (SELECT * FROM read_text('{file}')) SELECT * FROM x",
    "WITH duckdb_settings AS (SELECT 1) SELECT * FROM main.duckdb_settings",
    "SELECT 1 UNION ALL SELECT size FROM read_blob('{file}')",
    "SELECT current_setting('memory_limit')",
    "SELECT getvariable('x')",
    "SELECT getenv('HOME')",
    "SELECT read_text('{file}')",
    "COPY pets TO '{directory}/out.csv'",
    "COPY (SELECT 1) TO '{directory}/out.csv'",
    "ATTACH '{directory}/out.db' AS out",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "PRAGMA database_list",
    "EXPORT DATABASE '{directory}/out'",
    "CREATE TABLE out AS SELECT * FROM read_text('{file}')",
    "CREATE MACRO f() AS 1",
    "CALL pragma_version()",
    "INSERT INTO pets VALUES ('x')",
    "UPDATE pets SET name = 'x'",
    "DELETE FROM pets",
    "DROP TABLE pets",
    "SELECT 1; COPY (SELECT 1) TO '{directory}/out.csv'",
    "SELECT 1 INTO out",
    'SELECT * FROM "pets""; DROP TABLE pets; --"',
    "SELECT * FROM pets TABLESAMPLE read_text('{file}')",
    "DESCRIBE `pets`; COPY (SELECT 1) TO '{directory}/out.csv'",
    "SHOW TABLES LIKE 'x' UNION SELECT 1",
    "EXPLAIN SELECT * FROM read_csv('{file}')",
    "EXPLAIN COPY (SELECT 1) TO '{directory}/out.csv'",
    "EXPLAIN ANALYZE SELECT * FROM read_text('{file}')",
    "EXPLAIN (TYPE LOGICAL) SELECT 1; COPY (SELECT 1) TO '{directory}/out.csv'",
    "VALUES (read_text('{file}'))",
    "SHOW CREATE TABLE `pets`; COPY (SELECT 1) TO '{directory}/out.csv'",
]


@pytest.fixture(scope="module", autouse=True)
def pets(lake: Lake) -> None:
    lake.csv_table("pets", "name\nTom\n", {"name": "string"})


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    file = tmp_path / "secret.csv"
    file.write_text(SECRET)
    return file


@pytest.mark.parametrize("attempt", REFUSED)
def test_an_attempt_is_refused(operator: Analyst, secret_file: Path, attempt: str) -> None:
    sql = attempt.replace("{file}", str(secret_file)).replace("{directory}", str(secret_file.parent))
    try:
        identifier = operator.start(sql)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "InvalidRequestException"
    else:
        status = operator.finished(identifier)["Status"]
        assert status["State"] == "FAILED"
        assert SECRET not in status["StateChangeReason"]
    assert list(secret_file.parent.iterdir()) == [secret_file]
    assert operator.rows("SELECT name FROM pets") == [["Tom"]]


@pytest.mark.parametrize(
    "value", ["'x' OR 1 = 1", "(SELECT name FROM pets)", "name", "1; DROP TABLE pets", "read_text('x')"]
)
def test_a_parameter_is_no_piece_of_a_query(operator: Analyst, value: str) -> None:
    with pytest.raises(ClientError, match=r"Execution parameter is not a literal|Only one|mismatched|cannot be parsed"):
        operator.start("SELECT * FROM pets WHERE name = ?", ExecutionParameters=[value])


def test_a_text_that_looks_like_sql_is_a_text(operator: Analyst) -> None:
    text = "'; DROP TABLE pets; --"
    assert operator.rows("SELECT ?", ExecutionParameters=["'" + text.replace("'", "''") + "'"]) == [[text]]


@pytest.mark.parametrize(
    ("table", "column"),
    [("odd_1", 'a"b'), ("odd_2", "a; DROP TABLE pets"), ("odd_3", "a') FROM read_text('/etc/passwd'); --")],
)
def test_names_from_the_catalog_are_names(operator: Analyst, lake: Lake, table: str, column: str) -> None:
    lake.csv_table(table, "h\nvalue\n", {column: "string"})
    assert operator.rows(f"SELECT * FROM {table}") == [["value"]]


def test_a_location_is_no_way_into_another_bucket(lake: Lake, analyst: Callable[..., Analyst], table_name: str) -> None:
    """A table's location is looked at with the caller's rights, whatever it says."""
    lake.cloud.client("s3").put_object(Bucket=lake.results, Key="private/a.csv", Body=b"secret\n")
    serde = {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde"}
    for number, location in enumerate(
        (f"s3://{lake.results}/private/", "file:///etc/", f"s3://{lake.data}/../../etc/")
    ):
        name = f"{table_name}_{number}"
        lake.table(name, {"a": "string"}, {"SerdeInfo": serde, "Location": location})
        reading = {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": f"arn:aws:s3:::{lake.data}*",
        }
        person = analyst(reading)
        found = person.finished(person.start(f"SELECT * FROM {DATABASE}.{name}"))
        if found["Status"]["State"] == "SUCCEEDED":
            assert person.rows(f"SELECT * FROM {DATABASE}.{name}") == []
        else:
            assert "PERMISSION_DENIED" in found["Status"]["StateChangeReason"]
