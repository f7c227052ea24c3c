"""parsed = collected = reported: no scenario gets lost without a word.

What is parsed is counted from the feature files themselves, apart from what pytest made of them; what is reported is
counted from the reports. Under xdist the controller counts: the workers tell it what they collected and deselected.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Generator, Iterable
from dataclasses import dataclass, field
from typing import Any

import pytest

from environment.gherkin.cases import cases_of
from environment.gherkin.collector import BAD_FEATURES
from environment.gherkin.document import read_feature
from environment.gherkin.records import SCENARIO, ScenarioRecord
from environment.gherkin.selection import SELECTION, selected_files
from environment.gherkin.wishes import is_wish
from environment.running.quick import chosen_scenarios

NAMED = 10
STAGES = ("setup", "call", "teardown")
_REPEATED = re.compile(r"-\d+-\d+\]$")
_FROM_WORKER = "deselected_scenarios"


@dataclass(frozen=True)
class Counts:
    """Numbers of scenario cases (scenario, times modes, times Examples rows)."""

    parsed: int
    collected: int
    deselected: int
    reported: int


@dataclass
class Accounting:
    """Which cases a run parsed, collected, deselected and reported, by node id.

    `left_out` are cases of files that were asked for by name or by line, and not for these cases. `ran` are the
    reported ones that were not skipped.
    `wishes` is how many scenarios of the files that were asked for are only wished for.
    With pytest-repeat a case stands for all its repetitions in `collected` and `reported`.
    """

    parsed: dict[str, ScenarioRecord] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    collected: set[str] = field(default_factory=set)
    deselected: set[str] = field(default_factory=set)
    reported: set[str] = field(default_factory=set)
    ran: set[str] = field(default_factory=set)
    wishes: int = 0

    def counts(self, mode: str | None = None) -> Counts:
        """Return the numbers of all modes or of one; what names and lines left out counts as deselected."""

        def number(node_ids: Iterable[str]) -> int:
            cases = {self.case(node_id) for node_id in node_ids}
            return sum(1 for case in cases if mode is None or self._mode(case) == mode)

        deselected = self.left_out | self.deselected
        return Counts(number(self.parsed), number(self.collected), number(deselected), number(self.reported))

    def _mode(self, case: str) -> str | None:
        return self.parsed[case].mode if case in self.parsed else None

    def not_collected(self) -> list[str]:
        """Return the parsed cases that were neither collected nor deselected."""
        there = {self.case(node_id) for node_id in self.collected | self.deselected}
        return [node_id for node_id in self.parsed if node_id not in there and node_id not in self.left_out]

    def not_parsed(self) -> list[str]:
        """Return the collected items that are no parsed case."""
        return sorted(node_id for node_id in self.collected if self.case(node_id) not in self.parsed)

    def not_reported(self) -> list[str]:
        """Return the collected items without a report."""
        return sorted(self.collected - self.reported)

    def case(self, node_id: str) -> str:
        """Return the case of an item: pytest-repeat puts `-2-10` at the end of its repetitions' names."""
        return node_id if node_id in self.parsed else _REPEATED.sub("]", node_id)

    def note_report(self, report: pytest.TestReport) -> None:
        """Count an item's report: that of its call, or of a set-up that failed or skipped.

        A report of no stage is one of a scenario that was lost; xdist makes one when a worker dies.
        """
        if report.when not in STAGES or not _is_scenario(report.nodeid):
            return
        if report.when == "call" or not report.passed:
            self.reported.add(report.nodeid)
            if not report.skipped or hasattr(report, "wasxfail"):
                self.ran.add(report.nodeid)


ACCOUNTING = pytest.StashKey[Accounting]()


