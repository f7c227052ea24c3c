"""The stack's database of packages in Athena's own catalog (registry facts 9.4, 9.6, 11)."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stack_wire import CLOSED_BUCKET, OPEN_BUCKET
from tabulator_people import Analyst, Shop

DATABASE = "userathenadatabase-local"
KINDS = ("package_entry", "package_manifest", "package_revision", "package_tag")
OLDER = ("manifests", "objects-view", "packages", "packages-view")


def rows(person: Analyst, sql: str) -> list[list[str | None]]:
    """The rows of a query in Athena's own catalog."""
    return person.rows(sql.replace("FROM ", f'FROM "AwsDataCatalog"."{DATABASE}".').replace("PACKAGES", OPEN_BUCKET))


def test_a_role_sees_the_tables_of_its_buckets(lee: Analyst) -> None:
    listed = lee.athena.list_databases(CatalogName="AwsDataCatalog")["DatabaseList"]
    assert {"Name": DATABASE} in listed
    found = lee.athena.list_table_metadata(CatalogName="AwsDataCatalog", DatabaseName=DATABASE)["TableMetadataList"]
    names = {each["Name"] for each in found}
    assert {f"{OPEN_BUCKET}_{kind}" for kind in (*KINDS, *OLDER)} <= names
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


MEASUREMENTS = """schema:
- {name: plot, type: STRING}
- {name: grams, type: DOUBLE}
source: {type: quilt-packages, package_name: "^NAMESPACE/", logical_key: "[.]csv$"}
parser: {format: csv, header: true}
"""


def test_the_documented_joins_add_metadata_to_a_tabulator_table(shop: Shop, lee: Analyst, namespace: str) -> None:
    """The join of the documentation by top hash, and the one that it had before 1.70, by name (registry facts 9.6)."""
    shop.s3.put_object(Bucket=OPEN_BUCKET, Key=f"{namespace}/a.csv", Body=b"plot,grams\nA1,1.5\n")
    construct(shop, f"{namespace}/north", {"season": "wet"}, f"s3://{OPEN_BUCKET}/{namespace}/a.csv")
    table = shop.table(MEASUREMENTS.replace("NAMESPACE", namespace))
    place = f'"AwsDataCatalog"."{DATABASE}"."{OPEN_BUCKET}'
    by_hash = lee.rows(
        f'SELECT "{table}".plot, m.metadata FROM "{table}" '
        f'JOIN {place}_package_manifest" m ON "{table}"."$top_hash" = m.top_hash'
    )
    by_name = lee.rows(
        f'SELECT t.plot, p.user_meta FROM "{table}" t '
        f'JOIN {place}_packages-view" p ON t."$pkg_name" = p.pkg_name WHERE p.timestamp = \'latest\''
    )
    assert [(plot, json.loads(str(metadata))) for plot, metadata in by_hash] == [("A1", {"season": "wet"})]
    assert by_name == by_hash


def test_the_older_views_have_each_pointer_and_each_object(shop: Shop, lee: Analyst, namespace: str) -> None:
    name = f"{namespace}/views"
    first = shop.push(name, {"a.csv": b"a\n1\n"})
    latest = shop.push(name, {"a.csv": b"a\n1\n", "folder/b.csv": b"b\n22\n"})

    pointers = rows(lee, f"SELECT timestamp, top_hash FROM \"PACKAGES_packages-view\" WHERE pkg_name = '{name}'")
    assert ["latest", latest] in pointers
    assert all(stamp == "latest" or str(stamp).isdecimal() for stamp, _ in pointers)
    objects = rows(
        lee,
        'SELECT logical_key, physical_key, size, hash.type, top_hash FROM "PACKAGES_objects-view" '
        f"WHERE pkg_name = '{name}' AND timestamp = 'latest' ORDER BY 1",
    )
    assert [(each[0], each[2], each[3], each[4]) for each in objects] == [
        ("a.csv", "4", "sha2-256-chunked", latest),
        ("folder/b.csv", "5", "sha2-256-chunked", latest),
    ]
    assert str(objects[0][1]).startswith(f"s3://{OPEN_BUCKET}/{name}/a.csv?versionId=")
    assert first != latest


