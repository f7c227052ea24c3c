"""Cost Explorer of an account in which nothing has cost anything.

moto answers without a single day, and knows no forecast. AWS (API reference, GetCostAndUsage and GetCostForecast)
names every period that was asked for, and refuses a forecast for which there is too little history.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from moto.ce.responses import CostExplorerResponse
from moto.core.exceptions import JsonRESTError

from quilt_stack.patches import Patch

PATCH = Patch(
    __name__,
    "moto",
    reason="moto's costs have no days, and no forecast.",
    bodies={
        "moto.ce.responses:CostExplorerResponse.get_cost_and_usage": "82ae3edbeb71",
        "moto.core.responses:BaseResponse.call_action": "4a9e16403290",
    },
    fence="tests/quilt_stack/aws/test_aws_costs.py::test_every_day_is_named",
    until="moto names the days, and forecasts",
    needed="tests/upstream/test_moto.py::test_costs_name_their_days",
)


def install() -> None:
    """Replace what moto says of costs, and add the forecast, which moto calls by name."""
    PATCH.replace(CostExplorerResponse, "get_cost_and_usage", lambda _original: get_cost_and_usage)
    setattr(CostExplorerResponse, get_cost_forecast.__name__, get_cost_forecast)


def get_cost_and_usage(self: CostExplorerResponse) -> str:
    """Nothing, for each day or month."""
    asked = json.loads(self.body)
    nothing = {} if asked.get("GroupBy") else {name: {"Amount": "0", "Unit": "USD"} for name in asked["Metrics"]}
    periods = [
        {
            "TimePeriod": {"Start": start.isoformat(), "End": end.isoformat()},
            "Total": nothing,
            "Groups": [],
            "Estimated": True,
        }
        for start, end in _periods(asked)
    ]
    return json.dumps(
        {"ResultsByTime": periods, "GroupDefinitions": asked.get("GroupBy", []), "DimensionValueAttributes": []}
    )


def get_cost_forecast(self: CostExplorerResponse) -> str:
    """Refused: who has cost nothing has no history."""
    list(_periods(json.loads(self.body)))
    raise JsonRESTError("DataUnavailableException", "Insufficient amount of historical data to generate forecast.")


def _periods(asked: dict[str, Any]) -> Iterator[tuple[date, date]]:
    after: dict[str, Callable[[date], date]] = {
        "DAILY": lambda day: day + timedelta(days=1),
        "MONTHLY": lambda day: (day.replace(day=28) + timedelta(days=4)).replace(day=1),
    }
    start, end = (date.fromisoformat(asked["TimePeriod"][name]) for name in ("Start", "End"))
    if start >= end:
        raise JsonRESTError("ValidationException", "Start date (and hour) should be before end date (and hour)")
    if asked["Granularity"] not in after:
        raise JsonRESTError("ValidationException", f"Granularity {asked['Granularity']} is not switched on")
    while start < end:
        following = min(after[asked["Granularity"]](start), end)
        yield start, following
        start = following
