"""pytest plugin: failed scenarios are reported in the short text of `failure_text`."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from environment.gherkin.failure_text import is_concerned, short_text


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the short text in place of set-up's and teardown's traceback, before the other plugins see the report."""
    report = yield
    excinfo = call.excinfo
    if report.failed and report.when != "call" and excinfo is not None and is_concerned(item, excinfo):
        report.longrepr = short_text(item, report.when, excinfo)
    return report
