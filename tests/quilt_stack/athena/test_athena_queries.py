"""Queries through Athena's API: values, types, names, pages and files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pyarrow as pa
import pytest
from athena_people import DATABASE, TABLE_1, Analyst, Lake


def test_parquet_rows(operator: Analyst, sample: str) -> None:
    assert operator.rows(f"SELECT * FROM {sample} ORDER BY id") == [
        ["1", "alpha", "1.5", "2024-01-02 03:04:05.678"],
        ["2", 'with "quotes", and comma', None, None],
        ["3", None, "1.0E10", "1999-12-31 00:00:00.000"],
    ]


@pytest.mark.parametrize(
    "name",
    [
        "test_table_1",
        "TEST_TABLE_1",
        '"test_table_1"',
        "lake.test_table_1",
        'awsdatacatalog."lake"."test_table_1"',
        '"AwsDataCatalog"."lake"."test_table_1"',
    ],
)
def test_ways_to_name_a_table(operator: Analyst, sample: str, name: str) -> None:
    assert operator.rows(f"SELECT count(*) FROM {name}") == [["3"]]


def test_columns_are_named_and_typed_as_by_athena(operator: Analyst, sample: str) -> None:
    sql = f"""SELECT id, Name, value AS "My Value", timestamp, count(*) OVER (), id / 2, true, 1.5, DATE '2024-01-01',
              ARRAY[1, 2], sum(id) OVER () FROM {sample}"""
    answer = operator.athena.get_query_results(
        QueryExecutionId=operator.finished(operator.start(sql))["QueryExecutionId"]
    )
    columns = answer["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    assert [(column["Name"], column["Type"]) for column in columns] == [
        ("id", "integer"),
        ("name", "varchar"),
        ("my value", "double"),
        ("timestamp", "timestamp"),
        ("_col4", "bigint"),
        ("_col5", "integer"),
        ("_col6", "boolean"),
        ("_col7", "decimal"),
        ("_col8", "date"),
        ("_col9", "array"),
        ("_col10", "bigint"),
    ]


def test_result_file_and_its_place(operator: Analyst, lake: Lake, sample: str) -> None:
    found = operator.finished(operator.start(f"SELECT id, name FROM {sample} ORDER BY id"))
    location = found["ResultConfiguration"]["OutputLocation"]
    assert location == f"s3://{lake.results}/enforced/{found['QueryExecutionId']}.csv"
    s3, key = lake.cloud.client("s3"), location.split("/", 3)[3]
    body = s3.get_object(Bucket=lake.results, Key=key)["Body"].read()
    assert body.decode() == '"id","name"\n"1","alpha"\n"2","with ""quotes"", and comma"\n"3",\n'
    beside = s3.list_objects_v2(Bucket=lake.results, Prefix=key)["Contents"]
    assert [found["Key"] for found in beside] == [key, f"{key}.metadata"]


def test_pages(operator: Analyst) -> None:
    sql = "SELECT * FROM UNNEST(sequence(1, 2500)) AS t(n)"
    identifier = operator.finished(operator.start(sql))["QueryExecutionId"]
    first = operator.athena.get_query_results(QueryExecutionId=identifier)
    assert [len(first["ResultSet"]["Rows"]), first["ResultSet"]["Rows"][0]["Data"][0]["VarCharValue"]] == [1000, "n"]
    assert [row[0] for row in operator.rows(sql)] == [str(number) for number in range(1, 2501)]
    pages = operator.athena.get_paginator("get_query_results").paginate(
        QueryExecutionId=identifier, PaginationConfig={"PageSize": 999}
    )
    assert [len(page["ResultSet"]["Rows"]) for page in pages] == [999, 999, 503]


def test_execution_parameters_are_values(operator: Analyst, sample: str) -> None:
    sql = f"SELECT id FROM {sample} WHERE name = ? OR id > ? ORDER BY id LIMIT 5"
    assert operator.rows(sql, ExecutionParameters=["'alpha'", "2"]) == [["1"], ["3"]]


def test_csv_as_open_csv_serde_reads_it(operator: Analyst, lake: Lake, table_name: str) -> None:
    content = 'a,b,c,d\n1,"x, y",2024-02-29,0.1\nnot a number,,,\n3,only two\n'
    lake.csv_table(table_name, content, {"a": "int", "b": "string", "c": "date", "d": "decimal(5,2)"})
    assert operator.rows(f"SELECT * FROM {table_name}") == [
        ["1", "x, y", "2024-02-29", "0.10"],
        [None, "", None, None],
        ["3", "only two", None, None],
    ]


def test_csv_as_lazy_simple_serde_reads_it(operator: Analyst, lake: Lake, table_name: str) -> None:
    lake.put(f"{table_name}/a.csv", b'1|"x"\n2|\\N\n')
    lake.put(f"{table_name}/_SUCCESS", b"ignored")
    serde = {
        "SerializationLibrary": "org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe",
        "Parameters": {"field.delim": "|"},
    }
    lake.table(table_name, {"a": "bigint", "b": "string"}, {"SerdeInfo": serde})
    assert operator.rows(f"SELECT a, b FROM {table_name} ORDER BY a") == [["1", '"x"'], ["2", None]]


def test_partitions(operator: Analyst, lake: Lake, table_name: str) -> None:
    for year in (2023, 2024):
        lake.put(f"{table_name}/year={year}/a.csv", f"{year % 100}\n".encode())
    serde = {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde"}
    lake.table(table_name, {"a": "int"}, {"SerdeInfo": serde}, None, [{"Name": "year", "Type": "int"}])
    for year in (2023, 2024):
        place = {"Location": f"s3://{lake.data}/{table_name}/year={year}/", "SerdeInfo": serde}
        lake.cloud.client("glue").create_partition(
            DatabaseName=DATABASE,
            TableName=table_name,
            PartitionInput={"Values": [str(year)], "StorageDescriptor": place},
        )
    assert operator.rows(f"SELECT a FROM {table_name} WHERE year = 2024") == [["24"]]
    assert operator.rows(f"SHOW PARTITIONS {table_name}") == [["year=2023"], ["year=2024"]]
    paths = operator.rows(f'SELECT year, t."$path" FROM {table_name} t ORDER BY year')
    assert paths == [[str(year), f"s3://{lake.data}/{table_name}/year={year}/a.csv"] for year in (2023, 2024)]


def test_the_file_of_a_row_can_be_asked_for_and_is_no_column(operator: Analyst, lake: Lake, table_name: str) -> None:
    """AWS documentation, "Getting the file locations for source data in Amazon S3"."""
    lake.csv_table(table_name, "a\n1\n2\n", {"a": "int"})
    lake.put(f"{table_name}/part-1.csv", b"a\n3\n")
    place = f"s3://{lake.data}/{table_name}"
    counted = operator.rows(f'SELECT "$path", count(*) FROM {table_name} GROUP BY "$path" ORDER BY 1')
    assert counted == [[f"{place}/part-0.csv", "2"], [f"{place}/part-1.csv", "1"]]
    assert operator.rows(f"SELECT * FROM {table_name} WHERE \"$path\" LIKE '%part-1.csv'") == [["3"]]
    both = operator.rows(f'SELECT *, "$path" FROM {table_name} ORDER BY a LIMIT 1')
    assert both == [["1", f"{place}/part-0.csv"]]
    assert operator.rows(f'SELECT x."$path" FROM (SELECT "$path" FROM {table_name} WHERE a = 3) x') == [
        [f"{place}/part-1.csv"]
    ]
    described = operator.rows(f"DESCRIBE {table_name}")
    assert not [row for row in described if "$path" in str(row)]


def test_nested_values(operator: Analyst, lake: Lake, table_name: str) -> None:
    rows = pa.table(
        {
            "l": [[1, None]],
            "s": [{"a": 1, "b": "x"}],
            "m": pa.array([[("k", 1.5)]], pa.map_(pa.string(), pa.float64())),
            "y": [b"\x01\xff"],
            "d": [date(2024, 1, 1)],
            "p": pa.array([Decimal("1.50")], pa.decimal128(5, 2)),
        }
    )
    types = {
        "l": "array<bigint>",
        "s": "struct<a:bigint,b:string>",
        "m": "map<string,double>",
        "y": "binary",
        "d": "date",
        "p": "decimal(5,2)",
    }
    lake.parquet_table(table_name, rows, types)
    assert operator.rows(f"SELECT * FROM {table_name}") == [
        ["[1, null]", "{a=1, b=x}", "{k=1.5}", "01 ff", "2024-01-01", "1.50"]
    ]
    assert operator.rows(f"SELECT s.b, m['k'], cardinality(l) FROM {table_name}") == [["x", "1.5", "2"]]


def test_with_clause_hides_a_table(operator: Analyst, sample: str) -> None:
    sql = (
        f"WITH {sample} AS (SELECT 1 AS one) SELECT * FROM {sample} CROSS JOIN lake.{sample} AS real WHERE real.id = 3"
    )
    assert operator.rows(sql) == [["1", "3", None, "1.0E10", "1999-12-31 00:00:00.000"]]


def test_show_and_describe(operator: Analyst, sample: str) -> None:
    assert ["lake"] in operator.rows("SHOW DATABASES IN `AwsDataCatalog`")
    assert operator.rows("SHOW TABLES LIKE 'test_*'") == [[sample]]
    assert operator.rows(f"SHOW COLUMNS IN {sample}") == [["id"], ["name"], ["value"], ["timestamp"]]
    described = [row[0].split("\t")[:2] for row in operator.rows(f"DESCRIBE `{sample}`") if row[0]]
    assert [[part.strip() for part in line] for line in described] == [list(item) for item in TABLE_1.items()]


def test_show_create_table(operator: Analyst, lake: Lake, table_name: str) -> None:
    serde = {"SerializationLibrary": "org.example.Serde", "Parameters": {"quoteChar": "'", "field.delim": ","}}
    storage = {"SerdeInfo": serde, "InputFormat": "org.example.In", "OutputFormat": "org.example.Out"}
    days = [{"Name": "day", "Type": "date", "Comment": "of the visit"}]
    lake.table(table_name, {"id": "bigint", "name": "string"}, storage, {"classification": "csv"}, days)
    assert [row[0] for row in operator.rows(f"-- how?\nSHOW CREATE TABLE lake.`{table_name}`;")] == [
        f"CREATE EXTERNAL TABLE `{table_name}`(",
        "  `id` bigint, ",
        "  `name` string)",
        "PARTITIONED BY ( ",
        "  `day` date COMMENT 'of the visit')",
        "ROW FORMAT SERDE ",
        "  'org.example.Serde' ",
        "WITH SERDEPROPERTIES ( ",
        "  'field.delim'=',', ",
        "  'quoteChar'='\\'')",
        "STORED AS INPUTFORMAT ",
        "  'org.example.In' ",
        "OUTPUTFORMAT ",
        "  'org.example.Out'",
        "LOCATION",
        f"  's3://{lake.data}/{table_name}/'",
        "TBLPROPERTIES (",
        "  'classification'='csv')",
    ]
    assert operator.rows(f"SHOW TBLPROPERTIES {table_name}") == [["classification", "csv"]]
    assert operator.rows(f"SHOW TBLPROPERTIES {table_name} ('none')") == []


def test_show_views(operator: Analyst, lake: Lake) -> None:
    lake.cloud.client("glue").create_table(
        DatabaseName=DATABASE, TableInput={"Name": "a_view", "TableType": "VIRTUAL_VIEW"}
    )
    assert operator.rows("SHOW VIEWS") == [["a_view"]]
    assert operator.rows("SHOW VIEWS IN lake LIKE 'b*'") == []


def test_explain_gives_a_plan_and_reads_no_file(operator: Analyst, sample: str) -> None:
    found = operator.finished(
        operator.start(
            f"EXPLAIN SELECT name, count(*) FROM {sample} WHERE id > ? GROUP BY name", ExecutionParameters=["1"]
        )
    )
    assert (found["StatementType"], found["SubstatementType"]) == ("UTILITY", "EXPLAIN")
    assert found["Statistics"]["DataScannedInBytes"] == 0
    answer = operator.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])["ResultSet"]
    assert [column["Name"] for column in answer["ResultSetMetadata"]["ColumnInfo"]] == ["Query Plan"]
    plan = "\n".join(row["Data"][0]["VarCharValue"] for row in answer["Rows"])
    assert "id > 1" in plan and "count_star()" in plan
    assert operator.rows(f"EXPLAIN (TYPE VALIDATE, FORMAT TEXT) SELECT * FROM {sample}") == [["true"]]


def test_values_without_a_query_around_them(operator: Analyst) -> None:
    identifier = operator.finished(operator.start("VALUES (1, 'a'), (2, null)"))["QueryExecutionId"]
    rows = operator.athena.get_query_results(QueryExecutionId=identifier)["ResultSet"]["Rows"]
    texts = [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows]
    assert texts == [["_col0", "_col1"], ["1", "a"], ["2", None]]
