"""Cost: every page read, every resource and day in the table, the budget judged. boto3 checks requests and answers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber
from typer.testing import CliRunner

import infra.cost
from environment.errors import SuiteError
from infra.cost import CostReport, cost_report
from infra.cost_command import as_table, cost, summary

BUDGET = Decimal(30)
TODAY = date(2026, 3, 10)


@pytest.fixture
def stubbed() -> Iterator[tuple[Any, Stubber]]:
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="us-east-1")
    client = session.client("ce")
    with Stubber(client) as stubber:
        yield client, stubber
        stubber.assert_no_pending_responses()
    client.close()


def day(start: str, **amounts: str) -> dict[str, Any]:
    names = {"s3": ["Amazon Simple Storage Service", "DataType$Reference"], "athena": ["Amazon Athena", "DataType$"]}
    return {
        "TimePeriod": {"Start": start, "End": start},
        "Groups": [
            {"Keys": names[name], "Metrics": {"UnblendedCost": {"Amount": amount, "Unit": "USD"}}}
            for name, amount in amounts.items()
        ],
    }


def usage(
    stubber: Stubber, start: str, *days: dict[str, Any], token: str | None = None, after: str | None = None
) -> None:
    expected = {
        "TimePeriod": {"Start": start, "End": "2026-03-11"},
        "Granularity": "DAILY",
        "Metrics": ["UnblendedCost"],
        "Filter": {"Tags": {"Key": "Purpose", "Values": ["QuiltMCP-E2E-Testing"]}},
        "GroupBy": [{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "TAG", "Key": "DataType"}],
        **({"NextPageToken": after} if after else {}),
    }
    answer = {"ResultsByTime": list(days), **({"NextPageToken": token} if token else {})}
    stubber.add_response("get_cost_and_usage", answer, expected)


def forecast(stubber: Stubber, amount: str) -> None:
    expected = {
        "TimePeriod": {"Start": "2026-03-11", "End": "2026-04-01"},
        "Metric": "UNBLENDED_COST",
        "Granularity": "MONTHLY",
        "Filter": {"Tags": {"Key": "Purpose", "Values": ["QuiltMCP-E2E-Testing"]}},
    }
    stubber.add_response("get_cost_forecast", {"Total": {"Amount": amount, "Unit": "USD"}}, expected)


def test_adds_up_pages_days_and_resources(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    usage(
        stubber, "2026-02-09", day("2026-02-28", s3="5.00"), day("2026-03-01", s3="0.50", athena="0.25"), token="more"
    )
    usage(stubber, "2026-02-09", day("2026-03-02", athena="1.00"), after="more")
    forecast(stubber, "12.25")

    found = cost_report(client, TODAY, BUDGET)

    assert found.month_to_date == Decimal("1.75")
    assert found.forecast == Decimal("14.00")
    assert found.within_budget
    assert found.resources == ["Amazon Simple Storage Service (Reference)", "Amazon Athena"]
    table = as_table(found)
    assert [column.header for column in table.columns] == ["day", *found.resources, "sum"]
    assert table.row_count == 3
    assert summary(found) == "this month 1.75 USD, forecast 14.00 USD: within the budget of 30.00 USD"


def test_the_whole_month_is_asked_for_even_if_fewer_days_are_shown(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    usage(stubber, "2026-03-01", day("2026-03-01", s3="31.00"))
    forecast(stubber, "0")

    found = cost_report(client, TODAY, BUDGET, days=2)

    assert not found.within_budget
    assert "OVER the budget" in summary(found)


def test_a_young_account_has_no_forecast(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    usage(stubber, "2026-02-09")
    stubber.add_client_error("get_cost_forecast", "DataUnavailableException", "Insufficient amount of historical data")

    found = cost_report(client, TODAY, BUDGET)

    assert (found.forecast, found.month_to_date) == (None, Decimal(0))
    assert "too little history" in summary(found)


def test_a_refusal_says_which_permissions_are_needed(stubbed: tuple[Any, Stubber]) -> None:
    client, stubber = stubbed
    stubber.add_client_error("get_cost_and_usage", "AccessDeniedException", "not authorized")

    with pytest.raises(SuiteError, match=r"AccessDeniedException.*ce:GetCostAndUsage"):
        cost_report(client, TODAY, BUDGET)


@pytest.mark.parametrize(
    ("code", "advice"),
    [("ExpiredTokenException", "past their end"), ("UnrecognizedClientException", "The credentials are wrong")],
)
def test_credentials_that_are_no_good_are_told_as_such(stubbed: tuple[Any, Stubber], code: str, advice: str) -> None:
    client, stubber = stubbed
    stubber.add_client_error("get_cost_and_usage", code, "no")

    with pytest.raises(SuiteError, match=f"Asked Cost Explorer: AWS answered {code}.*{advice}"):
        cost_report(client, TODAY, BUDGET)


def test_a_profile_that_is_not_there_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)

    result = CliRunner().invoke(cost, [])

    assert isinstance(result.exception, SuiteError)
    assert str(result.exception).startswith("Opened the AWS profile 'no-such-profile': there is none. Set AWS_PROFILE")


@pytest.mark.parametrize(
    ("amount", "budget", "code", "judgement"),
    [
        ("1.50", "", 0, "within the budget of 30.00"),
        ("30.50", "", 1, "OVER the budget of 30.00"),
        ("30.50", "40", 0, "within the budget of 40.00"),
        ("20.01", "20", 1, "OVER the budget of 20.00"),
    ],
)
def test_the_command_ends_with_1_over_the_budget_of_the_settings(
    stubbed: tuple[Any, Stubber], monkeypatch: pytest.MonkeyPatch, amount: str, budget: str, code: int, judgement: str
) -> None:
    monkeypatch.setenv("QUILT_TEST_MONTHLY_BUDGET", budget)
    client, stubber = stubbed
    today = datetime.now(UTC).date().isoformat()
    stubber.add_response("get_cost_and_usage", {"ResultsByTime": [day(today, s3=amount)]})
    monkeypatch.setattr(infra.cost, "_forecast", lambda *_: Decimal(0))  # which is not asked for on a month's last day
    monkeypatch.setattr(boto3.Session, "client", lambda *_: client)

    result = CliRunner().invoke(cost, [])

    assert (result.exit_code, result.exception is None or isinstance(result.exception, SystemExit)) == (code, True)
    assert f"{amount} USD: {judgement} USD" in result.output


@pytest.mark.parametrize(("forecast", "within"), [("30.00", True), ("30.01", False), (None, True)])
def test_the_budget_is_a_limit(forecast: str | None, within: bool) -> None:
    expected = None if forecast is None else Decimal(forecast)

    assert CostReport({}, Decimal(1), expected, BUDGET).within_budget is within
