"""Single sign-on: the configuration that decides who gets which role when they sign in through a provider."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import yaml
from pytest_bdd import given, then, when

from environment.arrangement.accounts import AccountHolder
from environment.arrangement.roles import RoleArranger
from environment.arrangement.single_sign_on import SingleSignOnArranger
from environment.checking.comparing import must_agree
from environment.gherkin.references import ReferenceKind, parse, register
from environment.observers.directory import DirectoryObserver, KnownConfiguration
from environment.observers.registry import RegistryObserver
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.undo.log import UndoLog

STORED = """\
# Everybody reads; who is in the group of stewards also writes.
version: "1.0"
default_role: viewer
mappings:
  - schema: {type: object, properties: {groups: {contains: {const: stewards}}}, required: [groups]}
    roles: [user, viewer]
    admin: false
"""
"""A configuration as somebody writes it: with a comment, in an order of their own."""

VALID: dict[str, dict[str, Any]] = {
    "with nothing but a default role": {"version": "1.0", "default_role": "viewer", "mappings": []},
    "that maps a group to roles": {
        "version": "1.0",
        "default_role": "viewer",
        "mappings": [
            {
                "schema": {"type": "object", "properties": {"department": {"const": "Forschung & Züchtung"}}},
                "roles": ["user", "viewer"],
                "admin": None,
            }
        ],
    },
    "that appoints administrators": {
        "version": "1.0",
        "default_role": "viewer",
        "union_roles": True,
        "mappings": [
            {"schema": {"type": "object", "required": ["steward"]}, "roles": ["admin"], "admin": True},
            {"schema": True, "roles": ["viewer"]},
        ],
    },
}
"""Configurations that the published rules allow (registry facts 5)."""

_GOOD: Mapping[str, Any] = VALID["that maps a group to roles"]
INVALID: dict[str, Any] = {
    "is text that is neither YAML nor JSON": "version: [1.0\nmappings: {",
    "is text without structure": "let everybody in",
    "is empty": {},
    "has no version": {name: value for name, value in _GOOD.items() if name != "version"},
    "has an unknown version": {**_GOOD, "version": "2.0"},
    "has a number for a version": {**_GOOD, "version": 1.0},
    "has no default role": {name: value for name, value in _GOOD.items() if name != "default_role"},
    "has an unknown default role": {**_GOOD, "default_role": "no_such_role"},
    "maps to an unknown role": {**_GOOD, "mappings": [{"schema": True, "roles": ["viewer", "no_such_role"]}]},
    "maps to no role": {**_GOOD, "mappings": [{"schema": True, "roles": []}]},
    "maps with a schema that is none": {**_GOOD, "mappings": [{"schema": {"type": "person"}, "roles": ["viewer"]}]},
    "has an unknown setting": {**_GOOD, "default_rule": "viewer"},
}
"""Configurations that the published rules refuse, by what is wrong with them."""

CLAIMS: dict[str, dict[str, Any]] = {
    "of the mapped group": {"department": "Forschung & Züchtung"},
    "of another group": {"department": "Einkauf", "groups": ["buyers"]},
    "one of the stewards": {"department": "Einkauf", "groups": ["buyers", "stewards"], "steward": True},
}
"""What an identity provider says of somebody, by who that is."""

register(
    ReferenceKind(
        "Claims", "claims", lambda: sorted(CLAIMS), lambda name, _: CLAIMS[name], pattern=r"(?:of|one of) [a-z ]+"
    ),
    ReferenceKind(
        "Configuration",
        "kind of SSO configuration",
        lambda: sorted(VALID),
        lambda name, _: VALID[name],
        pattern=r"(?:with|that) [a-z ]+",
    ),
    ReferenceKind(
        "FlawOfConfiguration",
        "flaw of an SSO configuration",
        lambda: sorted(INVALID),
        lambda name, _: INVALID[name],
        pattern=r"(?:is|has|maps) [a-zA-Z ]+",
    ),
)


@dataclass(frozen=True)
class Storing:
    """An attempt to store a configuration, and when it began."""

    configuration: Mapping[str, Any]
    began: datetime


@pytest.fixture
def sso_arranger(
    registry_observer: RegistryObserver, directory_observer: DirectoryObserver, undo: UndoLog
) -> SingleSignOnArranger:
    """Stores configurations; what is in force now is booked to be put back."""
    before = directory_observer.sso_configuration()
    undo.book("SSO configuration", "the SSO configuration", text=None if before is None else before.text)
    return SingleSignOnArranger(registry_observer)


@given(parse("the catalog has an SSO configuration"), target_fixture="stored")
def configuration_is_stored(
    sso_arranger: SingleSignOnArranger, directory_observer: DirectoryObserver
) -> KnownConfiguration:
    """A configuration stored by the suite, as administrator."""
    sso_arranger.store(STORED)
    stored = directory_observer.sso_configuration()
    assert stored is not None, "the registry has no SSO configuration"
    return stored


@given(parse("the catalog has no SSO configuration"))
def configuration_is_removed(sso_arranger: SingleSignOnArranger) -> None:
    """None is in force."""
    sso_arranger.remove()


@when(parse("{persona:Persona} reads the SSO configuration"), target_fixture="outcome")
def read_configuration(persona: Session) -> Outcome:
    """Ask AdminOps for the configuration."""
    return attempt(persona.admin.get_sso_config)


@when(parse("{persona:Persona} stores an SSO configuration {configuration:Configuration}"), target_fixture="storing")
def store_configuration(persona: Session, configuration: Mapping[str, Any]) -> Storing:
    """Put a configuration in force."""
    began = datetime.now(UTC)
    attempt(persona.admin.set_sso_config, dict(configuration))
    return Storing(configuration, began)


@when(parse("{persona:Persona} stores a wrong SSO configuration, one that {flaw:FlawOfConfiguration}"))
def store_flawed_configuration(persona: Session, flaw: Any) -> None:
    """Try to put a configuration in force that breaks a rule."""
    attempt(persona.admin.set_sso_config, flaw)


@when(parse("{persona:Persona} removes the SSO configuration"))
def remove_configuration(persona: Session) -> None:
    """Leave the catalog without one."""
    attempt(persona.admin.set_sso_config, None)


@when(parse("{persona:Persona} changes what she has read and stores it"), target_fixture="storing")
def store_what_was_read(persona: Session, outcome: Outcome) -> Storing:
    """Parse the text, change one setting, put the result in force."""
    configuration = {**yaml.safe_load(outcome.value.text), "default_role": "user"}
    began = datetime.now(UTC)
    attempt(persona.admin.set_sso_config, configuration)
    return Storing(configuration, began)


@given(parse("the new colleague, {claims:Claims}, has signed in through single sign-on"))
@when(parse("the new colleague, {claims:Claims}, signs in through single sign-on"))
def sign_in_through_provider(claims: Mapping[str, Any], colleague: AccountHolder) -> None:
    """The organisation's identity provider vouches for the colleague, who is let in and is known from then on."""
    answer = colleague.sign_in_through_sso(claims)
    assert answer.accepted, f"the registry answered {answer.status} to the sign-in"


