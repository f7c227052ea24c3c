"""Users: what an administrator does with them, what the registry then has, and what is shown about them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pytest
from pytest_bdd import given, then, when

from environment.checking.comparing import must_agree, must_be_empty, must_be_exactly
from environment.driving.administering import (
    LIST_OF_USERS,
    answers_about,
    change_address,
    create,
    create_with,
    delete,
    list_users,
    look_up,
    reset_password,
    set_active,
    set_admin,
)
from environment.driving.administration import Administration, NewUsers, Particular, User
from environment.driving.refusals import refused_with
from environment.driving.session import Session
from environment.errors import SuiteError
from environment.gherkin.following import mentions
from environment.gherkin.references import ValueKind, parse, register
from environment.gherkin.step_arguments import YES_OR_NO, Rows, columns
from environment.gherkin.things import World
from environment.observers.directory import DirectoryObserver, KnownUser
from environment.people.personas import CAST
from steps.kinds_of_people import roles_called, user_called

_NEW = "new"
_YES = {True: "yes", False: "no"}
_ADMINISTRATORS, _DEACTIVATED = "administrators", "deactivated"
STATES: Mapping[str, Callable[[Any], bool]] = {
    _ADMINISTRATORS: lambda user: user.is_admin,
    _DEACTIVATED: lambda user: not user.is_active,
}
"""What a user of AdminOps can be."""

register(
    ValueKind(
        "UserState",
        f"is an administrator|are {_ADMINISTRATORS}|(?:is|are) {_DEACTIVATED}",
        lambda text: _DEACTIVATED if text.endswith(_DEACTIVATED) else _ADMINISTRATORS,
        ("is an administrator", f"are {_ADMINISTRATORS}", f"is {_DEACTIVATED}"),
    )
)

# --- what an administrator does ---------------------------------------------------------------------------------------


@given(parse("{persona:Persona} has listed the users"))
@when(parse("{persona:Persona} lists the users"))
def ask_for_users(persona: Session, administration: Administration) -> None:
    """Ask AdminOps for all users."""
    list_users(persona, administration)


@given(parse("{persona:Persona} has looked up {user:User}"))
@when(parse("{persona:Persona} looks up {user:User}"))
def look_user_up(persona: Session, user: User, administration: Administration) -> None:
    """Ask AdminOps for a user by name."""
    look_up(persona, user, administration)


@given(parse("{persona:Persona} has created a user for {user:NewUser} with {role:Role}{further:FurtherRoles}"))
@when(parse("{persona:Persona} creates a user for {user:NewUser} with {role:Role}{further:FurtherRoles}"))
def create_user(
    persona: Session, user: User, role: str, further: tuple[str, ...], administration: Administration
) -> None:
    """Create a user with one role or several, the first of which is active."""
    create(persona, user, role, further, administration)


@given(parse("{persona:Persona} has created users for {users:NewColleagues} with {role:Role}"))
@when(parse("{persona:Persona} creates users for {users:NewColleagues} with {role:Role}"))
def create_several_users(persona: Session, users: tuple[User, ...], role: str, administration: Administration) -> None:
    """Create users one after the other, all with the same role."""
    for user in users:
        create(persona, user, role, (), administration).value  # noqa: B018 - it raises if the call did


@given(parse("{persona:Persona} has created a user for {user:NewUser} whose {particular:Particular}"))
@when(parse("{persona:Persona} creates a user for {user:NewUser} whose {particular:Particular}"))
def create_particular_user(
    persona: Session, user: User, particular: Particular, new_users: NewUsers, administration: Administration
) -> None:
    """Create a viewer with one field that is unusual or wrong, and the others ordinary."""
    create_with(persona, user, particular, new_users, administration)


@given(parse("{persona:Persona} has deleted {user:User}"))
@when(parse("{persona:Persona} deletes {user:User}"))
def delete_user(persona: Session, user: User, administration: Administration) -> None:
    """Delete a user."""
    delete(persona, user, administration)


@given(parse("{persona:Persona} has changed the e-mail address of {user:User} to {address:Address}"))
@when(parse("{persona:Persona} changes the e-mail address of {user:User} to {address:Address}"))
def change_user_address(persona: Session, user: User, address: str | None, administration: Administration) -> None:
    """Give a user another e-mail address."""
    change_address(persona, user, f"new.{user.email}" if address is None else address, administration)


@given(parse("{persona:Persona} has made {user:User} an administrator"))
@when(parse("{persona:Persona} makes {user:User} an administrator"))
def grant_admin(persona: Session, user: User, administration: Administration) -> None:
    """Grant admin rights."""
    set_admin(persona, user, True, administration)


@given(parse("{persona:Persona} has revoked the admin rights of {user:User}"))
@when(parse("{persona:Persona} revokes the admin rights of {user:User}"))
def revoke_admin(persona: Session, user: User, administration: Administration) -> None:
    """Revoke admin rights."""
    set_admin(persona, user, False, administration)


@given(parse("{persona:Persona} has deactivated {user:User}"))
@when(parse("{persona:Persona} deactivates {user:User}"))
def deactivate(persona: Session, user: User, administration: Administration) -> None:
    """Lock a user out."""
    set_active(persona, user, False, administration)


@given(parse("{persona:Persona} has reactivated {user:User}"))
@when(parse("{persona:Persona} reactivates {user:User}"))
def reactivate(persona: Session, user: User, administration: Administration) -> None:
    """Let a user in again."""
    set_active(persona, user, True, administration)


@given(parse("{persona:Persona} has reset the password of {user:User}"))
@when(parse("{persona:Persona} resets the password of {user:User}"))
def reset_user_password(persona: Session, user: User, administration: Administration) -> None:
    """Have a user choose a new password."""
    reset_password(persona, user, administration)


# --- what the registry has --------------------------------------------------------------------------------------------


@then(parse("the registry's users include:"))
@columns(
    "name",
    optional=("role", "further roles", "active", "admin", "e-mail address", "signed in later", "single sign-on only"),
    cells=dict.fromkeys(("active", "admin", "signed in later", "single sign-on only"), YES_OR_NO),
)
@mentions("User", column="name")
@mentions("Role", column="role", words='the role "{}"')
@mentions("Role", column="further roles", words='the role "{}"')
def registry_has_users(datatable: Rows, directory_observer: DirectoryObserver, request: pytest.FixtureRequest) -> None:
    """Each has the e-mail address given last, and what its row says; with a role, exactly these further ones.

    `signed in later`: the last sign-in is after joining. An e-mail address is `new`, or one that the scenario names.
    """
    found = directory_observer.users()
    for row in datatable:
        user = user_called(row["name"], request)
        assert user.user_name in found, f"the registry has no user {user}"
        have, wanted = _fields(found[user.user_name], user), {"address": user.email, **row}
        if row.get("e-mail address") == _NEW and user.email == user.first_email:
            raise SuiteError(f"Looked for the new address of {user.name}", "there is none", "Change it in a When")
        if row.get("e-mail address") not in (None, _NEW):
            have["e-mail address"] = have["address"]
        if "role" in row:
            [wanted["role"]] = roles_called(row["role"], request)
            wanted["further roles"] = _listed(roles_called(row.get("further roles", ""), request))
        wanted = {name: value for name, value in wanted.items() if name != "name"}
        must_agree({name: have[name] for name in wanted}, wanted, f"fields of {user.name}")


@then(parse("the registry has no user {user:User}"))
def registry_has_no_user(user: User, directory_observer: DirectoryObserver, world: World) -> None:
    """Neither under the user name nor with the e-mail address, unless someone else in the scenario has them."""
    others = {(other.user_name, other.email) for other in world.values("colleague") if other is not user}
    listed, by_name = directory_observer.users(), directory_observer.user(user.user_name)
    everybody = [*listed.values(), *([by_name] if by_name else [])]
    found = [each for each in everybody if each.name == user.user_name or each.email == user.email]
    strangers = [each.name for each in found if (each.name, each.email) not in others]
    must_be_empty(strangers, "users of that name or address")


@then(parse("{user:User} has {role:Role}"))
def user_has_role(user: User, role: str, directory_observer: DirectoryObserver) -> None:
    """It is the user's active role in the registry; there may be others."""
    known = directory_observer.user(user.user_name)
    assert known is not None, f"the registry has no user {user}"
    assert known.role == role, f'{user.name} has the role "{known.role}"'


