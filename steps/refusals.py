"""Refusals: with which error QuiltOps refuses, and whether its message helps."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from pytest_bdd import then

from environment.gherkin.references import parse
from environment.gherkin.values import ErrorKind
from environment.secrecy.redaction import redact
from environment.sessions.session import Session
from environment.sessions.stage import Stage
from environment.targets.target import Target
from steps.creation import Publication

# What a message says of something that is empty, and so cannot be quoted.
_EMPTY = re.compile(r"''|\"\"|\b(?:empty|blank|missing|required)\b", re.IGNORECASE)
# Before a word that could stand in any message by chance: what sets a name off from the rest.
_SET_OFF = r"(?:['\"`(=]|[:,] |//)"
HOW_TO_SIGN_IN = re.compile(
    r"\b(?:run|use|with|by running) ['\"`]?quilt3 login|"
    r"(?:please|to|must|need to|and|first|^|[.:;] )\s*(?:sign in|log in|login)\b|\b(?:provide|send|present) .*\btoken",
    re.IGNORECASE | re.MULTILINE,
)
UPDATE_INSTEAD = re.compile(
    r"update_package_revision|package_update|\bupdat(?:e|ing) (?:it|the|this|that|an existing)\b|\bupdate instead\b",
    re.IGNORECASE,
)


def refusal_of_last_named(stage: Stage) -> Any:
    """The error with which whoever was named last was refused last.

    Raises:
        AssertionError: their last call was not refused.
        SuiteError: they called nothing.
    """
    return stage.last_named.last_outcome().error_raised


def message_of_last_named(stage: Stage) -> str:
    """The message of that error.

    Raises:
        AssertionError: their last call was not refused, or with an error that says nothing.
        SuiteError: they called nothing.
    """
    refusal = refusal_of_last_named(stage)
    message = str(refusal)
    assert message.strip(), f"the {type(refusal).__name__} has no message"
    return message


def words_of(refusal: Any) -> str:
    """What an error says to whoever catches it: its message and its context."""
    return f"{refusal} {getattr(refusal, 'context', '')}"


def names(words: str, text: str) -> bool:
    """Whether an error's words name a text: not as a part of a longer word, nor as a word of the sentence itself."""
    if not text:
        return _EMPTY.search(words) is not None
    before = _SET_OFF if re.fullmatch("[a-z]+", text) else r"(?<!\w)" if text[0].isalnum() else ""
    after = r"(?!\w)" if text[-1].isalnum() else ""
    return re.search(f"{before}{re.escape(text)}{after}", words) is not None


@then(parse("{persona:Persona} is refused with a {kind:ErrorKind}"))
@then(parse("{persona:Persona} is refused with an {kind:ErrorKind}"))
def is_refused(persona: Session, kind: ErrorKind) -> None:
    """What the persona attempted last raised this error of QuiltOps, and not another one."""
    persona.last_outcome().refusal(getattr(import_module("quilt_mcp.ops.exceptions"), kind.name))


@then(parse('the error names "{text:Text}"'))
def error_names(stage: Stage, text: str) -> None:
    """The text stands in the error's message or context as it was given; of an empty one they say that it is empty."""
    refusal = refusal_of_last_named(stage)
    assert names(words_of(refusal), text), f"the error does not name {text}: {refusal}"


@then(parse("the error names the registry"))
def error_names_registry(stage: Stage, target: Target) -> None:
    """The error says where was sought."""
    refusal = refusal_of_last_named(stage)
    assert target.buckets.packages in words_of(refusal), f"the error does not name the registry: {refusal}"


@then(parse("the error names the entry"))
def error_names_entry(stage: Stage, publication: Publication) -> None:
    """The error's context gives the entry that cannot be published, or its message quotes it."""
    refusal, entry = refusal_of_last_named(stage), publication.flawed_entry
    context = getattr(refusal, "context", {})
    named = context.get("uri") == entry or f"'{entry}'" in words_of(refusal)
    assert named, f"the error does not name the entry '{entry}': {refusal}"


@then(parse("the message says how to sign in"))
def message_says_how_to_sign_in(stage: Stage) -> None:
    """The reader learns what to do: quilt3 login, sign in to the catalog, or provide a token."""
    message = message_of_last_named(stage)
    assert HOW_TO_SIGN_IN.search(message), f"the message does not say how to sign in: {message}"


@then(parse("the message says that it expired"))
def message_says_expired(stage: Stage) -> None:
    """The reader learns why the token is refused."""
    message = message_of_last_named(stage)
    assert re.search(r"\bexpired\b", message, re.IGNORECASE), f"the message does not say that it expired: {message}"


@then(parse("the message shows no secret"))
def message_shows_no_secret(stage: Stage) -> None:
    """Neither message nor context of the error hold a token or key."""
    message_of_last_named(stage)
    words = words_of(refusal_of_last_named(stage))
    assert redact(words) == words, f"the message shows a secret: {redact(words)}"


@then(parse("the message points to updating the package"))
def message_points_to_updating(stage: Stage) -> None:
    """The reader learns that a package of this name is updated, not created."""
    message = message_of_last_named(stage)
    assert UPDATE_INSTEAD.search(message), f"the message does not point to updating: {message}"


@then(parse("the message states the form of a package name"))
def message_states_the_form(stage: Stage) -> None:
    """The reader learns the rule that the name breaks."""
    message = message_of_last_named(stage)
    assert re.search(r"\b(?:user|namespace)/(?:package|name)\b", message), f"the message states no form: {message}"


@then(parse('the error names the field "{field:Text}"'))
def error_names_field(stage: Stage, field: str) -> None:
    """The error's context says which argument was wrong."""
    found = getattr(refusal_of_last_named(stage), "context", {}).get("field")
    assert found == field, f"the error names {found}, not {field}"
