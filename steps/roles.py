"""Roles: which there are, who has which, and what one allows."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_bdd import given, then, when

from environment.arrangement.accounts import AccountHolder
from environment.arrangement.roles import RoleArranger
from environment.checking.comparing import must_agree, must_be_exactly
from environment.gherkin.references import parse
from environment.observers.directory import DirectoryObserver, KnownRole, KnownUser
from environment.observers.registry import RegistryObserver
from environment.people.names import Names
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.accounts import known_user

BUILT_IN = ("ReadQuiltBucket", "ReadWriteQuiltBucket")
"""Roles that every stack has (registry facts 4)."""

KINDS_OF_ROLES = {
    "managed": {"managed", "managedrole", "quilt"},
    "unmanaged": {"unmanaged", "unmanagedrole", "custom"},
}
"""How the type of a role may be called: by GraphQL's type, by the docstring of Role, or by the catalog's words."""


@pytest.fixture(scope="session")
def role_arranger(registry_observer: RegistryObserver) -> RoleArranger:
    """Makes roles through the registry."""
    return RoleArranger(registry_observer)


@given(parse("there is a role that may only read the scratch bucket"), target_fixture="own_role")
def role_of_ones_own(role_arranger: RoleArranger, names: Names, undo: UndoLog, target: Target) -> str:
    """A managed role with a policy of its own, made by the suite as administrator."""
    name = names.role_name()
    undo.book("policy", f"the policy {name}", title=name)
    policy = role_arranger.create_policy(name, {target.buckets.scratch: "READ"})
    undo.book("role", f"the role {name}", name=name)
    role_arranger.create_role(name, policy)
    return name


@when(parse("{persona:Persona} lists the roles"), target_fixture="outcome")
def list_roles(persona: Session) -> Outcome:
    """Ask AdminOps for all roles."""
    return attempt(persona.admin.list_roles)


@when(parse('{persona:Persona} gives the new colleague the role "{role:Text}"'))
def set_role(persona: Session, role: str, colleague: AccountHolder) -> None:
    """Replace all roles of the user by this one."""
    attempt(persona.admin.set_user_role, colleague.user_name, role)


@when(parse("{persona:Persona} gives the new colleague that role"))
def set_own_role(persona: Session, own_role: str, colleague: AccountHolder) -> None:
    """Replace all roles of the user by the role that was made for this scenario."""
    attempt(persona.admin.set_user_role, colleague.user_name, own_role)


@when(parse('{persona:Persona} gives the new colleague the role "{role:Text}" and the further roles {roles:Names}'))
def set_roles(persona: Session, role: str, roles: tuple[str, ...], colleague: AccountHolder) -> None:
    """Replace all roles of the user by these, of whom the first is the active one."""
    attempt(persona.admin.set_user_role, colleague.user_name, role, extra_roles=list(roles))


@when(
    parse(
        '{persona:Persona} gives the new colleague the role "{role:Text}" and the further roles {roles:Names}, '
        + "beside those that they have"
    )
)
def append_roles(persona: Session, role: str, roles: tuple[str, ...], colleague: AccountHolder) -> None:
    """Make a role the active one, and keep all that the user has."""
    attempt(persona.admin.set_user_role, colleague.user_name, role, extra_roles=list(roles), append=True)


@when(parse("{persona:Persona} adds the roles {roles:Names} to those of the new colleague"))
def add_roles(persona: Session, roles: tuple[str, ...], colleague: AccountHolder) -> None:
    """Give the user further roles."""
    attempt(persona.admin.add_user_roles, colleague.user_name, list(roles))


@when(parse("{persona:Persona} removes the roles {roles:Names} from those of the new colleague"))
def remove_roles(persona: Session, roles: tuple[str, ...], colleague: AccountHolder) -> None:
    """Take roles from the user."""
    attempt(persona.admin.remove_user_roles, colleague.user_name, list(roles))


@when(
    parse(
        "{persona:Persona} removes the roles {roles:Names} from those of the new colleague, "
        + 'with "{fallback:Text}" to fall back on'
    )
)
def remove_roles_with_fallback(
    persona: Session, roles: tuple[str, ...], fallback: str, colleague: AccountHolder
) -> None:
    """Take roles from the user, and name the one to act in if none is left."""
    attempt(persona.admin.remove_user_roles, colleague.user_name, list(roles), fallback)


@then(parse("the built-in roles, those of this test environment and that role are listed as the registry has them"))
def roles_are_listed(outcome: Outcome, own_role: str, directory_observer: DirectoryObserver) -> None:
    """Each of them once, with identifier, ARN and type."""
    known = directory_observer.roles()
    wanted = (*BUILT_IN, "admin", "user", "viewer", "service", own_role)
    listed = [role for role in outcome.value if role.name in wanted]
    must_be_exactly([role.name for role in listed], wanted, "roles listed")
    shown = {role.name: _shown(role) for role in listed}
    for name in wanted:
        must_agree(shown[name], _known(known[name]), f"fields of the role {name}")


@then(parse('the registry has the new colleague with the role "{role:Text}" and no other'))
def has_one_role(role: str, colleague: AccountHolder, directory_observer: DirectoryObserver) -> None:
    """The role is the active one, and there are no further ones."""
    _must_have(role, (), known_user(colleague, directory_observer))


@then(parse('the registry has the new colleague with the role "{role:Text}" and the further roles {roles:Names}'))
def has_roles(
    role: str, roles: tuple[str, ...], colleague: AccountHolder, directory_observer: DirectoryObserver
) -> None:
    """The role is the active one, and exactly these are the further ones."""
    _must_have(role, roles, known_user(colleague, directory_observer))


@then(parse("the registry has the new colleague with that role and no other"))
def has_own_role(own_role: str, colleague: AccountHolder, directory_observer: DirectoryObserver) -> None:
    """The role that was made for this scenario is the only one."""
    _must_have(own_role, (), known_user(colleague, directory_observer))


def _must_have(role: str, extra_roles: tuple[str, ...], found: KnownUser) -> None:
    have = {"role": found.role, "further roles": found.extra_roles}
    must_agree(have, {"role": role, "further roles": tuple(sorted(extra_roles))}, "roles of the new colleague")


def _shown(role: Any) -> dict[str, str]:
    kinds = [kind for kind, words in KINDS_OF_ROLES.items() if str(role.type).lower() in words]
    return {"id": role.id, "arn": role.arn, "type": kinds[0] if kinds else f"'{role.type}'"}


def _known(role: KnownRole) -> dict[str, str]:
    return {"id": role.id, "arn": role.arn, "type": "managed" if role.managed else "unmanaged"}
