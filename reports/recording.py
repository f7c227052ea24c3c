"""The record of a run, gathered in pytest's main process from what the workers report."""

from __future__ import annotations

import shutil
import sys
import time
from collections import Counter
from collections.abc import Generator
from datetime import UTC, datetime
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from rich.console import Console

from environment.errors import SuiteError
from environment.gherkin.accounting import ACCOUNTING, Accounting
from environment.gherkin.sharding import SHARD
from environment.modes import Mode
from environment.product.judged import git_revision
from environment.product.run_facts import RUN_FACTS, RunFacts, run_facts
from environment.running.quick import chosen_scenarios
from environment.running.seed import order
from environment.running.time_limit import STACKS, hung
from environment.secrecy.redaction import redact
from environment.settings import ROOT
from quilt_stack.patches import Patch
from reports.documents import InvalidDocumentError
from reports.features import listed_scenarios
from reports.gate import Gate
from reports.known_defects import Ledger
from reports.losses import BEFORE, WHILE, lost_report, write_allure_results
from reports.outcomes import OUTCOMES_NAME, RunRecord, ScenarioCounts, ScenarioOutcome, Status, in_order, write_run
from reports.performance import with_reference
from reports.run_log import DIED_BEFORE, STACKS_FOLDER, RunLog
from reports.summary import SUMMARY_NAME, headline, print_closing_words, write_summary

LEFT_NOTHING = "it left no result"
NO_WORKER = "no worker was left to run it"
PATCH = Patch(
    __name__,
    "pytest-xdist",
    reason="Reports of a scenario carry the worker that sent them, and of a lost one the worker that died.",
    bodies={
        "xdist.dsession:DSession.handle_crashitem": "bcbca72af836",
        "xdist.dsession:DSession.worker_testreport": "db201d2065a8",
    },
    fence="tests/reports/test_lost_scenarios.py::test_a_worker_that_dies_breaks_its_scenario_and_no_other",
    until="xdist names the worker of a report",
)


@cache
def _suite_revision() -> str:
    """The Git revision of the suite; "" if it is no checkout."""
    return git_revision(ROOT) or ""


