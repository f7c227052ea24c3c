"""Roles with a policy of their own, and the default role, through the registry's GraphQL, as the administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from environment.clients.mutations import RESULT, must_be_done
from environment.errors import SuiteError
from environment.observers.registry import RegistryObserver

_CREATE_POLICY = f"""
mutation ($input: ManagedPolicyInput!) {{ policyCreateManaged(input: $input) {{ {RESULT} ... on Policy {{ id }} }} }}
"""
_UPDATE_POLICY = f"""
mutation ($id: ID!, $input: ManagedPolicyInput!) {{ policyUpdateManaged(id: $id, input: $input) {{ {RESULT} }} }}
"""
_CREATE_ROLE = """
mutation ($input: ManagedRoleInput!) {
  roleCreateManaged(input: $input) { __typename ... on RoleCreateSuccess { role { ... on ManagedRole { id } } } }
}
"""
_DELETE_POLICY = f"mutation ($id: ID!) {{ policyDelete(id: $id) {{ {RESULT} }} }}"
_DELETE_ROLE = "mutation ($id: ID!) { roleDelete(id: $id) { __typename } }"
_SET_DEFAULT = "mutation ($id: ID!) { roleSetDefault(id: $id) { __typename } }"
_ROLES = "query { roles { ... on ManagedRole { id name } ... on UnmanagedRole { id name } } }"
_POLICIES = "query { policies { id title roles { id } } }"


class RoleArranger:
    """Makes and deletes roles of one registry. Every method raises `SuiteError` if the registry refuses."""

    def __init__(self, registry: RegistryObserver) -> None:
        self._registry = registry

    def create_policy(self, title: str, permissions: Mapping[str, str]) -> str:
        """Make a managed policy, bucket name to ``READ`` or ``READ_WRITE``; return its id."""
        given = _policy(title, permissions, [])
        answer = self._registry.ask(_CREATE_POLICY, input=given)["policyCreateManaged"]
        return str(must_be_done(f"Created the policy {title}", answer)["id"])

    def update_policy(self, title: str, permissions: Mapping[str, str]) -> None:
        """Give a managed policy other permissions; the roles that have it keep it."""
        tried = f"Changed the policy {title}"
        found = self._policies(title)
        if not found:
            raise SuiteError(tried, "there is no such policy", "Make a role of the scenario's own first")
        given = _policy(title, permissions, [role["id"] for role in found[0]["roles"]])
        must_be_done(tried, self._registry.ask(_UPDATE_POLICY, id=found[0]["id"], input=given)["policyUpdateManaged"])

    def create_role(self, name: str, policy_id: str) -> None:
        """Make a managed role with that policy."""
        answer = self._registry.ask(_CREATE_ROLE, input={"name": name, "policies": [policy_id]})["roleCreateManaged"]
        must_be_done(f"Created the role {name}", answer, "RoleCreateSuccess")

    def delete_role(self, name: str) -> None:
        """Delete a role; nothing to do if there is none."""
        identifier = self._role_ids().get(name)
        if identifier is not None:
            answer = self._registry.ask(_DELETE_ROLE, id=identifier)["roleDelete"]
            must_be_done(f"Deleted the role {name}", answer, "RoleDeleteSuccess")

    def delete_policy(self, title: str) -> None:
        """Delete a policy; nothing to do if there is none."""
        for policy in self._policies(title):
            answer = self._registry.ask(_DELETE_POLICY, id=policy["id"])["policyDelete"]
            must_be_done(f"Deleted the policy {title}", answer)

    def set_default(self, name: str) -> None:
        """Choose the role of those who sign up on their own."""
        identifier = self._role_ids().get(name)
        tried = f"Made {name} the default role"
        if identifier is None:
            raise SuiteError(tried, "there is no such role", "Create it first")
        must_be_done(tried, self.attempt_default(identifier), "RoleSetDefaultSuccess")

    def attempt_default(self, identifier: str) -> dict[str, Any]:
        """What the registry answers to a default role of this id."""
        return dict(self._registry.ask(_SET_DEFAULT, id=identifier)["roleSetDefault"])

    def _policies(self, title: str) -> list[dict[str, Any]]:
        return [policy for policy in self._registry.ask(_POLICIES)["policies"] if policy["title"] == title]

    def _role_ids(self) -> dict[str, str]:
        return {role["name"]: role["id"] for role in self._registry.ask(_ROLES)["roles"]}


def _policy(title: str, permissions: Mapping[str, str], roles: list[str]) -> dict[str, Any]:
    levels = [{"bucket": bucket, "level": level} for bucket, level in permissions.items()]
    return {"title": title, "permissions": levels, "roles": roles}
