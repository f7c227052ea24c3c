"""Who is asking: JSON Web Tokens, API keys and one-time codes (registry facts 1.3, 2.1, 2.2)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from quilt_stack.clock import Clock
from quilt_stack.registry import passwords
from quilt_stack.registry.database import (
    ApiKey,
    Database,
    OneTimeCode,
    Role,
    SettingKey,
    Token,
    User,
    read_setting,
    store_setting,
)
from quilt_stack.settings import DeploymentSettings

API_KEY_PREFIX = "qk_"

_ALGORITHM = "HS256"
_CODE_LIFETIME_SECONDS = 600
_API_KEY_USE_RESOLUTION = timedelta(minutes=1)

# Texts of 401 answers; the catalog acts on the second and the third (registry facts 1.3).
NOT_SIGNED_IN = "Not logged in"
OUTDATED = "Outdated access token: please log in again"
MALFORMED = "Token could not be deserialized"
# Decision: revoked, unknown and the tokens of deleted users share the ancestor's text (registry facts 2.1).
REVOKED = "Token invalid."
# Decision: the texts for API keys are ours (open: registry facts 2.2).
API_KEY_UNKNOWN = "API key invalid."
API_KEY_EXPIRED = "API key expired."
API_KEY_OWNER_INACTIVE = "The owner of this API key is not active."
LOGIN_FAILED = "Login attempt failed"
CODE_INVALID = "Code or refresh token invalid: sign in again to get a new code."


class Unauthenticated(Exception):  # noqa: N818 - names the state of the caller
    """The caller could not be identified; the message is the text of the 401 answer."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class UnknownUser(Exception):  # noqa: N818 - names what was asked for
    """The control port named a user who does not exist."""


@dataclass(frozen=True)
class Caller:
    """The user behind a request; ``token_id`` is None for API keys, role fields are None without an active role."""

    user_id: str
    name: str
    email: str
    is_admin: bool
    is_service: bool
    role_name: str | None
    role_id: str | None
    token_id: str | None


@dataclass(frozen=True)
class IssuedToken:
    """A token and its end in seconds since the epoch."""

    token: str
    expires_at: int


