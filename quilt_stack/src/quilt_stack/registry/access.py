"""Which buckets a caller may see, read and write (registry facts 4, 6).

The active role decides. An administrator's flag opens the list of bucket configurations, and nothing in S3.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from quilt_stack.blueprint import Permission
from quilt_stack.registry.database import Bucket, BucketPermission, Database, Role, RolePolicy
from quilt_stack.registry.identity import Caller

READ_ROLE = "ReadQuiltBucket"
READ_WRITE_ROLE = "ReadWriteQuiltBucket"
RESERVED_ROLE_NAMES = frozenset({READ_ROLE, READ_WRITE_ROLE})
"""Roles that every stack brings; unmanaged, not to be renamed or deleted (registry facts 4)."""

_BY_RELEVANCE = select(Bucket).order_by(Bucket.relevance_score.desc(), Bucket.name)


class Access:
    """Answers from the database at the moment of asking, so that a changed role counts at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def readable_buckets(self, caller: Caller) -> list[str]:
        """Names of the registered buckets that the active role may read, sorted."""
        with self._database.reading() as session:
            return sorted(_permissions(session, caller))

    def may_read(self, caller: Caller, bucket: str) -> bool:
        """Whether the active role may read a registered bucket."""
        with self._database.reading() as session:
            return bucket in _permissions(session, caller)

    def may_write(self, caller: Caller, bucket: str) -> bool:
        """Whether the active role may write to a registered bucket."""
        with self._database.reading() as session:
            return _permissions(session, caller).get(bucket) is Permission.READ_WRITE

    def visible_bucket_configs(self, caller: Caller) -> list[Bucket]:
        """Bucket configurations that the caller sees, by relevance, then by name; administrators see all."""
        if not caller.is_admin:
            return self.readable_bucket_configs(caller)
        with self._database.reading() as session:
            return list(session.scalars(_BY_RELEVANCE))

    def readable_bucket_configs(self, caller: Caller) -> list[Bucket]:
        """Configurations of the buckets that the active role may read, by relevance, then by name."""
        with self._database.reading() as session:
            readable = _permissions(session, caller)
            return [bucket for bucket in session.scalars(_BY_RELEVANCE) if bucket.name in readable]


def _permissions(session: Session, caller: Caller) -> dict[str, Permission]:
    """Bucket to the highest level that the active role has on it."""
    role = None if caller.role_id is None else session.get(Role, caller.role_id)
    if role is None:
        return {}
    if not role.managed:
        # Decision: what an unmanaged role may write is S3's to say; only the reserved reading role is held back here
        # (open: registry facts 4).
        highest = Permission.READ if role.name == READ_ROLE else Permission.READ_WRITE
        return dict.fromkeys(session.scalars(select(Bucket.name)), highest)
    rows = session.execute(
        select(BucketPermission.bucket_name, BucketPermission.level)
        .join(RolePolicy, RolePolicy.policy_id == BucketPermission.policy_id)
        .where(RolePolicy.role_id == role.id)
    )
    permissions: dict[str, Permission] = {}
    for bucket, level in rows:
        if permissions.get(bucket) is not Permission.READ_WRITE:
            permissions[bucket] = Permission(level)
    return permissions
