"""Cost Explorer of an account that has cost nothing, and who may ask it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from aws_callers import Session, allow, refused
from botocore.exceptions import ClientError

from quilt_stack.aws.cloud import Cloud

THREE_DAYS = {"Start": "2026-10-30", "End": "2026-11-02"}


def starts(answer: dict[str, Any]) -> list[str]:
    return [result["TimePeriod"]["Start"] for result in answer["ResultsByTime"]]


def test_every_day_is_named(cloud: Cloud) -> None:
    asked = {"TimePeriod": THREE_DAYS, "Metrics": ["UnblendedCost"]}
    explorer = cloud.client("ce")
    days = explorer.get_cost_and_usage(**asked, Granularity="DAILY")
    assert starts(days) == ["2026-10-30", "2026-10-31", "2026-11-01"]
    assert days["ResultsByTime"][0]["Total"] == {"UnblendedCost": {"Amount": "0", "Unit": "USD"}}
    months = explorer.get_cost_and_usage(**asked, Granularity="MONTHLY")
    assert starts(months) == ["2026-10-30", "2026-11-01"]
    services = [{"Type": "DIMENSION", "Key": "SERVICE"}]
    (first, *_) = explorer.get_cost_and_usage(**asked, Granularity="DAILY", GroupBy=services)["ResultsByTime"]
    assert (first["Total"], first["Groups"]) == ({}, [])


@pytest.mark.parametrize(("end", "granularity"), [("2026-10-30", "DAILY"), ("2026-11-02", "HOURLY")])
def test_what_cannot_be_asked_is_refused(cloud: Cloud, end: str, granularity: str) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        cloud.client("ce").get_cost_and_usage(
            TimePeriod={**THREE_DAYS, "End": end}, Granularity=granularity, Metrics=["UnblendedCost"]
        )


def test_there_is_too_little_for_a_forecast(cloud: Cloud) -> None:
    with pytest.raises(ClientError, match="DataUnavailableException"):
        cloud.client("ce").get_cost_forecast(TimePeriod=THREE_DAYS, Granularity="MONTHLY", Metric="UNBLENDED_COST")


def test_only_who_may_is_told_of_costs(assume: Callable[..., Session]) -> None:
    def ask(session: Session) -> Any:
        return session.client("ce").get_cost_and_usage(
            TimePeriod=THREE_DAYS, Granularity="DAILY", Metrics=["UnblendedCost"]
        )

    assert ask(assume(allow("ce:GetCostAndUsage", "*")))["ResultsByTime"]
    assert refused(lambda: ask(assume(allow("s3:GetObject", "*")))) == "AccessDeniedException"