class Identity:
    """Issues, checks and revokes credentials; time is the deployment's clock."""

    def __init__(self, database: Database, settings: DeploymentSettings, clock: Clock) -> None:
        self._database = database
        self._settings = settings
        self._clock = clock
        self._signing_key: tuple[int, str] | None = None
        with database.transaction() as session:
            if read_setting(session, SettingKey.TOKEN_KEY) is None:
                store_setting(session, SettingKey.TOKEN_KEY, secrets.token_hex(32))

    def authenticate(self, authorization: str | None) -> Caller:
        """Identify the sender of an ``Authorization`` header: ``Bearer x`` or the bare ``x`` (registry facts 2.1).

        Raises:
            Unauthenticated: no header, or a token or API key that is malformed, expired, revoked or unknown.
        """
        credential = _credential(authorization)
        if credential.startswith(API_KEY_PREFIX):
            return self._authenticate_api_key(credential)
        return self._authenticate_token(credential)

    def sign_in(self, username: str, password: str) -> IssuedToken:
        """Exchange a name or an e-mail and a password for a token.

        Raises:
            Unauthenticated: unknown user, wrong or unusable password, inactive user; all look the same from outside.
        """
        with self._database.transaction() as session:
            user = session.scalar(select(User).where(or_(User.name == username, User.email == username)))
            if user is None or not user.is_active or not passwords.matches(password, user.password_hash):
                raise Unauthenticated(LOGIN_FAILED)
            return self._sign_in(session, user)

    def sign_in_vouched(self, user_id: str) -> IssuedToken:
        """A token for a user for whom an identity provider vouched."""
        with self._database.transaction() as session:
            return self._sign_in(session, session.get_one(User, user_id))

    def exchange(self, refresh_token: str) -> IssuedToken:
        """Exchange a one-time code, or a token that is still good, for a new token.

        Decision: the old token stays good until it expires, because processes share it through quilt3's auth.json
        (open: registry facts 1.3).

        Raises:
            Unauthenticated: the code is malformed, used, expired or unknown, or the token is not good.
        """
        if refresh_token.count(".") == 2:
            caller = self._authenticate_token(refresh_token)
            with self._database.transaction() as session:
                return self._sign_in(session, session.get_one(User, caller.user_id))
        with self._database.transaction() as session:
            return self._sign_in(session, self._redeem(session, refresh_token))

    def one_time_code(self, caller: Caller) -> str:
        """A code of single use that is good for 10 minutes; a new one replaces the last (registry facts 1.3)."""
        code = secrets.token_urlsafe(24)
        expires_at = int(self._clock.seconds()) + _CODE_LIFETIME_SECONDS
        with self._database.transaction() as session:
            session.merge(OneTimeCode(user_id=caller.user_id, code=code, expires_at=expires_at))
        return base64.b64encode(json.dumps({"id": caller.user_id, "code": code}).encode()).decode()

    def refresh(self, caller: Caller) -> IssuedToken:
        """Replace the caller's token; the old one is revoked (registry facts 1.3).

        Raises:
            Unauthenticated: the caller came with an API key, which is not refreshed.
        """
        if caller.token_id is None:
            raise Unauthenticated("An API key cannot be refreshed: create a new one.")
        with self._database.transaction() as session:
            token = session.get(Token, caller.token_id)
            if token is None:
                raise Unauthenticated(REVOKED)
            session.delete(token)
            return self._issue(session, caller.user_id)

    def sign_out(self, caller: Caller) -> None:
        """Revoke the token that the caller came with; an API key stays."""
        if caller.token_id is not None:
            with self._database.transaction() as session:
                session.execute(delete(Token).where(Token.id == caller.token_id))

    def revoke_tokens(self, user_name: str) -> None:
        """Revoke every token of a user.

        Raises:
            UnknownUser: nobody has this name.
        """
        with self._database.transaction() as session:
            revoke_tokens(session, _user(session, user_name).id)

    def expire_tokens(self, user_name: str) -> None:
        """Let every token of a user be past its end.

        Raises:
            UnknownUser: nobody has this name.
        """
        with self._database.transaction() as session:
            user = _user(session, user_name)
            session.execute(
                update(Token).where(Token.user_id == user.id).values(expires_at=int(self._clock.seconds()) - 1)
            )

    def issue_token(self, user_name: str, lifetime_seconds: int | None = None) -> str:
        """A token without a sign-in, for service users and for tests of expiry; a negative lifetime is past its end.

        Raises:
            UnknownUser: nobody has this name.
        """
        with self._database.transaction() as session:
            return self._issue(session, _user(session, user_name).id, lifetime_seconds).token

    def _authenticate_token(self, token: str) -> Caller:
        claims = _claims(token, self._known_signing_key())
        now = self._clock.seconds()
        if claims["exp"] <= now:
            raise Unauthenticated(OUTDATED)
        query = (
            select(Token, User, Role)
            .join(User, User.id == Token.user_id)
            .outerjoin(Role, Role.id == User.active_role_id)
            .where(Token.id == claims["uuid"])
        )
        with self._database.reading() as session:
            found = session.execute(query).one_or_none()
        if found is None or found.User.id != claims["id"] or not found.User.is_active:
            raise Unauthenticated(REVOKED)
        if found.Token.expires_at <= now:
            raise Unauthenticated(OUTDATED)
        return _caller(found.User, found.Role, token_id=found.Token.id)

    def _known_signing_key(self) -> str:
        """The signing key, asked for again after each change: a snapshot that is restored brings its own."""
        changes = self._database.changes
        if self._signing_key is None or self._signing_key[0] != changes:
            with self._database.reading() as session:
                self._signing_key = changes, _signing_key(session)
        return self._signing_key[1]

    def _authenticate_api_key(self, secret: str) -> Caller:
        query = (
            select(ApiKey, User, Role)
            .join(User, User.id == ApiKey.user_id)
            .outerjoin(Role, Role.id == User.active_role_id)
            .where(ApiKey.secret_digest == api_key_digest(secret))
        )
        with self._database.reading() as session:
            found = session.execute(query).one_or_none()
        if found is None:
            raise Unauthenticated(API_KEY_UNKNOWN)
        if found.ApiKey.expires_at <= self._clock.now():
            raise Unauthenticated(API_KEY_EXPIRED)
        if not found.User.is_active:
            raise Unauthenticated(API_KEY_OWNER_INACTIVE)
        self._note_use(found.ApiKey)
        return _caller(found.User, found.Role, token_id=None)

    def _note_use(self, key: ApiKey) -> None:
        # To the minute: a write for every request of a busy pipeline would queue up behind the administrators' changes.
        now = self._clock.now()
        if key.last_used_at is not None and now - key.last_used_at < _API_KEY_USE_RESOLUTION:
            return
        with self._database.transaction() as session:
            session.execute(update(ApiKey).where(ApiKey.id == key.id).values(last_used_at=now))

    def _redeem(self, session: Session, text: str) -> User:
        user_id, code = _parse_code(text)
        row = session.get(OneTimeCode, user_id)
        if row is None or row.expires_at <= self._clock.seconds() or not hmac.compare_digest(row.code, code):
            raise Unauthenticated(CODE_INVALID)
        session.delete(row)
        user = session.get_one(User, user_id)
        if not user.is_active:
            raise Unauthenticated(CODE_INVALID)
        return user

    def _sign_in(self, session: Session, user: User) -> IssuedToken:
        user.last_login = self._clock.now()
        return self._issue(session, user.id)

    def _issue(self, session: Session, user_id: str, lifetime_seconds: int | None = None) -> IssuedToken:
        lifetime = self._settings.token_lifetime_seconds if lifetime_seconds is None else lifetime_seconds
        token = Token(user_id=user_id, expires_at=int(self._clock.seconds()) + lifetime)
        session.add(token)
        session.flush()
        claims = {"id": user_id, "uuid": token.id, "exp": token.expires_at}
        return IssuedToken(jwt.encode(claims, _signing_key(session), algorithm=_ALGORITHM), token.expires_at)