@then(parse("{user:User} is unchanged"))
def user_is_unchanged(user: User, administration: Administration) -> None:
    """The user's fields in the registry, except the time of the last sign-in, are as before the When."""
    assert user.user_name in administration.before.users, f"the registry had no user {user}"
    assert user.user_name in administration.now().users, f"the registry no longer has the user {user}"
    names = [user.user_name]
    found, before = administration.now().among(names), administration.before.among(names)
    must_agree({user.name: found[user.user_name]}, {user.name: before[user.user_name]}, "users")


@then(
    parse("{persona:Persona} is refused and {user:User} is unchanged, or {same:User} has {role:Role} and no other one")
)
def user_is_unchanged_or_has(
    persona: Session,
    user: User,
    same: User,
    role: str,
    administration: Administration,
    directory_observer: DirectoryObserver,
) -> None:
    """Either the call is refused and nothing has changed, or the value counts as left out."""
    if same is not user:
        raise SuiteError(f"Looked for the role of {user}", f"{same} was to have it", "Name the same user twice")
    outcome = persona.last_outcome()
    if outcome.error is not None:
        refused_with(outcome)
        user_is_unchanged(user, administration)
        return
    known = directory_observer.user(user.user_name)
    assert known is not None, f"the registry has no user {user}"
    must_agree({"role": known.role, "further": known.extra_roles}, {"role": role, "further": ()}, "roles")


