"""Questions to moto's state that several repairs ask; moto's state belongs to the process, and so does its clock."""

from __future__ import annotations

from datetime import UTC, datetime

from moto.iam.models import iam_backends
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, s3_backends
from moto.sts.models import AssumedRole, sts_backends

from quilt_stack.clock import Clock

_TEMPORARY_KEY = "ASIA"

_clock = Clock()


def use_clock(clock: Clock) -> None:
    """Let every question about time be answered by this clock."""
    global _clock
    _clock = clock


def utc_now() -> datetime:
    """The deployment's time as moto keeps times: UTC without a time zone."""
    return _clock.now().astimezone(UTC).replace(tzinfo=None)


def epoch_seconds() -> float:
    """The deployment's time in seconds since the epoch."""
    return _clock.now().timestamp()


def find_bucket(name: str) -> FakeBucket | None:
    """A bucket by name, in whichever account it is."""
    owner = s3_backends.bucket_accounts.get(name)
    if owner is None:
        return None
    partition, account_id = owner
    return s3_backends[account_id][partition].buckets.get(name)


def find_version(bucket_name: str, key: str, version_id: str | None) -> FakeKey | FakeDeleteMarker | None:
    """A version of an object, or the newest one; a delete marker is a version too."""
    bucket = find_bucket(bucket_name)
    versions = bucket.keys.getlist(key, []) if bucket is not None else []
    if version_id is None:
        return versions[-1] if versions else None
    return next((version for version in versions if version.version_id == version_id), None)


def find_session(access_key_id: str) -> AssumedRole | None:
    """The STS session that an access key belongs to; the newest sessions, which are asked for most, are found first."""
    if not access_key_id.startswith(_TEMPORARY_KEY):
        return None
    return next((session for session in reversed(sessions()) if session.access_key_id == access_key_id), None)


def find_secret(access_key_id: str) -> str | None:
    """The secret of an access key of an IAM user or of an STS session; None if there is no such key."""
    session = find_session(access_key_id)
    if session is not None:
        return str(session.secret_access_key)
    for backends in list(iam_backends.values()):
        for user in list(backends["aws"].users.values()):
            for key in user.access_keys:
                if key.access_key_id == access_key_id:
                    return str(key.secret_access_key)
    return None


def sessions() -> list[AssumedRole]:
    """All STS sessions issued so far, expired ones included."""
    return [session for backends in list(sts_backends.values()) for session in backends["aws"].assumed_roles]
