"""What the test environment costs, from AWS Cost Explorer: by resource and day, against the monthly budget.

Only resources with the tag Purpose=QuiltMCP-E2E-Testing count; the tag has to be activated as a cost allocation tag,
and counts from then on. Each request to Cost Explorer costs 0.01 USD itself; a report takes two.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError

from environment.errors import SuiteError
from environment.targets.aws_failures import aws_refusals_in_words
from environment.targets.tag import PURPOSE, TAG

_TAGGED = {"Tags": {"Key": TAG, "Values": [PURPOSE]}}
_NO_FORECAST = "DataUnavailableException"
_REFUSED = "AccessDeniedException"


@dataclass(frozen=True)
class CostReport:
    """Amounts in USD.

    ``by_day`` holds for each day, oldest first, the amount of each resource (service and data type). ``forecast`` is
    what the whole month is expected to cost, None where AWS has too little history to say.
    """

    by_day: dict[date, dict[str, Decimal]]
    month_to_date: Decimal
    forecast: Decimal | None
    budget: Decimal

    @property
    def resources(self) -> list[str]:
        """Every resource that cost anything, the dearest first."""
        totals: dict[str, Decimal] = {}
        for amounts in self.by_day.values():
            for resource, amount in amounts.items():
                totals[resource] = totals.get(resource, Decimal(0)) + amount
        return sorted(totals, key=lambda resource: (-totals[resource], resource))

    @property
    def within_budget(self) -> bool:
        """Whether the month, as far as can be told, stays in the budget."""
        return max(self.month_to_date, self.forecast or Decimal(0)) <= self.budget


def cost_report(explorer: Any, today: date, budget: Decimal, days: int = 30) -> CostReport:
    """Ask Cost Explorer (a boto3 ``ce`` client) about the last ``days`` days, the current month at least.

    The budget is in USD a month.

    Raises:
        SuiteError: Cost Explorer refuses or fails.
    """
    first_of_month = today.replace(day=1)
    start = min(today - timedelta(days=days - 1), first_of_month)
    with _refusals_in_words():
        by_day = _by_day(explorer, start, today + timedelta(days=1))
        rest = _forecast(explorer, today + timedelta(days=1), _next_month(today))
    month_to_date = sum(
        (sum(amounts.values(), Decimal(0)) for day, amounts in by_day.items() if day >= first_of_month), Decimal(0)
    )
    return CostReport(by_day, month_to_date, None if rest is None else month_to_date + rest, budget)


@contextmanager
def _refusals_in_words() -> Iterator[None]:
    """Turn what Cost Explorer refuses into an error for people; it refuses so, too, where it is switched off."""
    tried = "Asked Cost Explorer"
    with aws_refusals_in_words(tried):
        try:
            yield
        except ClientError as error:
            if error.response["Error"]["Code"] != _REFUSED:
                raise
            raise SuiteError(
                tried,
                f"AWS answered {_REFUSED}",
                "The credentials need ce:GetCostAndUsage and ce:GetCostForecast, and Cost Explorer has to be enabled",
            ) from error


def _by_day(explorer: Any, start: date, end: date) -> dict[date, dict[str, Decimal]]:
    by_day: dict[date, dict[str, Decimal]] = {}
    page: dict[str, str] = {}
    while True:
        answer = explorer.get_cost_and_usage(
            TimePeriod={"Start": start.isoformat(), "End": end.isoformat()},
            Granularity="DAILY",
            Metrics=["UnblendedCost"],
            Filter=_TAGGED,
            GroupBy=[{"Type": "DIMENSION", "Key": "SERVICE"}, {"Type": "TAG", "Key": "DataType"}],
            **page,
        )
        for result in answer["ResultsByTime"]:
            amounts = by_day.setdefault(date.fromisoformat(result["TimePeriod"]["Start"]), {})
            for group in result["Groups"]:
                amounts[_resource(*group["Keys"])] = Decimal(group["Metrics"]["UnblendedCost"]["Amount"])
        if "NextPageToken" not in answer:
            return by_day
        page = {"NextPageToken": answer["NextPageToken"]}


def _resource(service: str, tag: str) -> str:
    # A tag's group is written "DataType$Reference", "DataType$" where the resource has no such tag.
    data_type = tag.partition("$")[2]
    return f"{service} ({data_type})" if data_type else service


def _forecast(explorer: Any, start: date, end: date) -> Decimal | None:
    if start >= end:
        return Decimal(0)
    try:
        answer = explorer.get_cost_forecast(
            TimePeriod={"Start": start.isoformat(), "End": end.isoformat()},
            Metric="UNBLENDED_COST",
            Granularity="MONTHLY",
            Filter=_TAGGED,
        )
    except ClientError as error:
        if error.response["Error"]["Code"] == _NO_FORECAST:
            return None
        raise
    return Decimal(answer["Total"]["Amount"])


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)
