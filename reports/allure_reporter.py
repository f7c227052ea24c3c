"""The part of the suite that talks to Allure while scenarios run: one scenario at a time in each process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import uuid4

import allure_commons
import pytest
from allure_commons.model2 import TestResult
from pytest_bdd.steps import step_function_context_registry

from environment.evidence.calls import WireCall
from environment.gherkin.records import ScenarioRecord
from environment.product.run_facts import RUN_FACTS
from reports.allure_results import ResultContent, complete_result, never_started
from reports.known_defects import KnownDefect
from reports.outcomes import Verdict


class AllureReporter:
    """Completes the results that allure-pytest-bdd writes, and writes those that it forgets.

    allure-pytest-bdd starts a result with the first step; a scenario that is skipped by a mark or whose set-up breaks
    leaves none (foundations 8).
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._content: ResultContent | None = None
        self._reported = False

    def begin(self, record: ScenarioRecord) -> None:
        """A scenario begins."""
        facts = self._config.stash.get(RUN_FACTS, None)
        self._content = ResultContent(record, facts.target if facts else "unknown")
        self._reported = False

    def set_verdict(self, verdict: Verdict, defects: Sequence[KnownDefect], calls: Sequence[WireCall]) -> None:
        """What is known by now of how the scenario ends, the defects that this concerns, and the calls that it made."""
        if self._content:
            self._content.verdict, self._content.defects, self._content.calls = verdict, defects, calls

    def end(self, started: float, stopped: float, trace: str) -> None:
        """The scenario is over; times in seconds since the epoch, `trace` of a set-up that broke."""
        content, self._content = self._content, None
        if content and content.verdict and not self._reported:
            result = never_started(content, str(uuid4()), started, stopped, trace)
            allure_commons.plugin_manager.hook.report_result(result=result)

    def sentence(self, step: Any, step_func: Callable[..., object], arguments: dict[str, object]) -> None:
        """Note which arguments of a step come from its sentence; the others are fixtures and no reader's business."""
        if self._content:
            own = _names_in_sentence(step.name, step_func)
            values = {name: value for name, value in arguments.items() if name in own}
            self._content.sentence_values[f"{step.keyword} {step.name}"] = values

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: TestResult) -> None:
        """Complete a result just before it is written."""
        if self._content:
            complete_result(result, self._content)
            self._reported = True


def _names_in_sentence(sentence: str, step_func: Callable[..., object]) -> set[str]:
    for context in step_function_context_registry.values():
        if context.step_func is step_func and context.parser.is_matching(sentence):
            return set(context.parser.parse_arguments(sentence) or ())
    return set()
