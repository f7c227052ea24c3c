"""Prepared statements, engine versions, and what Athena here does not have."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from athena_people import RESULTS_WORKGROUP, Analyst
from botocore.exceptions import ClientError


@pytest.fixture(scope="module")
def prepared(operator: Analyst) -> list[str]:
    """Names of the prepared statements of a workgroup of their own, ``prepared``; another one has one, too."""
    operator.athena.create_work_group(Name="prepared")
    names = [f"statement_{number:02}" for number in range(53)]
    for name in reversed(names):
        operator.athena.create_prepared_statement(
            StatementName=name, WorkGroup="prepared", QueryStatement=f"SELECT '{name}', ?", Description="a test's"
        )
    operator.athena.create_prepared_statement(
        StatementName="elsewhere", WorkGroup=RESULTS_WORKGROUP, QueryStatement="SELECT ?"
    )
    return names


def test_prepared_statements_are_listed_in_pages(operator: Analyst, prepared: list[str]) -> None:
    """As all lists of a real stack's Athena (registry facts 11)."""
    first = operator.athena.list_prepared_statements(WorkGroup="prepared")
    assert len(first["PreparedStatements"]) == 50
    found: list[Any] = []
    token: dict[str, str] = {}
    while not found or token:
        page = operator.athena.list_prepared_statements(WorkGroup="prepared", MaxResults=7, **token)
        assert len(page["PreparedStatements"]) <= 7
        found += page["PreparedStatements"]
        token = {"NextToken": page["NextToken"]} if "NextToken" in page else {}
    assert [each["StatementName"] for each in found] == prepared
    assert all(datetime.now(UTC) - each["LastModifiedTime"] < timedelta(minutes=10) for each in found)
    others = operator.athena.list_prepared_statements(WorkGroup=RESULTS_WORKGROUP)["PreparedStatements"]
    assert [each["StatementName"] for each in others] == ["elsewhere"]
    for wrong in ({"WorkGroup": "nowhere"}, {"WorkGroup": "prepared", "NextToken": "none"}):
        with pytest.raises(operator.athena.exceptions.InvalidRequestException):
            operator.athena.list_prepared_statements(**wrong)


def test_a_prepared_statement_is_read_in_its_workgroup_alone(operator: Analyst, prepared: list[str]) -> None:
    found = operator.athena.get_prepared_statement(StatementName=prepared[0], WorkGroup="prepared")["PreparedStatement"]
    assert found["QueryStatement"] == f"SELECT '{prepared[0]}', ?"
    assert (found["WorkGroupName"], found["Description"]) == ("prepared", "a test's")
    for name, workgroup in (("elsewhere", "prepared"), ("none", "prepared")):
        with pytest.raises(operator.athena.exceptions.ResourceNotFoundException, match=name):
            operator.athena.get_prepared_statement(StatementName=name, WorkGroup=workgroup)


def test_engine_versions(operator: Analyst) -> None:
    """In pages as well (registry facts 11); the version that is listed is the one that queries are run with."""
    first = operator.athena.list_engine_versions(MaxResults=1)
    second = operator.athena.list_engine_versions(MaxResults=1, NextToken=first["NextToken"])
    assert "NextToken" not in second
    found = first["EngineVersions"] + second["EngineVersions"]
    assert found == operator.athena.list_engine_versions()["EngineVersions"]
    ran = operator.athena.get_query_execution(QueryExecutionId=operator.start("SELECT 1"))["QueryExecution"]
    assert ran["EngineVersion"] in found
    with pytest.raises(operator.athena.exceptions.InvalidRequestException, match="1 to 10"):
        operator.athena.list_engine_versions(MaxResults=11)


def test_what_is_not_here_is_refused_and_says_so(operator: Analyst) -> None:
    requests: dict[str, dict[str, Any]] = {
        "list_application_dpu_sizes": {},
        "list_sessions": {"WorkGroup": RESULTS_WORKGROUP},
        "list_notebook_metadata": {"WorkGroup": RESULTS_WORKGROUP},
        "update_named_query": {"NamedQueryId": "none", "Name": "n", "QueryString": "SELECT 1"},
    }
    for name, parameters in requests.items():
        with pytest.raises(operator.athena.exceptions.InvalidRequestException, match="is not available here") as told:
            getattr(operator.athena, name)(**parameters)
        assert told.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        assert told.value.response["ResponseMetadata"]["RetryAttempts"] == 0


def test_who_may_not_ask_is_refused_for_that(analyst: Callable[..., Analyst]) -> None:
    somebody = analyst({"Effect": "Deny", "Action": "athena:List*", "Resource": "*"})
    for refused in (somebody.athena.list_application_dpu_sizes, somebody.athena.list_engine_versions):
        with pytest.raises(ClientError, match="AccessDeniedException"):
            refused()
