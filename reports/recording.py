"""The record of a run, gathered in pytest's main process from what the workers report."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from environment.gherkin.accounting import ACCOUNTING
from environment.gherkin.accounting import Accounting as Account
from environment.modes import Mode
from environment.run_facts import RUN_FACTS, RunFacts, run_facts
from environment.sharding import SHARD
from reports.documents import InvalidDocumentError
from reports.features import listed_scenarios
from reports.known_defects import Ledger
from reports.outcomes import OUTCOMES_NAME, Accounting, RunRecord, ScenarioOutcome, write_run
from reports.performance import with_reference
from reports.summary import SUMMARY_NAME, headline, write_summary


class RunRecording:
    """Holds the ledger against the features, gathers outcomes and writes them down."""

    def __init__(self, config: pytest.Config, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger
        self._began = datetime.now(UTC)
        self._outcomes: dict[str, ScenarioOutcome] = {}
        self._folder = _results_folder(config)
        if self._folder is not None and not config.option.collectonly:
            for name in (OUTCOMES_NAME, SUMMARY_NAME):
                (self._folder / name).unlink(missing_ok=True)

    def pytest_sessionstart(self) -> None:
        """Refuse a ledger that names scenarios which do not exist, whatever part of the features is asked for."""
        if not self._ledger.entries:
            return
        root = self._config.rootpath
        try:
            self._ledger.check_against(listed_scenarios([root / "features"], root))
        except InvalidDocumentError as error:
            raise pytest.UsageError(str(error)) from error

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what became of a scenario."""
        outcome = getattr(report, "scenario_outcome", None)
        if outcome is not None:
            self._outcomes[report.nodeid] = ScenarioOutcome.model_validate(outcome)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write the record, unless scenarios were only listed."""
        if self._folder is not None and not self._config.option.collectonly:
            self._outcomes = {each.nodeid: each for each in with_reference(self._outcomes.values())}
            record = self.record()
            write_run(record, self._folder)
            write_summary(record, self._folder)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say in one line what the run comes to."""
        if self._outcomes:
            terminalreporter.write_line(headline(self.record()))

    def record(self) -> RunRecord:
        """The run as far as it is known now."""
        facts = self._facts()
        account = self._config.stash[ACCOUNTING]
        part = self._config.stash.get(SHARD, None)
        return RunRecord(
            started=facts.started,
            seconds=time.time() - facts.started.timestamp(),
            target=facts.target,
            seed=facts.seed,
            stack_start_seconds=facts.stack_start_seconds,
            product_name=facts.product_name,
            product_version=facts.product_version,
            product_source=facts.product_source,
            workers=self._config.getoption("numprocesses", None) or 1,
            accounting=_numbers(account, None),
            accounting_by_mode={mode: _numbers(account, mode.value) for mode in Mode},
            scenarios=tuple(
                sorted(self._outcomes.values(), key=lambda each: (each.feature_path, each.line, each.nodeid))
            ),
            shard=None if part is None else str(part),
        )

    def _facts(self) -> RunFacts:
        return self._config.stash.get(RUN_FACTS, None) or run_facts("unknown", 0, 0.0, self._began)


def _results_folder(config: pytest.Config) -> Path | None:
    folder: Path | None = config.getoption("results")
    allure = config.getoption("allure_report_dir", None)
    return folder or (Path(allure).absolute().parent if allure else None)


def _numbers(account: Account, mode: str | None) -> Accounting:
    counts = account.counts(mode)
    return Accounting(parsed=counts.parsed, collected=counts.collected, reported=counts.reported)
