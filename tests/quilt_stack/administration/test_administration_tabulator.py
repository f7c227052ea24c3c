"""Tabulator tables through the unmodified quilt3.admin.tabulator (registry facts 9.1, 9.2)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import quilt3.admin.tabulator as tabulator
from quilt3.admin.exceptions import BucketNotFoundError, Quilt3AdminError
from running_registry import Person

Unique = Callable[[str], str]

CONFIG = """\
# kept to the letter
schema:
  - name: sample_id
    type: STRING
  - {name: Value-1, type: DOUBLE, nullable: false}
source:
  type: quilt-packages
  package_name: ^(?<team>[^/]+)/results$
  logical_key: (?<day>\\d+)\\.csv$
parser:
  format: csv
  header: true
  delimiter: "\\t"
continue_on_error: true
"""


def refusal(call: Callable[[], object]) -> tuple[str, str, str]:
    with pytest.raises(Quilt3AdminError) as caught:
        call()
    [error] = caught.value.details.errors
    return error.path, error.name, error.message


def names(bucket: str = "results") -> list[str]:
    return [table.name for table in tabulator.list_tables(bucket)]


def test_a_table_is_created_changed_renamed_and_deleted(ada: Person, unique: Unique) -> None:
    name, other = unique("table"), unique("table")
    tabulator.set_table("results", name, CONFIG)
    assert {table.name: table.config for table in tabulator.list_tables("results")}[name] == CONFIG
    changed = CONFIG.replace("true", "false")
    tabulator.set_table("results", name, changed)
    tabulator.rename_table("results", name, other)
    assert {table.name: table.config for table in tabulator.list_tables("results")}[other] == changed
    assert name not in names()
    tabulator.rename_table("results", other, other)
    tabulator.set_table("results", other, None)
    assert other not in names()
    assert names("bare") == []


def test_what_is_not_there_and_what_is_taken(ada: Person, unique: Unique) -> None:
    first, second = unique("table"), unique("table")
    tabulator.set_table("results", first, CONFIG)
    tabulator.set_table("results", second, CONFIG)
    assert refusal(lambda: tabulator.rename_table("results", first, second))[:2] == (
        "newTableName",
        "TableNameConflict",
    )
    assert refusal(lambda: tabulator.rename_table("results", "missing", "x"))[:2] == ("tableName", "TableNotFound")
    assert refusal(lambda: tabulator.set_table("results", "missing", None))[:2] == ("tableName", "TableNotFound")
    assert refusal(lambda: tabulator.set_table("nowhere", "x", CONFIG)) == (
        "bucketName",
        "BucketNotFound",
        "Bucket not found: nowhere",
    )
    with pytest.raises(BucketNotFoundError):
        tabulator.list_tables("nowhere")
    assert {first, second} <= set(names())


@pytest.mark.parametrize("name", ["missing-columns", "ccle-tsv", "rnaseq-data", "With_Capital", "1st", "x" * 255])
def test_names_may_have_hyphens(ada: Person, name: str) -> None:
    """The first three are those of real stacks (registry facts 11)."""
    tabulator.set_table("bare", name, CONFIG)
    assert names("bare") == [name]
    tabulator.rename_table("bare", name, "plain")
    tabulator.rename_table("bare", "plain", name)
    tabulator.set_table("bare", name, None)
    assert names("bare") == []


@pytest.mark.parametrize("name", ["", "with space", "with.dot", "with/slash", 'with"quote', "x" * 256, "name\n"])
def test_malformed_table_names_are_refused(ada: Person, name: str) -> None:
    assert refusal(lambda: tabulator.set_table("bare", name, CONFIG))[:2] == ("tableName", "TableNameInvalid")
    assert names("bare") == []


TYPES = (
    "unexpected value; permitted: 'BOOLEAN', 'TINYINT', 'SMALLINT', 'INT', 'BIGINT', 'FLOAT', 'DOUBLE', 'STRING',"
    " 'BINARY', 'DATE', 'TIMESTAMP'"
)


@pytest.mark.parametrize("name", ["VARCHAR", "string"])
def test_a_type_that_is_none_is_refused_as_recorded(ada: Person, name: str) -> None:
    """Path, name and message of a real stack's refusal (registry facts 11)."""
    wrong = CONFIG.replace("STRING", name)
    assert refusal(lambda: tabulator.set_table("bare", "table", wrong)) == (
        "config.schema.0.type",
        "ValidationError",
        TYPES,
    )
    assert names("bare") == []


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        (lambda text: "", ["__root__"]),
        (lambda text: "text", ["__root__"]),
        (lambda text: text.replace("schema:", "columns:"), ["columns", "schema"]),
        (lambda text: text.replace("STRING", "VARCHAR").replace("DOUBLE", "MONEY"), ["schema.0.type", "schema.1.type"]),
        (lambda text: text.replace("sample_id", "_sample"), ["schema.0.name"]),
        (lambda text: text.replace("sample_id", "1st"), ["schema.0.name"]),
        (lambda text: text.replace("sample_id", "value-1"), ["schema.1.name"]),
        (lambda text: text.replace("nullable: false", "nullable: never"), ["schema.1.nullable"]),
        (lambda text: text.replace("nullable", "optional"), ["schema.1.optional"]),
        (lambda text: text.replace("quilt-packages", "s3"), ["source.type"]),
        (lambda text: text.replace("package_name: ^(?<team>[^/]+)/results$", ""), ["source.package_name"]),
        (lambda text: text.replace("format: csv", "format: tsv"), ["parser.format"]),
        (lambda text: text.replace("format: csv", "format: parquet"), ["parser.delimiter", "parser.header"]),
        (lambda text: text.replace('"\\t"', '"ab"'), ["parser.delimiter"]),
        (lambda text: text + "extra: 1\n", ["extra"]),
    ],
)
def test_the_path_of_a_refusal_leads_into_the_configuration(
    ada: Person, change: Callable[[str], str], paths: list[str]
) -> None:
    """As recorded (registry facts 11)."""
    assert change(CONFIG) != CONFIG
    with pytest.raises(Quilt3AdminError) as caught:
        tabulator.set_table("bare", "table", change(CONFIG))
    errors = caught.value.details.errors
    assert sorted(error.path for error in errors) == [f"config.{path}" for path in paths]
    assert {error.name for error in errors} == {"ValidationError"}
    assert names("bare") == []


