"""Tables over packages, queried through Athena with the credentials that the registry issues (registry facts 9.3)."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as arrow_parquet
import pytest
from stack_wire import CLOSED_BUCKET, OPEN_BUCKET, WRITER
from tabulator_people import CATALOG, OPEN_WORKGROUP, Analyst, Shop

from quilt_stack.registry.administration.tabulator_patterns import Pattern, PatternError

CSV = """
schema:
  - {{name: Sample, type: STRING, nullable: false}}
  - {{name: amount, type: DOUBLE}}
source:
  type: quilt-packages
  package_name: ^{namespace}/(?<study>.+)$
  logical_key: (?<folder>[a-z]+)/.*\\.csv$
parser: {{format: csv, header: true{more}}}
"""
ALL_TYPES = """
schema:
  - {{name: b, type: BOOLEAN}}
  - {{name: t, type: TINYINT}}
  - {{name: s, type: SMALLINT}}
  - {{name: i, type: INT}}
  - {{name: l, type: BIGINT}}
  - {{name: f, type: FLOAT}}
  - {{name: d, type: DOUBLE}}
  - {{name: x, type: STRING}}
  - {{name: y, type: BINARY}}
  - {{name: a, type: DATE}}
  - {{name: m, type: TIMESTAMP}}
source: {{type: quilt-packages, package_name: {namespace}/, logical_key: .}}
parser: {{format: {format}}}
"""


def csv_table(shop: Shop, namespace: str, more: str = "", continue_on_error: bool = False) -> str:
    tail = "continue_on_error: true\n" if continue_on_error else ""
    return shop.table(CSV.format(namespace=namespace, more=more) + tail)


def test_rows_with_what_tabulator_adds(shop: Shop, lee: Analyst, namespace: str) -> None:
    top_hash = shop.push(f"{namespace}/one", {"raw/a.csv": b"what,ever\nx,1.5\ny,\n", "raw/readme.md": b"no"})
    shop.push(f"{namespace}else/one", {"raw/a.csv": b"h,h\nnot mine,1\n"})
    table = csv_table(shop, namespace)
    sql = f'SELECT * FROM "{CATALOG}"."{OPEN_BUCKET}"."{table}" ORDER BY sample'
    found = lee.query(sql)
    answer = lee.athena.get_query_results(QueryExecutionId=found["QueryExecutionId"])["ResultSet"]
    names = [column["Name"] for column in answer["ResultSetMetadata"]["ColumnInfo"]]
    assert names == [
        *("sample", "amount", "study", "folder"),
        *("$pkg_name", "$logical_key", "$physical_key", "$top_hash", "$issue"),
    ]
    rows = lee.rows(sql)
    assert [row[:6] for row in rows] == [
        ["x", "1.5", "one", "raw", f"{namespace}/one", "raw/a.csv"],
        ["y", None, "one", "raw", f"{namespace}/one", "raw/a.csv"],
    ]
    assert str(rows[0][6]).startswith(f"s3://{OPEN_BUCKET}/")
    assert [row[7:] for row in rows] == [[top_hash, None]] * 2


def test_a_name_with_a_hyphen_is_queried_in_quotes(shop: Shop, lee: Analyst, namespace: str) -> None:
    """Such tables exist on real stacks (registry facts 11)."""
    shop.push(f"{namespace}/one", {"raw/a.csv": b"h,h\nx,1\n"})
    table = shop.table(CSV.format(namespace=namespace, more=""), name=f"missing-columns-{namespace}")
    assert lee.rows(f'SELECT sample FROM "{CATALOG}"."{OPEN_BUCKET}"."{table}"') == [["x"]]
    assert [table] in lee.rows("SHOW TABLES")
    assert "sample" in {row[0].strip() for row in lee.rows(f"SHOW COLUMNS IN `{table}`") if row[0]}
    with pytest.raises(lee.athena.exceptions.InvalidRequestException, match="mismatched input '-'"):
        lee.query(f"SELECT sample FROM {table}")


def test_the_latest_revision_alone(shop: Shop, lee: Analyst, namespace: str) -> None:
    table = csv_table(shop, namespace)
    assert lee.rows(f"SELECT * FROM {table}") == []
    shop.push(f"{namespace}/one", {"raw/a.csv": b"h,h\nold,1\n"})
    assert lee.rows(f"SELECT sample FROM {table}") == [["old"]]
    newest = shop.push(f"{namespace}/one", {"raw/a.csv": b"h,h\nnew,1\n"})
    assert lee.rows(f'SELECT sample, "$top_hash" FROM {table}') == [["new", newest]]


def test_delimiter_and_no_header(shop: Shop, lee: Analyst, namespace: str) -> None:
    shop.push(f"{namespace}/one", {"raw/a.csv": b"x\t1\n"})
    more = ', header: false, delimiter: "\\t"'
    table = shop.table(CSV.format(namespace=namespace, more=more).replace("header: true, ", ""))
    assert lee.rows(f"SELECT sample, amount FROM {table}") == [["x", "1.0"]]


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_every_type(shop: Shop, lee: Analyst, namespace: str, form: str) -> None:
    values = {
        "b": True,
        "t": -128,
        "s": 32767,
        "i": -2147483648,
        "l": 9223372036854775807,
        "f": 0.1,
        "d": 1e-5,
        "x": 'é "q"',
        "y": b"z",
        "a": date(2024, 2, 29),
        "m": datetime(2024, 2, 29, 1, 2, 3),
    }
    if form == "csv":
        texts = (str(value) if not isinstance(value, bytes) else value.decode() for value in values.values())
        content = (",".join('"' + text.replace('"', '""') + '"' for text in texts) + "\n").encode()
        content += b",,,,,,,,,,\n"
    else:
        types = {"t": pa.int8(), "s": pa.int16(), "i": pa.int32(), "f": pa.float32()}
        columns = {name.upper(): pa.array([value, None], types.get(name)) for name, value in values.items()}
        content = parquet(pa.table(columns))
    shop.push(f"{namespace}/one", {f"a.{form}": content})
    table = shop.table(ALL_TYPES.format(namespace=namespace, format=form))
    texts_expected = ["true", "-128", "32767", "-2147483648", "9223372036854775807", "0.1", "1.0E-5", 'é "q"', "7a"]
    empty: list[str | None] = [None] * 11
    if form == "csv":
        empty[7] = empty[8] = ""
    expected = [[*texts_expected, "2024-02-29", "2024-02-29 01:02:03.000"], empty]
    assert lee.rows(f"SELECT b, t, s, i, l, f, d, x, y, a, m FROM {table} ORDER BY b") == expected


def parquet(rows: pa.Table) -> bytes:
    out = io.BytesIO()
    arrow_parquet.write_table(rows, out)
    return out.getvalue()


def test_a_nullable_column_that_a_file_lacks(shop: Shop, lee: Analyst, namespace: str) -> None:
    shop.push(f"{namespace}/one", {"raw/a.csv": b"h\nx\n"})
    table = csv_table(shop, namespace)
    assert lee.rows(f'SELECT sample, amount, "$issue" FROM {table}') == [["x", None, "missing columns: amount"]]


BAD_FILES = {
    "a value of another type": (b"h,h\nx,many\n", "column amount (DOUBLE): Failed to parse string: 'many'"),
    "lines of different lengths": (b"h,h\nx,1\ny,1,2\n", "CSV parse error"),
    "no text": (b"h,h\n\xff\xfe,1\n", "UTF8"),
}


@pytest.mark.parametrize("flaw", BAD_FILES)
def test_a_file_that_does_not_fit(shop: Shop, lee: Analyst, namespace: str, flaw: str) -> None:
    content, message = BAD_FILES[flaw]
    shop.push(f"{namespace}/bad", {"raw/bad.csv": content})
    shop.push(f"{namespace}/good", {"raw/good.csv": b"h,h\nx,1\n"})
    reason = lee.failure(f"SELECT count(*) FROM {csv_table(shop, namespace)}")
    assert reason.startswith("GENERIC_USER_ERROR: Encountered an exception[FileError]")
    assert f"raw/bad.csv in package {namespace}/bad (s3://{OPEN_BUCKET}/" in reason
    assert message in reason
    going_on = csv_table(shop, namespace, continue_on_error=True)
    rows = lee.rows(f'SELECT sample, amount, "$logical_key", "$issue" FROM {going_on} ORDER BY "$logical_key" DESC')
    assert rows[0] == ["x", "1.0", "raw/good.csv", None]
    assert rows[1][:3] == ["", None, "raw/bad.csv"]
    assert message in str(rows[1][3])
    assert len(rows) == 2


def test_a_parquet_file_of_other_columns_and_types(shop: Shop, lee: Analyst, namespace: str) -> None:
    config = ALL_TYPES.format(namespace=namespace, format="parquet")
    shop.push(f"{namespace}/one", {"a.parquet": parquet(pa.table({"i": ["text"]}))})
    assert "column i (INT): expected int32, found string" in lee.failure(f"SELECT i FROM {shop.table(config)}")
    shop.push(f"{namespace}/one", {"a.parquet": b"no parquet"})
    assert "not a Parquet file that can be read" in lee.failure(f"SELECT i FROM {shop.table(config)}")


def test_buckets_that_the_role_may_not_read(shop: Shop, lee: Analyst, namespace: str) -> None:
    config = CSV.format(namespace=namespace, more="")
    hidden = shop.table(config, bucket=CLOSED_BUCKET)
    shop.push(f"{namespace}/one", {"raw/a.csv": b"h,h\nsecret,1\n"}, CLOSED_BUCKET)
    sql = f'SELECT sample FROM "{CLOSED_BUCKET}"."{hidden}"'
    assert shop.person(WRITER).rows(sql) == [["secret"]]
    assert lee.failure(sql) == f"PERMISSION_DENIED: Permission denied on S3 path: s3://{CLOSED_BUCKET}/"
    databases = lee.athena.list_databases(CatalogName=CATALOG)["DatabaseList"]
    assert [database["Name"] for database in databases] == [OPEN_BUCKET]


def test_a_file_in_a_bucket_that_the_role_may_not_read(shop: Shop, lee: Analyst, namespace: str) -> None:
    """A package may point into another bucket; its table is no way around that bucket's permissions."""
    shop.push(f"{namespace}/one", {"raw/a.csv": b"h,h\nsecret,1\n"}, OPEN_BUCKET, of=CLOSED_BUCKET)
    sql = f"SELECT sample FROM {csv_table(shop, namespace)}"
    assert shop.person(WRITER).rows(sql) == [["secret"]]
    assert "may not read the object" in lee.failure(sql)


