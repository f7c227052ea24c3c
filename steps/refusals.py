"""Refusals: whether someone is refused, why and how soon, and what the error tells a program."""

from __future__ import annotations

from dataclasses import dataclass

from pytest_bdd import then

from environment.driving.refusals import ANY_KIND, refusal_of_last_named, refused_with
from environment.driving.session import Session
from environment.driving.stage import Stage
from environment.errors import SuiteError
from environment.gherkin.references import ReferenceKind, parse, register
from environment.gherkin.values import Duration, Refusal
from environment.product.mcp_server.faults import ServerFault


@then(parse("{persona:Persona} is refused"))
def is_refused_somehow(persona: Session) -> None:
    """The persona's last attempt raised one of the five errors of QuiltOps."""
    refused_with(persona.last_outcome())


@then(parse("{persona:Persona} is refused: {reason:Refusal}"))
def is_refused(persona: Session, reason: Refusal) -> None:
    """The persona's last attempt raised the error of QuiltOps for this reason, and no other."""
    refused_with(persona.last_outcome(), reason.errors)


@then(parse("{persona:Persona} is refused: {reason:Refusal}, or gets what {same:Persona} asked for"))
def is_refused_or_served(persona: Session, reason: Refusal, same: Session) -> None:
    """For what only one mode can do without the broken part: an answer that is not empty, or exactly this refusal."""
    if persona is not same:
        raise SuiteError(f"Looked for what {persona} got", f"{same} asked for it", "Name the same person twice")
    outcome = persona.last_outcome()
    if outcome.error is not None:
        refused_with(outcome, reason.errors)
    else:
        _must_answer(outcome.value)


@then(parse("the deletion is refused"))
def deletion_is_refused(stage: Stage) -> None:
    """The call says that nothing was deleted: False ("when deletion fails"), or an error that says why."""
    outcome = stage.last_named.last_outcome("delete_package")
    if outcome.error is None:
        assert outcome.value is False, f"the deletion was to be refused, but it returned {outcome.value!r}"
        return
    by_server = isinstance(outcome.error, ServerFault)  # which says why in words alone
    refused_with(outcome, ANY_KIND if by_server else ("ValidationError", "NotFoundError", "PermissionError"))


@then(parse("{persona:Persona} gets an answer"))
def is_answered(persona: Session) -> None:
    """The last thing that the persona tried returned something, and not an empty list."""
    _must_answer(persona.last_outcome().value)


def _must_answer(answer: object) -> None:
    assert answer, f"the answer is empty: {answer!r}"


@then(parse("{persona:Persona} waited at most {limit:Duration}"))
def told_in_time(persona: Session, limit: Duration) -> None:
    """The last attempt was over within this time."""
    took = persona.last_outcome().seconds
    assert took < limit.seconds, f"it took {took:.1f} s"


@dataclass(frozen=True)
class ErrorDetails:
    """What an error's context may give: names of which one must be there, and whether the call was given the value."""

    named: tuple[tuple[str, ...], ...] = ()
    arguments: tuple[tuple[str, ...], ...] = ()


DETAILS = {
    "the field and the value": ErrorDetails(named=(("field",),), arguments=(("value",),)),
    "the resource and where it was looked for": ErrorDetails(
        arguments=(("package_name", "resource", "name"), ("registry", "bucket"))
    ),
    "the registry": ErrorDetails(arguments=(("registry",),)),
    "the address of the catalog": ErrorDetails(arguments=(("catalog_url",),)),
    "the package and the registry": ErrorDetails(arguments=(("package_name", "package1_name"), ("registry",))),
    "the package, the registry and the path": ErrorDetails(
        arguments=(("package_name",), ("registry",), ("path", "logical_key"))
    ),
    "the operation": ErrorDetails(named=(("operation",),)),
    "the operation and the backend": ErrorDetails(named=(("operation",), ("backend", "backend_type"))),
    "the required permission": ErrorDetails(
        named=(("required_permission", "required_permissions", "permission", "required_role"),)
    ),
    "the authentication method": ErrorDetails(named=(("auth_method", "auth_type", "method"),)),
}
register(
    ReferenceKind(
        "ErrorDetails",
        "detail of an error",
        lambda: sorted(DETAILS),
        lambda words, _: DETAILS[words],
        pattern="|".join(DETAILS),
    )
)


@then(parse("the error's context gives {details:ErrorDetails}"))
def context_gives(stage: Stage, details: ErrorDetails) -> None:
    """A program that catches the error can read this from its context."""
    if details.named:
        _must_give(stage, *details.named)
    if details.arguments:
        _must_give_argument(stage, *details.arguments)


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
