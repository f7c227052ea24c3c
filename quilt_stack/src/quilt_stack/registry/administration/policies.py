"""Policies: managed ones with bucket permissions, unmanaged ones with an ARN (registry facts 3.5, 4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quilt_stack.blueprint import Permission
from quilt_stack.registry.administration.directory import BucketLevel
from quilt_stack.registry.administration.iam import Iam
from quilt_stack.registry.database import Bucket, BucketPermission, Policy, Role, RolePolicy
from quilt_stack.registry.refusals import InvalidInputRefusal, OperationRefusal

POLICY_DOES_NOT_EXIST = "PolicyDoesNotExist"
POLICY_TITLE_CONFLICT = "PolicyTitleConflict"
POLICY_ARN_CONFLICT = "PolicyArnConflict"
POLICY_ARN_INVALID = "PolicyArnInvalid"
POLICY_ASSIGNED = "PolicyAssigned"
TOO_MANY_POLICIES = "RoleHasTooManyPoliciesToAttach"

# Decision: the names below are ours (open: registry facts 3.5).
POLICY_TITLE_INVALID = "PolicyTitleInvalid"
POLICY_IS_MANAGED = "PolicyIsManaged"
POLICY_IS_UNMANAGED = "PolicyIsUnmanaged"
BUCKET_DOES_NOT_EXIST = "BucketDoesNotExist"
BUCKET_REPEATED = "BucketRepeated"
ROLE_DOES_NOT_EXIST = "RoleDoesNotExist"
ROLE_IS_UNMANAGED = "RoleIsUnmanaged"

_ARN = re.compile(r"arn:aws(-[a-z]+)*:iam::(aws|\d{12}):policy/[\w+=,.@/-]{1,512}", re.ASCII)


def create_managed(
    session: Session,
    iam: Iam,
    *,
    title: str,
    permissions: Sequence[BucketLevel],
    role_ids: Sequence[str],
    maximum_policies: int,
) -> Policy:
    """Create a policy from bucket permissions, with its IAM policy, and attach it to managed roles.

    Raises:
        InvalidInputRefusal: PolicyTitleConflict, PolicyTitleInvalid, BucketDoesNotExist, BucketRepeated,
            RoleDoesNotExist, RoleIsUnmanaged, RoleHasTooManyPoliciesToAttach.
    """
    _check_title(session, title, None)
    _check_permissions(session, permissions)
    policy = Policy(id=str(uuid4()), title=title, managed=True, arn="")
    roles = _roles(session, role_ids, policy.id, maximum_policies)
    policy.arn = iam.create_policy(policy.id, _levels(permissions))
    session.add(policy)
    session.flush()
    _store_permissions(session, policy, permissions)
    _attach(session, iam, policy, roles)
    return policy


def create_unmanaged(
    session: Session, iam: Iam, *, title: str, arn: str, role_ids: Sequence[str], maximum_policies: int
) -> Policy:
    """Register an IAM policy that others look after, and attach it to managed roles.

    Raises:
        InvalidInputRefusal: PolicyTitleConflict, PolicyTitleInvalid, PolicyArnConflict, PolicyArnInvalid,
            RoleDoesNotExist, RoleIsUnmanaged, RoleHasTooManyPoliciesToAttach.
    """
    _check_title(session, title, None)
    _check_arn(session, iam, arn, None)
    policy = Policy(id=str(uuid4()), title=title, managed=False, arn=arn)
    roles = _roles(session, role_ids, policy.id, maximum_policies)
    session.add(policy)
    session.flush()
    _attach(session, iam, policy, roles)
    return policy


def update_managed(
    session: Session,
    iam: Iam,
    policy_id: str,
    *,
    title: str,
    permissions: Sequence[BucketLevel],
    role_ids: Sequence[str],
    maximum_policies: int,
) -> Policy:
    """Replace a managed policy's title, permissions and roles; IAM follows in the same transaction.

    Raises:
        InvalidInputRefusal: PolicyDoesNotExist or PolicyIsUnmanaged at ``id``, and those of creating.
    """
    policy = _policy(session, policy_id)
    if not policy.managed:
        raise InvalidInputRefusal.at("id", POLICY_IS_UNMANAGED, f"{policy.title} is an unmanaged policy.")
    _check_title(session, title, policy)
    _check_permissions(session, permissions)
    roles = _roles(session, role_ids, policy.id, maximum_policies)
    policy.title = title
    session.flush()
    _store_permissions(session, policy, permissions)
    iam.rewrite_policy(policy.arn, _levels(permissions))
    _detach_from_others(session, iam, policy, policy.arn, roles)
    _attach(session, iam, policy, roles)
    return policy


def update_unmanaged(
    session: Session,
    iam: Iam,
    policy_id: str,
    *,
    title: str,
    arn: str,
    role_ids: Sequence[str],
    maximum_policies: int,
) -> Policy:
    """Replace an unmanaged policy's title, ARN and roles.

    Raises:
        InvalidInputRefusal: PolicyDoesNotExist or PolicyIsManaged at ``id``, and those of creating.
    """
    policy = _policy(session, policy_id)
    if policy.managed:
        raise InvalidInputRefusal.at("id", POLICY_IS_MANAGED, f"{policy.title} is a managed policy.")
    _check_title(session, title, policy)
    _check_arn(session, iam, arn, policy)
    roles = _roles(session, role_ids, policy.id, maximum_policies)
    # With another ARN every role has to let go of the old one.
    _detach_from_others(session, iam, policy, policy.arn, roles if arn == policy.arn else [])
    policy.title, policy.arn = title, arn
    session.flush()
    _attach(session, iam, policy, roles)
    return policy


def delete(session: Session, iam: Iam, policy_id: str) -> None:
    """Delete a policy that no role has; a managed one goes from IAM too.

    Raises:
        InvalidInputRefusal: PolicyDoesNotExist at ``id``.
        OperationRefusal: PolicyAssigned.
    """
    policy = _policy(session, policy_id)
    if _role_ids(session, policy_id):
        raise OperationRefusal(POLICY_ASSIGNED, f"{policy.title} is attached to roles: detach it first.")
    session.delete(policy)
    session.flush()
    if policy.managed:
        iam.delete_policy(policy.arn)


def rewrite_permissions(session: Session, iam: Iam, policy_ids: Sequence[str]) -> None:
    """Write the stored permissions of managed policies to IAM again, after a bucket has gone."""
    for policy_id in policy_ids:
        policy = session.get_one(Policy, policy_id)
        rows = session.scalars(select(BucketPermission).where(BucketPermission.policy_id == policy_id))
        iam.rewrite_policy(policy.arn, {row.bucket_name: Permission(row.level) for row in rows})


def _policy(session: Session, policy_id: str) -> Policy:
    policy = session.get(Policy, policy_id)
    if policy is None:
        raise InvalidInputRefusal.at("id", POLICY_DOES_NOT_EXIST, f"There is no policy with the id {policy_id}.")
    return policy


def _check_title(session: Session, title: str, policy: Policy | None) -> None:
    if not title.strip():
        raise InvalidInputRefusal.at("input.title", POLICY_TITLE_INVALID, "A policy needs a title.")
    other = session.scalar(select(Policy).where(Policy.title == title))
    if other is not None and other is not policy:
        raise InvalidInputRefusal.at("input.title", POLICY_TITLE_CONFLICT, f"A policy titled {title!r} already exists.")


def _check_arn(session: Session, iam: Iam, arn: str, policy: Policy | None) -> None:
    if _ARN.fullmatch(arn) is None:
        raise InvalidInputRefusal.at("input.arn", POLICY_ARN_INVALID, f"{arn!r} is not the ARN of an IAM policy.")
    other = session.scalar(select(Policy).where(Policy.arn == arn))
    if other is not None and other is not policy:
        message = f"The policy {other.title!r} stands for this ARN already."
        raise InvalidInputRefusal.at("input.arn", POLICY_ARN_CONFLICT, message)
    # Decision: IAM must know the policy; otherwise attaching it to a role would fail later, where nobody expects it
    # (open: registry facts 3.5).
    if not iam.policy_exists(arn):
        raise InvalidInputRefusal.at("input.arn", POLICY_ARN_INVALID, f"IAM knows no policy with the ARN {arn}.")


def _check_permissions(session: Session, permissions: Sequence[BucketLevel]) -> None:
    names = [permission.bucket for permission in permissions]
    known = set(session.scalars(select(Bucket.name).where(Bucket.name.in_(names))))
    for position, name in enumerate(names):
        path = f"input.permissions.{position}.bucket"
        if name not in known:
            raise InvalidInputRefusal.at(path, BUCKET_DOES_NOT_EXIST, f"The registry knows no bucket named {name!r}.")
        if name in names[:position]:
            raise InvalidInputRefusal.at(path, BUCKET_REPEATED, f"{name} is named more than once.")


def _roles(session: Session, role_ids: Sequence[str], policy_id: str, maximum: int) -> list[Role]:
    roles = []
    for role_id in dict.fromkeys(role_ids):
        role = session.get(Role, role_id)
        if role is None:
            message = f"There is no role with the id {role_id}."
            raise InvalidInputRefusal.at("input.roles", ROLE_DOES_NOT_EXIST, message)
        if not role.managed:
            message = f"{role.name} is an unmanaged role: policies are attached to managed roles alone."
            raise InvalidInputRefusal.at("input.roles", ROLE_IS_UNMANAGED, message)
        others = select(func.count()).where(RolePolicy.role_id == role_id, RolePolicy.policy_id != policy_id)
        if (session.scalar(others) or 0) >= maximum:
            message = f"{role.name} has {maximum} policies already, more cannot be attached."
            raise InvalidInputRefusal.at("input.roles", TOO_MANY_POLICIES, message, {"max_policies": maximum})
        roles.append(role)
    return roles


def _levels(permissions: Sequence[BucketLevel]) -> dict[str, Permission]:
    return {permission.bucket: permission.level for permission in permissions}


def _store_permissions(session: Session, policy: Policy, permissions: Sequence[BucketLevel]) -> None:
    session.execute(delete_rows(BucketPermission).where(BucketPermission.policy_id == policy.id))
    for position, permission in enumerate(permissions):
        row = BucketPermission(
            policy_id=policy.id, bucket_name=permission.bucket, level=permission.level.value, position=position
        )
        session.add(row)
    session.flush()


def _role_ids(session: Session, policy_id: str) -> list[str]:
    return list(session.scalars(select(RolePolicy.role_id).where(RolePolicy.policy_id == policy_id)))


def _detach_from_others(session: Session, iam: Iam, policy: Policy, arn: str, kept: Sequence[Role]) -> None:
    kept_ids = {role.id for role in kept}
    for role_id in _role_ids(session, policy.id):
        if role_id not in kept_ids:
            iam.detach(session.get_one(Role, role_id).arn, arn)
            session.execute(
                delete_rows(RolePolicy).where(RolePolicy.role_id == role_id, RolePolicy.policy_id == policy.id)
            )


def _attach(session: Session, iam: Iam, policy: Policy, roles: Sequence[Role]) -> None:
    attached = set(_role_ids(session, policy.id))
    for role in roles:
        if role.id not in attached:
            last = session.scalar(select(func.max(RolePolicy.position)).where(RolePolicy.role_id == role.id))
            position = 0 if last is None else last + 1
            session.add(RolePolicy(role_id=role.id, policy_id=policy.id, position=position))
            iam.attach(role.arn, policy.arn)
    session.flush()
