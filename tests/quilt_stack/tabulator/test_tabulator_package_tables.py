"""The stack's database of packages in Athena's own catalog (registry facts 9.4, 11)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stack_wire import CLOSED_BUCKET, OPEN_BUCKET
from tabulator_people import Analyst, Shop

DATABASE = "userathenadatabase-local"
KINDS = ("package_entry", "package_manifest", "package_revision", "package_tag")


def rows(person: Analyst, sql: str) -> list[list[str | None]]:
    """The rows of a query in Athena's own catalog."""
    return person.rows(sql.replace("FROM ", f'FROM "AwsDataCatalog"."{DATABASE}".').replace("PACKAGES", OPEN_BUCKET))


def test_a_role_sees_the_tables_of_its_buckets(lee: Analyst) -> None:
    listed = lee.athena.list_databases(CatalogName="AwsDataCatalog")["DatabaseList"]
    assert {"Name": DATABASE} in listed
    found = lee.athena.list_table_metadata(CatalogName="AwsDataCatalog", DatabaseName=DATABASE)["TableMetadataList"]
    names = {each["Name"] for each in found}
    assert {f"{OPEN_BUCKET}_{kind}" for kind in KINDS} <= names
    assert not any(name.startswith(CLOSED_BUCKET) for name in names)


def test_a_bucket_beyond_the_role_is_not_read(lee: Analyst) -> None:
    assert "does not exist" in lee.failure(f'SELECT * FROM "AwsDataCatalog"."{DATABASE}"."{CLOSED_BUCKET}_package_tag"')


def test_revisions_tags_manifests_and_entries_are_there(shop: Shop, lee: Analyst, namespace: str) -> None:
    name = f"{namespace}/tables"
    first = shop.push(name, {"a.csv": b"a\n1\n"})
    latest = shop.push(name, {"a.csv": b"a\n1\n", "folder/b.csv": b"b\n22\n"})

    tags = rows(lee, f"SELECT tag_name, top_hash FROM \"PACKAGES_package_tag\" WHERE pkg_name = '{name}'")
    assert tags == [["latest", latest]]
    revisions = rows(lee, f"SELECT top_hash, timestamp FROM \"PACKAGES_package_revision\" WHERE pkg_name = '{name}'")
    assert latest in [each[0] for each in revisions]
    assert all(str(each[1]).startswith("20") for each in revisions)
    entries = rows(
        lee,
        'SELECT logical_key, physical_key, hash_type, size, metadata FROM "PACKAGES_package_entry" '
        f"WHERE top_hash = '{latest}' ORDER BY logical_key",
    )
    assert [(each[0], each[2], each[3]) for each in entries] == [
        ("a.csv", "sha2-256-chunked", "4"),
        ("folder/b.csv", "sha2-256-chunked", "5"),
    ]
    assert str(entries[0][1]).startswith(f"s3://{OPEN_BUCKET}/{name}/a.csv?versionId=")
    assert first != latest


def test_the_documented_join_finds_packages_by_metadata(shop: Shop, lee: Analyst, namespace: str) -> None:
    """As Quilt's documentation joins tags and manifests (registry facts 9.4)."""
    shop.s3.put_object(Bucket=OPEN_BUCKET, Key=f"{namespace}/a.csv", Body=b"a\n")
    for name, identifier in (("right", "EXP-1"), ("wrong", "EXP-2")):
        construct(shop, f"{namespace}/{name}", {"experiment_id": identifier}, f"s3://{OPEN_BUCKET}/{namespace}/a.csv")
    place = f'"AwsDataCatalog"."{DATABASE}"."{OPEN_BUCKET}_package'
    found = lee.rows(
        f'SELECT t.pkg_name, m.metadata FROM {place}_tag" t JOIN {place}_manifest" m ON t.top_hash = m.top_hash '
        f"WHERE t.tag_name = 'latest' AND json_extract_scalar(m.metadata, '$.experiment_id') = 'EXP-1' "
        f"AND t.pkg_name LIKE '{namespace}/%'"
    )
    assert [(name, json.loads(str(metadata))) for name, metadata in found] == [
        (f"{namespace}/right", {"experiment_id": "EXP-1"})
    ]


def construct(shop: Shop, name: str, metadata: dict[str, Any], physical_key: str) -> None:
    """A revision with metadata."""
    push = """mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
        packageConstruct(params: $params, src: $src) { __typename } }"""
    params = {"bucket": OPEN_BUCKET, "name": name, "userMeta": metadata}
    source = {"entries": [{"logicalKey": "a.csv", "physicalKey": physical_key}]}
    answer = shop.wire.graphql(push, params=params, src=source)["packageConstruct"]
    assert answer["__typename"] == "PackagePushSuccess"


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_iceberg_tables_with_columns(shop: Shop, kind: str) -> None:
    athena = shop.operator.client("athena")
    found = athena.get_table_metadata(
        CatalogName="AwsDataCatalog", DatabaseName=DATABASE, TableName=f"{OPEN_BUCKET}_{kind}"
    )["TableMetadata"]
    assert found["Parameters"]["table_type"] == "ICEBERG"
    assert "top_hash" in {column["Name"] for column in found["Columns"]}
