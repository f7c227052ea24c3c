"""Signing in: who acts, with which credentials, and what the status says."""

from __future__ import annotations

from typing import Any

from pytest_bdd import given, then, when

from environment.gherkin.references import parse
from environment.observers.registry import is_accepted
from environment.product.outcome import Outcome, attempt, attempt_as
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.targets.tokens import Flaw
from environment.undo.log import UndoLog


@given(parse("{persona:Persona}, {description:Description}, is signed in"))
def sign_in(persona: Session, description: str) -> None:
    """The persona has signed in as their mode has it: with quilt3 on their machine, or with a token on a server."""
    persona.introduce(description)
    persona.sign_in()


@given(parse("{persona:Persona}, {description:Description}, is not signed in"))
def stay_signed_out(persona: Session, description: str) -> None:
    """The persona has no credentials at all."""
    persona.introduce(description)


@given(parse("{persona:Persona}, {description:Description}, has a token that is {flaw:Flaw}"))
def present_flawed_token(persona: Session, description: str, flaw: Flaw, undo: UndoLog) -> None:
    """The persona presents a token that a registry must refuse."""
    persona.introduce(description)
    persona.use_token(flaw(persona.target, persona.persona.account, undo))


@when(parse("{persona:Persona} asks for her sign-in status"), target_fixture="outcome")
def ask_for_status(persona: Session) -> Outcome:
    """Ask QuiltOps whether and where one is signed in."""
    return attempt(persona.ops.get_auth_status)


@when(parse("{persona:Persona} asks the registry who he is"), target_fixture="outcome")
def ask_who_one_is(persona: Session) -> Outcome:
    """Ask the registry through QuiltOps as whom it sees the caller."""
    return attempt(persona.ops.execute_graphql_query, "query { me { name email isAdmin } }")


@when(parse("{persona:Persona} asks for the GraphQL endpoint and its headers"), target_fixture="outcome")
def ask_for_endpoint(persona: Session) -> Outcome:
    """Ask QuiltOps where GraphQL is and with which headers one is let in."""
    ops = persona.ops
    return attempt_as(persona.name, lambda: (ops.get_graphql_endpoint(), ops.get_graphql_auth_headers()))


@then(parse("the status says that {persona:Persona} is signed in to this deployment"))
def status_is_signed_in(persona: Session, target: Target) -> None:
    """Signed in, at the catalog that scenarios run against."""
    status = persona.last_outcome("get_auth_status").value
    assert status.is_authenticated is True, f"the status says {status.is_authenticated!r}"
    assert status.logged_in_url == target.catalog_url


@then(parse("the status says that {persona:Persona} is not signed in"))
def status_is_signed_out(persona: Session) -> None:
    """Not signed in, and no catalog claimed: its URL is given "if authenticated"."""
    status = persona.last_outcome("get_auth_status").value
    assert status.is_authenticated is False, f"the status says {status.is_authenticated!r}"
    assert not status.logged_in_url, f"the status claims a session at {status.logged_in_url}"


@then(parse("it names the catalog, the registry, the region and the Tabulator data catalog"))
def status_names_the_deployment(outcome: Outcome, target: Target) -> None:
    """Each of the four is the deployment's."""
    status = outcome.value
    assert status.catalog_name == target.catalog_name
    assert (status.registry_url, status.region) == (target.registry_url, target.region)
    assert status.tabulator_data_catalog == target.tabulator_data_catalog


@then(parse("the registry says that it is {persona:Persona}"))
def registry_says_who(persona: Session) -> None:
    """The user whom the registry names to the persona is the persona's."""
    answer = persona.last_outcome("execute_graphql_query").value
    assert answer["data"]["me"]["name"] == persona.user_name


@then(parse("the endpoint is the one of this deployment"))
def endpoint_is_the_deployments(outcome: Outcome, target: Target) -> None:
    """The URL is the registry's GraphQL API."""
    assert outcome.value[0] == target.graphql_endpoint


@then(parse("the registry accepts a call with these headers alone"))
def headers_are_accepted(outcome: Outcome) -> None:
    """A plain HTTP client with nothing but these headers is let in."""
    endpoint, headers = outcome.value
    assert is_accepted(endpoint, headers)


@then(parse("it refuses the same call without them"))
def call_without_headers_is_refused(outcome: Outcome) -> None:
    """The headers are what lets one in."""
    endpoint: Any = outcome.value[0]
    assert not is_accepted(endpoint, {})
