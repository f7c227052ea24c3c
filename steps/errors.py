"""Errors: what they tell beside their kind, and whether people can read it."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from pytest_bdd import then

from environment.gherkin.references import parse
from environment.gherkin.values import ERROR_KINDS, Duration, ErrorKind
from environment.outcome import Outcome, last_outcome
from environment.sessions.session import Session

STACK_TRACE = re.compile(r"Traceback \(most recent|\bFile \"[^\"]+\", line \d+|<[\w.]+ object at 0x")
HTML = re.compile(r"<!doctype|</?(?:html|head|body|h1|center|pre|div)\b", re.IGNORECASE)
ADVICE = re.compile(
    r"\b(?:please|try|retry|check|make sure|ensure|sign in|log in|login|ask|contact|use|run|set|must|should|provide|"
    r"update|refresh|see)\b",
    re.IGNORECASE,
)


def refused_with(outcome: Outcome, kinds: tuple[str, ...]) -> Any:
    """The refusal of an outcome, which must be of one of these kinds of QuiltOps's errors.

    Raises:
        AssertionError: if it was not refused, or with another error.
    """
    exceptions = import_module("quilt_mcp.ops.exceptions")
    fitting = next((kind for kind in kinds if isinstance(outcome.error, getattr(exceptions, kind))), kinds[0])
    return outcome.refusal(getattr(exceptions, fitting))


@then(parse("{persona:Persona} is refused"), target_fixture="refusal")
def is_refused_somehow(persona: Session) -> Any:
    """What the persona attempted last raised one of the five errors of QuiltOps."""
    return refused_with(last_outcome(), ERROR_KINDS)


@then(parse("{persona:Persona} is refused with a {kind:ErrorKind} or a {other:ErrorKind}"), target_fixture="refusal")
def is_refused_with_either(persona: Session, kind: ErrorKind, other: ErrorKind) -> Any:
    """What the persona attempted last raised one of these two errors of QuiltOps."""
    return refused_with(last_outcome(), (kind.name, other.name))


@then(parse("{persona:Persona} is refused with a {kind:ErrorKind}, or gets what {same:Persona} asked for"))
def is_refused_or_served(persona: Session, kind: ErrorKind, same: Session) -> None:
    """For what one mode can do without the broken part, and the other cannot: success, or this very error."""
    assert persona is same
    if last_outcome().error is not None:
        refused_with(last_outcome(), (kind.name,))


@then(parse("the answer is not a refusal"))
def is_answered() -> None:
    """What was attempted last returned something."""
    last_outcome().value  # noqa: B018 - it raises if there is none


@then(parse("{persona:Persona} was told so within {limit:Duration}"))
def told_in_time(persona: Session, limit: Duration) -> None:
    """The attempt that was made last took no longer."""
    took = last_outcome().seconds
    assert took < limit.seconds, f"it took {took:.1f} s"


@then(parse("the error's context gives the field and the value"))
def context_gives_field_and_value(refusal: Any) -> None:
    """The context names the argument that was wrong, and what it was."""
    context = refusal.context
    assert {"field", "value"} <= context.keys(), f"the context gives {sorted(context) or 'nothing'}"


@then(parse("the error's context gives the resource and the place where it was sought"))
def context_gives_resource_and_place(refusal: Any) -> None:
    """The context names the package and the registry."""
    _must_give(refusal, ("package_name", "resource", "name"), ("registry", "bucket"))


@then(parse("the error's context gives the operation and the backend"))
def context_gives_operation_and_backend(refusal: Any) -> None:
    """The context names what QuiltOps did, and with what."""
    _must_give(refusal, ("operation",), ("backend", "backend_type"))


@then(parse("the error's context gives the permission that is needed"))
def context_gives_permission(refusal: Any) -> None:
    """The context names the permission, role or admin right that is missing."""
    _must_give(refusal, ("required_permission", "required_permissions", "permission", "required_role"))


@then(parse("the error's context gives the way of signing in that failed"))
def context_gives_sign_in(refusal: Any) -> None:
    """The context names the kind of credentials that were tried or are missing."""
    _must_give(refusal, ("auth_method", "auth_type", "method", "error_code", "code"))


def _must_give(refusal: Any, *alternatives: tuple[str, ...]) -> None:
    context = refusal.context
    missing = [names[0] for names in alternatives if not any(context.get(name) for name in names)]
    assert not missing, f"the context lacks {' and '.join(missing)}; it gives {sorted(context) or 'nothing'}"


@then(parse("the message shows neither a stack trace nor HTML"))
def message_is_for_people(refusal: Exception) -> None:
    """What is said is meant for a reader, not for a debugger or a browser."""
    found = STACK_TRACE.search(str(refusal)) or HTML.search(str(refusal))
    assert found is None, f"the message shows {found[0] if found else ''}"


@then(parse("the message says what to do next"))
def message_gives_advice(refusal: Exception) -> None:
    """The reader learns what to try, check or change."""
    assert ADVICE.search(str(refusal)), f"the message does not say what to do next: {refusal}"


@then(parse("the message says that it took too long"))
def message_says_timeout(refusal: Exception) -> None:
    """The reader learns that time ran out, and not that something is broken."""
    text = str(refusal)
    assert re.search(r"tim(?:e|ed)[ -]?out|too long", text, re.IGNORECASE), f"the message does not say so: {text}"


@then(parse('the error names the region "{region:Text}"'))
def error_names_region(refusal: Any, region: str) -> None:
    """The reader learns where the fault is."""
    assert region in f"{refusal} {refusal.context}", f"the error does not name the region {region}: {refusal}"
