"""Glue is allowed by resource: the catalog, a database, a table."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aws_callers import Session, allow, deny, refused

from quilt_stack.aws.cloud import Cloud

ARN = "arn:aws:glue:us-east-1:123456789012"
OWN = [f"{ARN}:catalog", f"{ARN}:database/own", f"{ARN}:table/own/*"]


@pytest.fixture(scope="module")
def catalog(cloud: Cloud) -> Any:
    """Two databases with a table each."""
    glue = cloud.client("glue")
    for name in ("own", "other"):
        glue.create_database(DatabaseInput={"Name": name})
        glue.create_table(DatabaseName=name, TableInput={"Name": "one"})
    return glue


def in_database(name: str) -> dict[str, Callable[[Any], Any]]:
    table = {"DatabaseName": name}
    return {
        "GetDatabase": lambda glue: glue.get_database(Name=name),
        "UpdateDatabase": lambda glue: glue.update_database(Name=name, DatabaseInput={"Name": name}),
        "GetTables": lambda glue: glue.get_tables(**table),
        "GetTable": lambda glue: glue.get_table(**table, Name="one"),
        "GetTableVersions": lambda glue: glue.get_table_versions(**table, TableName="one"),
        "GetPartitions": lambda glue: glue.get_partitions(**table, TableName="one"),
        "UpdateTable": lambda glue: glue.update_table(**table, TableInput={"Name": "one"}),
        "CreateTable": lambda glue: glue.create_table(**table, TableInput={"Name": "new"}),
        "BatchDeleteTable": lambda glue: glue.batch_delete_table(**table, TablesToDelete=["new"]),
        "DeleteTable": lambda glue: glue.delete_table(**table, Name="one"),
        "DeleteDatabase": lambda glue: glue.delete_database(Name=name),
    }


def test_a_role_works_in_the_database_that_it_may_use_and_in_no_other(
    catalog: Any, assume: Callable[..., Session]
) -> None:
    glue = assume(allow("glue:*", OWN)).client("glue")
    for name, operation in in_database("other").items():
        assert refused(lambda operation=operation: operation(glue)) == "AccessDeniedException", name
    assert [table["Name"] for table in catalog.get_tables(DatabaseName="other")["TableList"]] == ["one"]
    assert glue.get_databases()["DatabaseList"]
    for operation in in_database("own").values():
        operation(glue)
    assert [each["Name"] for each in catalog.get_databases()["DatabaseList"]] == ["default", "other"]


@pytest.mark.parametrize("missing", range(3))
def test_all_that_holds_a_table_has_to_be_allowed_with_it(
    catalog: Any, assume: Callable[..., Session], missing: int
) -> None:
    resources = [f"{ARN}:catalog", f"{ARN}:database/other", f"{ARN}:table/other/one"]
    reader = assume(allow("glue:GetTable", [each for index, each in enumerate(resources) if index != missing]))
    assert refused(lambda: reader.client("glue").get_table(DatabaseName="other", Name="one")) == "AccessDeniedException"
    assert assume(allow("glue:GetTable", resources)).client("glue").get_table(DatabaseName="other", Name="one")


def test_one_table_can_be_denied(catalog: Any, assume: Callable[..., Session]) -> None:
    glue = assume(allow("glue:*", "*"), deny("glue:UpdateTable", f"{ARN}:table/other/one")).client("glue")
    assert glue.get_table(DatabaseName="other", Name="one")["Table"]["Name"] == "one"
    update = lambda: glue.update_table(DatabaseName="other", TableInput={"Name": "one"})  # noqa: E731
    assert refused(update) == "AccessDeniedException"
    assert glue.get_crawlers()["Crawlers"] == []
