"""Which of Athena's workgroups a user of the stack may use: the stack's own alone (registry facts 11)."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from stack_wire import OPEN_BUCKET
from tabulator_people import CATALOG, WORKGROUP, Analyst, Shop

FOREIGN = "foreign"


@pytest.fixture(scope="module")
def foreign(shop: Shop) -> str:
    """A query that the operator ran in a workgroup of the account that is not the stack's."""
    athena = shop.operator.client("athena")
    location = {"OutputLocation": "s3://local-servicebucket-1a2b3c/athena-results/foreign/"}
    athena.create_work_group(Name=FOREIGN, Configuration={"ResultConfiguration": location})
    started = athena.start_query_execution(QueryString="SELECT 1", WorkGroup=FOREIGN)
    return str(started["QueryExecutionId"])


def test_all_workgroups_are_listed_and_the_stacks_alone_is_shown(lee: Analyst, foreign: str) -> None:
    listed = {each["Name"] for each in lee.athena.list_work_groups()["WorkGroups"]}
    assert {WORKGROUP, FOREIGN, "primary"} <= listed
    shown = lee.athena.get_work_group(WorkGroup=WORKGROUP)["WorkGroup"]
    assert shown["Configuration"]["EnforceWorkGroupConfiguration"]
    for name in (FOREIGN, "primary"):
        with pytest.raises(ClientError) as refused:
            lee.athena.get_work_group(WorkGroup=name)
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
        assert f"workgroup/{name}" in str(refused.value)


@pytest.mark.parametrize("operation", ["get_query_execution", "get_query_results", "stop_query_execution"])
def test_a_query_of_another_workgroup_is_out_of_reach(lee: Analyst, foreign: str, operation: str) -> None:
    for identifier in (foreign, "no-such-query"):
        with pytest.raises(ClientError) as refused:
            getattr(lee.athena, operation)(QueryExecutionId=identifier)
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_nothing_is_started_or_listed_in_another_workgroup(lee: Analyst, foreign: str) -> None:
    for call in (
        lambda: lee.query("SELECT 1", workgroup=FOREIGN),
        lambda: lee.athena.list_query_executions(WorkGroup=FOREIGN),
        lambda: lee.athena.list_query_executions(),
        lambda: lee.athena.delete_work_group(WorkGroup=WORKGROUP),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert refused.value.response["Error"]["Code"] == "AccessDeniedException"


def test_one_of_several_queries_does_not_open_the_others(lee: Analyst, foreign: str) -> None:
    own = lee.query("SELECT 1")["QueryExecutionId"]
    answer = lee.athena.batch_get_query_execution(QueryExecutionIds=[own, foreign])
    assert [each["QueryExecutionId"] for each in answer["QueryExecutions"]] == [own]
    assert [each["QueryExecutionId"] for each in answer["UnprocessedQueryExecutionIds"]] == [foreign]


def test_the_stacks_own_is_open_as_before(lee: Analyst) -> None:
    found = lee.query("SELECT 1")
    assert found["WorkGroup"] == WORKGROUP
    assert found["QueryExecutionId"] in lee.athena.list_query_executions(WorkGroup=WORKGROUP)["QueryExecutionIds"]
    assert CATALOG in {each["CatalogName"] for each in lee.athena.list_data_catalogs()["DataCatalogsSummary"]}
    assert {"Name": OPEN_BUCKET} in lee.athena.list_databases(CatalogName=CATALOG)["DatabaseList"]
    saved = lee.athena.create_named_query(Name="n", Database=OPEN_BUCKET, QueryString="SELECT 1", WorkGroup=WORKGROUP)
    assert lee.athena.get_named_query(NamedQueryId=saved["NamedQueryId"])["NamedQuery"]["QueryString"] == "SELECT 1"
