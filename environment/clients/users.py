"""Users put into a registry through its admin GraphQL, as the administrator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from environment.clients.mutations import RESULT, must_be_done
from environment.clients.registry import RegistryClient

_CREATE = f"mutation ($input: UserInput!) {{ admin {{ user {{ create(input: $input) {{ {RESULT} }} }} }} }}"
_MUTATE = "mutation ({variables}) {{ admin {{ user {{ mutate(name: $name) {{ {change} {{ {result} }} }} }} }} }}"


def _mutation(change: str, **variables: str) -> str:
    declared = ", ".join(f"${name}: {kind}" for name, kind in {"name": "String!", **variables}.items())
    return _MUTATE.format(variables=declared, change=change, result=RESULT)


_SET_ACTIVE = _mutation("setActive(active: $active)", active="Boolean!")
_SET_ADMIN = _mutation("setAdmin(admin: $admin)", admin="Boolean!")
_SET_ROLE = _mutation("setRole(role: $role)", role="String!")
_SET_EMAIL = _mutation("setEmail(email: $email)", email="String!")
_DELETE = _mutation("delete")


class UserArranger:
    """Makes and changes users of one registry. Every method raises `SuiteError` if the registry refuses."""

    def __init__(self, registry: RegistryClient) -> None:
        self._registry = registry

    def create(self, name: str, email: str, role: str, extra_roles: Sequence[str] = ()) -> None:
        """Make an active user without admin rights."""
        user = {"name": name, "email": email, "role": role, "extraRoles": list(extra_roles)}
        answer = self._registry.ask(_CREATE, input=user)["admin"]["user"]["create"]
        must_be_done(f"Created the user {name}", answer)

    def deactivate(self, name: str) -> None:
        """Shut a user out."""
        self._change(f"Deactivated the user {name}", _SET_ACTIVE, "setActive", name=name, active=False)

    def appoint(self, name: str) -> None:
        """Make a user an administrator."""
        self._change(f"Made the user {name} an administrator", _SET_ADMIN, "setAdmin", name=name, admin=True)

    def dismiss(self, name: str) -> None:
        """Take an administrator's rights."""
        self._change(f"Took the administrator's rights of {name}", _SET_ADMIN, "setAdmin", name=name, admin=False)

    def activate(self, name: str) -> None:
        """Let a user in again."""
        self._change(f"Activated the user {name}", _SET_ACTIVE, "setActive", name=name, active=True)

    def set_role(self, name: str, role: str) -> None:
        """Give a user this role and no other."""
        self._change(f"Gave {name} the role {role}", _SET_ROLE, "setRole", name=name, role=role)

    def set_email(self, name: str, email: str) -> None:
        """Change a user's e-mail address."""
        self._change(f"Changed the address of {name}", _SET_EMAIL, "setEmail", name=name, email=email)

    def delete(self, name: str) -> None:
        """Delete a user; nothing to do if there is none."""
        answer = self._registry.ask(_DELETE, name=name)["admin"]["user"]["mutate"]
        if answer is not None:
            must_be_done(f"Deleted the user {name}", answer["delete"])

    def _change(self, tried: str, mutation: str, field: str, **variables: Any) -> None:
        answer = self._registry.ask(mutation, **variables)["admin"]["user"]["mutate"]
        must_be_done(tried, None if answer is None else answer[field])
