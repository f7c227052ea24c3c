"""What administrators do, each in one word, and what they are told of users."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from environment.driving.administration import Administration, NewUsers, Particular, User
from environment.driving.session import Session
from environment.errors import SuiteError
from environment.product.outcome import Outcome, attempt

USER_ANSWERS = (
    "get_user",
    "create_user",
    "set_user_email",
    "set_user_admin",
    "set_user_active",
    "set_user_role",
    "add_user_roles",
    "remove_user_roles",
)
"""Operations of AdminOps that answer with a user, whose name is the first thing that they are given."""
LIST_OF_USERS = "list_users"


def list_users(persona: Session, administration: Administration) -> Outcome:
    """Ask AdminOps for all users."""
    administration.begin()
    return attempt(persona.admin.list_users)


def look_up(persona: Session, user: User, administration: Administration) -> Outcome:
    """Ask AdminOps for a user by name."""
    administration.begin()
    return attempt(persona.admin.get_user, user.user_name)


def create(
    persona: Session, user: User, role: str, further_roles: Sequence[str], administration: Administration
) -> Outcome:
    """Create a user with one role or several, of which the first is the active one."""
    administration.begin()
    further = {"extra_roles": list(further_roles)} if further_roles else {}
    return attempt(persona.admin.create_user, user.user_name, user.email, role, **further)


def create_with(
    persona: Session, user: User, particular: Particular, users: NewUsers, administration: Administration
) -> Outcome:
    """Create a viewer of whom one field is unusual or wrong, and the others are neither."""
    administration.begin()
    fields: dict[str, Any] = {"name": user.user_name, "email": user.email, "role": "viewer"}
    is_list = particular.field == "extra_roles"
    fields[particular.field] = ["user", particular.value] if is_list else particular.value
    user.become(fields["name"], fields["email"])
    users.book(user)
    return attempt(persona.admin.create_user, **fields)


def delete(persona: Session, user: User, administration: Administration) -> Outcome:
    """Delete a user."""
    administration.begin()
    return attempt(persona.admin.delete_user, user.user_name)


def change_address(persona: Session, user: User, address: str, administration: Administration) -> Outcome:
    """Give a user another e-mail address."""
    administration.begin()
    outcome = attempt(persona.admin.set_user_email, user.user_name, address)
    if outcome.succeeded:
        user.email = address
    return outcome


def set_admin(persona: Session, user: User, is_admin: bool, administration: Administration) -> Outcome:
    """Grant or revoke admin rights."""
    administration.begin()
    return attempt(persona.admin.set_user_admin, user.user_name, is_admin)


def set_active(persona: Session, user: User, is_active: bool, administration: Administration) -> Outcome:
    """Deactivate a user, or reactivate them."""
    administration.begin()
    return attempt(persona.admin.set_user_active, user.user_name, is_active)


def reset_password(persona: Session, user: User, administration: Administration) -> Outcome:
    """Have a user choose a new password."""
    administration.begin()
    return attempt(persona.admin.reset_user_password, user.user_name)


def set_role(
    persona: Session, user: User, role: str, further_roles: Sequence[str], keeps: bool, administration: Administration
) -> Outcome:
    """Make a role a user's active one, with these further ones; in place of those that they have, unless it keeps."""
    administration.begin()
    further: dict[str, Any] = {"extra_roles": list(further_roles)} if further_roles else {}
    if keeps:
        further["append"] = True
    return attempt(persona.admin.set_user_role, user.user_name, role, **further)


def add_roles(persona: Session, user: User, roles: Sequence[str], administration: Administration) -> Outcome:
    """Give a user further roles."""
    administration.begin()
    return attempt(persona.admin.add_user_roles, user.user_name, list(roles))


def remove_roles(
    persona: Session, user: User, roles: Sequence[str], fallback: Sequence[str], administration: Administration
) -> Outcome:
    """Take roles from a user; `fallback` has at most one, to act in if none is left."""
    administration.begin()
    return attempt(persona.admin.remove_user_roles, user.user_name, list(roles), *fallback)


def list_roles(persona: Session, administration: Administration) -> Outcome:
    """Ask AdminOps for all roles."""
    administration.begin()
    return attempt(persona.admin.list_roles)


def read_configuration(persona: Session, administration: Administration) -> Outcome:
    """Ask AdminOps for the SSO configuration."""
    administration.begin()
    return attempt(persona.admin.get_sso_config)


def store_configuration(persona: Session, text: str | None, administration: Administration) -> Outcome:
    """Put an SSO configuration in force, or none; what is no mapping in YAML is given as it is written."""
    administration.begin()
    administration.book_configuration()
    return attempt(persona.admin.set_sso_config, None if text is None else _settings(text))


def change_default_role(persona: Session, role: str, administration: Administration) -> Outcome:
    """Read the SSO configuration, change one setting, and store the result."""
    read = read_configuration(persona, administration)
    administration.book_configuration()
    return attempt(persona.admin.set_sso_config, {**yaml.safe_load(read.value.text), "default_role": role})


def in_registry_names(text: str, names: Mapping[str, str]) -> str:
    """A text in which the scenario's names for roles are those that the registry knows."""
    words = "|".join(map(re.escape, names))
    return re.sub(rf"(?<![\w-])(?:{words})(?![\w-])", lambda found: names[found[0]], text) if names else text


def _settings(text: str) -> object:
    try:
        settings = yaml.safe_load(text)
    except yaml.YAMLError:
        return text
    return settings if isinstance(settings, dict) else text


def answers_about(persona: Session, user: User) -> list[Any]:
    """The users of this name in the last answer to a person that was about them, or that was the list of all.

    In a step in which both came, as from several threads, the answer about them alone counts.

    Raises:
        OperationFailed: the product refused that call.
        SuiteError: the person never asked for anything of the kind.
    """
    asked = persona.outcomes(*USER_ANSWERS, LIST_OF_USERS)
    found = [outcome for outcome in asked if _is_about(outcome, user) or _is_list(outcome)]
    if not found:
        raise SuiteError(f"Looked for what {persona} was told of {user.name}", "nothing was asked", "Ask in a When")
    *_, last = sorted(found, key=lambda outcome: (outcome.step, not _is_list(outcome)))
    answer: Any = last.value
    return [each for each in (answer if isinstance(answer, list) else [answer]) if each.name == user.user_name]


def _is_about(outcome: Outcome[Any], user: User) -> bool:
    if _is_list(outcome) or outcome.call is None:
        return False
    given = (*outcome.call.arguments, outcome.call.named_arguments.get("name"))
    return user.user_name == given[0] or user.user_name == given[-1]


def _is_list(outcome: Outcome[Any]) -> bool:
    return outcome.operation == LIST_OF_USERS
