"""``acceptance cost``: the bill of the live test environment."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from environment.console import console, say

if TYPE_CHECKING:
    from infra.cost import CostReport

cost = typer.Typer(help="What the live test environment costs.")
_REGION = "us-east-1"  # Cost Explorer answers there alone


@cost.callback(invoke_without_command=True)
def report(days: Annotated[int, typer.Option(min=1, max=365, help="how many days back")] = 30) -> None:
    """Print the costs by resource and day, and the forecast of the month; exit 1 if it exceeds the budget."""
    # Late, so that the command line need not load the AWS clients to show its help.
    from environment.settings import LiveSettings
    from environment.targets.aws_profile import open_profile
    from infra.cost import cost_report

    settings = LiveSettings()
    session: Any = open_profile(settings.aws_profile, _REGION)
    found = cost_report(session.client("ce"), datetime.now(UTC).date(), settings.monthly_budget, days)
    console.print(as_table(found))
    say(summary(found))
    if not found.within_budget:
        raise typer.Exit(1)


def as_table(found: CostReport) -> Table:
    """Return a row for each day, a column for each resource, in USD."""
    table = Table("day", *found.resources, "sum")
    for day, amounts in found.by_day.items():
        cells = [_dollars(amounts.get(resource, Decimal(0))) for resource in found.resources]
        table.add_row(day.isoformat(), *cells, _dollars(sum(amounts.values(), Decimal(0))))
    return table


def summary(found: CostReport) -> str:
    """Return one line: month to date, forecast, budget."""
    forecast = (
        "too little history for a forecast" if found.forecast is None else f"forecast {_dollars(found.forecast)} USD"
    )
    judgement = "within" if found.within_budget else "OVER"
    return (
        f"this month {_dollars(found.month_to_date)} USD, {forecast}: "
        f"{judgement} the budget of {_dollars(found.budget)} USD"
    )


def _dollars(amount: Decimal) -> str:
    return f"{amount:.2f}"
