"""Attacks: input that tries to become more than a name or a text."""

from __future__ import annotations

import logging
import re

import pytest
from pytest_bdd import given, then

from environment.checking.comparing import must_not_be_empty
from environment.driving.refusals import refused_with
from environment.driving.stage import Stage
from environment.gherkin.references import parse


@given(parse("the log of the product is kept in full"))
def log_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    """Everything that the product logs from now on, including what only its developers read."""
    caplog.set_level(logging.DEBUG, logger="quilt_mcp")


@then(parse("the input is treated as data"))
def is_treated_as_data(stage: Stage) -> None:
    """A search finds nothing and raises no error; a name or a path is refused as unknown or malformed."""
    outcome = stage.last_named.last_outcome()
    if outcome.operation == "search_packages":
        assert outcome.value == [], f"something was found: {outcome.value}"
    else:
        assert outcome.error is not None, f"something was found: {outcome.value}"
        refused_with(outcome, ("NotFoundError", "ValidationError"))


@then(parse('no line of the log begins with "{text:Text}"'))
def no_forged_log_line(caplog: pytest.LogCaptureFixture, text: str) -> None:
    """The product's log is not empty, and no message in it has a line break followed by this text."""
    records = must_not_be_empty(caplog.get_records("call"), "records in the log")
    forged = [record.name for record in records if re.search(rf"[\r\n]{re.escape(text)}", record.getMessage())]
    assert not forged, f"{', '.join(forged)} logged a line that begins with {text}"
