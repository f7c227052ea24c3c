"""Administration of users: ``admin.user`` (registry facts 3.3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry
from sqlalchemy import select
from sqlalchemy.orm import Session

from quilt_stack.registry.administration import accounts, mails, users
from quilt_stack.registry.administration.directory import (
    Directory,
    UserRecord,
    read_directory,
    read_users,
)
from quilt_stack.registry.database import User as UserRow
from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.directory_types import Role, role_type
from quilt_stack.registry.graphql.errors import InvalidInput, Ok, OperationError, refusal_result
from quilt_stack.registry.refusals import InvalidInputRefusal, OperationRefusal


@strawberry.input
class UserInput:
    """A new user."""

    name: str
    email: str
    role: str
    extra_roles: list[str] | None = None


@strawberry.type
class User:
    """A user as administrators see it."""

    name: str
    email: str
    date_joined: datetime
    last_login: datetime
    is_active: bool
    is_admin: bool
    is_sso_only: bool
    is_service: bool
    is_role_assignment_disabled: bool
    is_admin_assignment_disabled: bool
    role: Role | None
    extra_roles: list[Role]


UserResult: TypeAlias = Annotated[User | InvalidInput | OperationError, strawberry.union("UserResult")]
OperationResult: TypeAlias = Annotated[Ok | InvalidInput | OperationError, strawberry.union("OperationResult")]


def user_type(user: UserRecord, directory: Directory) -> User:
    """The type of a user."""
    return User(
        name=user.name,
        email=user.email,
        date_joined=user.date_joined,
        last_login=user.last_login,
        is_active=user.is_active,
        is_admin=user.is_admin,
        is_sso_only=user.is_sso_only,
        is_service=user.is_service,
        is_role_assignment_disabled=user.is_role_assignment_disabled,
        is_admin_assignment_disabled=user.is_admin_assignment_disabled,
        role=None if user.role_id is None else role_type(directory.roles[user.role_id], directory),
        extra_roles=[role_type(directory.roles[role_id], directory) for role_id in user.extra_role_ids],
    )


def read_user(session: Session, user_id: str) -> User:
    """The type of the user with this id, as the session sees it."""
    return user_type(read_users(session, [user_id])[0], read_directory(session))


@strawberry.type
class UserAdminQueries:
    """``admin.user``, reading."""

    @strawberry.field(name="list")  # type: ignore[untyped-decorator]  # with arguments, Strawberry types it as Any
    def list_users(self, info: Info) -> list[User]:
        """All users, by name (registry facts 3.2)."""
        with info.context.services.database.reading() as session:
            directory = read_directory(session)
            return [user_type(user, directory) for user in read_users(session)]

    @strawberry.field
    def get(self, info: Info, name: str) -> User | None:
        """One user, or null (registry facts 3.2)."""
        with info.context.services.database.reading() as session:
            user = users.find(session, name)
            return None if user is None else read_user(session, user.id)


@strawberry.type
class MutateUserAdminMutations:
    """``admin.user.mutate(name)``: changes of one user."""

    user_id: strawberry.Private[str]

    @strawberry.mutation
    def delete(self, info: Info) -> OperationResult:
        """Delete the user."""
        actor = info.context.caller.user_id
        result = self._change(info, lambda session, user: users.delete(session, user, actor_id=actor))
        return result or Ok()

    @strawberry.mutation
    def set_email(self, info: Info, email: str) -> UserResult:
        """Change the address that mails go to."""
        return self._changed(info, lambda session, user: users.set_email(session, user, email))

    @strawberry.mutation
    def set_admin(self, info: Info, admin: bool) -> UserResult:
        """Give or take the administrator's flag."""
        actor = info.context.caller.user_id
        return self._changed(info, lambda session, user: users.set_admin(session, user, admin, actor_id=actor))

    @strawberry.mutation
    def set_active(self, info: Info, active: bool) -> UserResult:
        """Let the user in or shut the user out."""
        actor = info.context.caller.user_id
        return self._changed(info, lambda session, user: users.set_active(session, user, active, actor_id=actor))

    @strawberry.mutation
    def reset_password(self, info: Info) -> OperationResult:
        """Make the password unusable and mail a link for a new one (registry facts 3.3, 11)."""
        services = info.context.services
        try:
            with services.database.transaction() as session:
                user = session.get_one(UserRow, self.user_id)
                link = accounts.reset_password(session, services.clock, user)
            services.mails.send_password_reset(name=user.name, email=user.email, link=link)
        except (InvalidInputRefusal, OperationRefusal) as refusal:
            return refusal_result(refusal)
        except mails.MailNotSent as failure:
            return OperationError(message=str(failure), name=accounts.MAIL_SEND_ERROR)
        return Ok()

    @strawberry.mutation
    def set_role(self, info: Info, role: str, extra_roles: list[str] | None = None, append: bool = False) -> UserResult:
        """Make a role the active one and replace, or append to, the others."""
        extra = extra_roles or []
        return self._changed(info, lambda session, user: users.set_role(session, user, role, extra, append=append))

    @strawberry.mutation
    def add_roles(self, info: Info, roles: list[str]) -> UserResult:
        """Give further roles."""
        return self._changed(info, lambda session, user: users.add_roles(session, user, roles))

    @strawberry.mutation
    def remove_roles(self, info: Info, roles: list[str], fallback: str | None = None) -> UserResult:
        """Take roles away."""
        return self._changed(info, lambda session, user: users.remove_roles(session, user, roles, fallback))

    def _changed(self, info: Info, change: Callable[[Session, UserRow], None]) -> User | InvalidInput | OperationError:
        refused = self._change(info, change)
        if refused is not None:
            return refused
        with info.context.services.database.reading() as session:
            return read_user(session, self.user_id)

    def _change(self, info: Info, change: Callable[[Session, UserRow], None]) -> InvalidInput | OperationError | None:
        try:
            with info.context.services.database.transaction() as session:
                change(session, session.get_one(UserRow, self.user_id))
        except (InvalidInputRefusal, OperationRefusal) as refusal:
            return refusal_result(refusal)
        return None


@strawberry.type
class UserAdminMutations:
    """``admin.user``, changing."""

    @strawberry.mutation
    def create(self, info: Info, input: UserInput) -> UserResult:
        """Create a user and mail a link for choosing a password (registry facts 3.3, 11)."""
        services = info.context.services
        try:
            accounts.require_subscription(services.conditions.current)
            with services.database.transaction() as session:
                user = users.create(
                    session,
                    name=input.name,
                    email=input.email,
                    role=input.role,
                    extra_roles=input.extra_roles or [],
                    now=services.clock.now(),
                )
                link = accounts.create_link(session, services.clock, user.id, accounts.LinkPurpose.PASSWORD)
                created = read_user(session, user.id)
            services.mails.send_welcome(name=input.name, email=input.email, link=link)
        except (InvalidInputRefusal, OperationRefusal) as refusal:
            return refusal_result(refusal)
        except mails.MailNotSent as failure:
            return OperationError(message=str(failure), name=accounts.MAIL_SEND_ERROR)
        return created

    @strawberry.mutation
    def mutate(self, info: Info, name: str) -> MutateUserAdminMutations | None:
        """The changes of one user, or null for a user who does not exist."""
        with info.context.services.database.reading() as session:
            user_id = session.scalar(select(UserRow.id).where(UserRow.name == name))
        return None if user_id is None else MutateUserAdminMutations(user_id=user_id)
