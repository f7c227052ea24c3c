"""A judging session: pytest with everything collected and imported, which forks for each fault.

A pytest plugin, given with ``-p``; it reads requests from one pipe and writes answers to another. Each request runs in
a child of its own, with the product imported again from where the request says, so that a fault cannot outlive it.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import select
import signal
import sys
import time
import traceback
import warnings
from collections.abc import Iterator
from itertools import zip_longest
from typing import TextIO

import pytest

from environment.gherkin.fixtures_taken import takes
from environment.gherkin.records import SCENARIO
from environment.running.timed import is_timed
from reports.outcomes import ScenarioOutcome
from strength.messages import Answer, Ready, Request, ScenarioItem, seen
from strength.tracing import Tracing

VARIABLE = "QUILT_ACCEPTANCE_STRENGTH_SESSION"
"""Numbers of the pipes to read from and to write to, the product's package, the module that imports it; as JSON."""
_BASELINE = "baseline"
_LOOK_MILLISECONDS = 10


class Session:
    """The plugin that takes pytest's loop over the items into its own hands."""

    def __init__(self, requests: TextIO, answers: TextIO, package: str, entry: str) -> None:
        self._requests = requests
        self._answers = answers
        self._package = package
        self._entry = entry
        self._outcome: ScenarioOutcome | None = None
        self._items: dict[str, pytest.Item] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Serve requests until there are no more."""
        self._items = {item.nodeid: item for item in session.items if SCENARIO in item.stash}
        problem = self._import_product()
        self._say(Ready(items=tuple(map(_described, self._items.values())), problem=problem))
        if not problem:
            self._warm_up()
            for line in self._requests:
                self._serve(Request.model_validate_json(line))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what became of the scenario."""
        outcome = getattr(report, "scenario_outcome", None)
        if outcome is not None:
            self._outcome = ScenarioOutcome.model_validate(outcome)

    def _import_product(self) -> str:
        """Import the unchanged product, and with it what it is built on; returns why it could not be done."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                importlib.import_module(self._entry)
        except BaseException as error:  # noqa: BLE001  # a product may even end the process
            return f"{type(error).__name__}: {error}"
        return ""

    def _warm_up(self) -> None:
        """Let one scenario make what all rely on, so that no fault's time limit covers it."""
        first = next((nodeid for nodeid, item in self._items.items() if takes(item, _BASELINE)), None)
        request = Request(scenarios=() if first is None else (first,))
        self._serve(request)

    def _serve(self, request: Request) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore", DeprecationWarning
            )  # Python 3.12 and later: threads that idle since start-up
            child = os.fork()
        if child == 0:
            status = 1
            try:
                self._run(request)
                status = 0
            except BaseException:  # noqa: BLE001  # it must never come back into the parent's loop
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        self._say(Answer(process=child))
        wait_status = self._end_of(child)
        self._say(Answer(ended=os.waitstatus_to_exitcode(wait_status)))

    def _end_of(self, child: int) -> int:
        """Wait for the child, which is ended if whoever asked is gone: nobody else would end one that hangs."""
        asking = select.poll()
        asking.register(self._requests, select.POLLHUP)
        while True:
            ended, wait_status = os.waitpid(child, os.WNOHANG)
            if ended:
                return wait_status
            if asking.poll(_LOOK_MILLISECONDS):
                os.kill(child, signal.SIGKILL)
                return os.waitpid(child, 0)[1]

    def _run(self, request: Request) -> None:
        """In the child: import, run, tell."""
        if request.overlay is not None and not self._import_overlay(request.overlay, request.modules):
            return
        self._say(Answer(imported=True))
        tracing = None if request.trace is None else Tracing(request.trace)
        items = [self._items[nodeid] for nodeid in request.scenarios]
        for item, following in zip_longest(items, items[1:]):
            self._say(Answer(begins=item.nodeid))
            began = time.perf_counter()
            lines = self._run_item(item, following, tracing)
            outcome = self._outcome
            if outcome is None:
                return
            answer = Answer(
                nodeid=item.nodeid,
                seen=seen(outcome),
                message=outcome.message[:500],
                seconds=time.perf_counter() - began,
                lines=lines,
            )
            self._say(answer)
            if request.expected is not None and request.expected.get(item.nodeid, answer.seen) != answer.seen:
                return

    def _run_item(
        self, item: pytest.Item, following: pytest.Item | None, tracing: Tracing | None
    ) -> dict[str, str] | None:
        self._outcome = None
        if tracing is None:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            return None
        with tracing.scenario() as lines:
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        return lines

    def _import_overlay(self, overlay: str, modules: tuple[str, ...]) -> bool:
        for name in [*_modules_of(self._package)]:
            del sys.modules[name]
        sys.path.insert(0, overlay)
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (overlay, os.environ.get("PYTHONPATH"))))
        importlib.invalidate_caches()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for name in (self._entry, *modules):
                    importlib.import_module(name)
        except BaseException as error:  # noqa: BLE001  # a product may even end the process
            self._say(Answer(not_imported=f"{type(error).__name__}: {error}"))
            return False
        return True

    def _say(self, message: Ready | Answer) -> None:
        self._answers.write(message.model_dump_json(exclude_defaults=True) + "\n")
        self._answers.flush()


def _modules_of(package: str) -> Iterator[str]:
    return (name for name in list(sys.modules) if name == package or name.startswith(f"{package}."))


def _described(item: pytest.Item) -> ScenarioItem:
    record = item.stash[SCENARIO]
    steps = "\n".join(step.model_dump_json() for step in record.steps)
    written = hashlib.sha256(steps.encode()).hexdigest()[:12]
    return ScenarioItem(nodeid=item.nodeid, timed=is_timed(record.requirements), written=written)


def pytest_configure(config: pytest.Config) -> None:
    """Join the run, with the pipes that the environment names."""
    read, write, package, entry = json.loads(os.environ.pop(VARIABLE))
    requests, answers = os.fdopen(read, encoding="utf-8"), os.fdopen(write, "w", encoding="utf-8")
    config.pluginmanager.register(Session(requests, answers, package, entry), "judging-session")
    config.add_cleanup(requests.close)
    config.add_cleanup(answers.close)
