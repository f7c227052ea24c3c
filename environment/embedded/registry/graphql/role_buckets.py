"""``buckets`` and ``bucket``: what the active role may read, for administrators too (registry-facts 6).

The catalog's pages ask these; the Python clients ask ``bucketConfigs``, which shows administrators every bucket.
"""

from __future__ import annotations

from datetime import datetime

import strawberry

from environment.embedded.blueprint import Permission
from environment.embedded.registry.database import Bucket
from environment.embedded.registry.graphql.context import Info
from environment.embedded.registry.graphql.directory_types import TabulatorTable, tables_of
from environment.embedded.registry.graphql.scalars import JsonRecord


@strawberry.type
class Collaborator:
    """Somebody who shares a bucket."""

    email: str
    username: str


@strawberry.type
class CollaboratorBucketConnection:
    """Somebody who shares a bucket, and what they may do with it."""

    collaborator: Collaborator
    permission_level: Permission


@strawberry.type(name="Bucket")
class RoleBucket:
    """A bucket as those see it who may read it."""

    name: str
    title: str
    icon_url: str | None
    description: str | None
    linked_data: JsonRecord | None
    overview_url: str | None
    tags: list[str] | None
    relevance_score: int
    browsable: bool
    last_indexed: datetime | None

    @strawberry.field
    def tabulator_tables(self, info: Info) -> list[TabulatorTable]:
        """Tables of the bucket."""
        return tables_of(info, self.name)

    @strawberry.field
    def collaborators(self) -> list[CollaboratorBucketConnection] | None:
        """Who else may read the bucket.

        Decision: null, which the catalog takes for unknown; who counts as a collaborator is not published.
        """
        return None


@strawberry.type
class RoleBucketQueries:
    """Query fields of the buckets of the active role."""

    @strawberry.field
    def buckets(self, info: Info) -> list[RoleBucket]:
        """Buckets that the active role may read, by relevance, then by name."""
        context = info.context
        return [_role_bucket(bucket) for bucket in context.access.readable_bucket_configs(context.caller)]

    @strawberry.field
    def bucket(self, info: Info, name: str) -> RoleBucket | None:
        """One bucket; null if there is none or the active role may not read it."""
        context = info.context
        readable = context.access.readable_bucket_configs(context.caller)
        return next((_role_bucket(bucket) for bucket in readable if bucket.name == name), None)


def _role_bucket(bucket: Bucket) -> RoleBucket:
    return RoleBucket(
        name=bucket.name,
        title=bucket.title,
        icon_url=bucket.icon_url,
        description=bucket.description,
        linked_data=None if bucket.linked_data is None else JsonRecord(bucket.linked_data),
        overview_url=bucket.overview_url,
        tags=bucket.tags,
        relevance_score=bucket.relevance_score,
        browsable=bucket.browsable,
        last_indexed=bucket.last_indexed,
    )
