"""The stack's database of packages through Glue's own API, with boto3 (registry facts 9.4, 9.6, 11)."""

from __future__ import annotations

from typing import Any

import pytest
from stack_wire import CLOSED_BUCKET, OPEN_BUCKET
from tabulator_people import Analyst, Shop

DATABASE = "userathenadatabase-local"
CATALOG = {"CatalogName": "AwsDataCatalog"}


def described(tables: list[dict[str, Any]]) -> dict[str, Any]:
    """Types of tables and of their columns, from either API's answer."""
    return {
        each["Name"]: (
            each["TableType"],
            {column["Name"]: column["Type"] for column in (each.get("StorageDescriptor") or each)["Columns"]},
        )
        for each in tables
    }


@pytest.mark.parametrize("everybody", [True, False])
def test_glue_shows_what_athena_shows(shop: Shop, lee: Analyst, everybody: bool) -> None:
    keys = shop.operator if everybody else lee.keys
    athena, glue = keys.client("athena"), keys.client("glue")

    databases = glue.get_databases()["DatabaseList"]
    assert [each["Name"] for each in databases] == [
        each["Name"] for each in athena.list_databases(**CATALOG)["DatabaseList"]
    ]
    assert DATABASE in {each["Name"] for each in databases}
    assert glue.get_database(Name=DATABASE)["Database"] in databases

    listed = athena.list_table_metadata(**CATALOG, DatabaseName=DATABASE)["TableMetadataList"]
    found = glue.get_tables(DatabaseName=DATABASE)["TableList"]
    assert described(found) == described(listed)
    assert any(name.startswith(CLOSED_BUCKET) for name in described(found)) is everybody
    for table in found:
        assert glue.get_table(DatabaseName=DATABASE, Name=table["Name"])["Table"] == table


def test_a_table_of_a_bucket_beyond_the_role_is_not_there(lee: Analyst) -> None:
    glue = lee.keys.client("glue")
    for database, table in ((DATABASE, f"{CLOSED_BUCKET}_package_tag"), (DATABASE, "none"), ("none", "none")):
        with pytest.raises(glue.exceptions.EntityNotFoundException):
            glue.get_table(DatabaseName=database, Name=table)
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_tables(DatabaseName="none")
    with pytest.raises(glue.exceptions.EntityNotFoundException):
        glue.get_database(Name="none")


def test_the_older_tables_say_where_their_lines_lie(lee: Analyst) -> None:
    glue = lee.keys.client("glue")
    located = {
        each["Name"]: each["StorageDescriptor"]["Location"]
        for each in glue.get_tables(DatabaseName=DATABASE)["TableList"]
        if "Location" in each["StorageDescriptor"]
    }
    assert located == {
        f"{OPEN_BUCKET}_manifests": f"s3://{OPEN_BUCKET}/.quilt/packages/",
        f"{OPEN_BUCKET}_packages": f"s3://{OPEN_BUCKET}/.quilt/named_packages/",
    }
    told = lee.athena.get_table_metadata(**CATALOG, DatabaseName=DATABASE, TableName=f"{OPEN_BUCKET}_manifests")
    assert told["TableMetadata"]["Parameters"]["location"] == located[f"{OPEN_BUCKET}_manifests"]


def test_lists_come_in_pages_and_by_pattern(lee: Analyst) -> None:
    glue = lee.keys.client("glue")
    whole = glue.get_tables(DatabaseName=DATABASE)["TableList"]
    paginator = glue.get_paginator("get_tables")
    pages = list(paginator.paginate(DatabaseName=DATABASE, PaginationConfig={"PageSize": 3}))
    assert [len(page["TableList"]) for page in pages] == [3, 3, 2]
    assert [each for page in pages for each in page["TableList"]] == whole
    some = glue.get_tables(DatabaseName=DATABASE, Expression="*_package_t.*")["TableList"]
    assert [each["Name"] for each in some] == [f"{OPEN_BUCKET}_package_tag"]
    for wrong in ({"Expression": "("}, {"MaxResults": 101}, {"NextToken": "none"}):
        with pytest.raises(glue.exceptions.InvalidInputException):
            glue.get_tables(DatabaseName=DATABASE, **wrong)


def test_what_is_made_through_glue_stands_beside_it(shop: Shop, namespace: str) -> None:
    glue = shop.operator.client("glue")
    glue.create_database(DatabaseInput={"Name": namespace, "Description": "own"})
    glue.create_table(DatabaseName=namespace, TableInput={"Name": "one"})
    found = {each["Name"]: each for each in glue.get_databases()["DatabaseList"]}
    assert found.keys() >= {namespace, DATABASE, "default"}
    assert found[namespace]["Description"] == "own"
    assert [each["Name"] for each in glue.get_tables(DatabaseName=namespace)["TableList"]] == ["one"]
    assert glue.get_tables(DatabaseName="default")["TableList"] == []
    glue.delete_database(Name=namespace)
