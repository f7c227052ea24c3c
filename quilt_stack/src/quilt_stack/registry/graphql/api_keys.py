"""API keys: the caller's own, and everybody's for administrators (registry facts 2.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from quilt_stack.registry.administration import api_keys
from quilt_stack.registry.administration.api_keys import ApiKeyRecord, Filters
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.errors import InvalidInput, Ok
from quilt_stack.registry.refusals import InvalidInputRefusal

strawberry.enum(api_keys.Status, name="APIKeyStatus")


@strawberry.type(name="APIKey")
class ApiKey:
    """An API key without its secret."""

    id: strawberry.ID
    name: str
    fingerprint: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    status: api_keys.Status
    user_email: str


@strawberry.input(name="APIKeyCreateInput")
class ApiKeyCreateInput:
    """A new API key."""

    name: str
    expires_in_days: int = 90


@strawberry.type(name="APIKeyCreated")
class ApiKeyCreated:
    """A new API key with the secret, which is shown here and never again."""

    api_key: ApiKey
    secret: str


ApiKeyCreateResult: TypeAlias = Annotated[ApiKeyCreated | InvalidInput, strawberry.union("APIKeyCreateResult")]
ApiKeyRevokeResult: TypeAlias = Annotated[Ok | InvalidInput, strawberry.union("APIKeyRevokeResult")]


def _type(key: ApiKeyRecord) -> ApiKey:
    return ApiKey(
        id=strawberry.ID(key.id),
        name=key.name,
        fingerprint=key.fingerprint,
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        status=key.status,
        user_email=key.user_email,
    )


def _find_all(info: Info, filters: Filters, user_id: str | None = None) -> list[ApiKey]:
    services = info.context.services
    with services.database.reading() as session:
        keys = api_keys.find_all(session, filters, now=services.clock.now(), user_id=user_id)
    return [_type(key) for key in keys]


def _find(info: Info, key_id: str, user_id: str | None = None) -> ApiKey | None:
    services = info.context.services
    with services.database.reading() as session:
        key = api_keys.find(session, key_id, now=services.clock.now(), user_id=user_id)
    return None if key is None else _type(key)


@strawberry.type
class MyApiKeys:
    """Fields of ``me``."""

    @strawberry.field
    def api_keys(
        self,
        info: Info,
        name: str | None = None,
        fingerprint: str | None = None,
        status: api_keys.Status | None = None,
    ) -> list[ApiKey]:
        """The caller's API keys, newest first."""
        filters = Filters(name=name, fingerprint=fingerprint, status=status)
        return _find_all(info, filters, info.context.caller.user_id)

    @strawberry.field
    def api_key(self, info: Info, id: strawberry.ID) -> ApiKey | None:
        """One of the caller's API keys, or null."""
        return _find(info, id, info.context.caller.user_id)


@strawberry.type
class ApiKeyMutations:
    """Mutations of the caller's own API keys."""

    @strawberry.mutation
    def api_key_create(self, info: Info, input: ApiKeyCreateInput) -> ApiKeyCreateResult:
        """Create an API key."""
        services, caller = info.context.services, info.context.caller
        try:
            with services.database.transaction() as session:
                key, secret = api_keys.create(
                    session,
                    user_id=caller.user_id,
                    name=input.name,
                    expires_in_days=input.expires_in_days,
                    now=services.clock.now(),
                )
        except InvalidInputRefusal as refusal:
            return InvalidInput.of(refusal)
        return ApiKeyCreated(api_key=_type(key), secret=secret)

    @strawberry.mutation
    def api_key_revoke(
        self, info: Info, id: strawberry.ID | None = None, secret: str | None = None
    ) -> ApiKeyRevokeResult:
        """Revoke an API key, named by its id or by its secret."""
        caller = info.context.caller
        try:
            with info.context.services.database.transaction() as session:
                api_keys.revoke_own(session, user_id=caller.user_id, key_id=id, secret=secret)
        except InvalidInputRefusal as refusal:
            return InvalidInput.of(refusal)
        return Ok()


@strawberry.type(name="APIKeyAdminQueries")
class ApiKeyAdminQueries:
    """``admin.apiKeys``, reading."""

    @strawberry.field(name="list")  # type: ignore[untyped-decorator]  # with arguments, Strawberry types it as Any
    def list_keys(
        self,
        info: Info,
        email: str | None = None,
        name: str | None = None,
        fingerprint: str | None = None,
        status: api_keys.Status | None = None,
    ) -> list[ApiKey]:
        """Everybody's API keys, newest first."""
        return _find_all(info, Filters(name=name, fingerprint=fingerprint, status=status, email=email))

    @strawberry.field
    def get(self, info: Info, id: strawberry.ID) -> ApiKey | None:
        """One API key, or null."""
        return _find(info, id)


@strawberry.type(name="APIKeyAdminMutations")
class ApiKeyAdminMutations:
    """``admin.apiKeys``, changing."""

    @strawberry.mutation
    def revoke(self, info: Info, id: strawberry.ID) -> ApiKeyRevokeResult:
        """Revoke anybody's API key."""
        try:
            with info.context.services.database.transaction() as session:
                api_keys.revoke_any(session, id)
        except InvalidInputRefusal as refusal:
            return InvalidInput.of(refusal)
        return Ok()
