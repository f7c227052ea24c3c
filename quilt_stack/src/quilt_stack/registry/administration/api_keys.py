"""API keys (registry facts 2.2)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from quilt_stack.registry.database import ApiKey, User
from quilt_stack.registry.identity import API_KEY_PREFIX, api_key_digest
from quilt_stack.registry.refusals import InvalidInputRefusal

MINIMUM_DAYS = 1
MAXIMUM_DAYS = 365

# Decision: names, quota and name rule are ours, and names need not be unique (open: registry facts 2.2).
NAME_INVALID = "ApiKeyNameInvalid"
EXPIRATION_INVALID = "ApiKeyExpirationInvalid"
NOT_FOUND = "ApiKeyNotFound"
QUOTA_EXCEEDED = "ApiKeyQuotaExceeded"
ARGUMENTS_INVALID = "ApiKeyArgumentsInvalid"
MAXIMUM_KEYS = 100
MAXIMUM_NAME_LENGTH = 255

_FINGERPRINT_EDGE = 6


class Status(StrEnum):
    """An API key is good, or it was; a revoked one is gone."""

    ACTIVE = "ACTIVE"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True)
class ApiKeyRecord:
    """What is shown of an API key."""

    id: str
    name: str
    fingerprint: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    status: Status
    user_email: str


@dataclass(frozen=True)
class Filters:
    """What a list of API keys is narrowed to; None lets everything through, texts are compared exactly."""

    name: str | None = None
    fingerprint: str | None = None
    status: Status | None = None
    email: str | None = None


def create(
    session: Session, *, user_id: str, name: str, expires_in_days: int, now: datetime
) -> tuple[ApiKeyRecord, str]:
    """Create an API key; the secret, the second value, is never shown again.

    Raises:
        InvalidInputRefusal: ApiKeyNameInvalid at ``input.name``, ApiKeyExpirationInvalid at ``input.expiresInDays``,
            ApiKeyQuotaExceeded.
    """
    if not name.strip() or len(name) > MAXIMUM_NAME_LENGTH:
        message = f"An API key needs a name of at most {MAXIMUM_NAME_LENGTH} characters."
        raise InvalidInputRefusal.at("input.name", NAME_INVALID, message)
    if not MINIMUM_DAYS <= expires_in_days <= MAXIMUM_DAYS:
        message = f"An API key lives {MINIMUM_DAYS} to {MAXIMUM_DAYS} days, not {expires_in_days}."
        raise InvalidInputRefusal.at("input.expiresInDays", EXPIRATION_INVALID, message)
    if (session.scalar(select(func.count()).where(ApiKey.user_id == user_id)) or 0) >= MAXIMUM_KEYS:
        message = f"You have {MAXIMUM_KEYS} API keys already: revoke one first."
        raise InvalidInputRefusal.at("input", QUOTA_EXCEEDED, message)
    secret = API_KEY_PREFIX + secrets.token_urlsafe(32)
    key = ApiKey(
        user_id=user_id,
        name=name,
        fingerprint=f"{secret[: len(API_KEY_PREFIX) + _FINGERPRINT_EDGE]}...{secret[-_FINGERPRINT_EDGE:]}",
        secret_digest=api_key_digest(secret),
        created_at=now,
        expires_at=now + timedelta(days=expires_in_days),
    )
    session.add(key)
    session.flush()
    return _record(key, session.get_one(User, user_id).email, now), secret


def find_all(session: Session, filters: Filters, *, now: datetime, user_id: str | None = None) -> list[ApiKeyRecord]:
    """API keys of a user, or of everybody, newest first."""
    query = select(ApiKey, User.email).join(User, User.id == ApiKey.user_id).order_by(ApiKey.created_at.desc())
    if user_id is not None:
        query = query.where(ApiKey.user_id == user_id)
    if filters.name is not None:
        query = query.where(ApiKey.name == filters.name)
    if filters.fingerprint is not None:
        query = query.where(ApiKey.fingerprint == filters.fingerprint)
    if filters.email is not None:
        query = query.where(User.email == filters.email)
    records = [_record(key, email, now) for key, email in session.execute(query)]
    return [record for record in records if filters.status in (None, record.status)]


def find(session: Session, key_id: str, *, now: datetime, user_id: str | None = None) -> ApiKeyRecord | None:
    """An API key by its id, if it belongs to the user that is asked for."""
    key = session.get(ApiKey, key_id)
    if key is None or user_id not in (None, key.user_id):
        return None
    return _record(key, session.get_one(User, key.user_id).email, now)


def revoke_own(session: Session, *, user_id: str, key_id: str | None, secret: str | None) -> None:
    """Revoke one of the caller's keys, named by its id or by its secret.

    Raises:
        InvalidInputRefusal: ApiKeyArgumentsInvalid unless exactly one of the two is given; ApiKeyNotFound.
    """
    if (key_id is None) == (secret is None):
        raise InvalidInputRefusal.at("id", ARGUMENTS_INVALID, "Give either the id or the secret of the API key.")
    if secret is not None:
        key = session.scalar(select(ApiKey).where(ApiKey.secret_digest == api_key_digest(secret)))
    else:
        key = session.get(ApiKey, key_id)
    _delete(session, key if key is not None and key.user_id == user_id else None, "id" if secret is None else "secret")


def revoke_any(session: Session, key_id: str) -> None:
    """Revoke anybody's key.

    Raises:
        InvalidInputRefusal: ApiKeyNotFound at ``id``.
    """
    _delete(session, session.get(ApiKey, key_id), "id")


def _delete(session: Session, key: ApiKey | None, path: str) -> None:
    if key is None:
        raise InvalidInputRefusal.at(path, NOT_FOUND, "There is no such API key.")
    session.delete(key)
    session.flush()


def _record(key: ApiKey, email: str, now: datetime) -> ApiKeyRecord:
    return ApiKeyRecord(
        id=key.id,
        name=key.name,
        fingerprint=key.fingerprint,
        created_at=key.created_at,
        expires_at=key.expires_at,
        last_used_at=key.last_used_at,
        status=Status.EXPIRED if key.expires_at <= now else Status.ACTIVE,
        user_email=email,
    )
