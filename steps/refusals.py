"""Refusals: with which error QuiltOps refuses, and whether its message helps."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from pytest_bdd import then

from environment.evidence.redaction import redact
from environment.gherkin.references import sentence
from environment.gherkin.values import ErrorKind
from environment.outcome import Outcome
from environment.sessions.session import Session
from steps.creation import Publication


def _refusal(outcome: Outcome, kind: ErrorKind) -> Any:
    return outcome.refusal(getattr(import_module("quilt_mcp.ops.exceptions"), kind.name))


@then(sentence("{persona:Persona} is refused with a {kind:ErrorKind}"), target_fixture="refusal")
@then(sentence("{persona:Persona} is refused with an {kind:ErrorKind}"), target_fixture="refusal")
def is_refused(persona: Session, kind: ErrorKind, outcome: Outcome) -> Any:
    """The operation raised this error of QuiltOps, and not another one."""
    return _refusal(outcome, kind)


@then(sentence('the message names "{text:Text}"'))
def message_names(refusal: Exception, text: str) -> None:
    """The text stands in the message as it was given."""
    assert text in str(refusal)


@then(sentence("the message names the registry"))
def message_names_registry(refusal: Exception, target: Any) -> None:
    """The message says where was sought."""
    assert target.buckets.packages in str(refusal)


@then(sentence("the message names the entry"))
def message_names_entry(refusal: Exception, publication: Publication) -> None:
    """The message quotes the entry that cannot be published."""
    assert repr(publication.flawed_entry) in str(refusal) or (
        publication.flawed_entry and publication.flawed_entry in str(refusal)
    )


@then(sentence("the message says how to sign in"))
def message_says_how_to_sign_in(refusal: Exception) -> None:
    """The reader learns what to do: quilt3 login, or sign in to the catalog."""
    assert re.search(r"quilt3 login|sign in|log in|login", str(refusal), re.IGNORECASE)


@then(sentence("the message says that it expired"))
def message_says_expired(refusal: Exception) -> None:
    """The reader learns why the token is refused."""
    assert re.search(r"expired", str(refusal), re.IGNORECASE)


@then(sentence("the message shows no secret"))
def message_shows_no_secret(refusal: Exception) -> None:
    """Neither message nor context of the error hold a token or key."""
    told = f"{refusal} {getattr(refusal, 'context', {})}"
    assert redact(told) == told


@then(sentence("the message points to updating the package"))
def message_points_to_updating(refusal: Exception) -> None:
    """The reader learns that a package of this name is updated, not created."""
    assert re.search(r"update", str(refusal), re.IGNORECASE)


@then(sentence("the message states the form user/package"))
def message_states_the_form(refusal: Exception) -> None:
    """The reader learns the rule that the name breaks."""
    assert "user/package" in str(refusal)


@then(sentence('the error names the field "{field:Text}"'))
def error_names_field(refusal: Any, field: str) -> None:
    """The error's context says which argument was wrong."""
    assert refusal.context.get("field") == field
