"""Archived objects take hours to come back, and go again when their days are over, by the deployment's clock.

Stock moto has them back at once, and keeps them for ever. AWS documentation, "Restoring an archived object".
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeKey, S3Backend

from quilt_stack.aws import moto_state
from quilt_stack.patches import Patch

# Decision: AWS's upper figure for the standard tier of Glacier Flexible Retrieval, whatever the class and the tier.
RESTORED_AFTER = timedelta(hours=5)
_HEADER = "x-amz-restore"
_READY = "_quilt_stack_ready"

PATCH = Patch(
    __name__,
    "moto",
    reason="moto restores an archived object at once and for ever.",
    bodies={
        "moto.s3.models:S3Backend.restore_object": "8a49c3ea2a81",
        "moto.s3.models:FakeKey.restore": "0be65e220070",
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


def install() -> None:
    """Let time pass before and after an object is back."""
    PATCH.replace(FakeKey, "restore", _later)
    PATCH.replace(FakeKey, "response_dict", _as_it_stands)
    PATCH.replace(S3Backend, "restore_object", _once_at_a_time)


def _later(original: Any) -> Any:
    def restore(self: FakeKey, days: int) -> None:
        back = _is_back(self)
        original(self, days)
        ready = getattr(self, _READY) if back else moto_state.utc_now() + RESTORED_AFTER
        setattr(self, _READY, ready)
        # The days count from when it is back; of one that is back already, from now.
        self.set_expiry(max(ready, moto_state.utc_now()) + timedelta(days=days))

    return restore


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
    def restore_object(self: S3Backend, bucket_name: str, key_name: str, *arguments: Any, **options: Any) -> bool:
        key = self.get_object(bucket_name, key_name)
        if isinstance(key, FakeKey) and _is_coming(key):
            raise _AlreadyInProgressError
        if isinstance(key, FakeKey) and not _is_back(key):
            key.set_expiry(None)  # what was restored and is over counts as never restored
        return bool(original(self, bucket_name, key_name, *arguments, **options))

    return restore_object


def _is_coming(key: FakeKey) -> bool:
    ready: datetime | None = getattr(key, _READY, None)
    return ready is not None and moto_state.utc_now() < ready


def _is_back(key: FakeKey) -> bool:
    ready: datetime | None = getattr(key, _READY, None)
    if ready is None or key._expiry is None:
        return False
    return ready <= moto_state.utc_now() < key._expiry
