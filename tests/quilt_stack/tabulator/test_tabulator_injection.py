"""Attempts to get out through a table's name, its YAML, its expressions and the names of files. All are listed."""

from __future__ import annotations

import time

import pytest
from stack_wire import OPEN_BUCKET
from tabulator_people import _SET, Analyst, Shop

CONFIG = """
schema: [{{name: a, type: STRING}}]
source: {{type: quilt-packages, package_name: '{package}', logical_key: '{key}'}}
parser: {{format: csv}}
"""
NAMES = ["", "a b", 'a"b', "a;drop table b", "../a", "a/b", "a'", "a\nb", "$issue", "a.b", "x" * 300]
YAML = [
    "!!python/object/apply:os.system ['true']",
    "&a [*a, *a]",
    "schema: !!python/name:os.system",
    CONFIG.format(package="x", key="y") + "include: /etc/passwd\n",
    CONFIG.format(package="x", key="y").replace("format: csv", "format: csv, path: /etc/passwd"),
    CONFIG.format(package="x", key="y").replace("name: a", "name: 'a\" FROM x; --'"),
    CONFIG.format(package="x", key="y").replace("type: STRING", "type: 'STRING); DROP TABLE x'"),
    CONFIG.format(package="x", key="y").replace("type: quilt-packages", "type: s3"),
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_tables(shop: Shop, name: str) -> None:
    config = CONFIG.format(package="x", key="y")
    result = shop.wire.graphql(_SET, bucket=OPEN_BUCKET, table=name, config=config)["bucketSetTabulatorTable"]
    assert result["__typename"] == "InvalidInput"
    assert result["errors"][0]["path"] == "tableName"


@pytest.mark.parametrize("config", YAML)
def test_configurations(shop: Shop, config: str) -> None:
    assert shop.refusal(config).startswith("config")


def test_an_expression_that_would_take_forever(shop: Shop, lee: Analyst, namespace: str) -> None:
    """RE2 takes time in the length of the text alone."""
    shop.push(f"{namespace}/one", {"a" * 200 + "!": b"x\n"})
    table = shop.table(CONFIG.format(package=f"^{namespace}/", key="^(a+)+$"))
    started = time.perf_counter()
    assert lee.rows(f"SELECT count(*) FROM {table}") == [["0"]]
    assert time.perf_counter() - started < 10


def test_names_of_files_are_values(shop: Shop, lee: Analyst, namespace: str) -> None:
    key = "a'); DROP TABLE x; --\".csv"
    shop.push(f"{namespace}/one", {key: b"'; SELECT 1; --\n"})
    table = shop.table(CONFIG.format(package=f"^{namespace}/", key="(?<file>.+)"))
    assert lee.rows(f'SELECT a, file, "$logical_key" FROM {table}') == [["'; SELECT 1; --", key, key]]


def test_another_bucket_by_the_name_of_the_database(shop: Shop, lee: Analyst) -> None:
    for database in ("closed-bucket", "no-such-bucket", "*", "../closed-bucket"):
        assert "PERMISSION_DENIED" in lee.failure(f'SELECT * FROM "{database}"."t"')
    assert "SCHEMA_NOT_FOUND" in lee.failure('SELECT * FROM "local-servicebucket-1a2b3c"."t"')
