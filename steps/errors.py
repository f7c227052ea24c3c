"""Errors: what they tell beside their kind, and whether people can read it."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from pytest_bdd import then

from environment.errors import SuiteError
from environment.gherkin.references import parse
from environment.gherkin.values import ERROR_KINDS, Duration, ErrorKind
from environment.product.outcome import Outcome
from environment.sessions.session import Session
from environment.sessions.stage import Stage
from steps.refusals import message_of_last_named, names, refusal_of_last_named, words_of

STACK_TRACE = re.compile(r"Traceback \(most recent|\bFile \"[^\"]+\", line \d+|<[\w.]+ object at 0x")
HTML = re.compile(r"<!doctype|</?(?:html|head|body|h1|center|pre|div)\b", re.IGNORECASE)
ADVICE = re.compile(
    r"(?:(?:^|[.:;,!(\n]|\s[-\u2013\u2014])\s*(?:and |or |then )?|\b(?:please|you (?:must|should|can|may|need to)) )"
    r"(?:try|retry|check|verify|make sure|ensure|sign in|log in|ask|contact|use|run|set|provide|specify|choose|create|"
    r"update|refresh|search|list) +[a-z'\"`]",
    re.IGNORECASE,
)
"""An order or a piece of advice: the verb begins a clause, or follows "please" or "you must", and something follows."""


def refused_with(outcome: Outcome, kinds: tuple[str, ...]) -> Any:
    """The refusal of an outcome, which must be of one of these kinds of QuiltOps's errors.

    Raises:
        AssertionError: if it was not refused, or with another error.
    """
    exceptions = import_module("quilt_mcp.ops.exceptions")
    fitting = next((kind for kind in kinds if isinstance(outcome.error, getattr(exceptions, kind))), kinds[0])
    return outcome.refusal(getattr(exceptions, fitting))


@then(parse("{persona:Persona} is refused"))
def is_refused_somehow(persona: Session) -> None:
    """What the persona attempted last raised one of the five errors of QuiltOps."""
    refused_with(persona.last_outcome(), ERROR_KINDS)


@then(parse("{persona:Persona} is refused with a {kind:ErrorKind} or a {other:ErrorKind}"))
def is_refused_with_either(persona: Session, kind: ErrorKind, other: ErrorKind) -> None:
    """What the persona attempted last raised one of these two errors of QuiltOps."""
    refused_with(persona.last_outcome(), (kind.name, other.name))


@then(parse("{persona:Persona} is refused with a {kind:ErrorKind}, or gets what {same:Persona} asked for"))
def is_refused_or_served(persona: Session, kind: ErrorKind, same: Session) -> None:
    """For what one mode can do without the broken part, and the other cannot: success, or this very error."""
    if persona is not same:
        raise SuiteError(f"Looked for what {persona} got", f"{same} asked for it", "Name the same person twice")
    outcome = persona.last_outcome()
    if outcome.error is not None:
        refused_with(outcome, (kind.name,))


@then(parse("the answer is not a refusal"))
def is_answered(stage: Stage) -> None:
    """What whoever was named last attempted last returned something, and not an empty list."""
    answer = stage.last_named.last_outcome().value
    assert answer, f"the answer is empty: {answer!r}"


@then(parse("{persona:Persona} was told so within {limit:Duration}"))
def told_in_time(persona: Session, limit: Duration) -> None:
    """The attempt that was made last took no longer."""
    took = persona.last_outcome().seconds
    assert took < limit.seconds, f"it took {took:.1f} s"


@then(parse("the error's context gives the field and the value"))
def context_gives_field_and_value(stage: Stage) -> None:
    """The context names the argument that was wrong, and what was given for it."""
    _must_give(stage, ("field",))
    _must_give_argument(stage, ("value",))


@then(parse("the error's context gives the resource and the place where it was sought"))
def context_gives_resource_and_place(stage: Stage) -> None:
    """The context names the package and the registry that were asked for."""
    _must_give_argument(stage, ("package_name", "resource", "name"), ("registry", "bucket"))


@then(parse("the error's context gives the operation and the backend"))
def context_gives_operation_and_backend(stage: Stage) -> None:
    """The context names what QuiltOps did, and with what."""
    _must_give(stage, ("operation",), ("backend", "backend_type"))


@then(parse("the error's context gives the permission that is needed"))
def context_gives_permission(stage: Stage) -> None:
    """The context names the permission, role or admin right that is missing."""
    _must_give(stage, ("required_permission", "required_permissions", "permission", "required_role"))


@then(parse("the error's context gives the way of signing in that failed"))
def context_gives_sign_in(stage: Stage) -> None:
    """The context names the kind of credentials that were tried or are missing."""
    _must_give(stage, ("auth_method", "auth_type", "method"))


def _must_give(stage: Stage, *alternatives: tuple[str, ...]) -> None:
    """The context of the last refusal has, of each tuple, one of these names with a value that says something."""
    context = refusal_of_last_named(stage).context
    missing = [names[0] for names in alternatives if not any(str(context.get(name) or "").strip() for name in names)]
    assert not missing, f"the context lacks {' and '.join(missing)}; it gives {sorted(context) or 'nothing'}"


def _must_give_argument(stage: Stage, *alternatives: tuple[str, ...]) -> None:
    """Likewise, and the values are what the call was given."""
    _must_give(stage, *alternatives)
    outcome = stage.last_named.last_outcome()
    context = refusal_of_last_named(stage).context
    given = {name: str(context[name]) for names in alternatives for name in names if context.get(name)}
    wrong = [f"{name} {value}" for name, value in given.items() if value not in outcome.arguments]
    assert not wrong, f"the context gives {' and '.join(wrong)}, which the call was not given: {outcome.arguments}"


@then(parse("the message shows neither a stack trace nor HTML"))
def message_is_for_people(stage: Stage) -> None:
    """What is said is meant for a reader, not for a debugger or a browser."""
    message = message_of_last_named(stage)
    found = STACK_TRACE.search(message) or HTML.search(message)
    assert found is None, f"the message shows {found[0] if found else ''}"


@then(parse("the message says what to do next"))
def message_gives_advice(stage: Stage) -> None:
    """The reader learns what to try, check or change."""
    message = message_of_last_named(stage)
    assert ADVICE.search(message), f"the message does not say what to do next: {message}"


@then(parse("the message says that it took too long"))
def message_says_timeout(stage: Stage) -> None:
    """The reader learns that time ran out, and not that something is broken."""
    text = message_of_last_named(stage)
    assert re.search(r"\btim(?:e|ed)[ -]?out|\btoo long\b", text, re.IGNORECASE), f"the message does not say so: {text}"


@then(parse('the error names the region "{region:Text}"'))
def error_names_region(stage: Stage, region: str) -> None:
    """The reader learns where the fault is."""
    refusal = refusal_of_last_named(stage)
    assert names(words_of(refusal), region), f"the error does not name the region {region}: {refusal}"
