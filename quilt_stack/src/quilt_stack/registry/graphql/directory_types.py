"""Roles, policies and buckets as types of the schema; one module, because each leads to the others.

Every object looks at one ``Directory``, so that an answer shows a single state of the registry.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self, TypeAlias

import strawberry

from quilt_stack.blueprint import Permission
from quilt_stack.registry.administration import tabulator_tables
from quilt_stack.registry.administration.directory import (
    BucketLevel,
    Directory,
    PolicyRecord,
    RoleRecord,
    read_directory,
)
from quilt_stack.registry.database import Bucket
from quilt_stack.registry.graphql.admin_directive import admin_field
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.scalars import Json

strawberry.enum(Permission, name="BucketPermissionLevel")


@strawberry.type
class UnmanagedRole:
    """A role that points to an IAM role of others (registry facts 4)."""

    id: strawberry.ID
    name: str
    arn: str


@strawberry.type
class ManagedRole:
    """A role whose IAM side the registry writes (registry facts 4)."""

    id: strawberry.ID
    name: str
    arn: str
    record: strawberry.Private[RoleRecord]
    directory: strawberry.Private[Directory]

    @strawberry.field
    def policies(self) -> list[Policy]:
        """The attached policies."""
        return [policy_type(policy, self.directory) for policy in self.directory.policies_of(self.record)]

    @strawberry.field
    def permissions(self) -> list[RoleBucketPermission]:
        """Union over the policies, the highest level per bucket."""
        return [
            RoleBucketPermission(level=permission.level, role=self, permission=permission, directory=self.directory)
            for permission in self.directory.permissions_of(self.record)
        ]


Role: TypeAlias = Annotated[UnmanagedRole | ManagedRole, strawberry.union("Role")]


@strawberry.interface
class BucketPermission:
    """A level on a bucket, whoever has it (registry facts 4)."""

    level: Permission
    permission: strawberry.Private[BucketLevel]
    directory: strawberry.Private[Directory]

    @strawberry.field
    def bucket(self) -> BucketConfig:
        """The bucket."""
        return BucketConfig.of(self.directory.buckets[self.permission.bucket])


@strawberry.type
class RoleBucketPermission(BucketPermission):
    """What a managed role may do with a bucket (registry facts 4)."""

    role: Role


@strawberry.type
class Policy:
    """A policy; ``permissions`` is empty for unmanaged ones (registry facts 4)."""

    id: strawberry.ID
    title: str
    arn: str
    managed: bool
    record: strawberry.Private[PolicyRecord]
    directory: strawberry.Private[Directory]

    @strawberry.field
    def permissions(self) -> list[PolicyBucketPermission]:
        """Levels on buckets, as they were given."""
        return [
            PolicyBucketPermission(level=permission.level, policy=self, permission=permission, directory=self.directory)
            for permission in self.record.permissions
        ]

    @strawberry.field
    def roles(self) -> list[ManagedRole]:
        """The roles that it is attached to."""
        return [managed_role_type(role, self.directory) for role in self.directory.roles_of(self.record)]


@strawberry.type
class PolicyBucketPermission(BucketPermission):
    """What a policy allows on a bucket (registry facts 4)."""

    policy: Policy


@strawberry.type
class TabulatorTable:
    """A Tabulator table; ``config`` is the YAML as it was sent (registry facts 9.1, 9.2)."""

    name: str
    config: str


@strawberry.type
class BucketAttributes:
    """What both types of a registered bucket tell of it (registry facts 6)."""

    name: str
    title: str
    icon_url: str | None
    description: str | None
    tags: list[str] | None
    relevance_score: int
    browsable: bool
    row: strawberry.Private[Bucket]

    @classmethod
    def of(cls, bucket: Bucket) -> Self:
        """The type of a bucket."""
        return cls(
            name=bucket.name,
            title=bucket.title,
            icon_url=bucket.icon_url,
            description=bucket.description,
            tags=bucket.tags,
            relevance_score=bucket.relevance_score,
            browsable=bucket.browsable,
            row=bucket,
        )


@strawberry.type
class BucketConfig(BucketAttributes):
    """A registered bucket (registry facts 6). Fields of administrators refuse everybody else."""

    @strawberry.field
    def linked_data(self) -> Json | None:
        """Schema.org data of the bucket."""
        return None if self.row.linked_data is None else Json(self.row.linked_data)

    @strawberry.field
    def overview_url(self) -> str | None:
        """Where the bucket is presented."""
        return self.row.overview_url

    @strawberry.field
    def last_indexed(self) -> datetime | None:
        """When the bucket was last scanned as a whole."""
        return self.row.last_indexed

    @strawberry.field
    def tabulator_tables(self, info: Info) -> list[TabulatorTable]:
        """Tables of the bucket; whoever sees the bucket sees them (registry facts 9.2)."""
        return tables_of(info, self.name)

    @admin_field
    def sns_notification_arn(self, info: Info) -> str | None:
        """Topic of the bucket's events; for administrators."""
        return self.row.sns_notification_arn

    @admin_field
    def scanner_parallel_shards_depth(self, info: Info) -> int | None:
        """Depth at which the first scan is divided; for administrators."""
        return self.row.scanner_parallel_shards_depth

    @admin_field
    def skip_meta_data_indexing(self, info: Info) -> bool | None:
        """Whether objects' metadata stay out of the index; for administrators."""
        return self.row.skip_meta_data_indexing

    @admin_field
    def file_extensions_to_index(self, info: Info) -> list[str] | None:
        """Extensions whose content is indexed; for administrators."""
        return self.row.file_extensions_to_index

    @admin_field
    def index_content_bytes(self, info: Info) -> int | None:
        """How much of an object's content is indexed; for administrators."""
        return self.row.index_content_bytes

    @admin_field
    def prefixes(self, info: Info) -> list[str]:
        """Prefixes that the registry is limited to; for administrators."""
        return self.row.prefixes

    @admin_field
    def associated_policies(self, info: Info) -> list[PolicyBucketPermission]:
        """Policies with a permission on the bucket; for administrators."""
        directory = read_current(info)
        return [
            permission
            for policy in directory.policies.values()
            for permission in _permissions_on(policy_type(policy, directory), self.name)
        ]

    @admin_field
    def associated_roles(self, info: Info) -> list[RoleBucketPermission]:
        """Managed roles with a permission on the bucket; for administrators."""
        directory = read_current(info)
        return [
            RoleBucketPermission(
                level=permission.level,
                role=managed_role_type(role, directory),
                permission=permission,
                directory=directory,
            )
            for role in directory.roles.values()
            for permission in directory.permissions_of(role)
            if permission.bucket == self.name
        ]