def begin_account(config: pytest.Config) -> None:
    """Begin a new account; other plugins find it in `config.stash[ACCOUNTING]`."""
    config.stash[ACCOUNTING] = Accounting()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Count what the feature files hold, after the checks and before pytest collects."""
    config = session.config
    accounting, selection = config.stash[ACCOUNTING], config.stash[SELECTION]
    for path in selected_files(config):
        if path in config.stash[BAD_FEATURES]:
            continue  # an error of its own, in pytest's words
        document = read_feature(path)
        accounting.wishes += sum(is_wish(document, each) for each in document.scenarios)
        for case in cases_of(document, selection.modes):
            node_id = case.node_id(config.rootpath)
            accounting.parsed[node_id] = case.record(config.rootpath)
            if not selection.asks_for(case):
                accounting.left_out.add(node_id)
    return (yield)


def pytest_deselected(items: Collection[pytest.Item]) -> None:
    """Count what -k, -m or --deselect took out."""
    for item in items:
        if SCENARIO in item.stash:
            item.config.stash[ACCOUNTING].deselected.add(item.nodeid)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Count what is going to run."""
    accounting = session.config.stash[ACCOUNTING]
    accounting.collected = {item.nodeid for item in session.items if SCENARIO in item.stash}
    _leave_out_what_passed_last_time(session.config)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any, ids: Collection[str]) -> None:
    """Count what a worker collected; all workers collect the same."""
    node.config.stash[ACCOUNTING].collected.update(filter(_is_scenario, ids))
    _leave_out_what_passed_last_time(node.config)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """Take over from a worker what it deselected; a worker that crashed leaves no output."""
    output: dict[str, Any] = getattr(node, "workeroutput", None) or {}
    node.config.stash[ACCOUNTING].deselected.update(output.get(_FROM_WORKER, ()))


class Reports:
    """Counts the reports; an object of its own because the hook does not name the run that it belongs to."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a report."""
        self.config.stash[ACCOUNTING].note_report(report)


def pytest_configure(config: pytest.Config) -> None:
    """Listen to the reports."""
    config.pluginmanager.register(Reports(config), "scenario-reports")


def end_account(session: pytest.Session, exitstatus: int | pytest.ExitCode) -> None:
    """Send what a worker deselected; fail a list of scenarios that lacks one.

    Whether a run that lost a scenario is accepted is decided from the outcomes (`reports.outcomes`).
    """
    config, accounting = session.config, session.config.stash[ACCOUNTING]
    if hasattr(config, "workeroutput"):
        config.workeroutput[_FROM_WORKER] = sorted(accounting.deselected)
    elif config.option.collectonly and exitstatus == pytest.ExitCode.OK and complaints(config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say the numbers, and what is missing."""
    accounting = config.stash[ACCOUNTING]
    if not accounting.parsed and accounting.wishes:
        several = "scenarios are wishes and were" if accounting.wishes > 1 else "scenario is a wish and was"
        terminalreporter.write_line(f"{accounting.wishes} {several} not run")
    if not accounting.parsed or not (accounting.collected or accounting.deselected):
        return
    terminalreporter.write_line(summary(config))
    for line in complaints(config):
        terminalreporter.write_line(line, red=True)


def _leave_out_what_passed_last_time(config: pytest.Config) -> None:
    """Note what --lf leaves out while it collects, without deselecting it: scenarios, or whole files."""
    accounting = config.stash[ACCOUNTING]
    if getattr(config.option, "lf", False) and config.cache is not None and accounting.collected:
        failed = config.cache.get("cache/lastfailed", {})
        accounting.deselected.update(each for each in accounting.not_collected() if each not in failed)


def summary(config: pytest.Config) -> str:
    """Return the numbers in one line."""
    accounting = config.stash[ACCOUNTING]
    counts = accounting.counts()
    text = f"scenarios: {counts.parsed} parsed, {counts.collected} collected, {counts.reported} reported"
    options = [word.partition(" ")[0] for word in chosen_scenarios(config) if word.startswith("-")]
    options += [f"--{name}" for name in ("deselect", "lf") if config.getoption(name, None)]
    if accounting.deselected:
        text += f", {len(accounting.deselected)} deselected by {' and '.join(dict.fromkeys(options)) or 'a plugin'}"
    if accounting.left_out:
        text += f", {len(accounting.left_out)} left out by name or line"
    return text


def complaints(config: pytest.Config) -> list[str]:
    """Return one line for each thing that does not add up; none when all is well or nothing was to run."""
    accounting = config.stash[ACCOUNTING]
    if not accounting.parsed:
        return []
    lines = [
        _naming("parsed but not collected", accounting.not_collected()),
        _naming("collected but not in any feature file", accounting.not_parsed()),
    ]
    if not config.option.collectonly:
        lines.append(_naming("collected but not reported", accounting.not_reported()))
        if not accounting.ran:
            lines.append(
                f"no scenario ran: {len(accounting.reported)} skipped, {len(accounting.deselected)} deselected"
            )
    return list(filter(None, lines))


def _naming(what: str, node_ids: list[str]) -> str:
    if not node_ids:
        return ""
    more = f" and {len(node_ids) - NAMED} more" if len(node_ids) > NAMED else ""
    return f"{len(node_ids)} {what}: {', '.join(node_ids[:NAMED])}{more}"


def _is_scenario(node_id: str) -> bool:
    return node_id.partition("::")[0].endswith(".feature")
