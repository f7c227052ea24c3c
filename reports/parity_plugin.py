"""pytest plugin: a live run writes the parity file (`reports.parity`).

Option `--parity FILE`: another file. A rehearsal, whose catalog is on this machine, writes nothing unless it is given,
and then as rehearsed alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from environment.product.run_facts import RUN_FACTS
from reports.outcomes import ScenarioOutcome
from reports.parity import PARITY_FILE, load_parity, write_parity


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option of this plugin."""
    parser.getgroup("reports").addoption(
        "--parity",
        type=Path,
        default=None,
        metavar="FILE",
        help="where a live run writes what held (default: reports/parity.yaml, and nowhere in a rehearsal)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Gather outcomes in the main process alone."""
    if not hasattr(config, "workerinput") and config.option.target == "live" and not config.option.collectonly:
        config.pluginmanager.register(ParityRecording(config), "parity-recording")


class ParityRecording:
    """Gathers what became of the scenarios of a live run, and writes it down at its end."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._outcomes: dict[str, ScenarioOutcome] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what became of a scenario."""
        outcome = getattr(report, "scenario_outcome", None)
        if outcome is not None:
            self._outcomes[report.nodeid] = ScenarioOutcome.model_validate(outcome)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write the file, unless nothing was judged or this was a rehearsal."""
        facts = self._config.stash[RUN_FACTS]
        path: Path | None = self._config.option.parity or (None if facts.rehearsal else PARITY_FILE)
        if path is not None and self._outcomes:
            write_parity(load_parity(path).with_run(facts, self._outcomes.values()), path)
