"""Input that tries to become more than a name or a text."""

from __future__ import annotations

import logging
import re

import pytest
from pytest_bdd import then, when

from environment.checking.comparing import must_not_be_empty
from environment.gherkin.references import parse
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.sessions.stage import Stage
from steps.baseline import Baseline
from steps.errors import refused_with


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What the product logs from now on, down to what it tells its developers only."""
    caplog.set_level(logging.DEBUG, logger="quilt_mcp")
    return caplog


@when(
    parse('{persona:Persona} asks for the details of "{name:Text}", going on with the line "{line:Text}"'),
    target_fixture="outcome",
)
def details_of_two_lines(persona: Session, name: str, line: str, log: pytest.LogCaptureFixture) -> Outcome:
    """Ask for a package whose name has a line break in it."""
    return attempt(persona.ops.get_package_info, f"{name}\r\n{line}", registry=persona.registry)


@when(
    parse('{persona:Persona} searches for "{text:Text}", going on with the line "{line:Text}"'),
    target_fixture="outcome",
)
def search_for_two_lines(
    persona: Session, text: str, line: str, baseline: Baseline, log: pytest.LogCaptureFixture
) -> Outcome:
    """Search for a text with a line break in it."""
    return attempt(persona.ops.search_packages, f"{text}\r\n{line}", registry=persona.registry)


@when(
    parse('{persona:Persona} asks "{name:Text}" for a link to "{path:Text}", going on with the line "{line:Text}"'),
    target_fixture="outcome",
)
def link_to_two_lines(
    persona: Session, name: str, path: str, line: str, baseline: Baseline, log: pytest.LogCaptureFixture
) -> Outcome:
    """Ask for a file whose path has a line break in it."""
    return attempt(persona.ops.get_content_url, name, registry=persona.registry, path=f"{path}\r\n{line}")


@then(parse("what was given is treated as data"))
def is_treated_as_data(stage: Stage) -> None:
    """A search finds nothing by it and takes it for no query; a name or a path is refused as unknown or malformed."""
    outcome = stage.last_named.last_outcome()
    if outcome.operation == "search_packages":
        assert outcome.value == [], f"something was found: {outcome.value}"
    else:
        assert outcome.error is not None, f"something was found: {outcome.value}"
        refused_with(outcome, ("NotFoundError", "ValidationError"))


@then(parse('no line of the log begins with "{text:Text}"'))
def no_forged_log_line(log: pytest.LogCaptureFixture, text: str) -> None:
    """Whoever reads the product's log, in which there is something, can rely on each line being its own."""
    records = must_not_be_empty(log.get_records("call"), "records in the log")
    forged = [record.name for record in records if re.search(rf"[\r\n]{re.escape(text)}", record.getMessage())]
    assert not forged, f"{', '.join(forged)} logged a line that begins with {text}"
