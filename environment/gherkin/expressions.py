"""Expressions of words and tags, `-k` and `-m`, are read before a run begins."""

from __future__ import annotations

import pytest
from _pytest.mark.expression import Expression

from quilt_stack.patches import Patch

PATCH = Patch(
    __name__,
    "pytest",
    reason="pytest reads -k and -m after it has collected, when whatever does not run counts as lost.",
    bodies={"_pytest.mark.expression:Expression.compile": "a811f8bd1567"},
    fence="tests/environment/gherkin/test_run_options.py::test_an_expression_that_pytest_cannot_read_loses_no_scenario",
    until="pytest reads them when it is configured",
)


def check_expressions(config: pytest.Config) -> None:
    """Check the form of `-k` and `-m` before anything is collected: what was collected would count as lost.

    Raises:
        pytest.UsageError: pytest cannot read one.
    """
    for flag, text in (("-k", config.option.keyword), ("-m", config.option.markexpr)):
        try:
            Expression.compile(text or "")
        except SyntaxError as error:
            wrong = f"{flag} {text}: {error.msg} at column {error.offset}"
            advice = "join words with and, or, not and parentheses, and leave quotation marks away"
            raise pytest.UsageError(f"{wrong}; {advice}") from None
