"""Single sign-on: the configuration that decides who gets which role when they sign in through a provider."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta

import yaml
from pytest_bdd import given, then, when

from environment.arrangement.roles import RoleArranger
from environment.arrangement.single_sign_on import SingleSignOnArranger
from environment.checking.comparing import must_agree
from environment.driving.administering import (
    change_default_role,
    in_registry_names,
    read_configuration,
    store_configuration,
)
from environment.driving.administration import Administration, User
from environment.driving.session import Session
from environment.gherkin.embedded import embedded_only
from environment.gherkin.references import parse
from environment.gherkin.step_arguments import Rows, columns
from environment.gherkin.things import World
from environment.observers.directory import DirectoryObserver, KnownConfiguration
from environment.observers.registry import RegistryObserver
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


@given(parse("an SSO configuration"))
@given(parse("this SSO configuration:"))
def configuration_is_stored(
    administration: Administration, registry_observer: RegistryObserver, world: World, docstring: str = STORED
) -> None:
    """A configuration stored by the suite, as administrator; one of the suite's own, unless its text is given.

    Roles have the names that the scenario gave them.
    """
    administration.book_configuration()
    SingleSignOnArranger(registry_observer).store(in_registry_names(docstring, world.named("role")))


@given(parse("there is no SSO configuration"))
def configuration_is_removed(administration: Administration, registry_observer: RegistryObserver) -> None:
    """None is in force."""
    administration.book_configuration()
    SingleSignOnArranger(registry_observer).remove()


@given(parse("{persona:Persona} has read the SSO configuration"))
@when(parse("{persona:Persona} reads the SSO configuration"))
def ask_for_configuration(persona: Session, administration: Administration) -> None:
    """Ask AdminOps for the configuration."""
    read_configuration(persona, administration)


@given(parse("{persona:Persona} has stored this SSO configuration:"))
@when(parse("{persona:Persona} stores this SSO configuration:"))
def give_configuration(persona: Session, docstring: str, administration: Administration, world: World) -> None:
    """Put a configuration in force; text that is not a YAML mapping is passed on as written.

    Roles have the names that the scenario gave them.
    """
    store_configuration(persona, in_registry_names(docstring, world.named("role")), administration)


@given(parse("{persona:Persona} has changed the default role in the SSO configuration to {role:Role}"))
@when(parse("{persona:Persona} changes the default role in the SSO configuration to {role:Role}"))
def give_default_role(persona: Session, role: str, administration: Administration) -> None:
    """Read the configuration, change one setting, and store the result."""
    change_default_role(persona, role, administration)


@given(parse("{persona:Persona} has removed the SSO configuration"))
@when(parse("{persona:Persona} removes the SSO configuration"))
def remove_configuration(persona: Session, administration: Administration) -> None:
    """Leave the catalog without one."""
    store_configuration(persona, None, administration)


@given(parse("{user:NewUser} has signed in through single sign-on with these claims:"))
@when(parse("{user:NewUser} signs in through single sign-on with these claims:"))
@columns("claim", "value")
@embedded_only
def sign_in_through_provider(user: User, datatable: Rows) -> None:
    """The organization's identity provider vouches for a person, who is let in; values are YAML."""
    claims = {row["claim"]: yaml.safe_load(row["value"]) for row in datatable}
    answer = user.holder.sign_in_through_sso(claims)
    assert answer.accepted, f"the sign-in fails: the registry answered {answer.status}"


@then(parse("{persona:Persona} sees the exact text of the SSO configuration, its date and its author"))
def configuration_is_shown(persona: Session, directory_observer: DirectoryObserver) -> None:
    """Text, time and uploader are those of the registry."""
    stored = directory_observer.sso_configuration()
    assert stored is not None, "the registry has no SSO configuration"
    shown = persona.last_outcome("get_sso_config", "set_sso_config").value
    assert shown is not None, "no configuration is shown"
    found = KnownConfiguration(
        shown.text, datetime.fromisoformat(shown.timestamp), shown.uploader.name, shown.uploader.email
    )
    must_agree(vars(found), vars(stored), "fields of the configuration")


@then(parse("{persona:Persona} sees that there is no SSO configuration"))
def none_is_shown(persona: Session) -> None:
    """The answer is None, not an error."""
    answer = persona.last_outcome("get_sso_config").value
    assert answer is None, f"the answer is {answer!r}"


@then(parse("the registry has the SSO configuration that {persona:Persona} stored, with its date and its author"))
def configuration_is_in_force(persona: Session, directory_observer: DirectoryObserver) -> None:
    """Its text says the same as what was given, its author is the persona's user, and its date is right."""
    outcome = persona.last_outcome("set_sso_config")
    outcome.value  # noqa: B018  # a refusal is reported first
    assert outcome.call is not None, "nothing was stored"
    [given_settings] = outcome.call.arguments
    found = directory_observer.sso_configuration()
    assert found is not None, "the registry has no SSO configuration"
    must_agree(yaml.safe_load(found.text), json.loads(json.dumps(given_settings)), "settings")
    assert found.uploader == persona.user_name, f"its author is {found.uploader}, not {persona}"
    began = datetime.now(UTC) - timedelta(seconds=time.perf_counter() - outcome.started)
    assert abs(found.timestamp - began) < timedelta(minutes=1), f"it was stored at {found.timestamp}"


@then(parse("the SSO configuration is unchanged"))
def configuration_is_unchanged(administration: Administration) -> None:
    """There is one, with the same text, time and uploader as before the When."""
    before = administration.before.sso_configuration
    assert before is not None, "there was no SSO configuration"
    assert administration.now().sso_configuration == before, "the SSO configuration has changed"


@then(parse("there is no SSO configuration"))
def configuration_is_gone(directory_observer: DirectoryObserver) -> None:
    """None is in force."""
    assert directory_observer.sso_configuration() is None, "the registry has an SSO configuration"


@then(parse("an administrator {can:Can} change the default role"))
def default_role_can_be_changed(
    can: bool, role_arranger: RoleArranger, directory_observer: DirectoryObserver, undo: UndoLog
) -> None:
    """While a configuration is in force, it decides, and the registry refuses the administrator."""
    before = directory_observer.default_role()
    undo.book("default role", "the default role", name=before)
    answer = role_arranger.attempt_default(directory_observer.roles()["viewer"].id)["__typename"]
    assert answer == ("RoleSetDefaultSuccess" if can else "SsoConfigConflict"), f"the registry answered {answer}"
    found, wanted = directory_observer.default_role(), "viewer" if can else before
    assert found == wanted, f"the default role is {found}, not {wanted}"