def tables_of(info: Info, bucket: str) -> list[TabulatorTable]:
    """The Tabulator tables of a bucket."""
    with info.context.services.database.reading() as session:
        rows = tabulator_tables.tables(session, bucket)
    return [TabulatorTable(name=row.name, config=row.config) for row in rows]


def policy_type(policy: PolicyRecord, directory: Directory) -> Policy:
    """The type of a policy."""
    return Policy(
        id=strawberry.ID(policy.id),
        title=policy.title,
        arn=policy.arn,
        managed=policy.managed,
        record=policy,
        directory=directory,
    )


def managed_role_type(role: RoleRecord, directory: Directory) -> ManagedRole:
    """The type of a managed role."""
    return ManagedRole(id=strawberry.ID(role.id), name=role.name, arn=role.arn, record=role, directory=directory)


def role_type(role: RoleRecord, directory: Directory) -> UnmanagedRole | ManagedRole:
    """The type of a role, managed or not."""
    if role.managed:
        return managed_role_type(role, directory)
    return UnmanagedRole(id=strawberry.ID(role.id), name=role.name, arn=role.arn)


def read_current(info: Info) -> Directory:
    """Roles, policies and buckets at this moment."""
    with info.context.services.database.reading() as session:
        return read_directory(session)


def _permissions_on(policy: Policy, bucket: str) -> list[PolicyBucketPermission]:
    return [
        PolicyBucketPermission(level=permission.level, policy=policy, permission=permission, directory=policy.directory)
        for permission in policy.record.permissions
        if permission.bucket == bucket
    ]