@then(parse("every user other than {user:User} is unchanged"))
def others_are_unchanged(user: User, administration: Administration, world: World) -> None:
    """The other people of the scenario and of this test environment, and single sign-on, are as before the When."""
    others = [name for name in _everybody(administration, world) if name != user.user_name]
    must_agree(administration.now().among(others), administration.before.among(others), "users other than " + user.name)


@then(parse("users and single sign-on are unchanged"))
def nothing_changed(administration: Administration, world: World) -> None:
    """The people of the scenario and those of this test environment are as before the When, or still do not exist."""
    names = _everybody(administration, world)
    must_agree(administration.now().among(names), administration.before.among(names), "what administration is about")


def _everybody(administration: Administration, world: World) -> list[str]:
    """The user names of this test environment's people and of the scenario's."""
    return [*administration.cast(), *(each.user_name for each in world.values("colleague"))]


# --- what is shown ----------------------------------------------------------------------------------------------------


@then(parse("{persona:Persona} sees the current details of {users:Users}"))
def sees_users(
    persona: Session, users: tuple[User, ...], administration: Administration, directory_observer: DirectoryObserver
) -> None:
    """The last answer about each of them shows them once, with all the fields that the registry has.

    For Dana, Lee, Ada and Sam, who may be signing in right now, any last sign-in counts.
    """
    known = directory_observer.users()
    for user in users:
        assert user.user_name in known, f"the registry has no user {user}"
        shown = answers_about(persona, user)
        must_be_exactly([each.name for each in shown], [user.user_name], "users shown")
        found, wanted = asdict(_shown(shown[0])), asdict(known[user.user_name])
        if user.user_name in administration.cast():
            found["last_login"] = wanted["last_login"]
        must_agree(found, wanted, f"fields of {user.name}")


@then(parse("{persona:Persona} sees that only {users:Users} {state:UserState}"))
def sees_only(
    persona: Session, users: tuple[User, ...], state: str, administration: Administration, world: World
) -> None:
    """Of the people of the scenario and of this test environment, the list of users shows these as such, and no others.

    Other users, whom a shared deployment may have, do not matter.
    """
    names = dict(zip(administration.cast(), (each.name for each in CAST), strict=True))
    names |= {each.user_name: each.name for each in world.values("colleague")}
    listed = persona.last_outcome(LIST_OF_USERS).value
    found = [names[each.name] for each in listed if each.name in names and STATES[state](each)]
    must_be_exactly(found, [user.name for user in users], f"users shown as {state}")


def _fields(known: KnownUser, user: User) -> dict[str, str]:
    """What a table may say of a user."""
    return {
        "address": known.email,
        "e-mail address": _NEW if known.email not in ("", user.first_email) else known.email,
        "role": known.role or "",
        "further roles": _listed(known.extra_roles),
        "active": _YES[known.is_active],
        "admin": _YES[known.is_admin],
        "signed in later": _YES[known.last_login > known.date_joined],
        "single sign-on only": _YES[known.is_sso_only and not known.is_service],
    }


def _listed(roles: Iterable[str]) -> str:
    return ", ".join(sorted(roles))


def _shown(user: Any) -> KnownUser:
    """A user of AdminOps in the observer's terms."""
    return KnownUser(
        name=user.name,
        email=user.email,
        is_active=user.is_active,
        is_admin=user.is_admin,
        is_sso_only=user.is_sso_only,
        is_service=user.is_service,
        date_joined=datetime.fromisoformat(user.date_joined),
        last_login=datetime.fromisoformat(user.last_login),
        role=None if user.role is None else user.role.name,
        extra_roles=tuple(sorted(role.name for role in user.extra_roles)),
    )
