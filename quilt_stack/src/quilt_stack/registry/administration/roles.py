"""Roles: managed ones with policies, unmanaged ones with an ARN, and the default role (registry facts 3.4, 4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import uuid4

from sqlalchemy import delete as delete_rows
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from quilt_stack.registry.access import RESERVED_ROLE_NAMES
from quilt_stack.registry.administration import sso
from quilt_stack.registry.administration.iam import Iam
from quilt_stack.registry.database import (
    Policy,
    Role,
    RolePolicy,
    SettingKey,
    User,
    UserRole,
    read_setting,
    store_setting,
)
from quilt_stack.registry.refusals import NamedRefusal, Refusal

# Decision: 64 characters at most; names are compared exactly (open: registry facts 3.4, 10.6).
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")


class UnknownRole(Refusal):
    """No role has this id; role updates have no result member for it (registry facts 3.4)."""


class UnknownPolicy(Refusal):
    """No policy has this id; role mutations have no result member for it (registry facts 3.4)."""


def create_managed(session: Session, iam: Iam, *, name: str, policy_ids: Sequence[str], maximum_policies: int) -> Role:
    """Create a managed role and its IAM role.

    Raises:
        NamedRefusal: RoleNameReserved, RoleNameExists, RoleNameInvalid, RoleHasTooManyPoliciesToAttach.
        UnknownPolicy: a policy id that does not exist.
    """
    _check_name(session, name)
    policies = _policies(session, policy_ids, maximum_policies)
    role = Role(id=str(uuid4()), name=name, managed=True, arn="")
    role.arn = iam.create_role(role.id, name)
    session.add(role)
    session.flush()
    _attach(session, iam, role, policies)
    return role


def create_unmanaged(session: Session, *, name: str, arn: str) -> Role:
    """Create a role for an IAM role that others look after; the ARN is not checked (registry facts 3.4).

    Raises:
        NamedRefusal: RoleNameReserved, RoleNameExists, RoleNameInvalid.
    """
    _check_name(session, name)
    role = Role(name=name, arn=arn, managed=False)
    session.add(role)
    session.flush()
    return role


def update_managed(
    session: Session, iam: Iam, role_id: str, *, name: str, policy_ids: Sequence[str], maximum_policies: int
) -> Role:
    """Give a managed role another name and other policies.

    Raises:
        NamedRefusal: RoleIsUnmanaged, RoleNameUsedBySsoConfig and those of creating.
        UnknownRole, UnknownPolicy: an id that does not exist.
    """
    role = _role(session, role_id)
    if not role.managed:
        raise NamedRefusal("RoleIsUnmanaged", f"{role.name} is an unmanaged role.")
    _rename(session, role, name)
    policies = _policies(session, policy_ids, maximum_policies)
    wanted = {policy.id for policy in policies}
    for policy in attached_policies(session, role.id):
        if policy.id not in wanted:
            iam.detach(role.arn, policy.arn)
    _attach(session, iam, role, policies)
    return role


def update_unmanaged(session: Session, role_id: str, *, name: str, arn: str) -> Role:
    """Give an unmanaged role another name and another ARN.

    Raises:
        NamedRefusal: RoleIsManaged, RoleNameUsedBySsoConfig and those of creating.
        UnknownRole: the id does not exist.
    """
    role = _role(session, role_id)
    if role.managed:
        raise NamedRefusal("RoleIsManaged", f"{role.name} is a managed role.")
    _rename(session, role, name)
    # Decision: the ARN of a reserved role can be changed, its name cannot (open: registry facts 3.4).
    role.arn = arn
    session.flush()
    return role


def delete(session: Session, iam: Iam, role_id: str) -> None:
    """Delete a role that nobody has, with its IAM role if it is managed. It stops being the default role.

    Raises:
        NamedRefusal: RoleDoesNotExist, RoleNameReserved, RoleNameUsedBySsoConfig, RoleAssigned.
    """
    role = session.get(Role, role_id)
    if role is None:
        raise NamedRefusal("RoleDoesNotExist", f"There is no role with the id {role_id}.")
    if role.name in RESERVED_ROLE_NAMES:
        raise NamedRefusal("RoleNameReserved", f"{role.name} belongs to the stack.")
    _refuse_used_by_sso(session, role)
    if _is_assigned(session, role_id):
        raise NamedRefusal("RoleAssigned", f"{role.name} is assigned to users: give them another role first.")
    if read_setting(session, SettingKey.DEFAULT_ROLE) == role_id:
        store_setting(session, SettingKey.DEFAULT_ROLE, None)
    policies = attached_policies(session, role_id)
    session.delete(role)
    session.flush()
    if role.managed:
        iam.delete_role(role.arn, [policy.arn for policy in policies])


def set_default(session: Session, role_id: str) -> None:
    """Choose the role of those who sign up on their own.

    Raises:
        NamedRefusal: RoleDoesNotExist; SsoConfigConflict, while an SSO configuration decides instead.
    """
    if sso.current(session) is not None:
        raise NamedRefusal("SsoConfigConflict", "The SSO configuration decides the default role.")
    if session.get(Role, role_id) is None:
        raise NamedRefusal("RoleDoesNotExist", f"There is no role with the id {role_id}.")
    store_setting(session, SettingKey.DEFAULT_ROLE, role_id)


def default_role(session: Session) -> Role | None:
    """The default role, or None when it was never chosen."""
    role_id = read_setting(session, SettingKey.DEFAULT_ROLE)
    return None if role_id is None else session.get(Role, role_id)


def attached_policies(session: Session, role_id: str) -> list[Policy]:
    """The policies attached to a role, in the order they were given."""
    query = select(Policy).join(RolePolicy, RolePolicy.policy_id == Policy.id).where(RolePolicy.role_id == role_id)
    return list(session.scalars(query.order_by(RolePolicy.position)))


def _check_name(session: Session, name: str) -> None:
    if name in RESERVED_ROLE_NAMES:
        raise NamedRefusal("RoleNameReserved", f"{name} belongs to the stack.")
    if _NAME.fullmatch(name) is None:
        raise NamedRefusal(
            "RoleNameInvalid", f"{name!r} is not a role name: a letter, then letters, digits, underscores."
        )
    if session.scalar(select(Role).where(Role.name == name)) is not None:
        raise NamedRefusal("RoleNameExists", f"A role named {name} already exists.")


def _rename(session: Session, role: Role, name: str) -> None:
    if name == role.name:
        return
    if role.name in RESERVED_ROLE_NAMES:
        raise NamedRefusal("RoleNameReserved", f"{role.name} belongs to the stack.")
    _refuse_used_by_sso(session, role)
    _check_name(session, name)
    role.name = name
    session.flush()


def _refuse_used_by_sso(session: Session, role: Role) -> None:
    if role.name in sso.named_roles(session):
        raise NamedRefusal("RoleNameUsedBySsoConfig", f"{role.name} is named in the SSO configuration.")


def _role(session: Session, role_id: str) -> Role:
    role = session.get(Role, role_id)
    if role is None:
        raise UnknownRole(f"There is no role with the id {role_id}.")
    return role


def _policies(session: Session, policy_ids: Sequence[str], maximum: int) -> list[Policy]:
    ids = list(dict.fromkeys(policy_ids))
    if len(ids) > maximum:
        raise NamedRefusal("RoleHasTooManyPoliciesToAttach", f"A role has at most {maximum} policies, not {len(ids)}.")
    known = {policy.id: policy for policy in session.scalars(select(Policy).where(Policy.id.in_(ids)))}
    unknown = [policy_id for policy_id in ids if policy_id not in known]
    if unknown:
        raise UnknownPolicy(f"There is no policy with the id {', '.join(unknown)}.")
    return [known[policy_id] for policy_id in ids]


def _attach(session: Session, iam: Iam, role: Role, policies: Sequence[Policy]) -> None:
    session.execute(delete_rows(RolePolicy).where(RolePolicy.role_id == role.id))
    for position, policy in enumerate(policies):
        session.add(RolePolicy(role_id=role.id, policy_id=policy.id, position=position))
        # Attaching what is attached already is no error in IAM.
        iam.attach(role.arn, policy.arn)
    session.flush()


def _is_assigned(session: Session, role_id: str) -> bool:
    held = select(UserRole.user_id).where(UserRole.role_id == role_id).exists()
    active = select(User.id).where(User.active_role_id == role_id).exists()
    return bool(session.scalar(select(or_(held, active))))
