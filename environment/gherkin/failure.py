"""pytest plugin: failed scenarios are reported in the short text of `failure_text`."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from pytest_bdd.parser import Step

from environment.gherkin.failure_text import is_concerned, short_text
from environment.gherkin.needs import explain_missing
from environment.gherkin.vocabulary import vocabulary_of


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_step_error(request: pytest.FixtureRequest, step: Step, exception: Exception) -> None:
    """Let a fixture that is missing be reported in one line, wherever it is."""
    if isinstance(exception, pytest.FixtureLookupError):
        exception.args = (explain_missing(exception, step, vocabulary_of(request.config)),)


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the short text in place of set-up's and teardown's traceback, before the other plugins see the report."""
    report = yield
    excinfo = call.excinfo
    if call.when == "setup" and excinfo is not None and isinstance(excinfo.value, pytest.FixtureLookupError):
        excinfo.value.args = (explain_missing(excinfo.value, None, vocabulary_of(item.config)),)
    if report.failed and report.when != "call" and excinfo is not None and is_concerned(item, excinfo):
        report.longrepr = short_text(item, report.when, excinfo)
    return report
