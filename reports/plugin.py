"""pytest plugin of feature runs: the known-defects ledger, what Allure shows, and the record of the run.

Options: `--known-defects FILE` (the ledger), `--gate RULE` (which run is accepted) and `--results DIRECTORY` (where
summary.json and outcomes.json go; unless given, beside Allure's results, if those are asked for). Under xdist the
ledger is applied on the workers, where the exceptions are, and the main process gathers what became of scenarios.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import allure_commons
import pytest

from environment.driving.usage import ARGUMENTS, METHODS
from environment.evidence.calls import CALLS, WireCall
from environment.evidence.timings import TIMINGS
from environment.gherkin.judging import JUDGED
from environment.gherkin.records import SCENARIO
from environment.product.outcome import OUTCOMES
from environment.running.time_limit import STACKS
from reports import verdict as verdicts
from reports.allure_reporter import AllureReporter
from reports.claims import Phase
from reports.documents import InvalidDocumentError
from reports.gate import Gate
from reports.known_defects import LEDGER_FILE, Ledger, load_ledger
from reports.outcomes import ScenarioOutcome, Status, Verdict
from reports.recording import RunRecording, must_be_writable, results_folder
from reports.requirements import load_requirements
from reports.run_log import STACKS_FOLDER
from reports.versions import judged_version

pytest_plugins = ("reports.defect_selection", "reports.page_pictures")

REQUIREMENT_IDS: pytest.StashKey[tuple[str, ...]] = pytest.StashKey()
LEDGER: pytest.StashKey[Ledger] = pytest.StashKey()
ALLURE_REPORTER: pytest.StashKey[AllureReporter] = pytest.StashKey()
_VERDICT: pytest.StashKey[Verdict] = pytest.StashKey()
_SET_UP_TRACE: pytest.StashKey[str] = pytest.StashKey()
_SECONDS: pytest.StashKey[float] = pytest.StashKey()

_PHASES: dict[str, Phase] = {"setup": "set-up", "call": "scenario"}


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of this plugin."""
    group = parser.getgroup("reports")
    group.addoption(
        "--known-defects", type=Path, default=LEDGER_FILE, metavar="FILE", help="ledger of the product's known defects"
    )
    group.addoption(
        "--gate",
        choices=[gate.value for gate in Gate],
        default=Gate.REGRESSIONS.value,
        help="which run is accepted: one without regressions, without failing blockers, or in which everything passes",
    )
    group.addoption(
        "--results",
        type=Path,
        default=None,
        metavar="DIRECTORY",
        help="write summary.json and outcomes.json there (default: beside --alluredir, if that is given)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Refuse a folder for results that nothing can be written to, before anybody else comes to grief over it."""
    folder = None if config.option.collectonly else results_folder(config)
    if folder is not None:
        must_be_writable(folder)
    if config.option.xmlpath:
        must_be_writable(Path(config.option.xmlpath).absolute().parent)


def pytest_configure(config: pytest.Config) -> None:
    """Read the ledger (a bad one ends the run before it starts) and join Allure's writers."""
    try:
        requirement_ids = config.stash[REQUIREMENT_IDS] = tuple(each.id for each in load_requirements())
        ledger = load_ledger(config.getoption("known_defects"), requirement_ids)
        config.stash[LEDGER] = replace(ledger, product=judged_version())
    except InvalidDocumentError as error:
        raise pytest.UsageError(str(error)) from error
    reporter = config.stash[ALLURE_REPORTER] = AllureReporter(config)
    if config.getoption("allure_report_dir", None):
        allure_commons.plugin_manager.register(reporter)
        config.add_cleanup(lambda: allure_commons.plugin_manager.unregister(reporter))
    if not hasattr(config, "workerinput"):
        folder = results_folder(config)
        if folder is not None:
            config.stash[STACKS] = folder / STACKS_FOLDER
        config.pluginmanager.register(RunRecording(config, config.stash[LEDGER]), "run-recording")


@pytest.hookimpl(optionalhook=True)
def pytest_scenario_requirements(config: pytest.Config) -> tuple[str, ...]:
    """The ids that scenarios may name (asked by the check of the features)."""
    return config.stash[REQUIREMENT_IDS]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Frame one scenario for the report."""
    record = item.stash.get(SCENARIO, None)
    if record is None:
        return (yield)
    reporter = item.config.stash[ALLURE_REPORTER]
    started = time.time()
    reporter.begin(record)
    try:
        return (yield)
    finally:
        reporter.end(started, time.time(), item.stash.get(_SET_UP_TRACE, ""))


def pytest_bdd_before_step_call(
    step: Any, step_func: Callable[..., object], step_func_args: dict[str, object], request: pytest.FixtureRequest
) -> None:
    """Tell the report which values a sentence holds."""
    request.config.stash[ALLURE_REPORTER].sentence(step, step_func, step_func_args)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge each phase by the ledger, and send what became of the scenario along with its last report."""
    report = yield
    if SCENARIO not in item.stash:
        return report
    error = call.excinfo.value if call.excinfo else None
    verdict = _judged(item, call.when, error)
    if verdict is not None:
        item.stash[_VERDICT] = verdict
        defects = item.config.stash[LEDGER].named(verdict.defects)
        item.config.stash[ALLURE_REPORTER].set_verdict(verdict, defects, _calls(item))
        if call.when != "teardown":
            verdicts.apply(verdict, defects, report)
    if call.when == "setup" and error is not None:
        item.stash[_SET_UP_TRACE] = report.longreprtext
    item.stash[_SECONDS] = item.stash.get(_SECONDS, 0.0) + call.duration
    if call.when == "teardown":
        # xdist carries plain attributes to the main process
        vars(report)["scenario_outcome"] = _outcome(item).model_dump(mode="json")
    return report


def _judged(item: pytest.Item, when: str, error: BaseException | None) -> Verdict | None:
    phase = _PHASES.get(when)
    if phase is not None:
        judged = item.stash.get(JUDGED, None) or []
        asked = item.stash[OUTCOMES].all() if OUTCOMES in item.stash else ()
        raised = [each.error for each in asked if each.error is not None]
        return verdicts.judge(item.config.stash[LEDGER], item.stash[SCENARIO], phase, error, judged, raised)
    return None if error is None else verdicts.spoiled(item.stash.get(_VERDICT, None), error)


def _outcome(item: pytest.Item) -> ScenarioOutcome:
    verdict = item.stash.get(_VERDICT, None) or Verdict(status=Status.BROKEN, message="ended without a result")
    return ScenarioOutcome(
        **dict(verdict),
        nodeid=item.nodeid,
        scenario=item.stash[SCENARIO],
        seconds=item.stash[_SECONDS],
        product_seconds=item.stash[TIMINGS].product_seconds if TIMINGS in item.stash else None,
        methods=item.stash.get(METHODS, ()),
        arguments=item.stash.get(ARGUMENTS, ()),
        calls=tuple(_calls(item)),
    )


def _calls(item: pytest.Item) -> list[WireCall]:
    return item.stash.get(CALLS, [])