@pytest.mark.parametrize("pattern", ["'*/pkg'", "'*.csv'", "left(open", "(?<sample_id>x)"])
def test_patterns_are_kept_as_they_are(ada: Person, unique: Unique, pattern: str) -> None:
    """A real stack accepts and keeps the first two, which are no regular expressions (registry facts 11)."""
    name, config = unique("table"), CONFIG.replace("(?<day>\\d+)\\.csv$", pattern)
    assert config != CONFIG
    tabulator.set_table("results", name, config)
    assert {table.name: table.config for table in tabulator.list_tables("results")}[name] == config


def test_what_is_no_yaml_is_refused(ada: Person) -> None:
    assert refusal(lambda: tabulator.set_table("bare", "table", "schema: ["))[:2] == ("config", "InvalidYaml")


def test_parquet_takes_no_options(ada: Person, unique: Unique) -> None:
    config = CONFIG.replace('format: csv\n  header: true\n  delimiter: "\\t"', "format: parquet")
    tabulator.set_table("results", unique("table"), config)


def test_who_may_write_may_edit_who_may_read_may_look(
    ada: Person, unique: Unique, sign_in: Callable[[str], Person]
) -> None:
    name = unique("table")
    dana = sign_in("dana")
    edit = """mutation ($bucket: String!, $name: String!, $config: String) {
        bucketSetTabulatorTable(bucketName: $bucket, tableName: $name, config: $config) {
            __typename ... on OperationError { name } ... on InvalidInput { errors { path name } } } }"""
    written = dana.graphql(edit, bucket="results", name=name, config=CONFIG)["bucketSetTabulatorTable"]
    assert written["__typename"] == "BucketConfig"
    assert name in names()
    only_read = dana.graphql(edit, bucket="archive", name=name, config=CONFIG)["bucketSetTabulatorTable"]
    assert only_read == {"__typename": "OperationError", "name": "Forbidden"}
    users_own = dana.graphql('{ bucketConfig(name: "results") { tabulatorTables { name } } }')
    assert {"name": name} in users_own["bucketConfig"]["tabulatorTables"]


def test_the_open_query_switch(ada: Person, sign_in: Callable[[str], Person]) -> None:
    assert tabulator.get_open_query() is False
    tabulator.set_open_query(True)
    assert tabulator.get_open_query() is True
    tabulator.set_open_query(False)
    assert tabulator.get_open_query() is False
    assert sign_in("dana").post("{ admin { tabulatorOpenQuery } }").json()["data"] is None
