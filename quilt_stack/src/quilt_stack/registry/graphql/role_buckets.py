"""``buckets`` and ``bucket``: what the active role may read, for administrators too (registry facts 6).

The catalog's pages ask these; the Python clients ask ``bucketConfigs``, which shows administrators every bucket.
"""

from __future__ import annotations

import strawberry

from quilt_stack.blueprint import Permission
from quilt_stack.registry.administration import collaborators
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.directory_types import BucketAttributes


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
class RoleBucket(BucketAttributes):
    """A bucket as those see it who may read it."""

    @strawberry.field
    def collaborators(self, info: Info) -> list[CollaboratorBucketConnection]:
        """Who may read the bucket.

        Decision: active users whose managed roles give them the bucket, with the highest level; service users are not
        people (open: registry facts 6).
        """
        with info.context.services.database.reading() as session:
            found = collaborators.of_bucket(session, self.name)
        return [
            CollaboratorBucketConnection(
                collaborator=Collaborator(email=each.email, username=each.name), permission_level=level
            )
            for each, level in found
        ]


@strawberry.type
class RoleBucketQueries:
    """Query fields of the buckets of the active role."""

    @strawberry.field
    def potential_collaborators(self, info: Info) -> list[Collaborator]:
        """Who may read buckets that the registry does not know of.

        Decision: active users with an unmanaged role (open: registry facts 6).
        """
        with info.context.services.database.reading() as session:
            return [Collaborator(email=each.email, username=each.name) for each in collaborators.potential(session)]

    @strawberry.field
    def buckets(self, info: Info) -> list[RoleBucket]:
        """Buckets that the active role may read, by relevance, then by name."""
        context = info.context
        return [RoleBucket.of(bucket) for bucket in context.access.readable_bucket_configs(context.caller)]

    @strawberry.field
    def bucket(self, info: Info, name: str) -> RoleBucket | None:
        """One bucket; null if there is none or the active role may not read it."""
        context = info.context
        readable = context.access.readable_bucket_configs(context.caller)
        return next((RoleBucket.of(bucket) for bucket in readable if bucket.name == name), None)
