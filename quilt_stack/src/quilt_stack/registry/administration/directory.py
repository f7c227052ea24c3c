"""Roles, policies and buckets as they stand at one moment, linked to each other and detached from the database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from quilt_stack.blueprint import Permission
from quilt_stack.registry.administration import sso
from quilt_stack.registry.database import Bucket, BucketPermission, Policy, Role, RolePolicy, User, UserRole


@dataclass(frozen=True)
class BucketLevel:
    """A permission level on a bucket."""

    bucket: str
    level: Permission


@dataclass(frozen=True)
class PolicyRecord:
    """A policy; ``permissions`` is empty for unmanaged ones, whose buckets the registry does not know."""

    id: str
    title: str
    arn: str
    managed: bool
    permissions: tuple[BucketLevel, ...]


@dataclass(frozen=True)
class RoleRecord:
    """A role; ``policy_ids`` is empty for unmanaged ones."""

    id: str
    name: str
    arn: str
    managed: bool
    policy_ids: tuple[str, ...]


@dataclass(frozen=True)
class UserRecord:
    """A user as administrators see it; ``extra_role_ids`` are the held roles but the active one."""

    name: str
    email: str
    date_joined: datetime
    last_login: datetime
    is_active: bool
    is_admin: bool
    is_service: bool
    is_sso_only: bool
    is_role_assignment_disabled: bool
    is_admin_assignment_disabled: bool
    role_id: str | None
    extra_role_ids: tuple[str, ...]


@dataclass(frozen=True)
class Directory:
    """All roles, policies and registered buckets, by id or by name, in order of name or title."""

    roles: dict[str, RoleRecord]
    policies: dict[str, PolicyRecord]
    buckets: dict[str, Bucket]

    def policies_of(self, role: RoleRecord) -> list[PolicyRecord]:
        """The policies attached to a role, in the order they were given."""
        return [self.policies[policy_id] for policy_id in role.policy_ids]

    def roles_of(self, policy: PolicyRecord) -> list[RoleRecord]:
        """The roles that a policy is attached to."""
        return [role for role in self.roles.values() if policy.id in role.policy_ids]

    def permissions_of(self, role: RoleRecord) -> list[BucketLevel]:
        """Union over the role's policies, the highest level per bucket (registry facts 4), by bucket name."""
        levels: dict[str, Permission] = {}
        for policy in self.policies_of(role):
            for permission in policy.permissions:
                if levels.get(permission.bucket) is not Permission.READ_WRITE:
                    levels[permission.bucket] = permission.level
        return [BucketLevel(bucket, level) for bucket, level in sorted(levels.items())]


def read_directory(session: Session) -> Directory:
    """Read roles, policies and buckets."""
    permissions: dict[str, list[BucketLevel]] = defaultdict(list)
    for permission in session.scalars(select(BucketPermission).order_by(BucketPermission.position)):
        permissions[permission.policy_id].append(BucketLevel(permission.bucket_name, Permission(permission.level)))
    attached: dict[str, list[str]] = defaultdict(list)
    for link in session.scalars(select(RolePolicy).order_by(RolePolicy.position)):
        attached[link.role_id].append(link.policy_id)
    return Directory(
        roles={
            role.id: RoleRecord(role.id, role.name, role.arn, role.managed, tuple(attached[role.id]))
            for role in session.scalars(select(Role).order_by(Role.name))
        },
        policies={
            policy.id: PolicyRecord(policy.id, policy.title, policy.arn, policy.managed, tuple(permissions[policy.id]))
            for policy in session.scalars(select(Policy).order_by(Policy.title))
        },
        buckets={bucket.name: bucket for bucket in session.scalars(select(Bucket).order_by(Bucket.name))},
    )


def read_users(session: Session, user_ids: Sequence[str] | None = None) -> list[UserRecord]:
    """Read all users, or the given ones, by name."""
    query = select(User).order_by(User.name)
    links = select(UserRole).order_by(UserRole.position)
    if user_ids is not None:
        query, links = query.where(User.id.in_(user_ids)), links.where(UserRole.user_id.in_(user_ids))
    held: dict[str, list[str]] = defaultdict(list)
    for link in session.scalars(links):
        held[link.user_id].append(link.role_id)
    sso_is_configured = sso.current(session) is not None
    return [_user_record(user, held[user.id], sso_is_configured) for user in session.scalars(query)]


def _user_record(user: User, held: list[str], sso_is_configured: bool) -> UserRecord:
    decided_by_sso = user.is_sso_only and sso_is_configured
    return UserRecord(
        name=user.name,
        email=user.email,
        date_joined=user.date_joined,
        # The published field is not nullable: who never signed in shows the day of joining (registry facts 3.3).
        last_login=user.last_login or user.date_joined,
        is_active=user.is_active,
        is_admin=user.is_admin,
        is_service=user.is_service,
        is_sso_only=user.is_sso_only,
        is_role_assignment_disabled=user.is_service or decided_by_sso,
        is_admin_assignment_disabled=decided_by_sso,
        role_id=user.active_role_id,
        extra_role_ids=tuple(role_id for role_id in held if role_id != user.active_role_id),
    )