@then(parse("{persona:Persona} is shown the text to the letter, when it was stored and by whom"))
def configuration_is_shown(persona: Session, stored: KnownConfiguration) -> None:
    """Text, time and uploader are those of the registry."""
    shown = persona.last_outcome("get_sso_config").value
    assert shown is not None, "no configuration is shown"
    found = KnownConfiguration(
        shown.text, datetime.fromisoformat(shown.timestamp), shown.uploader.name, shown.uploader.email
    )
    must_agree(vars(found), vars(stored), "fields of the configuration")


@then(parse("{persona:Persona} is told that there is none"))
def none_is_shown(persona: Session) -> None:
    """The answer is nothing, and no error."""
    answer = persona.last_outcome("get_sso_config").value
    assert answer is None, f"the answer is {answer!r}"


@then(parse("the registry has that configuration, stored by {persona:Persona} just now"))
def configuration_is_in_force(persona: Session, storing: Storing, directory_observer: DirectoryObserver) -> None:
    """Its text says the same as what was given, and names the persona's user and the time."""
    persona.last_outcome("set_sso_config").value  # noqa: B018  # a refusal is reported first
    found = directory_observer.sso_configuration()
    assert found is not None, "the registry has no SSO configuration"
    must_agree(yaml.safe_load(found.text), json.loads(json.dumps(storing.configuration)), "settings")
    assert found.uploader == persona.user_name
    assert abs(found.timestamp - storing.began) < timedelta(minutes=1), f"it was stored at {found.timestamp}"


@then(parse("the registry still has the configuration that it had"))
def configuration_is_unchanged(stored: KnownConfiguration, directory_observer: DirectoryObserver) -> None:
    """The same text, time and uploader."""
    assert directory_observer.sso_configuration() == stored


@then(parse("the registry has no SSO configuration"))
def configuration_is_gone(directory_observer: DirectoryObserver) -> None:
    """None is in force."""
    assert directory_observer.sso_configuration() is None


@then(parse("nobody can choose another default role"))
def default_role_is_fixed(role_arranger: RoleArranger, directory_observer: DirectoryObserver, undo: UndoLog) -> None:
    """While a configuration is in force, it decides; the registry refuses the administrator."""
    before = directory_observer.default_role()
    undo.book("default role", "the default role", name=before)
    answer = role_arranger.attempt_default(directory_observer.roles()["viewer"].id)
    assert answer["__typename"] == "SsoConfigConflict", f"the registry answered {answer['__typename']}"
    assert directory_observer.default_role() == before


@then(parse("an administrator can choose the default role again"))
def default_role_is_free(role_arranger: RoleArranger, directory_observer: DirectoryObserver, undo: UndoLog) -> None:
    """The registry does what it refuses while a configuration is in force."""
    undo.book("default role", "the default role", name=directory_observer.default_role())
    role_arranger.set_default("viewer")
    assert directory_observer.default_role() == "viewer"