def test_the_older_views_are_searched_by_metadata_as_documented(shop: Shop, lee: Analyst, namespace: str) -> None:
    shop.s3.put_object(Bucket=OPEN_BUCKET, Key=f"{namespace}/a.csv", Body=b"a\n")
    for name, cells in (("right", ["5", "6"]), ("wrong", ["7"])):
        metadata = {"algorithm": "1.3.1", "cellindex": cells}
        construct(shop, f"{namespace}/{name}", metadata, f"s3://{OPEN_BUCKET}/{namespace}/a.csv")
    documented = (
        'SELECT DISTINCT pkg_name FROM "PACKAGES_packages-view" '
        "WHERE json_extract_scalar(meta, '$.user_meta.algorithm') LIKE '1.3%' "
        "AND json_array_contains(json_extract(meta, '$.user_meta.cellindex'), '5') "
    )
    assert rows(lee, f"{documented} AND pkg_name LIKE '{namespace}/%'") == [[f"{namespace}/right"]]


def test_the_older_tables_are_the_lines_below_quilt(shop: Shop, lee: Analyst, namespace: str) -> None:
    name = f"{namespace}/lines"
    top_hash = shop.push(name, {"a.csv": b"a\n1\n"})

    found = rows(
        lee,
        'SELECT logical_key, physical_keys, size, hash.type, version FROM "PACKAGES_manifests" '
        f"WHERE \"$path\" = 's3://{OPEN_BUCKET}/.quilt/packages/{top_hash}' ORDER BY logical_key NULLS FIRST",
    )
    assert found[0] == [None, None, None, None, "v0"]
    assert found[1][0] == "a.csv" and found[1][2:4] == ["4", "sha2-256-chunked"]
    assert str(found[1][1]).startswith(f"[s3://{OPEN_BUCKET}/{name}/a.csv?versionId=")
    latest = rows(
        lee,
        'SELECT hash FROM "PACKAGES_packages" '
        f"WHERE \"$path\" = 's3://{OPEN_BUCKET}/.quilt/named_packages/{name}/latest'",
    )
    assert latest == [[top_hash]]


def test_the_table_of_manifests_is_described_as_recorded(shop: Shop) -> None:
    """Columns as a real stack was recorded to answer them (registry facts 11)."""
    athena = shop.operator.client("athena")
    described = athena.get_table_metadata(
        CatalogName="AwsDataCatalog", DatabaseName=DATABASE, TableName=f"{OPEN_BUCKET}_manifests"
    )["TableMetadata"]
    columns = [(each["Name"], each["Type"], each["Comment"]) for each in described["Columns"]]
    assert columns[:3] == [
        ("logical_key", "string", "from deserializer"),
        ("physical_keys", "array<string>", "from deserializer"),
        ("size", "bigint", "from deserializer"),
    ]
    assert len(columns) == 8


def test_a_line_that_is_no_json_is_left_out(shop: Shop, lee: Analyst, namespace: str) -> None:
    key = f".quilt/packages/{namespace}-broken"
    shop.s3.put_object(Bucket=OPEN_BUCKET, Key=key, Body=b'{"logical_key": "a", "size": 1}\n{"logical\n7\n')
    try:
        found = rows(
            lee, f'SELECT logical_key, size FROM "PACKAGES_manifests" WHERE "$path" LIKE \'%/{namespace}-broken\''
        )
    finally:
        shop.s3.delete_object(Bucket=OPEN_BUCKET, Key=key)
    assert found == [["a", "1"]]


@pytest.mark.parametrize("kind", OLDER)
def test_an_older_one_of_a_bucket_beyond_the_role_is_not_read(lee: Analyst, kind: str) -> None:
    assert "does not exist" in lee.failure(f'SELECT * FROM "AwsDataCatalog"."{DATABASE}"."{CLOSED_BUCKET}_{kind}"')
