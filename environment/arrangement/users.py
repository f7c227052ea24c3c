"""Users put into a registry through its admin GraphQL, as the administrator."""

from __future__ import annotations

from typing import Any

from environment.errors import SuiteError
from environment.observers.registry import RegistryObserver

_RESULT = """
  __typename
  ... on InvalidInput { errors { path message name } }
  ... on OperationError { name message }
"""
_CREATE = f"mutation ($input: UserInput!) {{ admin {{ user {{ create(input: $input) {{ {_RESULT} }} }} }} }}"
_SET_ACTIVE = f"""
mutation ($name: String!, $active: Boolean!) {{
  admin {{ user {{ mutate(name: $name) {{ setActive(active: $active) {{ {_RESULT} }} }} }} }}
}}
"""
_DELETE = f"mutation ($name: String!) {{ admin {{ user {{ mutate(name: $name) {{ delete {{ {_RESULT} }} }} }} }} }}"


class UserArranger:
    """Makes and changes users of one registry."""

    def __init__(self, registry: RegistryObserver) -> None:
        self._registry = registry

    def create(self, name: str, email: str, role: str) -> None:
        """Make an active user without admin rights.

        Raises:
            SuiteError: if the registry refuses; it says why.
        """
        user = {"name": name, "email": email, "role": role, "extraRoles": []}
        _check(f"Created the user {name}", self._registry.ask(_CREATE, input=user)["admin"]["user"]["create"])

    def deactivate(self, name: str) -> None:
        """Deactivate a user.

        Raises:
            SuiteError: if the registry refuses; it says why.
        """
        answer = self._registry.ask(_SET_ACTIVE, name=name, active=False)["admin"]["user"]["mutate"]
        _check(f"Deactivated the user {name}", answer["setActive"])

    def delete(self, name: str) -> None:
        """Delete a user; nothing to do if there is none.

        Raises:
            SuiteError: if the registry refuses; it says why.
        """
        answer = self._registry.ask(_DELETE, name=name)["admin"]["user"]["mutate"]
        if answer is not None:
            _check(f"Deleted the user {name}", answer["delete"])


def _check(tried: str, answer: dict[str, Any]) -> None:
    if answer["__typename"] in {"InvalidInput", "OperationError"}:
        raise SuiteError(tried, str(answer), "Look at the registry's log")
