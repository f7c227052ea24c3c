"""Users, roles and the SSO configuration as the registry has them, asked with gql as the administrator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from environment.observers.registry import RegistryObserver

_ROLE = "__typename ... on ManagedRole { id name arn } ... on UnmanagedRole { id name arn }"
_USER = f"""
  name email isActive isAdmin isSsoOnly isService dateJoined lastLogin
  role {{ {_ROLE} }} extraRoles {{ {_ROLE} }}
"""
_LIST = f"query {{ admin {{ user {{ list {{ {_USER} }} }} }} }}"
_GET = f"query ($name: String!) {{ admin {{ user {{ get(name: $name) {{ {_USER} }} }} }} }}"
_ROLES = f"query {{ roles {{ {_ROLE} }} }}"
_SSO = "query { admin { ssoConfig { text timestamp uploader { name email } } } }"
_DEFAULT = f"query {{ defaultRole {{ {_ROLE} }} }}"


@dataclass(frozen=True)
class KnownRole:
    """A role; ``managed`` if the registry looks after its permissions, else an ARN that others look after."""

    id: str
    name: str
    arn: str
    managed: bool


@dataclass(frozen=True)
class KnownUser:
    """A user; ``role`` is the name of the active role, ``extra_roles`` are the names of the others, sorted."""

    name: str
    email: str
    is_active: bool
    is_admin: bool
    is_sso_only: bool
    is_service: bool
    date_joined: datetime
    last_login: datetime
    role: str | None
    extra_roles: tuple[str, ...]


@dataclass(frozen=True)
class KnownConfiguration:
    """The SSO configuration in force: its text to the letter, when it was stored, and by whom."""

    text: str
    timestamp: datetime
    uploader: str
    uploader_email: str


class DirectoryObserver:
    """Asks one registry about its people."""

    def __init__(self, registry: RegistryObserver) -> None:
        self._registry = registry

    def users(self) -> dict[str, KnownUser]:
        """All users by name."""
        found = self._registry.ask(_LIST)["admin"]["user"]["list"]
        return {user["name"]: _user(user) for user in found}

    def user(self, name: str) -> KnownUser | None:
        """One user; None if there is none."""
        found = self._registry.ask(_GET, name=name)["admin"]["user"]["get"]
        return None if found is None else _user(found)

    def roles(self) -> dict[str, KnownRole]:
        """All roles by name."""
        return {role["name"]: _role(role) for role in self._registry.ask(_ROLES)["roles"]}

    def default_role(self) -> str | None:
        """Name of the role of those who sign up on their own; None if there is none."""
        found = self._registry.ask(_DEFAULT)["defaultRole"]
        return None if found is None else str(found["name"])

    def sso_configuration(self) -> KnownConfiguration | None:
        """The SSO configuration in force; None if there is none."""
        found = self._registry.ask(_SSO)["admin"]["ssoConfig"]
        if found is None:
            return None
        uploader = found["uploader"]
        moment = datetime.fromisoformat(found["timestamp"])
        return KnownConfiguration(found["text"], moment, uploader["name"], uploader["email"])


def _user(found: dict[str, Any]) -> KnownUser:
    return KnownUser(
        name=found["name"],
        email=found["email"],
        is_active=found["isActive"],
        is_admin=found["isAdmin"],
        is_sso_only=found["isSsoOnly"],
        is_service=found["isService"],
        date_joined=datetime.fromisoformat(found["dateJoined"]),
        last_login=datetime.fromisoformat(found["lastLogin"]),
        role=None if found["role"] is None else found["role"]["name"],
        extra_roles=tuple(sorted(role["name"] for role in found["extraRoles"])),
    )


def _role(found: dict[str, Any]) -> KnownRole:
    return KnownRole(found["id"], found["name"], found["arn"], found["__typename"] == "ManagedRole")
