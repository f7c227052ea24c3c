"""What Athena lists: catalogs, databases, tables, workgroups and the queries that ran in them."""

from __future__ import annotations

from typing import Any

import pytest
from athena_people import DATABASE, RESULTS_WORKGROUP, TABLE_1, Analyst, Lake


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