class RunRecording:
    """Holds the ledger against the features, gathers outcomes and writes them down.

    What was to run and left no outcome gets one here: broken, with the reason.
    """

    def __init__(self, config: pytest.Config, ledger: Ledger) -> None:
        self._config = config
        self._ledger = ledger
        self._began = datetime.now(UTC)
        self._outcomes: dict[str, ScenarioOutcome] = {}
        self._lost: list[ScenarioOutcome] = []
        self._begun: set[str] = set()
        self._nodes: dict[str, object] = {}
        self._stacks: dict[str, str] = {}
        self._run_log: RunLog | None = None
        self._ended_by = ""
        self._unchecked = ""
        self._workers_died = False
        self._folder = None if config.option.collectonly else results_folder(config)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionstart(self) -> Generator[None]:
        """Refuse a ledger that names scenarios which do not exist, whatever part of the features is asked for.

        The record of an earlier run goes only now: a command line that is wrong leaves it.
        """
        if self._ledger.entries:
            self._hold_ledger_against_features()
        yield
        if self._folder is not None:
            for name in (OUTCOMES_NAME, SUMMARY_NAME):
                (self._folder / name).unlink(missing_ok=True)

    def _hold_ledger_against_features(self) -> None:
        root = self._config.rootpath
        try:
            scenarios = listed_scenarios([root / "features"], root)
        except InvalidDocumentError as error:
            # One bad feature does not stop the others; if it is asked for, the check of the features says so.
            self._unchecked = f"the ledger was not held against the features: {str(error).splitlines()[0]}"
            return
        try:
            self._ledger.check_against(scenarios)
        except InvalidDocumentError as error:
            raise pytest.UsageError(str(error)) from error

    @pytest.hookimpl(trylast=True)
    def pytest_collection_finish(self) -> None:
        """Note what is to run."""
        self._expect()

    @pytest.hookimpl(optionalhook=True, trylast=True)
    def pytest_xdist_node_collection_finished(self) -> None:
        """Note what is to run; workers collect all the same."""
        self._expect()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note that a scenario began."""
        self._begun.add(nodeid)
        if self._run_log:
            self._run_log.begun(nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_handlecrashitem(self, crashitem: str, report: pytest.TestReport) -> None:
        """Give the scenario that ran when a worker died its outcome."""
        self._workers_died = True
        worker = getattr(report, "node", None)
        why = f"its worker{f' {worker.gateway.id}' if worker else ''} died {WHILE}"
        ended = hung(self._config.stash[STACKS]).get(crashitem) if STACKS in self._config.stash else None
        if ended is not None:
            why, self._stacks[crashitem] = ended.why, ended.stacks
        outcome = self._lose(crashitem, why)
        if outcome is not None:
            report.longrepr = outcome.message
            vars(report)["scenario_outcome"] = outcome.model_dump(mode="json")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what became of a scenario."""
        self._nodes[report.nodeid] = getattr(report, "node", None)
        found = getattr(report, "scenario_outcome", None)
        if found is None:
            return
        outcome = self._outcomes[report.nodeid] = ScenarioOutcome.model_validate(found)
        if self._run_log:
            self._run_log.ended(outcome)

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember why the run ended before its end."""
        text = redact(str(excinfo.value)).partition("\n")[0]
        self._ended_by = f"the run was stopped ({text})" if text else "the run was interrupted"

    @pytest.hookimpl(tryfirst=True)
    def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Remember why the run ended before its end."""
        self._ended_by = f"pytest failed ({excinfo.typename}: {redact(str(excinfo.value)).partition(chr(10))[0]})"

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Generator[None, object, object]:
        """Give what was lost its outcome, before JUnit's file is written; write the record; decide the exit code."""
        if self._config.option.collectonly:
            return (yield)
        if self._run_log:
            self._run_log.give_room()
        self._lose_the_rest(session)
        try:
            return (yield)
        except OSError as error:  # JUnit's file, as a rule
            _say_unwritten(session, error)
            return None
        finally:
            self._outcomes = {each.nodeid: each for each in with_reference(self._outcomes.values())}
            record = self.record()
            if session.exitstatus == pytest.ExitCode.OK and not record.accepted:
                nothing = not record.ran and not record.broke
                session.exitstatus = pytest.ExitCode.NO_TESTS_COLLECTED if nothing else pytest.ExitCode.TESTS_FAILED
            if self._folder is not None:
                try:
                    self._write(record, self._folder)
                except OSError as error:
                    _say_unwritten(session, error)

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say in one line each why scenarios were lost, and what the run comes to.

        That is a headline if results are written, for the closing words follow; else it is the closing words.
        """
        if self._unchecked:
            terminalreporter.write_line(self._unchecked, yellow=True)
        for why, number in Counter(each.message for each in self._lost).items():
            terminalreporter.write_line(f"{number} scenario run{'s' if number > 1 else ''} lost: {why}", red=True)
        if self._outcomes and self._folder is not None:
            terminalreporter.write_line(headline(self.record()))
        elif self._outcomes:
            words = StringIO()
            console = Console(file=words, force_terminal=terminalreporter.hasmarkup)
            print_closing_words(self.record(), self._ledger, "", None, console)
            terminalreporter.write(words.getvalue())

    def _expect(self) -> None:
        if self._folder is None or self._run_log is not None:
            return
        try:
            self._run_log = RunLog(self._folder)
        except OSError as error:
            raise _cannot_be_written(self._folder, error) from error
        account = self._config.stash[ACCOUNTING]
        expected = (self._outcome_of(node_id, DIED_BEFORE) for node_id in sorted(account.collected))
        self._run_log.expect(self.record(), filter(None, expected))

    def _lose_the_rest(self, session: pytest.Session) -> None:
        """Give an outcome to what was to run and left none, in a report that all plugins but the terminal get."""
        account = self._config.stash.get(ACCOUNTING, None)
        if account is None:
            return
        stopped = session.shouldfail or session.shouldstop
        if stopped and not self._ended_by:
            self._ended_by = f"the run was stopped ({stopped})"
        for node_id in account.not_collected():
            self._lose(node_id, self._ended_by or "it was parsed and not collected")
        for node_id in sorted(account.collected - self._outcomes.keys()):
            began = node_id in self._begun
            otherwise = NO_WORKER if self._workers_died and not began else LEFT_NOTHING
            self._lose(node_id, f"{self._ended_by} {WHILE if began else BEFORE}" if self._ended_by else otherwise)
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        hook = self._config.pluginmanager.subset_hook_caller("pytest_runtest_logreport", [terminal])
        for outcome in self._lost:
            if outcome.nodeid not in self._outcomes:
                report = lost_report(outcome)
                if self._nodes.get(outcome.nodeid):  # JUnit keeps a case for each pair of scenario and worker
                    vars(report)["node"] = self._nodes[outcome.nodeid]
                hook(report=report)

    def _lose(self, node_id: str, why: str) -> ScenarioOutcome | None:
        if node_id in self._outcomes:
            return None
        outcome = self._outcome_of(node_id, why)
        if outcome is not None:
            self._lost.append(outcome)
            # Its steps may have been reported, and the interruption came before what closes a scenario.
            self._config.stash[ACCOUNTING].reported.discard(node_id)
        return outcome

    def _outcome_of(self, node_id: str, why: str) -> ScenarioOutcome | None:
        account = self._config.stash[ACCOUNTING]
        scenario = account.parsed.get(account.case(node_id))
        if scenario is None:
            return None
        return ScenarioOutcome(nodeid=node_id, scenario=scenario, status=Status.BROKEN, message=why)

    def _write(self, record: RunRecord, folder: Path) -> None:
        write_run(record, folder)
        write_summary(record, folder)
        allure = self._config.getoption("allure_report_dir", None)
        if allure:
            write_allure_results(self._lost, Path(allure).absolute(), record.target, self._stacks)
        if self._run_log:
            self._run_log.remove()
        shutil.rmtree(folder / STACKS_FOLDER, ignore_errors=True)

    def record(self) -> RunRecord:
        """The run as far as it is known now."""
        facts = self._facts()
        account = self._config.stash.get(ACCOUNTING, None) or Accounting()
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
            suite_revision=_suite_revision(),
            workers=self._config.getoption("numprocesses", None) or 1,
            counts=_numbers(account, None),
            counts_by_mode={mode: _numbers(account, mode.value) for mode in Mode},
            scenarios=tuple(sorted(self._outcomes.values(), key=in_order)),
            shard=None if part is None else str(part),
            chosen=chosen_scenarios(self._config),
            order=order(self._config),
            gate=Gate(self._config.getoption("gate")),
        )

    def _facts(self) -> RunFacts:
        return self._config.stash.get(RUN_FACTS, None) or run_facts("unknown", 0, 0.0, self._began)


def _say_unwritten(session: pytest.Session, error: OSError) -> None:
    """Say in one line what could not be written, and do not let the run pass for one that was recorded."""
    came_back = error.strerror or type(error).__name__
    advice = "Make room there, or make it writable, and run again"
    sys.stderr.write(str(SuiteError(f"Wrote {error.filename or 'results'}", came_back, advice)) + "\n")
    session.exitstatus = session.exitstatus or pytest.ExitCode.TESTS_FAILED


def must_be_writable(folder: Path) -> None:
    """Find out before anything runs whether results can be written to a folder, which is made.

    Raises:
        pytest.UsageError: they cannot.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder) as file:
            file.write(b"room?")
    except OSError as error:
        raise _cannot_be_written(folder, error) from error


def _cannot_be_written(folder: Path, error: OSError) -> pytest.UsageError:
    came_back = error.strerror or type(error).__name__
    advice = "Make it writable or make room there, or name another folder"
    return pytest.UsageError(str(SuiteError(f"Prepared {folder} for results", came_back, advice)))


def results_folder(config: pytest.Config) -> Path | None:
    """Where the record of a run goes; None if nobody asked for one."""
    folder: Path | None = config.getoption("results")
    allure = config.getoption("allure_report_dir", None)
    return folder or (Path(allure).absolute().parent if allure else None)


def _numbers(account: Accounting, mode: str | None) -> ScenarioCounts:
    counts = account.counts(mode)
    return ScenarioCounts(parsed=counts.parsed, collected=counts.collected, reported=counts.reported)