def revoke_tokens(session: Session, user_id: str) -> None:
    """Revoke a user's tokens and codes as part of a transaction; API keys stay, they have their own life."""
    session.execute(delete(Token).where(Token.user_id == user_id))
    session.execute(delete(OneTimeCode).where(OneTimeCode.user_id == user_id))


def api_key_digest(secret: str) -> str:
    """What is stored of an API key's secret."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _signing_key(session: Session) -> str:
    return str(read_setting(session, SettingKey.TOKEN_KEY))


def _claims(token: str, key: str) -> dict[str, Any]:
    # Decision: a wrong signature and extra or missing claims count as malformed (open: registry facts 2.1).
    try:
        claims = jwt.decode(token, key, algorithms=[_ALGORITHM], options={"verify_exp": False})
    except jwt.InvalidTokenError:
        raise Unauthenticated(MALFORMED) from None
    if set(claims) != {"id", "uuid", "exp"}:
        raise Unauthenticated(MALFORMED)
    return claims


def _credential(authorization: str | None) -> str:
    scheme, _, rest = (authorization or "").strip().partition(" ")
    credential = rest.strip() if scheme.lower() == "bearer" else scheme
    if not credential:
        raise Unauthenticated(NOT_SIGNED_IN)
    return credential


def _parse_code(text: str) -> tuple[str, str]:
    try:
        content = json.loads(base64.b64decode(text, validate=True))
        return str(content["id"]), str(content["code"])
    except (binascii.Error, UnicodeDecodeError, ValueError, KeyError, TypeError):
        raise Unauthenticated(CODE_INVALID) from None


def _user(session: Session, name: str) -> User:
    user = session.scalar(select(User).where(User.name == name))
    if user is None:
        raise UnknownUser(f"There is no user named {name!r}.")
    return user


def _caller(user: User, role: Role | None, token_id: str | None) -> Caller:
    return Caller(
        user_id=user.id,
        name=user.name,
        email=user.email,
        is_admin=user.is_admin,
        is_service=user.is_service,
        role_name=None if role is None else role.name,
        role_id=None if role is None else role.id,
        token_id=token_id,
    )
