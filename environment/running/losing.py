"""What takes a scenario its result, and is not the product's fault.

Raised while a scenario runs, it makes the scenario broken, whatever the ledger of known defects says of it. As a pytest
plugin this module shows it in one line.
"""

from __future__ import annotations

from collections.abc import Generator

import pytest
from _pytest.outcomes import OutcomeException  # pytest shows its two children only, which mean something else

from environment.secrecy.redaction import redact
from quilt_stack.patches import Patch

PATCH = Patch(
    __name__,
    "pytest",
    reason="What ends a scenario without a verdict must pass by the product, and must not end the run.",
    bodies={
        "_pytest.outcomes:OutcomeException.__init__": "0df91a0a7b62",
    },
    fence="tests/environment/run/test_ended_deployment.py::test_what_ran_on_a_deployment_that_died_is_broken_in_one_line",
    until="pytest has a public class of outcomes",
)


class ScenarioLost(OutcomeException):
    """The scenario cannot be judged; the message says why, in one line.

    No `Exception`, so that neither the product nor a step takes it for an answer; pytest's own kind of outcome, so that
    what is left of a tear-down is still done.
    """


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the one line in place of a traceback."""
    report = yield
    if call.excinfo is not None and isinstance(call.excinfo.value, ScenarioLost):
        report.longrepr = redact(str(call.excinfo.value))
    return report
