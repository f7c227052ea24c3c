"""Roles: which ones there are, and who gets or loses them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pytest
from pytest_bdd import given, then, when

from environment.arrangement.roles import RoleArranger
from environment.checking.comparing import must_agree, must_be_exactly
from environment.driving.administering import add_roles, list_roles, remove_roles, set_role
from environment.driving.administration import Administration, User
from environment.driving.session import Session
from environment.gherkin.following import mentions
from environment.gherkin.references import ValueKind, parse, register
from environment.gherkin.step_arguments import Rows, columns
from environment.observers.directory import DirectoryObserver, KnownRole
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.kinds import BUCKETS
from steps.kinds_of_people import roles_called

KINDS_OF_ROLES = {
    "managed": {"managed", "managedrole", "quilt"},
    "unmanaged": {"unmanaged", "unmanagedrole", "custom"},
}
"""How the type of a role may be called: by GraphQL's type, by the docstring of Role, or by the catalog's words."""


_BUCKET = "|".join(BUCKETS)
_RIGHT = rf"(?:only read|read and write|read|write) the (?:{_BUCKET})(?:(?:, | and )(?:{_BUCKET}))* buckets?"
register(
    ValueKind(
        "Rights",
        rf"{_RIGHT}(?:(?:, | and ){_RIGHT})*",
        lambda text: {
            bucket: verb
            for verb, those in re.findall(r"(read|write) the ([\w, ]+?) buckets?\b", text)
            for bucket in re.findall(_BUCKET, those)
        },
        ("only read the data and scratch buckets", "read the packages bucket and write the scratch bucket"),
    )
)
_LEVELS = {"read": "READ", "write": "READ_WRITE"}


@given(parse("{role:NewRole} that may {rights:Rights}"))
def role_with_rights(
    role: str, rights: Mapping[str, str], role_arranger: RoleArranger, undo: UndoLog, target: Target
) -> None:
    """A managed role with its own policy, made by the suite as administrator; the right to write includes reading."""
    undo.book("policy", f"the policy {role}", title=role)
    policy = role_arranger.create_policy(role, _levels(rights, target))
    undo.book("role", f"the role {role}", name=role)
    role_arranger.create_role(role, policy)


@given(parse("from now on {role:Role} may {rights:Rights}"))
@when(parse("from now on {role:Role} may {rights:Rights}"))
def role_has_other_rights(role: str, rights: Mapping[str, str], role_arranger: RoleArranger, target: Target) -> None:
    """The policy of a role that the scenario made is changed, as an administrator does in the catalog."""
    role_arranger.update_policy(role, _levels(rights, target))


def _levels(rights: Mapping[str, str], target: Target) -> dict[str, str]:
    return {str(getattr(target.buckets, bucket)): _LEVELS[verb] for bucket, verb in rights.items()}


@given(parse("{persona:Persona} has listed the roles"))
@when(parse("{persona:Persona} lists the roles"))
def ask_for_roles(persona: Session, administration: Administration) -> None:
    """Ask AdminOps for all roles."""
    list_roles(persona, administration)


@given(parse("{persona:Persona} has given {user:User} {role:Role}{further:FurtherRoles}{keeps:KeepingRoles}"))
@when(parse("{persona:Persona} gives {user:User} {role:Role}{further:FurtherRoles}{keeps:KeepingRoles}"))
def give_roles(
    persona: Session, user: User, role: str, further: tuple[str, ...], keeps: bool, administration: Administration
) -> None:
    """Make a role the user's active one, in place of all others unless the sentence keeps them."""
    set_role(persona, user, role, further, keeps, administration)


@given(parse("{persona:Persona} has added {roles:Roles} to {user:User}"))
@when(parse("{persona:Persona} adds {roles:Roles} to {user:User}"))
def add_to_roles(persona: Session, roles: tuple[str, ...], user: User, administration: Administration) -> None:
    """Give a user further roles."""
    add_roles(persona, user, roles, administration)


@given(parse("{persona:Persona} has removed {roles:Roles} from {user:User}{fallback:Fallback}"))
@when(parse("{persona:Persona} removes {roles:Roles} from {user:User}{fallback:Fallback}"))
def remove_from_roles(
    persona: Session, roles: tuple[str, ...], user: User, fallback: tuple[str, ...], administration: Administration
) -> None:
    """Take roles from a user; the fallback becomes their role if none is left."""
    remove_roles(persona, user, roles, fallback, administration)


@then(parse("{persona:Persona} sees these roles, each with its ID, ARN and type:"))
@columns("role")
@mentions("Role", column="role", words='the role "{}"')
def sees_roles(
    persona: Session, datatable: Rows, directory_observer: DirectoryObserver, request: pytest.FixtureRequest
) -> None:
    """Each of them once, with identifier, ARN and type as the registry has them."""
    known = directory_observer.roles()
    wanted = [name for row in datatable for name in roles_called(row["role"], request)]
    listed = [role for role in persona.last_outcome("list_roles").value if role.name in wanted]
    must_be_exactly([role.name for role in listed], wanted, "roles listed")
    shown = {role.name: _shown(role) for role in listed}
    for name in wanted:
        must_agree(shown[name], _known(known[name]), f'fields of the role "{name}"')


def _shown(role: Any) -> dict[str, str]:
    kinds = [kind for kind, words in KINDS_OF_ROLES.items() if str(role.type).lower() in words]
    return {"id": role.id, "arn": role.arn, "type": kinds[0] if kinds else f"'{role.type}'"}


def _known(role: KnownRole) -> dict[str, str]:
    return {"id": role.id, "arn": role.arn, "type": "managed" if role.managed else "unmanaged"}
