"""Queries and mutations of policies; for administrators (registry facts 3.5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeAlias

import strawberry
from sqlalchemy.orm import Session

from quilt_stack.blueprint import Permission
from quilt_stack.registry.administration import policies
from quilt_stack.registry.administration.directory import BucketLevel, read_directory
from quilt_stack.registry.administration.iam import Iam
from quilt_stack.registry.database import Policy as PolicyRow
from quilt_stack.registry.graphql.admin_directive import admin_field
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.directory_types import Policy, policy_type, read_current
from quilt_stack.registry.graphql.errors import InvalidInput, Ok, OperationError, refusal_result
from quilt_stack.registry.refusals import InvalidInputRefusal, OperationRefusal


@strawberry.input
class PermissionInput:
    """A level on a bucket."""

    bucket: str
    level: Permission


@strawberry.input
class ManagedPolicyInput:
    """Title, permissions and roles of a managed policy."""

    title: str
    permissions: list[PermissionInput]
    roles: list[strawberry.ID]


@strawberry.input
class UnmanagedPolicyInput:
    """Title, ARN and roles of an unmanaged policy."""

    title: str
    arn: str
    roles: list[strawberry.ID]


PolicyResult: TypeAlias = Annotated[Policy | InvalidInput | OperationError, strawberry.union("PolicyResult")]
PolicyDeleteResult: TypeAlias = Annotated[Ok | InvalidInput | OperationError, strawberry.union("PolicyDeleteResult")]


def _write(info: Info, change: Callable[[Session, Iam], PolicyRow]) -> Policy | InvalidInput | OperationError:
    """Carry a change out in one transaction and answer with the policy as it is then."""
    services = info.context.services
    try:
        with services.database.transaction() as session:
            policy = change(session, Iam(services.cloud, services.settings))
            directory = read_directory(session)
    except (InvalidInputRefusal, OperationRefusal) as refusal:
        return refusal_result(refusal)
    return policy_type(directory.policies[policy.id], directory)


def _levels(permissions: list[PermissionInput]) -> list[BucketLevel]:
    return [BucketLevel(permission.bucket, permission.level) for permission in permissions]


@strawberry.type
class PolicyQueries:
    """Query fields of policies; for administrators."""

    @admin_field
    def policies(self, info: Info) -> list[Policy]:
        """All policies (registry facts 3.2)."""
        directory = read_current(info)
        return [policy_type(policy, directory) for policy in directory.policies.values()]

    @admin_field
    def policy(self, info: Info, id: strawberry.ID) -> Policy | None:
        """One policy, or null (registry facts 3.2)."""
        directory = read_current(info)
        return policy_type(directory.policies[id], directory) if id in directory.policies else None


@strawberry.type
class PolicyMutations:
    """Mutations of policies; for administrators."""

    @admin_field
    def policy_create_managed(self, info: Info, input: ManagedPolicyInput) -> PolicyResult:
        """Create a policy from bucket permissions."""
        maximum = info.context.services.settings.maximum_policies_per_role

        def create(session: Session, iam: Iam) -> PolicyRow:
            return policies.create_managed(
                session,
                iam,
                title=input.title,
                permissions=_levels(input.permissions),
                role_ids=input.roles,
                maximum_policies=maximum,
            )

        return _write(info, create)

    @admin_field
    def policy_create_unmanaged(self, info: Info, input: UnmanagedPolicyInput) -> PolicyResult:
        """Register a policy by its ARN."""
        maximum = info.context.services.settings.maximum_policies_per_role

        def create(session: Session, iam: Iam) -> PolicyRow:
            return policies.create_unmanaged(
                session, iam, title=input.title, arn=input.arn, role_ids=input.roles, maximum_policies=maximum
            )

        return _write(info, create)

    @admin_field
    def policy_update_managed(self, info: Info, id: strawberry.ID, input: ManagedPolicyInput) -> PolicyResult:
        """Replace title, permissions and roles."""
        maximum = info.context.services.settings.maximum_policies_per_role

        def update(session: Session, iam: Iam) -> PolicyRow:
            return policies.update_managed(
                session,
                iam,
                id,
                title=input.title,
                permissions=_levels(input.permissions),
                role_ids=input.roles,
                maximum_policies=maximum,
            )

        return _write(info, update)

    @admin_field
    def policy_update_unmanaged(self, info: Info, id: strawberry.ID, input: UnmanagedPolicyInput) -> PolicyResult:
        """Replace title, ARN and roles."""
        maximum = info.context.services.settings.maximum_policies_per_role

        def update(session: Session, iam: Iam) -> PolicyRow:
            return policies.update_unmanaged(
                session, iam, id, title=input.title, arn=input.arn, role_ids=input.roles, maximum_policies=maximum
            )

        return _write(info, update)

    @admin_field
    def policy_delete(self, info: Info, id: strawberry.ID) -> PolicyDeleteResult:
        """Delete a policy that no role has."""
        services = info.context.services
        try:
            with services.database.transaction() as session:
                policies.delete(session, Iam(services.cloud, services.settings), id)
        except (InvalidInputRefusal, OperationRefusal) as refusal:
            return refusal_result(refusal)
        return Ok()
