"""Queries and mutations of roles (registry facts 3.4)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, TypeAlias, TypeVar

import strawberry
from sqlalchemy.orm import Session

from quilt_stack.registry.administration import roles
from quilt_stack.registry.administration.directory import read_directory
from quilt_stack.registry.administration.iam import Iam
from quilt_stack.registry.database import Role as RoleRow
from quilt_stack.registry.graphql.admin_directive import admin_field
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.directory_types import Role, read_current, role_type
from quilt_stack.registry.graphql.errors import Marker, UnknownIdentifier
from quilt_stack.registry.refusals import NamedRefusal


@strawberry.input
class ManagedRoleInput:
    """Name and policies of a managed role."""

    name: str
    policies: list[strawberry.ID]


@strawberry.input
class UnmanagedRoleInput:
    """Name and ARN of an unmanaged role."""

    name: str
    arn: str


@strawberry.type
class RoleCreateSuccess:
    """The role was created."""

    role: Role


@strawberry.type
class RoleUpdateSuccess:
    """The role was changed."""

    role: Role


@strawberry.type
class RoleSetDefaultSuccess:
    """The role is the default role."""

    role: Role


@strawberry.type
class RoleDeleteSuccess(Marker):
    """The role is gone."""


@strawberry.type
class RoleNameReserved(Marker):
    """The name belongs to a role of the stack."""


@strawberry.type
class RoleNameExists(Marker):
    """Another role has the name."""


@strawberry.type
class RoleNameInvalid(Marker):
    """The name breaks the rule for names."""


@strawberry.type
class RoleHasTooManyPoliciesToAttach(Marker):
    """A role takes fewer policies."""


@strawberry.type
class RoleNameUsedBySsoConfig(Marker):
    """The SSO configuration names the role."""


@strawberry.type
class RoleIsManaged(Marker):
    """The role is managed, the mutation is for unmanaged ones."""


@strawberry.type
class RoleIsUnmanaged(Marker):
    """The role is unmanaged, the mutation is for managed ones."""


@strawberry.type
class RoleDoesNotExist(Marker):
    """No role has the id."""


@strawberry.type
class RoleAssigned(Marker):
    """Users have the role."""


@strawberry.type
class SsoConfigConflict(Marker):
    """The SSO configuration decides instead."""


_CreateRefusal: TypeAlias = RoleNameReserved | RoleNameExists | RoleNameInvalid | RoleHasTooManyPoliciesToAttach
_UpdateRefusal: TypeAlias = _CreateRefusal | RoleNameUsedBySsoConfig | RoleIsManaged | RoleIsUnmanaged
_DeleteRefusal: TypeAlias = RoleDoesNotExist | RoleNameReserved | RoleNameUsedBySsoConfig | RoleAssigned
_DefaultRefusal: TypeAlias = RoleDoesNotExist | SsoConfigConflict

RoleCreateResult: TypeAlias = Annotated[RoleCreateSuccess | _CreateRefusal, strawberry.union("RoleCreateResult")]
RoleUpdateResult: TypeAlias = Annotated[RoleUpdateSuccess | _UpdateRefusal, strawberry.union("RoleUpdateResult")]
RoleDeleteResult: TypeAlias = Annotated[RoleDeleteSuccess | _DeleteRefusal, strawberry.union("RoleDeleteResult")]
RoleSetDefaultResult: TypeAlias = Annotated[
    RoleSetDefaultSuccess | _DefaultRefusal, strawberry.union("RoleSetDefaultResult")
]

_CREATE_REFUSALS: Mapping[str, type[_CreateRefusal]] = {
    "RoleNameReserved": RoleNameReserved,
    "RoleNameExists": RoleNameExists,
    "RoleNameInvalid": RoleNameInvalid,
    "RoleHasTooManyPoliciesToAttach": RoleHasTooManyPoliciesToAttach,
}
_UPDATE_REFUSALS: Mapping[str, type[_UpdateRefusal]] = {
    **_CREATE_REFUSALS,
    "RoleNameUsedBySsoConfig": RoleNameUsedBySsoConfig,
    "RoleIsManaged": RoleIsManaged,
    "RoleIsUnmanaged": RoleIsUnmanaged,
}
_DELETE_REFUSALS: Mapping[str, type[_DeleteRefusal]] = {
    "RoleDoesNotExist": RoleDoesNotExist,
    "RoleNameReserved": RoleNameReserved,
    "RoleNameUsedBySsoConfig": RoleNameUsedBySsoConfig,
    "RoleAssigned": RoleAssigned,
}
_DEFAULT_REFUSALS: Mapping[str, type[_DefaultRefusal]] = {
    "RoleDoesNotExist": RoleDoesNotExist,
    "SsoConfigConflict": SsoConfigConflict,
}

Success = TypeVar("Success", RoleCreateSuccess, RoleUpdateSuccess)
RefusedAs = TypeVar("RefusedAs")


def _write(
    info: Info,
    success: type[Success],
    refusals: Mapping[str, type[RefusedAs]],
    change: Callable[[Session, Iam], RoleRow],
) -> Success | RefusedAs:
    """Carry a change out in one transaction and answer with the role as it is then."""
    services = info.context.services
    try:
        with services.database.transaction() as session:
            role = change(session, Iam(services.cloud, services.settings))
            directory = read_directory(session)
    except NamedRefusal as refusal:
        return refusals[refusal.member]()
    except (roles.UnknownRole, roles.UnknownPolicy) as refusal:
        # Decision: no result member is for an unknown id here, so the field fails (open: registry facts 3.4).
        raise UnknownIdentifier(str(refusal)) from refusal
    return success(role=role_type(directory.roles[role.id], directory))


@strawberry.type
class RoleQueries:
    """Query fields of roles; for administrators."""

    @admin_field
    def roles(self, info: Info) -> list[Role]:
        """All roles (registry facts 3.2)."""
        directory = read_current(info)
        return [role_type(role, directory) for role in directory.roles.values()]

    @admin_field
    def role(self, info: Info, id: strawberry.ID) -> Role | None:
        """One role, or null (registry facts 3.2)."""
        directory = read_current(info)
        return role_type(directory.roles[id], directory) if id in directory.roles else None

    @admin_field
    def default_role(self, info: Info) -> Role | None:
        """The role of those who sign up on their own, or null (registry facts 3.2, 4)."""
        with info.context.services.database.reading() as session:
            row = roles.default_role(session)
            directory = read_directory(session)
        return None if row is None else role_type(directory.roles[row.id], directory)


@strawberry.type
class RoleMutations:
    """Mutations of roles; for administrators."""

    @admin_field
    def role_create_managed(self, info: Info, input: ManagedRoleInput) -> RoleCreateResult:
        """Create a role with policies."""
        maximum = info.context.services.settings.maximum_policies_per_role

        def create(session: Session, iam: Iam) -> RoleRow:
            return roles.create_managed(
                session, iam, name=input.name, policy_ids=input.policies, maximum_policies=maximum
            )

        return _write(info, RoleCreateSuccess, _CREATE_REFUSALS, create)

    @admin_field
    def role_create_unmanaged(self, info: Info, input: UnmanagedRoleInput) -> RoleCreateResult:
        """Create a role for an ARN."""

        def create(session: Session, _: Iam) -> RoleRow:
            return roles.create_unmanaged(session, name=input.name, arn=input.arn)

        return _write(info, RoleCreateSuccess, _CREATE_REFUSALS, create)

    @admin_field
    def role_update_managed(self, info: Info, id: strawberry.ID, input: ManagedRoleInput) -> RoleUpdateResult:
        """Replace name and policies of a managed role."""
        maximum = info.context.services.settings.maximum_policies_per_role

        def update(session: Session, iam: Iam) -> RoleRow:
            return roles.update_managed(
                session, iam, id, name=input.name, policy_ids=input.policies, maximum_policies=maximum
            )

        return _write(info, RoleUpdateSuccess, _UPDATE_REFUSALS, update)

    @admin_field
    def role_update_unmanaged(self, info: Info, id: strawberry.ID, input: UnmanagedRoleInput) -> RoleUpdateResult:
        """Replace name and ARN of an unmanaged role."""

        def update(session: Session, _: Iam) -> RoleRow:
            return roles.update_unmanaged(session, id, name=input.name, arn=input.arn)

        return _write(info, RoleUpdateSuccess, _UPDATE_REFUSALS, update)

    @admin_field
    def role_delete(self, info: Info, id: strawberry.ID) -> RoleDeleteResult:
        """Delete a role that nobody has."""
        services = info.context.services
        try:
            with services.database.transaction() as session:
                roles.delete(session, Iam(services.cloud, services.settings), id)
        except NamedRefusal as refusal:
            return _DELETE_REFUSALS[refusal.member]()
        return RoleDeleteSuccess()

    @admin_field
    def role_set_default(self, info: Info, id: strawberry.ID) -> RoleSetDefaultResult:
        """Choose the role of those who sign up on their own."""
        try:
            with info.context.services.database.transaction() as session:
                roles.set_default(session, id)
                directory = read_directory(session)
        except NamedRefusal as refusal:
            return _DEFAULT_REFUSALS[refusal.member]()
        return RoleSetDefaultSuccess(role=role_type(directory.roles[id], directory))
