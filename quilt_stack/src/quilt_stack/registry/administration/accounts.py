"""What users do with their own account: sign up, activate it, choose a password (registry facts 1.3)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from quilt_stack.clock import Clock
from quilt_stack.registry import passwords
from quilt_stack.registry.administration import mails, roles, users
from quilt_stack.registry.database import AccountLink, User
from quilt_stack.registry.identity import revoke_tokens
from quilt_stack.registry.refusals import InvalidInputRefusal, OperationRefusal, Refusal

if TYPE_CHECKING:
    from quilt_stack.registry.administration.mails import Mails
    from quilt_stack.registry.conditions import Conditions
    from quilt_stack.registry.database import Database

_LINK_LIFETIME_SECONDS = 24 * 3600
_PASSWORD_RULE = f"Password must be {passwords.MINIMUM_LENGTH} to {passwords.MAXIMUM_LENGTH} characters long."

# Path and error name of a refused user to the status and text of the REST answer (registry facts 1.3).
_REGISTRATION_REFUSALS = {
    ("input.name", users.CONFLICT): (409, "Username already taken."),
    ("input.name", users.INVALID_NAME): (400, "Invalid username."),
    ("input.email", users.CONFLICT): (409, "Email already taken."),
    ("input.email", users.INVALID_EMAIL): (400, "Invalid email."),
}


SUBSCRIPTION_INVALID = "SubscriptionInvalid"
MAIL_SEND_ERROR = "MailSendError"


class LinkPurpose(StrEnum):
    """What a mailed link is good for."""

    ACTIVATION = "activation"
    PASSWORD = "password"


class AccountRefusal(Refusal):
    """A refused REST request: HTTP status, the published text, and the code that some refusals have beside it."""

    def __init__(self, status: int, message: str, error_code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.error_code = error_code


def require_subscription(conditions: Conditions) -> None:
    """Check that the stack's licence is in force.

    Raises:
        OperationRefusal: SubscriptionInvalid.
    """
    if not conditions.subscription_valid:
        raise OperationRefusal(SUBSCRIPTION_INVALID, "The subscription of this stack is not valid: contact Quilt.")


def register(database: Database, clock: Clock, sender: Mails, *, username: str, email: str, password: str) -> None:
    """Sign up: an inactive user with the default role, and a mail with the link that activates it.

    Raises:
        AccountRefusal: 400 for a missing default role, a bad name, address or password; 409 for a taken name or
            address; 500 if the mail cannot be sent.
    """
    with database.transaction() as session:
        role = roles.default_role(session)
        if role is None:
            raise AccountRefusal(400, "Default role not set")
        _check_password(password)
        user = _create_inactive(session, clock, username, email, role.name)
        user.password_hash = passwords.hash_password(password)
        link = create_link(session, clock, user.id, LinkPurpose.ACTIVATION)
    with _mail_refusal():
        sender.send_activation(name=username, email=email, link=link)


def activate(database: Database, clock: Clock, link: str) -> bool:
    """Activate the user of a mailed link; False if the link is unknown, used or older than 24 hours."""
    with database.transaction() as session:
        user = _redeem(session, clock, link, LinkPurpose.ACTIVATION)
        if user is not None:
            user.is_active = True
        return user is not None


def request_password_reset(database: Database, clock: Clock, sender: Mails, email: str) -> None:
    """Mail a link for a new password; the old one stays good. Nobody learns whether an address is known.

    Decision: inactive, service and SSO-only users get no mail, for none of them could use the link (open: registry
    facts 1.3, 3.3).

    Raises:
        AccountRefusal: 500 if the mail cannot be sent.
    """
    with database.transaction() as session:
        user = session.scalar(select(User).where(User.email == email))
        if user is None or not user.is_active or user.is_service or user.is_sso_only:
            return
        link = create_link(session, clock, user.id, LinkPurpose.PASSWORD)
    with _mail_refusal():
        sender.send_password_reset(name=user.name, email=user.email, link=link)


def reset_password(session: Session, clock: Clock, user: User) -> str:
    """An administrator's reset: the old password and all tokens are worthless at once; returns the link to be mailed.

    A deactivated user's is reset too (registry facts 11); the link is good once the user is active again.

    Raises:
        OperationRefusal: ServiceUser, SsoOnlyUser.
    """
    users.require_own_password(user)
    user.password_hash = None
    revoke_tokens(session, user.id)
    return create_link(session, clock, user.id, LinkPurpose.PASSWORD)


def change_password(database: Database, clock: Clock, *, link: str, password: str) -> None:
    """Set the password of the user of a mailed link; every token of that user is revoked.

    Raises:
        AccountRefusal: 400 for a bad password; 401 for a link that is unknown, used or older than 24 hours, or whose
            user is not active.
    """
    _check_password(password)
    with database.transaction() as session:
        user = _redeem(session, clock, link, LinkPurpose.PASSWORD)
        # Decision: links of deleted users are gone with them, so "User not found" is never told apart (registry facts
        # 1.3).
        if user is None:
            raise AccountRefusal(401, "Reset token invalid")
        if not user.is_active:
            raise AccountRefusal(401, "User not allowed to reset password")
        user.password_hash = passwords.hash_password(password)
        revoke_tokens(session, user.id)


def create_link(session: Session, clock: Clock, user_id: str, purpose: LinkPurpose) -> str:
    """A link of single use that is good for 24 hours; returns its last path segment."""
    token = secrets.token_urlsafe(32)
    expires_at = int(clock.seconds()) + _LINK_LIFETIME_SECONDS
    session.add(AccountLink(token=token, user_id=user_id, purpose=purpose.value, expires_at=expires_at))
    session.flush()
    return token


def refuse_without_subscription(conditions: Conditions) -> None:
    """Check the same for a REST request.

    Raises:
        AccountRefusal: 400 with the code SubscriptionInvalid (registry facts 1.3).
    """
    try:
        require_subscription(conditions)
    except OperationRefusal as refusal:
        raise AccountRefusal(400, refusal.message, SUBSCRIPTION_INVALID) from refusal


@contextmanager
def _mail_refusal() -> Iterator[None]:
    try:
        yield
    except mails.MailNotSent as failure:
        raise AccountRefusal(500, str(failure)) from failure


def _create_inactive(session: Session, clock: Clock, username: str, email: str, role: str) -> User:
    now = clock.now()
    try:
        return users.create(session, name=username, email=email, role=role, extra_roles=[], now=now, active=False)
    except InvalidInputRefusal as refusal:
        first = refusal.values[0]
        raise AccountRefusal(*_REGISTRATION_REFUSALS[first.path, first.name]) from refusal


def _check_password(password: str) -> None:
    if not passwords.is_acceptable(password):
        raise AccountRefusal(400, _PASSWORD_RULE)


def _redeem(session: Session, clock: Clock, link: str, purpose: LinkPurpose) -> User | None:
    row = session.get(AccountLink, link)
    if row is None or row.purpose != purpose or row.expires_at <= clock.seconds():
        return None
    session.delete(row)
    return session.get_one(User, row.user_id)
