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


@pytest.mark.parametrize("name", ["", "1st", "With_Capital", "with-dash", "with space", "x" * 256, "name\n"])
def test_malformed_table_names_are_refused(ada: Person, name: str) -> None:
    assert refusal(lambda: tabulator.set_table("bare", name, CONFIG))[:2] == ("tableName", "TableNameInvalid")
    assert names("bare") == []


@pytest.mark.parametrize(
    ("change", "name", "words"),
    [
        (lambda text: "", "InvalidConfig", "top level"),
        (lambda text: "schema: [", "InvalidYaml", "YAML"),
        (lambda text: text.replace("schema:", "columns:"), "InvalidConfig", "columns"),
        (lambda text: text.replace("STRING", "VARCHAR"), "InvalidConfig", "schema.0.type"),
        (lambda text: text.replace("STRING", "string"), "InvalidConfig", "schema.0.type"),
        (lambda text: text.replace("sample_id", "_sample"), "InvalidConfig", "schema.0.name"),
        (lambda text: text.replace("sample_id", "1st"), "InvalidConfig", "schema.0.name"),
        (lambda text: text.replace("nullable: false", "nullable: never"), "InvalidConfig", "schema.1.nullable"),
        (lambda text: text.replace("nullable", "optional"), "InvalidConfig", "optional"),
        (lambda text: text.replace("quilt-packages", "s3"), "InvalidConfig", "source.type"),
        (lambda text: text.replace("package_name: ^(?<team>[^/]+)/results$", ""), "InvalidConfig", "package_name"),
        (lambda text: text.replace("[^/]+)", "[^/]+"), "InvalidConfig", "source.package_name"),
        (lambda text: text.replace("format: csv", "format: tsv"), "InvalidConfig", "parser.format"),
        (lambda text: text.replace("format: csv", "format: parquet"), "InvalidConfig", "parser"),
        (lambda text: text.replace('"\\t"', '"ab"'), "InvalidConfig", "parser.delimiter"),
        (lambda text: text + "extra: 1\n", "InvalidConfig", "extra"),
    ],
)
def test_an_invalid_configuration_is_refused_and_the_message_names_the_key(
    ada: Person, change: Callable[[str], str], name: str, words: str
) -> None:
    assert change(CONFIG) != CONFIG
    path, error, message = refusal(lambda: tabulator.set_table("bare", "table", change(CONFIG)))
    assert (path, error) == ("config", name)
    assert words in message
    assert names("bare") == []


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
