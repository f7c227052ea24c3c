"""Users: creating, changing and deleting them, and the roles they hold (registry facts 3.3, 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quilt_stack.registry.administration import sso, user_rules
from quilt_stack.registry.database import Role, User, UserRole
from quilt_stack.registry.identity import revoke_tokens
from quilt_stack.registry.refusals import InvalidInputRefusal, InvalidValue, OperationRefusal

CONFLICT = "Conflict"
DELETE_SELF = "DeleteSelf"
EMAIL_ALREADY_IN_USE = "EmailAlreadyInUse"
INVALID_EMAIL = "InvalidEmail"

# Decision: other mutations than creating refuse unknown roles under that name, and say which role in the message, too
# (open: registry facts 10.1; what creating says is recorded: registry facts 11).
ROLE_NOT_FOUND = "RoleNotFound"
_NO_SUCH_ROLE = "No role exists by the provided name"
_OF_CREATING = "input."

# Decision: the names below are ours (open: registry facts 3.3).
INVALID_NAME = "InvalidName"
FALLBACK_REQUIRED = "FallbackRequired"
FALLBACK_REMOVED = "FallbackRemoved"
ROLE_NOT_ASSIGNED = "RoleNotAssigned"
DEMOTE_SELF = "DemoteSelf"
DEACTIVATE_SELF = "DeactivateSelf"
LAST_ADMIN = "LastAdmin"
SERVICE_USER = "ServiceUser"
SSO_ONLY_USER = "SsoOnlyUser"
ROLE_ASSIGNMENT_DISABLED = "RoleAssignmentDisabled"
ADMIN_ASSIGNMENT_DISABLED = "AdminAssignmentDisabled"


@dataclass(frozen=True)
class HeldRoles:
    """The roles of a user; ``active`` is one of ``all``, or None."""

    active: Role | None
    all: tuple[Role, ...]


def find(session: Session, name: str) -> User | None:
    """The user of this name; names are compared exactly (registry facts 3.3)."""
    return session.scalar(select(User).where(User.name == name))


def create(
    session: Session,
    *,
    name: str,
    email: str,
    role: str,
    extra_roles: Sequence[str],
    now: datetime,
    active: bool = True,
) -> User:
    """Create a user without a password.

    Raises:
        InvalidInputRefusal: everything that is wrong with the input, at ``input.name``, ``.email``, ``.role`` or
            ``.extraRoles``; a name or an e-mail that is taken is a Conflict.
    """
    problems = [
        *_name_problems(session, name),
        *_email_problems(session, email),
        *_role_problems(session, "input.role", [role]),
        *_role_problems(session, "input.extraRoles", extra_roles),
    ]
    if problems:
        raise InvalidInputRefusal(*(value for problem in problems for value in problem.values))
    user = User(name=name, email=email, date_joined=now, is_active=active)
    session.add(user)
    session.flush()
    roles = _roles(session, [role, *extra_roles], "input.role")
    _assign(session, user, roles[0], roles)
    return user


def delete(session: Session, user: User, *, actor_id: str) -> None:
    """Delete a user with tokens, API keys and links.

    Raises:
        OperationRefusal: DeleteSelf, ServiceUser, LastAdmin.
    """
    _refuse_self(user, actor_id, DELETE_SELF, "You cannot delete yourself: ask another administrator.")
    _refuse_service(user)
    _refuse_last_admin(session, user)
    sso.hand_over(session, user.id, actor_id)
    session.delete(user)
    session.flush()


def set_email(session: Session, user: User, email: str) -> None:
    """Change the address that mails go to.

    Raises:
        OperationRefusal: ServiceUser; EmailAlreadyInUse, when another user has the address.
        InvalidInputRefusal: path ``email``, name InvalidEmail.
    """
    _refuse_service(user)
    if not user_rules.is_valid_email(email):
        raise InvalidInputRefusal.at("email", INVALID_EMAIL, f"{email!r} is not an e-mail address.")
    other = session.scalar(select(User).where(User.email == email, User.id != user.id))
    if other is not None:
        raise OperationRefusal(EMAIL_ALREADY_IN_USE, f"{email} belongs to another user.")
    user.email = email


def set_admin(session: Session, user: User, admin: bool, *, actor_id: str) -> None:
    """Give or take the administrator's flag.

    Raises:
        OperationRefusal: DemoteSelf, ServiceUser, AdminAssignmentDisabled, LastAdmin.
    """
    _refuse_service(user)
    if user.is_sso_only and sso.current(session) is not None:
        raise OperationRefusal(
            ADMIN_ASSIGNMENT_DISABLED, f"The SSO configuration decides whether {user.name} is an administrator."
        )
    if not admin:
        _refuse_self(user, actor_id, DEMOTE_SELF, "You cannot take your own administrator's rights.")
        _refuse_last_admin(session, user)
    user.is_admin = admin


def set_active(session: Session, user: User, active: bool, *, actor_id: str) -> None:
    """Let a user in or shut a user out; deactivation revokes every token.

    Raises:
        OperationRefusal: DeactivateSelf, ServiceUser, LastAdmin.
    """
    _refuse_service(user)
    if not active:
        _refuse_self(user, actor_id, DEACTIVATE_SELF, "You cannot deactivate yourself.")
        _refuse_last_admin(session, user)
        revoke_tokens(session, user.id)
    user.is_active = active


def require_own_password(user: User) -> None:
    """Check that a user has a password that could be reset.

    Raises:
        OperationRefusal: ServiceUser, SsoOnlyUser.
    """
    _refuse_service(user)
    if user.is_sso_only:
        raise OperationRefusal(SSO_ONLY_USER, f"{user.name} signs in through SSO and has no password here.")


def set_role(session: Session, user: User, role: str, extra_roles: Sequence[str], *, append: bool) -> None:
    """Make a role the active one; the others are replaced by ``extra_roles``, or joined by them with ``append``.

    Raises:
        OperationRefusal: RoleAssignmentDisabled.
        InvalidInputRefusal: RoleNotFound at ``role`` or ``extraRoles``.
    """
    _refuse_role_assignment(session, user)
    active = _roles(session, [role], "role")[0]
    extra = _roles(session, extra_roles, "extraRoles")
    _assign(session, user, active, [*(held_roles(session, user.id).all if append else ()), active, *extra])


def add_roles(session: Session, user: User, roles: Sequence[str]) -> None:
    """Give further roles; the active one stays. Who had no role at all acts in the first one from now on.

    Raises:
        OperationRefusal: RoleAssignmentDisabled.
        InvalidInputRefusal: RoleNotFound at ``roles``.
    """
    _refuse_role_assignment(session, user)
    added = _roles(session, roles, "roles")
    held = held_roles(session, user.id)
    everything = [*held.all, *added]
    # Decision: a user without an active role gets the first one given (open: registry facts 3.3).
    _assign(session, user, held.active or (everything[0] if everything else None), everything)


def remove_roles(session: Session, user: User, roles: Sequence[str], fallback: str | None) -> None:
    """Take roles away. When the active one is among them, ``fallback`` becomes active, whether it was held or not.

    Decision: roles that the user does not hold are passed over; without a fallback the active role cannot be removed;
    a fallback that is not needed must exist and changes nothing (open: registry facts 3.3).

    Raises:
        OperationRefusal: RoleAssignmentDisabled.
        InvalidInputRefusal: RoleNotFound at ``roles`` or ``fallback``; FallbackRequired or FallbackRemoved at
            ``fallback``.
    """
    _refuse_role_assignment(session, user)
    removed = {role.id for role in _roles(session, roles, "roles")}
    successor = None if fallback is None else _roles(session, [fallback], "fallback")[0]
    held = held_roles(session, user.id)
    remaining = [role for role in held.all if role.id not in removed]
    if held.active is None or held.active.id not in removed:
        _assign(session, user, held.active, remaining)
        return
    if successor is None:
        message = f"{held.active.name} is the active role of {user.name}: name a fallback to activate instead."
        raise InvalidInputRefusal.at("fallback", FALLBACK_REQUIRED, message)
    if successor.id in removed:
        raise InvalidInputRefusal.at("fallback", FALLBACK_REMOVED, f"{fallback} is to be removed itself.")
    _assign(session, user, successor, [*remaining, successor])


def keep_roles(session: Session, user: User, names: Sequence[str]) -> None:
    """Let a user have exactly these roles, of which at least one is given; the active one stays if it is among them.

    Raises:
        InvalidInputRefusal: RoleNotFound at ``roles``.
    """
    given = _roles(session, names, "roles")
    active = held_roles(session, user.id).active
    is_kept = active is not None and active.id in {role.id for role in given}
    _assign(session, user, active if is_kept else given[0], given)


def switch_role(session: Session, user_id: str, role_name: str) -> None:
    """Make another of the user's own roles the active one.

    Raises:
        InvalidInputRefusal: path ``roleName``, name RoleNotAssigned.
    """
    for role in held_roles(session, user_id).all:
        if role.name == role_name:
            session.get_one(User, user_id).active_role_id = role.id
            return
    raise InvalidInputRefusal.at("roleName", ROLE_NOT_ASSIGNED, f"You do not have the role {role_name!r}.")


def held_roles(session: Session, user_id: str) -> HeldRoles:
    """The roles of a user in the order they were given."""
    query = select(Role).join(UserRole, UserRole.role_id == Role.id).where(UserRole.user_id == user_id)
    roles = tuple(session.scalars(query.order_by(UserRole.position)))
    active_id = session.get_one(User, user_id).active_role_id
    return HeldRoles(next((role for role in roles if role.id == active_id), None), roles)


def _name_problems(session: Session, name: str) -> list[InvalidInputRefusal]:
    if not user_rules.is_valid_name(name):
        message = (
            f"{name!r} is not a user name: a letter or an underscore, then letters, digits and underscores,"
            f" 64 at most, and none of {', '.join(sorted(user_rules.RESERVED_NAMES))}."
        )
        return [InvalidInputRefusal.at("input.name", INVALID_NAME, message)]
    if find(session, name) is not None:
        return [InvalidInputRefusal.at("input.name", CONFLICT, f"A user named {name} already exists.")]
    return []


def _email_problems(session: Session, email: str) -> list[InvalidInputRefusal]:
    if not user_rules.is_valid_email(email):
        return [InvalidInputRefusal.at("input.email", INVALID_EMAIL, f"{email!r} is not an e-mail address.")]
    if session.scalar(select(User).where(User.email == email)) is not None:
        return [InvalidInputRefusal.at("input.email", CONFLICT, f"A user with the e-mail {email} already exists.")]
    return []


def _role_problems(session: Session, path: str, names: Sequence[str]) -> list[InvalidInputRefusal]:
    try:
        _roles(session, names, path)
    except InvalidInputRefusal as refusal:
        return [refusal]
    return []


def _roles(session: Session, names: Sequence[str], path: str) -> list[Role]:
    """Roles by their exact names.

    Raises:
        InvalidInputRefusal: RoleNotFound at the path, once for each that is unknown (registry facts 11).
    """
    known = {role.name: role for role in session.scalars(select(Role).where(Role.name.in_(names)))}
    unknown = [name for name in dict.fromkeys(names) if name not in known]
    if unknown:
        raise InvalidInputRefusal(*(_unknown_role(path, name) for name in unknown))
    return [known[name] for name in names]


def _unknown_role(path: str, name: str) -> InvalidValue:
    message = _NO_SUCH_ROLE if path.startswith(_OF_CREATING) else f"{_NO_SUCH_ROLE}: {name or repr(name)}"
    return InvalidValue(path, ROLE_NOT_FOUND, message, {"role": name})


def _assign(session: Session, user: User, active: Role | None, roles: Iterable[Role]) -> None:
    session.execute(delete_rows(UserRole).where(UserRole.user_id == user.id))
    for position, role_id in enumerate(dict.fromkeys(role.id for role in roles)):
        session.add(UserRole(user_id=user.id, role_id=role_id, position=position))
    user.active_role_id = None if active is None else active.id
    session.flush()


def _refuse_self(user: User, actor_id: str, name: str, message: str) -> None:
    if user.id == actor_id:
        raise OperationRefusal(name, message)


def _refuse_service(user: User) -> None:
    if user.is_service:
        raise OperationRefusal(SERVICE_USER, f"{user.name} is a service user and is looked after by the stack alone.")


def _refuse_last_admin(session: Session, user: User) -> None:
    # Two administrators who demote each other at the same moment would otherwise leave none.
    others = select(func.count()).select_from(User).where(User.is_admin, User.is_active, User.id != user.id)
    if user.is_admin and user.is_active and session.scalar(others) == 0:
        raise OperationRefusal(LAST_ADMIN, f"{user.name} is the last administrator: appoint another one first.")


def _refuse_role_assignment(session: Session, user: User) -> None:
    if user.is_service or (user.is_sso_only and sso.current(session) is not None):
        raise OperationRefusal(ROLE_ASSIGNMENT_DISABLED, f"The roles of {user.name} cannot be changed here.")
