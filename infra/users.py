"""The four users of a test catalog and their roles (rule 15), put right through the registry's admin API.

What is right is what the suite's own embedded deployment opens with; so both targets have the same people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from environment.arrangement.roles import RoleArranger
from environment.clients.users import UserArranger
from environment.observers.directory import DirectoryObserver, KnownUser
from environment.observers.registry import RegistryObserver
from quilt_stack import Blueprint, RoleBlueprint, UserBlueprint

_POLICIES = "query { policies { id title } }"


@dataclass(frozen=True)
class Change:
    """Something that is to be put right: in words, and how."""

    what: str
    apply: Callable[[], None]


class UserProvisioning:
    """Compares one registry with a blueprint; ``registry`` asks as an administrator."""

    def __init__(self, registry: RegistryObserver, blueprint: Blueprint) -> None:
        self._registry = registry
        self._blueprint = blueprint
        self._directory = DirectoryObserver(registry)
        self._roles = RoleArranger(registry)
        self._users = UserArranger(registry)

    def changes(self) -> Iterator[Change]:
        """What differs now, in the order in which to put it right; nothing if all is as it should be.

        Roles that are there are left as they are: an administrator may have chosen to give them more.
        """
        known_roles = self._directory.roles()
        for role in self._blueprint.roles:
            if role.name not in known_roles:
                yield Change(f"create the role {role.name}", partial(self._create_role, role))
        known_users = self._directory.users()
        for user in self._blueprint.users:
            if user.name in known_users:
                yield from self._corrections(user, known_users[user.name])
            else:
                what = f"create the user {user.name}, {user.email}, role {user.role}"
                yield Change(what, partial(self._create_user, user))
        default = self._blueprint.default_role
        # One that is there stays: an administrator chose it. Without any, scenarios could not put it back.
        if default is not None and self._directory.default_role() is None:
            yield Change(f"make {default} the default role", lambda: self._roles.set_default(default))

    def _create_user(self, user: UserBlueprint) -> None:
        self._users.create(user.name, user.email, user.role)
        if user.admin:
            self._users.appoint(user.name)

    def _corrections(self, user: UserBlueprint, known: KnownUser) -> Iterator[Change]:
        name = user.name
        if not known.is_active:
            yield Change(f"activate {name}", lambda: self._users.activate(name))
        if known.email != user.email:
            yield Change(
                f"change the address of {name} to {user.email}", lambda: self._users.set_email(name, user.email)
            )
        # A service user's role cannot be assigned (registry facts 3.3).
        if (known.role, known.extra_roles) != (user.role, ()) and not known.is_service:
            yield Change(f"give {name} the role {user.role} alone", lambda: self._users.set_role(name, user.role))
        if known.is_admin and not user.admin:
            yield Change(f"take the administrator's rights of {name}", lambda: self._users.dismiss(name))
        if user.admin and not known.is_admin:
            yield Change(f"make {name} an administrator", lambda: self._users.appoint(name))

    def _create_role(self, role: RoleBlueprint) -> None:
        (title,) = role.policies
        existing = {policy["title"]: str(policy["id"]) for policy in self._registry.ask(_POLICIES)["policies"]}
        permissions = next(policy.permissions for policy in self._blueprint.policies if policy.title == title)
        levels = {bucket: level.value for bucket, level in permissions.items()}
        self._roles.create_role(role.name, existing.get(title) or self._roles.create_policy(title, levels))
