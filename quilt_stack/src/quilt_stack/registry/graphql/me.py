"""The caller: ``me`` and switching between the caller's own roles (registry facts 3.3)."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry

from quilt_stack.registry.administration.users import held_roles, switch_role
from quilt_stack.registry.graphql.api_keys import MyApiKeys
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.errors import InvalidInput, OperationError, refusal_result
from quilt_stack.registry.refusals import InvalidInputRefusal, OperationRefusal


@strawberry.type
class MyRole:
    """A role of the caller; who is no administrator learns its name alone."""

    name: str


@strawberry.type
class Me(MyApiKeys):
    """The caller."""

    name: str
    email: str
    is_admin: bool
    # Decision: never null, as published (registry facts 11); who has no active role shows one without a name (open:
    # registry facts 3.3).
    role: MyRole
    roles: list[MyRole]


SwitchRoleResult: TypeAlias = Annotated[Me | InvalidInput | OperationError, strawberry.union("SwitchRoleResult")]


def _me(info: Info) -> Me:
    caller = info.context.caller
    with info.context.services.database.reading() as session:
        held = held_roles(session, caller.user_id)
    active = held.active
    return Me(
        name=caller.name,
        email=caller.email,
        is_admin=caller.is_admin,
        role=MyRole(name="" if active is None else active.name),
        roles=[MyRole(name=role.name) for role in held.all],
    )


@strawberry.type
class MeQueries:
    """Query fields about the caller."""

    @strawberry.field
    def me(self, info: Info) -> Me | None:
        """Who is signed in (registry facts 3.9)."""
        return _me(info)


@strawberry.type
class MeMutations:
    """Mutations of the caller's own state."""

    @strawberry.mutation
    def switch_role(self, info: Info, role_name: str) -> SwitchRoleResult:
        """Make another of the caller's own roles the active one (registry facts 3.3, 4)."""
        try:
            with info.context.services.database.transaction() as session:
                switch_role(session, info.context.caller.user_id, role_name)
        except (InvalidInputRefusal, OperationRefusal) as refusal:
            return refusal_result(refusal)
        return _me(info)