def test_open_query(shop: Shop, namespace: str) -> None:
    shop.push(f"{namespace}/one", {"raw/a.csv": b"h,h\nx,1\n"})
    sql = f"SELECT sample FROM {csv_table(shop, namespace)}"
    athena: dict[str, Any] = {"Effect": "Allow", "Action": "athena:*", "Resource": "*"}
    results = {"Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::local-servicebucket-1a2b3c/*"}
    bucket = [f"arn:aws:s3:::{OPEN_BUCKET}", f"arn:aws:s3:::{OPEN_BUCKET}/*"]
    reading = {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:GetObject*"], "Resource": bucket}
    allowed, others = shop.outsider(athena, results, reading), shop.outsider(athena, results)
    closed = "open query is off"
    assert closed in allowed.failure(sql, workgroup=OPEN_WORKGROUP)
    shop.open_query(True)
    try:
        assert allowed.rows(sql, workgroup=OPEN_WORKGROUP) == [["x"]]
        assert "PERMISSION_DENIED" in others.failure(sql, workgroup=OPEN_WORKGROUP)
    finally:
        shop.open_query(False)
    assert closed in allowed.failure(sql, workgroup=OPEN_WORKGROUP)


def test_metadata(shop: Shop, lee: Analyst, namespace: str) -> None:
    table = csv_table(shop, namespace)
    summaries = lee.athena.list_data_catalogs()["DataCatalogsSummary"]
    assert {"CatalogName": CATALOG, "Type": "LAMBDA"} in summaries
    found = lee.athena.get_table_metadata(CatalogName=CATALOG, DatabaseName=OPEN_BUCKET, TableName=table)
    columns = {column["Name"]: column["Type"] for column in found["TableMetadata"]["Columns"]}
    assert columns["amount"] == "double"
    assert columns["$pkg_name"] == columns["study"] == "string"


def test_statements_about_a_table(shop: Shop, lee: Analyst, namespace: str) -> None:
    table = csv_table(shop, namespace)
    assert [table] in lee.rows("SHOW TABLES")
    assert ["$issue"] in lee.rows(f"SHOW COLUMNS IN {table}")
    assert f"NOT_SUPPORTED: {table} is no table of the Glue catalog" in lee.failure(f"SHOW CREATE TABLE {table}")
    explained = lee.query(f'EXPLAIN SELECT "$pkg_name" FROM {table} WHERE amount > 5')
    assert (explained["Status"]["State"], explained["Statistics"]["DataScannedInBytes"]) == ("SUCCEEDED", 0)
    assert "COLUMN_NOT_FOUND" in lee.failure(f"EXPLAIN SELECT nothing FROM {table}")


def test_the_information_schema_shows_what_the_role_may_read(shop: Shop, lee: Analyst, namespace: str) -> None:
    config = CSV.format(namespace=namespace, more="")
    seen, hidden = shop.table(config), shop.table(config, bucket=CLOSED_BUCKET)
    sql = "SELECT table_schema, table_name FROM information_schema.tables"
    listed = [(row[0], row[1]) for row in lee.rows(sql)]
    assert (OPEN_BUCKET, seen) in listed
    assert hidden not in [name for _, name in listed]
    columns = f"SELECT column_name, data_type FROM information_schema.columns WHERE table_name = '{seen}'"
    assert ["amount", "double"] in lee.rows(columns)
    assert ["$issue", "varchar"] in lee.rows(columns)


def test_scanned_bytes(shop: Shop, lee: Analyst, namespace: str) -> None:
    contents = {"raw/a.csv": b"h,h\nx,1\n", "raw/b.csv": b"h,h\ny,2\nz,3\n"}
    shop.push(f"{namespace}/one", contents)
    found = lee.query(f"SELECT count(*) FROM {csv_table(shop, namespace)}")
    assert found["Statistics"]["DataScannedInBytes"] == sum(map(len, contents.values()))


def test_what_is_not_there(shop: Shop, lee: Analyst) -> None:
    name = f"{CATALOG}.{OPEN_BUCKET}.nothing"
    expected = f"TABLE_NOT_FOUND: line 1:15: Table '{name}' does not exist"
    assert lee.failure("SELECT 1 FROM nothing") == expected


def test_two_columns_of_one_name_are_refused(shop: Shop) -> None:
    config = CSV.replace("name: amount", "name: SAMPLE").format(namespace="n", more="")
    assert shop.refusal(config).startswith("config.schema.1.name: the table already has a column named SAMPLE")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("^{namespace}/(?<study>.+)$", "'*/pkg'"), "source.package_name is not a regular expression"),
        (("^{namespace}/(?<study>.+)$", "(?=look)"), "source.package_name is not a regular expression"),
        (("(?<folder>[a-z]+)/.*\\.csv$", "'*.csv'"), "source.logical_key is not a regular expression"),
        (("(?<folder>[a-z]+)", "(?<study>[a-z]+)"), "two columns are named study"),
        (("(?<folder>[a-z]+)", "(?<AMOUNT>[a-z]+)"), "two columns are named amount"),
    ],
)
def test_patterns_that_cannot_be_used_are_kept_and_fail_queries(
    shop: Shop, lee: Analyst, change: tuple[str, str], message: str
) -> None:
    """A real stack accepts and keeps ``*/pkg`` and ``*.csv`` (registry facts 11)."""
    assert change[0] in CSV
    config = CSV.replace(*change).format(namespace="n", more="")
    table = shop.table(config)
    assert [table] in lee.rows("SHOW TABLES")
    assert message in lee.failure(f"SELECT * FROM {table}")
    found = lee.athena.get_table_metadata(CatalogName=CATALOG, DatabaseName=OPEN_BUCKET, TableName=table)
    assert [each["Name"] for each in found["TableMetadata"]["Columns"]][:2] == ["sample", "amount"]
    shop.table(None, name=table)


@pytest.mark.parametrize(
    ("pattern", "text", "groups"),
    [
        ("b", "abc", {}),
        ("^b", "abc", None),
        (r"(?<x>.)(?P<y>.)$", "abc", {"x": "b", "y": "c"}),
        (r"(a|z)(?<x>b)", "abc", {"x": "b"}),
        (r"[(](?<x>\w)\(", "(b(", {"x": "b"}),
        (r"[^](](?<x>.)", "a(b", {"x": "("}),
        (r"(?i)(?<x>B)", "abc", {"x": "b"}),
    ],
)
def test_patterns(pattern: str, text: str, groups: dict[str, str] | None) -> None:
    assert Pattern.parse(pattern).search([text]) == [groups]


@pytest.mark.parametrize("pattern", ["(", "(?=a)", r"(a)\1", "(?<x>a)(?<X>b)", "(?<x", "*.csv", "*/pkg"])
def test_patterns_that_cannot_be_used(pattern: str) -> None:
    parsed = Pattern.parse(pattern)
    assert (parsed.groups, parsed.text) == ((), pattern)
    assert parsed.problem
    with pytest.raises(PatternError):
        parsed.search([""])
