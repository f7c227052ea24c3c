"""Archived objects take their tier's time to come back, and go when their days are over, by the deployment's clock.

Stock moto has them back at once, and keeps them for ever. AWS documentation, "Restoring an archived object" and
"Understanding archive retrieval options".

Decision: the upper figure of each tier counts, also those of DEEP_ARCHIVE, which are documented as "within"; a
restoration that is under way is not made faster by another request.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

import xmltodict  # type: ignore[import-untyped]
from moto.s3.exceptions import MalformedXML, S3ClientError
from moto.s3.models import FakeKey, S3Backend
from moto.s3.responses import S3Response

from quilt_stack.aws import moto_state
from quilt_stack.patches import Patch

_STANDARD = "Standard"
RESTORED_AFTER = {
    "Expedited": timedelta(minutes=5),
    _STANDARD: timedelta(hours=5),
    "Bulk": timedelta(hours=12),
}
"""How long it takes, by tier; of objects of DEEP_ARCHIVE the next."""
RESTORED_FROM_DEEP_ARCHIVE_AFTER = {_STANDARD: timedelta(hours=12), "Bulk": timedelta(hours=48)}
_HEADER = "x-amz-restore"
_READY = "_quilt_stack_ready"
_asked: ContextVar[bytes] = ContextVar("_asked")
"""The body of the request that is answered, of which moto hands on the days alone."""

PATCH = Patch(
    __name__,
    "moto",
    reason="moto restores an archived object at once and for ever.",
    bodies={
        "moto.s3.models:S3Backend.restore_object": "8a49c3ea2a81",
        "moto.s3.responses:S3Response._key_response_post": "826af1bc6abf",
        "moto.s3.models:FakeKey.response_dict": "bdcbce6fe99f",
    },
    fence="tests/quilt_stack/aws/test_aws_restoring.py::test_it_takes_hours",
    until="moto takes time to restore",
    needed="tests/upstream/test_moto.py::test_restoring_takes_time",
)


class _AlreadyInProgressError(S3ClientError):
    # Decision: its status is 400, where AWS has 409: moto takes statuses from botocore's model, which does not know it.
    code = "RestoreAlreadyInProgress"
    message = "Object restore is already in progress"


class _NoSuchTierError(S3ClientError):
    # Decision: S3's documentation does not name this error; it is another one than that for lack of capacity.
    code = "InvalidArgument"
    message = "Retrieval option is not supported by this storage class"


def install() -> None:
    """Let time pass before and after an object is back."""
    PATCH.replace(S3Response, "_key_response_post", _with_its_body)
    PATCH.replace(FakeKey, "response_dict", _as_it_stands)
    PATCH.replace(S3Backend, "restore_object", _once_at_a_time)


def _with_its_body(original: Any) -> Any:
    def key_response_post(self: S3Response, request: Any, body: bytes, *arguments: Any) -> Any:
        token = _asked.set(body)
        try:
            return original(self, request, body, *arguments)
        finally:
            _asked.reset(token)

    return key_response_post


def _as_it_stands(original: Any) -> Any:
    def response_dict(self: FakeKey) -> dict[str, Any]:
        answer: dict[str, Any] = original.fget(self)
        if _HEADER in answer and _is_coming(self):
            answer[_HEADER] = 'ongoing-request="true"'
        elif _HEADER in answer and not _is_back(self):
            del answer[_HEADER]
        return answer

    return property(response_dict)


def _once_at_a_time(original: Any) -> Any:
    def restore_object(self: S3Backend, bucket_name: str, key_name: str, days: str | None, type_: str | None) -> bool:
        key = self.get_object(bucket_name, key_name)
        if not isinstance(key, FakeKey):
            return bool(original(self, bucket_name, key_name, days, type_))
        if _is_coming(key):
            raise _AlreadyInProgressError
        back = _is_back(key)
        if not back:
            key.set_expiry(None)  # what was restored and is over counts as never restored
        restored_before = bool(original(self, bucket_name, key_name, days, type_))
        if days:
            now = moto_state.utc_now()
            ready = getattr(key, _READY) if back else now + _takes(key)
            setattr(key, _READY, ready)
            # The days count from when it is back; of one that is back already, from now.
            key.set_expiry(max(ready, now) + timedelta(days=int(days)))
        return restored_before

    return restore_object


def _takes(key: FakeKey) -> timedelta:
    """How long it takes to bring an object back in the tier that is asked for.

    Raises:
        MalformedXML: there is no such tier.
        _NoSuchTierError: there is none for objects of this class.
    """
    asked = xmltodict.parse(_asked.get())["RestoreRequest"]
    tier = asked.get("Tier") or (asked.get("GlacierJobParameters") or {}).get("Tier") or _STANDARD
    if tier not in RESTORED_AFTER:
        raise MalformedXML
    tiers = RESTORED_FROM_DEEP_ARCHIVE_AFTER if key.storage_class == "DEEP_ARCHIVE" else RESTORED_AFTER
    if tier not in tiers:
        raise _NoSuchTierError
    return tiers[tier]


def _is_coming(key: FakeKey) -> bool:
    ready: datetime | None = getattr(key, _READY, None)
    return ready is not None and moto_state.utc_now() < ready


def _is_back(key: FakeKey) -> bool:
    ready: datetime | None = getattr(key, _READY, None)
    if ready is None or key._expiry is None:
        return False
    return ready <= moto_state.utc_now() < key._expiry
