"""Administration as a whole: each of the fourteen operations of AdminOps, tried out, and what must not change."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import pytest
from pytest_bdd import then, when

from environment.arrangement.accounts import AccountHolder
from environment.checking.comparing import must_agree
from environment.gherkin.references import ReferenceKind, parse, register
from environment.observers.directory import DirectoryObserver, KnownConfiguration, KnownUser
from environment.people.names import Names, Person
from environment.people.personas import CAST
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.undo.log import UndoLog


@dataclass(frozen=True)
class Affected:
    """Whom an operation would affect: the new colleague, and a stranger who would be created."""

    colleague: str
    stranger: Person


Act: TypeAlias = Callable[[Any, Affected], Outcome]
"""Calls one operation of AdminOps with sensible arguments."""

CONFIGURATION = {"version": "1.0", "default_role": "viewer", "mappings": []}

ACTS: dict[str, Act] = {
    "list the users": lambda admin, _: attempt(admin.list_users),
    "look the new colleague up": lambda admin, who: attempt(admin.get_user, who.colleague),
    "create a user": lambda admin, who: attempt(
        admin.create_user, who.stranger.user_name, who.stranger.email, "viewer", ["user"]
    ),
    "delete the new colleague": lambda admin, who: attempt(admin.delete_user, who.colleague),
    "change the new colleague's e-mail address": lambda admin, who: attempt(
        admin.set_user_email, who.colleague, who.stranger.email
    ),
    "make the new colleague an administrator": lambda admin, who: attempt(admin.set_user_admin, who.colleague, True),
    "deactivate the new colleague": lambda admin, who: attempt(admin.set_user_active, who.colleague, False),
    "reset the new colleague's password": lambda admin, who: attempt(admin.reset_user_password, who.colleague),
    "set the new colleague's role": lambda admin, who: attempt(admin.set_user_role, who.colleague, "admin"),
    "add a role to the new colleague": lambda admin, who: attempt(admin.add_user_roles, who.colleague, ["admin"]),
    "remove a role from the new colleague": lambda admin, who: attempt(
        admin.remove_user_roles, who.colleague, ["viewer"], "user"
    ),
    "list the roles": lambda admin, _: attempt(admin.list_roles),
    "read the SSO configuration": lambda admin, _: attempt(admin.get_sso_config),
    "set the SSO configuration": lambda admin, _: attempt(admin.set_sso_config, CONFIGURATION),
}
"""The fourteen operations, in words."""

ACTS_ON_ONESELF: dict[str, Callable[[Any, str], object]] = {
    "delete": lambda admin, name: attempt(admin.delete_user, name),
    "deactivate": lambda admin, name: attempt(admin.set_user_active, name, False),
    "take the admin rights from": lambda admin, name: attempt(admin.set_user_admin, name, False),
}
"""What an administrator must not do to herself, in words."""

register(
    ReferenceKind(
        "ActOnOneself",
        "act on oneself",
        lambda: sorted(ACTS_ON_ONESELF),
        lambda name, _: ACTS_ON_ONESELF[name],
        pattern=r"[a-z][a-z ]+",
    ),
    ReferenceKind(
        "Act", "act of administration", lambda: sorted(ACTS), lambda name, _: ACTS[name], pattern=r"[a-z][a-zA-Z' -]+"
    ),
)


@dataclass(frozen=True)
class AdministrationState:
    """What administration is about, at one moment."""

    colleague: KnownUser | None
    stranger: KnownUser | None
    others: dict[str, KnownUser]
    sso_configuration: KnownConfiguration | None


@pytest.fixture
def affected(colleague: AccountHolder, names: Names, undo: UndoLog) -> Affected:
    """Whom the operations of this scenario would affect."""
    stranger = names.person()
    undo.book("user", f"the user {stranger.user_name}", name=stranger.user_name)
    return Affected(colleague.user_name, stranger)


def _state(affected: Affected, directory: DirectoryObserver, target: Target) -> AdministrationState:
    """The state without the times of sign-ins; others are those whom every scenario knows."""
    users = {name: replace(user, last_login=user.date_joined) for name, user in directory.users().items()}
    others = {name: users[name] for name in (target.user_name(persona.account) for persona in CAST)}
    stranger = affected.stranger.user_name
    return AdministrationState(
        users.get(affected.colleague), users.get(stranger), others, directory.sso_configuration()
    )


@when(parse("{persona:Persona} tries to {act:Act}"), target_fixture="state_before")
def try_to(
    persona: Session, act: Act, affected: Affected, directory_observer: DirectoryObserver, undo: UndoLog, target: Target
) -> AdministrationState:
    """Call one operation of AdminOps, whether one may or not."""
    before = _state(affected, directory_observer, target)
    text = None if before.sso_configuration is None else before.sso_configuration.text
    undo.book("SSO configuration", "the SSO configuration", text=text)
    act(persona.admin, affected)
    return before


@then(parse("nothing has changed for the new colleague, for others or for single sign-on"))
def nothing_changed(
    state_before: AdministrationState, affected: Affected, directory_observer: DirectoryObserver, target: Target
) -> None:
    """The new colleague and everybody of this test environment are as before, nobody was created, SSO is the same."""
    after = _state(affected, directory_observer, target)
    must_agree(vars(after), vars(state_before), "what administration is about")


@when(parse("{persona:Persona} sets out to {act:ActOnOneself} her own account"))
def try_on_oneself(persona: Session, act: Callable[[Any, str], object]) -> None:
    """Do something to one's own account that would shut oneself out."""
    act(persona.admin, persona.user_name)


@then(parse("{persona:Persona} is still an active administrator"))
def is_still_administrator(persona: Session, directory_observer: DirectoryObserver) -> None:
    """The registry has the persona's user, active and with admin rights."""
    found = directory_observer.user(persona.user_name)
    assert found is not None, "the registry has no such user any more"
    must_agree({"active": found.is_active, "admin": found.is_admin}, {"active": True, "admin": True}, "properties")
