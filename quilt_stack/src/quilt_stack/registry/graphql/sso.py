"""Administration of the SSO configuration: fields of ``admin`` (registry facts 5)."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry
from sqlalchemy.orm import Session

from quilt_stack.registry.administration import sso
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.errors import InvalidInput, OperationError
from quilt_stack.registry.graphql.users import User, read_user
from quilt_stack.registry.refusals import InvalidInputRefusal


@strawberry.type
class SsoConfig:
    """The configuration in force: its text as it was sent, when, and by whom."""

    text: str
    timestamp: datetime
    uploader: User


SetSsoConfigResult: TypeAlias = Annotated[
    SsoConfig | InvalidInput | OperationError, strawberry.union("SetSsoConfigResult")
]


def _read(session: Session) -> SsoConfig | None:
    row = sso.current(session)
    if row is None or row.text is None:
        return None
    return SsoConfig(text=row.text, timestamp=row.timestamp, uploader=read_user(session, row.uploader_id))


@strawberry.type
class SsoAdminQueries:
    """SSO fields of ``admin``, reading."""

    @strawberry.field
    def sso_config(self, info: Info) -> SsoConfig | None:
        """The configuration in force, or null."""
        with info.context.services.database.reading() as session:
            return _read(session)

    @strawberry.field
    def is_default_role_setting_disabled(self, info: Info) -> bool:
        """Whether the SSO configuration decides the default role."""
        with info.context.services.database.reading() as session:
            return sso.current(session) is not None


@strawberry.type
class SsoAdminMutations:
    """SSO fields of ``admin``, changing."""

    @strawberry.mutation
    def set_sso_config(self, info: Info, config: str | None = None) -> SetSsoConfigResult | None:
        """Put a configuration in force; null removes it and answers null."""
        services, caller = info.context.services, info.context.caller
        try:
            with services.database.transaction() as session:
                sso.store(session, config, uploader_id=caller.user_id, now=services.clock.now())
                return _read(session)
        except InvalidInputRefusal as refusal:
            return InvalidInput.of(refusal)
