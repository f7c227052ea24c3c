"""The history of timed scenarios: whether people are told when something takes longer than it used to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from pytest_bdd import then, when

from environment.checking.figures import Figures
from environment.gherkin.references import parse
from environment.sessions.session import Session
from reports.performance import HISTORY_NAME, remember
from reports.performance import Figures as RunFigures
from reports.pipeline_commands import performance
from steps.arrangement import MadePackage
from steps.browsing import browse_made_package

_RUNS_BEFORE = 5
_REFERENCE_SECONDS = 0.25


@dataclass(frozen=True)
class Told:
    """What the report's page about performance says, and which scenario the history is about."""

    page: str
    nodeid: str

    @property
    def title(self) -> str:
        """The scenario and its mode, as the page shows them."""
        return self.nodeid.rpartition("::")[2].replace("[", " [")


@when(
    parse("{persona:Persona} browses that package, which takes {percent:Count} % longer than in the five runs before"),
    target_fixture="told",
)
def browse_slower(
    persona: Session, percent: int, made: MadePackage, figures: Figures, request: pytest.FixtureRequest
) -> Told:
    """Browse and measure; the earlier runs are made up from what it took. `acceptance report perf` makes the page."""
    browse_made_package(persona, made, figures).outcome.value  # noqa: B018 - a refusal is quick, too
    seconds = figures.last.seconds
    earlier = seconds / (1 + percent / 100)
    with TemporaryDirectory() as folder:
        for number, taken in enumerate([*[earlier] * _RUNS_BEFORE, seconds]):
            remember(Path(folder) / HISTORY_NAME, _run(number, request.node.nodeid, taken))
        performance(Path(folder))
        page = (Path(folder) / "report" / "performance.html").read_text(encoding="utf-8")
    return Told(page, request.node.nodeid)


@then(parse("the report alerts people that it took {percent:Count} % longer"))
def report_alerts(percent: int, told: Told) -> None:
    """The page says which scenario it is, and how much longer it took than the median of the runs before."""
    assert told.title in told.page, "the report does not show the series"
    alert = f"Slower: took {percent} % longer than the median of the runs before"
    assert alert in told.page, f"the report does not say: {alert}"


@then(parse("the report raises no alert"))
def report_is_calm(told: Told) -> None:
    """The page shows the series, and calls nothing slower."""
    assert told.title in told.page, "the report does not show the series"
    assert "Slower:" not in told.page, "the report calls something slower"


def _run(number: int, nodeid: str, seconds: float) -> RunFigures:
    return RunFigures(
        started=f"2026-11-{number + 1:02}T03:00:00+00:00",
        product_version="0.22.0",
        reference_seconds=(_REFERENCE_SECONDS,),
        ratios={nodeid: seconds / _REFERENCE_SECONDS},
    )
