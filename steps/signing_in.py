"""Signing in: who acts, with which credentials, and what the status says."""

from __future__ import annotations

from pytest_bdd import given, then, when

from environment.driving.session import Session
from environment.driving.stage import Stage
from environment.gherkin.references import ValueKind, parse, register
from environment.observers.registry import is_accepted
from environment.product.outcome import attempt
from environment.targets.target import Target
from environment.targets.tokens import Flaw
from environment.undo.log import UndoLog

_SIGNED_IN, _SIGNED_OUT = "signed in to this deployment", "not signed in"
register(
    ValueKind("SignedIn", f"{_SIGNED_IN}|{_SIGNED_OUT}", lambda text: text == _SIGNED_IN, (_SIGNED_IN, _SIGNED_OUT))
)


@given(parse("{persona:Persona} is signed in as well"))
def sign_in_as_well(persona: Session) -> None:
    """The persona has a second session, in the mode in which the scenario does not run."""
    persona.sign_in()


@given(parse("{persona:Persona}, {description:Description}, is signed in"))
def sign_in(persona: Session, description: str) -> None:
    """The persona has signed in: with quilt3 on their machine or with a token on a server, depending on the mode."""
    persona.introduce(description)
    persona.be_signed_in()


@given(parse("{persona:Persona}, {description:Description}, is signed in with quilt3 on the shared server itself"))
def sign_in_on_the_server(persona: Session, description: str) -> None:
    """Whoever set the server up has left a quilt3 session on its machine; everybody else's requests are their own."""
    persona.introduce(description)
    persona.sign_in_on_the_server()


@given(parse("{persona:Persona}, {description:Description}, is not signed in"))
def stay_signed_out(persona: Session, description: str) -> None:
    """The persona has no credentials at all."""
    persona.introduce(description)


@given(parse("{persona:Persona}, {description:Description}, has a token that is {flaw:Flaw}"))
def present_flawed_token(persona: Session, description: str, flaw: Flaw, undo: UndoLog) -> None:
    """The persona presents a token that a registry must refuse."""
    persona.introduce(description)
    persona.use_token(flaw(persona.target, persona.persona.account, undo))


@given(parse('{persona:Persona} uses "{registry:Text}" as the registry'))
def take_for_registry(persona: Session, registry: str) -> None:
    """Whatever the persona does with packages from now on, they name this as the registry."""
    persona.registry_taken = registry


@given(parse("{persona:Persona} has asked for the sign-in status"))
@when(parse("{persona:Persona} asks for the sign-in status"))
def ask_for_status(persona: Session) -> None:
    """Ask QuiltOps whether the persona is signed in, and where."""
    attempt(persona.ops.get_auth_status)


@given(parse("{persona:Persona} has asked the registry who is signed in"))
@when(parse("{persona:Persona} asks the registry who is signed in"))
def ask_who_one_is(persona: Session) -> None:
    """Ask the registry, through QuiltOps, who it thinks the caller is."""
    attempt(persona.ops.execute_graphql_query, "query { me { name email isAdmin } }")


@given(parse("{persona:Persona} has asked for the GraphQL endpoint and its headers"))
@when(parse("{persona:Persona} asks for the GraphQL endpoint and its headers"))
def ask_for_endpoint(persona: Session) -> None:
    """Ask QuiltOps where GraphQL is and, once it said so, which headers let a caller in."""
    if attempt(persona.ops.get_graphql_endpoint).error is None:
        attempt(persona.ops.get_graphql_auth_headers)


@given(parse("{persona:Persona} has signed in again"))
@when(parse("{persona:Persona} signs in again"))
def sign_in_again(persona: Session) -> None:
    """The persona signs in as usual, with a fresh token."""
    persona.sign_in()


@then(parse("the registry recognizes {persona:Persona}"))
def registry_says_who(persona: Session) -> None:
    """The user that the registry names is the persona's."""
    answer = persona.last_outcome("execute_graphql_query").value
    name = answer["data"]["me"]["name"]
    assert name == persona.user_name, f"the registry takes {persona} for {name}, not {persona.user_name}"


@then(parse("the registry accepts a call with only these headers, and refuses it without them"))
def headers_let_in(stage: Stage) -> None:
    """A plain HTTP client with nothing but these headers is let in, and they are what lets it in."""
    asked = stage.last_named
    endpoint = asked.last_outcome("get_graphql_endpoint").value
    headers = asked.last_outcome("get_graphql_auth_headers").value
    assert is_accepted(endpoint, headers), "the registry refuses a call with these headers"
    assert not is_accepted(endpoint, {}), "the registry accepts a call without any headers"


@then(parse("{persona:Persona} is shown as {signed_in:SignedIn}"))
def status_is(persona: Session, signed_in: bool, target: Target) -> None:
    """Signed in to the catalog that scenarios run against; or not signed in, without a catalog ("if authenticated")."""
    status = persona.last_outcome("get_auth_status").value
    assert status.is_authenticated is signed_in, f"the status says {status.is_authenticated!r}"
    shown = status.logged_in_url or ""
    assert shown == (target.catalog_url if signed_in else ""), f"the status claims a session at {shown or 'no catalog'}"
