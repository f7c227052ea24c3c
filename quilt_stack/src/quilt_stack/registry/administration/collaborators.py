"""Who shares buckets with whom, by their roles (registry facts 6)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from quilt_stack.blueprint import Permission
from quilt_stack.registry.administration.directory import read_directory
from quilt_stack.registry.database import Role, User, UserRole


def of_bucket(session: Session, bucket: str) -> list[tuple[User, Permission]]:
    """Active people whose managed roles give them a bucket, by name, each with the highest level."""
    directory = read_directory(session)
    levels = {
        role.id: permission.level
        for role in directory.roles.values()
        for permission in directory.permissions_of(role)
        if permission.bucket == bucket
    }
    found: dict[str, tuple[User, Permission]] = {}
    for user, role_id in _people(session):
        level = levels.get(role_id)
        if level is not None and (user.id not in found or level is Permission.READ_WRITE):
            found[user.id] = (user, level)
    return list(found.values())


def potential(session: Session) -> list[User]:
    """Active people with an unmanaged role, whose buckets the registry does not know, by name."""
    unmanaged = set(session.scalars(select(Role.id).where(Role.managed.is_(False))))
    found = {user.id: user for user, role_id in _people(session) if role_id in unmanaged}
    return list(found.values())


def _people(session: Session) -> list[tuple[User, str]]:
    query = select(User, UserRole.role_id).join(UserRole, UserRole.user_id == User.id)
    query = query.where(User.is_active, User.is_service.is_(False)).order_by(User.name)
    return [(user, role_id) for user, role_id in session.execute(query)]
