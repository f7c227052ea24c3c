"""Browsing sessions (registry facts 3.7)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from quilt_stack.registry.browsing import DEFAULT_TTL_SECONDS, BrowsingSessions, OpenSession
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.errors import InvalidInput, Ok, OperationError, refusal_result
from quilt_stack.registry.refusals import InvalidInputRefusal, OperationRefusal


@strawberry.type
class BrowsingSession:
    """A session and when it ends."""

    id: strawberry.ID
    expires: datetime

    @classmethod
    def of(cls, session: OpenSession) -> BrowsingSession:
        """Give a session its GraphQL shape."""
        return cls(id=strawberry.ID(session.id), expires=session.expires)


BrowsingSessionCreateResult: TypeAlias = Annotated[
    BrowsingSession | InvalidInput | OperationError, strawberry.union("BrowsingSessionCreateResult")
]
BrowsingSessionRefreshResult: TypeAlias = Annotated[
    BrowsingSession | InvalidInput | OperationError, strawberry.union("BrowsingSessionRefreshResult")
]
BrowsingSessionDisposeResult: TypeAlias = Annotated[
    Ok | OperationError, strawberry.union("BrowsingSessionDisposeResult")
]


@strawberry.type
class BrowsingMutations:
    """Mutations of browsing sessions; the time to live is in seconds."""

    @strawberry.mutation
    def browsing_session_create(
        self, info: Info, scope: str, ttl: int = DEFAULT_TTL_SECONDS
    ) -> BrowsingSessionCreateResult:
        """Open a session on a package revision."""
        try:
            return BrowsingSession.of(_sessions(info).create(info.context.caller, scope, ttl))
        except (InvalidInputRefusal, OperationRefusal) as refusal:
            return refusal_result(refusal)

    @strawberry.mutation
    def browsing_session_refresh(
        self, info: Info, id: strawberry.ID, ttl: int = DEFAULT_TTL_SECONDS
    ) -> BrowsingSessionRefreshResult:
        """Let a session live longer."""
        try:
            return BrowsingSession.of(_sessions(info).refresh(info.context.caller, id, ttl))
        except (InvalidInputRefusal, OperationRefusal) as refusal:
            return refusal_result(refusal)

    @strawberry.mutation
    def browsing_session_dispose(self, info: Info, id: strawberry.ID) -> BrowsingSessionDisposeResult:
        """End a session."""
        try:
            _sessions(info).dispose(info.context.caller, id)
        except OperationRefusal as refusal:
            return OperationError.of(refusal)
        return Ok()


def _sessions(info: Info) -> BrowsingSessions:
    return BrowsingSessions(info.context.services, info.context.access)
