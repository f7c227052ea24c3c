"""Links to files: the browsing session that a link in multiuser mode rests on, and where the catalog sends people."""

from __future__ import annotations

import hashlib
import re
import time

from pytest_bdd import given, then, when

from environment.arrangement.failures import ELSEWHERE
from environment.clients.downloads import download
from environment.clients.mutations import must_be_done
from environment.driving.packages import PackageRevision
from environment.driving.refusals import refused_with
from environment.driving.session import Session
from environment.errors import SuiteError
from environment.gherkin.embedded import embedded_only
from environment.gherkin.references import parse
from environment.gherkin.values import Refusal
from environment.observers.registry import RegistryObserver
from environment.targets.target import Target
from quilt_stack import Surface

_SESSION = re.compile("^/browse/([^/]+)/")
_DISPOSE = """
mutation ($id: ID!) { browsingSessionDispose(id: $id) { __typename ... on OperationError { name message } } }
"""


@given(parse("the registry has ended {persona:Persona}'s browsing session"))
@when(parse("the registry ends {persona:Persona}'s browsing session"))
@embedded_only
def end_browsing_session(persona: Session, target: Target) -> None:
    """The session with which the persona got the last link is over before its time, by the registry's own API."""
    began = time.time() - (time.perf_counter() - persona.last_outcome("get_content_url").started)
    asked = target.require_control("Find the browsing session").journal(surface=Surface.CATALOG, since=began)
    found = [match[1] for each in asked if (match := _SESSION.match(each.target))]
    if not found:
        raise SuiteError(f"Looked for {persona}'s browsing session", "there is none", "Ask for a link before")
    registry = RegistryObserver(target.graphql_endpoint, persona.account.token())
    must_be_done("End a browsing session", registry.ask(_DISPOSE, id=found[-1])["browsingSessionDispose"], "Ok")


@then(
    parse(
        "{persona:Persona} is refused: {reason:Refusal}, or is given a link to {path:FileName} of {revision:Revision}"
    )
)
def is_refused_or_given_link(persona: Session, reason: Refusal, path: str, revision: PackageRevision) -> None:
    """For a path that is written in an unusual way: it is refused so, or the link gives this file's bytes to anyone."""
    outcome = persona.last_outcome("get_content_url")
    if outcome.error is not None:
        refused_with(outcome, reason.errors)
        return
    known = revision.expected().named(path)
    found = hashlib.sha256(download(outcome.value)).hexdigest()
    assert found == known.sha256, f'the link gives other bytes than "{path}" has'


@then(parse("{persona:Persona} is given the address that the catalog redirects to"))
def given_address(persona: Session) -> None:
    """The link is the address of the redirect, as it stands there."""
    link = persona.last_outcome("get_content_url").value
    assert link == ELSEWHERE, f"the link is {link}, not {ELSEWHERE}"
