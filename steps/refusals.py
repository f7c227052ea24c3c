"""Refusals: with which error QuiltOps refuses, and whether its message helps."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

import pytest
from pytest_bdd import then

from environment.evidence.redaction import redact
from environment.gherkin.references import parse
from environment.gherkin.values import ErrorKind
from environment.outcome import last_outcome
from environment.sessions.session import Session
from environment.targets.target import Target
from steps.creation import Publication


def _told(refusal: Any) -> str:
    """What the error says to whoever catches it: its message and its context."""
    return f"{refusal} {getattr(refusal, 'context', '')}"


@pytest.fixture
def refusal() -> Exception:
    """The error that was raised last, also where it is not of the kind that was promised.

    Raises:
        AssertionError: if what was attempted last was not refused.
    """
    outcome = last_outcome()
    assert outcome.error is not None, f"{outcome.called} was not refused"
    return outcome.error


@then(parse("{persona:Persona} is refused with a {kind:ErrorKind}"), target_fixture="refusal")
@then(parse("{persona:Persona} is refused with an {kind:ErrorKind}"), target_fixture="refusal")
def is_refused(persona: Session, kind: ErrorKind) -> Any:
    """What the persona attempted last raised this error of QuiltOps, and not another one."""
    return last_outcome().refusal(getattr(import_module("quilt_mcp.ops.exceptions"), kind.name))


@then(parse('the error names "{text:Text}"'))
def error_names(refusal: Exception, text: str) -> None:
    """The text stands in the error's message or context as it was given."""
    assert text in _told(refusal), f"the error does not name {text}: {refusal}"


@then(parse("the error names the registry"))
def error_names_registry(refusal: Exception, target: Target) -> None:
    """The error says where was sought."""
    assert target.buckets.packages in _told(refusal), f"the error does not name the registry: {refusal}"


@then(parse("the error names the entry"))
def error_names_entry(refusal: Any, publication: Publication) -> None:
    """The error's context gives the entry that cannot be published, or its message quotes it."""
    entry = publication.flawed_entry
    named = refusal.context.get("uri") == entry or f"'{entry}'" in _told(refusal)
    assert named, f"the error does not name the entry '{entry}': {refusal}"


@then(parse("the message says how to sign in"))
def message_says_how_to_sign_in(refusal: Exception) -> None:
    """The reader learns what to do: quilt3 login, or sign in to the catalog."""
    assert re.search(r"quilt3 login|sign in|log in|login", str(refusal), re.IGNORECASE), (
        f"the message does not say how to sign in: {refusal}"
    )


@then(parse("the message says that it expired"))
def message_says_expired(refusal: Exception) -> None:
    """The reader learns why the token is refused."""
    assert re.search(r"expired", str(refusal), re.IGNORECASE), f"the message does not say that it expired: {refusal}"


@then(parse("the message shows no secret"))
def message_shows_no_secret(refusal: Exception) -> None:
    """Neither message nor context of the error hold a token or key."""
    assert redact(_told(refusal)) == _told(refusal)


@then(parse("the message points to updating the package"))
def message_points_to_updating(refusal: Exception) -> None:
    """The reader learns that a package of this name is updated, not created."""
    assert re.search(r"update", str(refusal), re.IGNORECASE), f"the message does not point to updating: {refusal}"


@then(parse("the message states the form of a package name"))
def message_states_the_form(refusal: Exception) -> None:
    """The reader learns the rule that the name breaks."""
    assert "user/package" in str(refusal)


@then(parse('the error names the field "{field:Text}"'))
def error_names_field(refusal: Any, field: str) -> None:
    """The error's context says which argument was wrong."""
    assert refusal.context.get("field") == field, f"the error names {refusal.context.get('field')}, not {field}"
