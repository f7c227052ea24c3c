"""Queries through Athena's API: values, types, names, pages and files."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest
from athena_people import DATABASE, RESULTS_WORKGROUP, Analyst, Lake

TABLE_1 = {"id": "int", "name": "string", "value": "double", "timestamp": "timestamp"}


@pytest.fixture(scope="module")
def sample(lake: Lake) -> str:
    """``test_table_1`` of the test environment, in Parquet."""
    rows = pa.table(
        {
            "id": pa.array([1, 2, 3], pa.int32()),
            "name": ["alpha", 'with "quotes", and comma', None],
            "value": [1.5, None, 1e10],
            "timestamp": [datetime(2024, 1, 2, 3, 4, 5, 678000), None, datetime(1999, 12, 31)],
        }
    )
    lake.parquet_table("test_table_1", rows, TABLE_1)
    return "test_table_1"


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


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("7 / 2.0", "3.5"),
        ("7e0 / 2", "3.5"),
        ("1e7", "1.0E7"),
        ("cast(0.1 as real)", "0.1"),
        ("1e-4", "1.0E-4"),
        ("approx_distinct(1)", "1"),
        ("date_format(timestamp '2024-03-04 05:06:07', '%Y/%m/%d')", "2024/03/04"),
        ("regexp_like('abc', 'b.')", "true"),
        ("element_at(map(array['a'], array[1]), 'a')", "1"),
        ("date_diff('day', date '2024-01-01', date '2024-03-01')", "60"),
        ("json_extract_scalar('{\"a\": {\"b\": 5}}', '$.a.b')", "5"),
        ("json_array_contains('[\"5\", 6, true]', '5')", "true"),
        ("json_array_contains(json_extract('{\"a\": [5, 66]}', '$.a'), 66)", "true"),
        ("json_array_contains('[\"5\", [7]]', 5)", "false"),
        ("json_array_contains('[\"5\", [7]]', 7)", "false"),
        ("json_array_contains('{\"a\": 5}', 5)", None),
        ("concat('a', 'b') || 'c'", "abc"),
        ("coalesce(null, 'x')", "x"),
        ("try_cast('x' as integer)", None),
        ("9 / 2 / 2 * 1", "2"),
        ("date_trunc('month', date '2024-03-15')", "2024-03-01"),
        ("date_trunc('hour', timestamp '2024-03-15 10:20:30')", "2024-03-15 10:00:00.000"),
        ("date_add('day', 1, date '2024-02-28')", "2024-02-29"),
        ("date_add('hour', 1, timestamp '2024-02-28 23:30:00')", "2024-02-29 00:30:00.000"),
        ("date '2024-01-31' + interval '1' month - interval '1' day", "2024-02-28"),
        ("interval '1' day + date '2024-01-31'", "2024-02-01"),
        ("date_diff('hour', timestamp '2024-01-01 00:30:00', timestamp '2024-01-01 02:00:00')", "1"),
        ("date_diff('year', date '2023-12-31', date '2024-01-01')", "0"),
        ("extract(dow from date '2024-03-03')", "7"),
        ("regexp_replace('a-b', '(\\w)-(\\w)', '$2-$1')", "b-a"),
        ("regexp_replace('price', 'price', '5\\$')", "5$"),
        ("format('%s: %d', 'a', 3)", "a: 3"),
        ("slice(array[1, 2, 3], 2, 2)", "[2, 3]"),
        ("slice(array[1, 2, 3], -2, 5)", "[2, 3]"),
        ("repeat('a', 3)", "[a, a, a]"),
        ("row(1, 'a')", "{field0=1, field1=a}"),
        ("cast(row(1, 'a') as row(x integer, y varchar)).y", "a"),
        ("typeof(1)", "integer"),
        ("to_base(255, 16)", "ff"),
        ("is_nan(nan())", "true"),
        ("-infinity()", "-Infinity"),
        ("round(e(), 3)", "2.718"),
        ("map_agg(1, 'a')", "{1=a}"),
        ("approx_percentile(5, 0.5)", "5"),
        ("date '2024-02-01' - date '2024-01-01'", "31 00:00:00.000"),
        ("timestamp '2024-02-01 00:00:00' - timestamp '2024-02-01 01:02:03.004'", "-0 01:02:03.004"),
        ("interval '14' month", "1-2"),
        ("decimal '1.20' + decimal '-0.5'", "0.70"),
        ("cast(2.5 as decimal)", "3"),
        ("try_cast(2.5 as decimal)", "3"),
        ("cast(2.555 as decimal(5, 2))", "2.56"),
        ("cast(timestamp '2024-03-04 05:06:07' as varchar) || '!'", "2024-03-04 05:06:07.000!"),
        ("millisecond(timestamp '2024-01-01 00:05:06.789')", "789"),
        ("split_part('a-b', '-', 2)", "b"),
        ("split_part('a-b', '-', 3)", None),
        ("every(1 < 2)", "true"),
        ("cast(2.5e0 as integer)", "3"),
        ("cast(-0.5e0 as bigint)", "-1"),
        ("regexp_extract('abc', 'x')", None),
        ("regexp_extract('abc', '(b)(c)', 2)", "c"),
        ("reverse(array[1, 2])", "[2, 1]"),
        ("reverse('ab')", "ba"),
        ("sequence(date '2024-01-31', date '2024-02-01', interval '1' day)", "[2024-01-31, 2024-02-01]"),
        ("cardinality(map(array['a'], array[1]))", "1"),
        ("sign(-1.5e0)", "-1.0"),
        ("arrays_overlap(array[1], array[1, 2])", "true"),
        ("array_position(array['a', 'b'], 'b') + array_position(array['a'], 'b')", "2"),
        ("interval '90' minute", "0 01:30:00.000"),
    ],
)
def test_athena_dialect(operator: Analyst, expression: str, expected: str | None) -> None:
    assert operator.rows(f"SELECT {expression}") == [[expected]]


def test_days_of_a_table_are_grouped_by_month(operator: Analyst, lake: Lake, table_name: str) -> None:
    days = [date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)]
    lake.parquet_table(table_name, pa.table({"day": days, "n": [3, 4, 5]}), {"day": "date", "n": "bigint"})
    sql = f"""WITH visits AS (SELECT day + interval '1' day AS day, n FROM {table_name})
        SELECT date_trunc('month', day) AS month, sum(n) / 2, max(date_diff('day', date '2024-01-01', day))
        FROM visits GROUP BY date_trunc('month', day) ORDER BY 1"""
    assert operator.rows(sql) == [["2024-01-01", "1", "30"], ["2024-02-01", "4", "32"]]


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


def test_metadata(operator: Analyst, sample: str) -> None:
    athena = operator.athena
    assert {"CatalogName": "AwsDataCatalog", "Type": "GLUE"} in athena.list_data_catalogs()["DataCatalogsSummary"]
    assert athena.get_data_catalog(Name="AwsDataCatalog")["DataCatalog"]["Type"] == "GLUE"
    names = athena.list_databases(CatalogName="AwsDataCatalog")["DatabaseList"]
    assert {"Name": DATABASE} in names
    metadata = athena.get_table_metadata(CatalogName="AwsDataCatalog", DatabaseName=DATABASE, TableName=sample)
    columns = metadata["TableMetadata"]["Columns"]
    assert {column["Name"]: column["Type"] for column in columns} == TABLE_1
    listed = athena.list_table_metadata(CatalogName="AwsDataCatalog", DatabaseName=DATABASE, Expression="test_*")
    assert [table["Name"] for table in listed["TableMetadataList"]] == [sample]


@pytest.mark.slow
def test_all_lists_come_in_pages(operator: Analyst, lake: Lake) -> None:
    """As those of a real stack (registry facts 11)."""
    athena, glue = operator.athena, lake.cloud.client("glue")
    for number in range(53):
        athena.create_work_group(Name=f"group-{number}")
        athena.create_data_catalog(Name=f"catalog-{number}", Type="HIVE")
        glue.create_database(DatabaseInput={"Name": f"database_{number}"})
        athena.create_named_query(Name=f"query-{number}", Database=DATABASE, QueryString="SELECT 1")
    lists = {
        "list_work_groups": ("WorkGroups", {}),
        "list_data_catalogs": ("DataCatalogsSummary", {}),
        "list_databases": ("DatabaseList", {"CatalogName": "AwsDataCatalog"}),
        "list_named_queries": ("NamedQueryIds", {}),
    }

    def names(items: list[Any]) -> list[Any]:
        return [each if isinstance(each, str) else each.get("Name", each.get("CatalogName")) for each in items]

    for operation, (name, parameters) in lists.items():
        first = getattr(athena, operation)(**parameters)
        assert len(first[name]) == 50, operation
        second = getattr(athena, operation)(**parameters, NextToken=first["NextToken"])
        assert len(second[name]) >= 3, operation
        by_sevens: list[Any] = []
        token: dict[str, str] = {}
        while not by_sevens or token:
            page = getattr(athena, operation)(**parameters, **token, MaxResults=7)
            assert len(page[name]) <= 7, operation
            by_sevens += names(page[name])
            token = {"NextToken": page["NextToken"]} if "NextToken" in page else {}
        assert by_sevens == names(first[name]) + names(second[name]), operation
    for wrong in ({"NextToken": "none"}, {"MaxResults": 51}):
        with pytest.raises(athena.exceptions.InvalidRequestException):
            athena.list_work_groups(**wrong)


def test_batch_get_query_execution(operator: Analyst) -> None:
    identifier = operator.start("SELECT 1")
    answer = operator.athena.batch_get_query_execution(QueryExecutionIds=[identifier, "none"])
    assert [each["QueryExecutionId"] for each in answer["QueryExecutions"]] == [identifier]
    assert [each["QueryExecutionId"] for each in answer["UnprocessedQueryExecutionIds"]] == ["none"]


def test_the_history_of_a_workgroup(operator: Analyst) -> None:
    athena = operator.athena
    athena.create_work_group(
        Name="historians",
        Configuration=athena.get_work_group(WorkGroup=RESULTS_WORKGROUP)["WorkGroup"]["Configuration"],
    )
    assert athena.list_query_executions(WorkGroup="historians")["QueryExecutionIds"] == []
    newest_first = [operator.start(f"SELECT {number}", WorkGroup="historians") for number in range(5)][::-1]
    assert athena.list_query_executions(WorkGroup="historians")["QueryExecutionIds"] == newest_first
    first = athena.list_query_executions(WorkGroup="historians", MaxResults=2)
    assert first["QueryExecutionIds"] == newest_first[:2]
    latest = operator.start("SELECT 5", WorkGroup="historians")
    pages = athena.get_paginator("list_query_executions").paginate(
        WorkGroup="historians", PaginationConfig={"PageSize": 2, "StartingToken": first["NextToken"]}
    )
    assert [each for page in pages for each in page["QueryExecutionIds"]] == newest_first[2:]
    assert athena.list_query_executions(WorkGroup="historians")["QueryExecutionIds"][0] == latest
    assert latest not in athena.list_query_executions()["QueryExecutionIds"], "no workgroup is the primary one"
