"""What S3 announces when an object comes or goes: to listeners in the process, and in the records of notifications.

Stock moto announces a finished multipart upload twice, never a delete marker, the deletion of a version only when it
was the last one, and leaves ``versionId`` and ``sequencer`` out of its records (foundations 4). Form of the record:
AWS documentation, "Event message structure"; what a registry needs of them: registry facts 8.3.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote_plus

from moto.s3 import notifications
from moto.s3.models import FakeBucket, FakeDeleteMarker, FakeKey, S3Backend
from moto.s3.notifications import S3NotificationEvent

from quilt_stack.patches import Patch

_ETAG_OF_NOTHING = "d41d8cd98f00b204e9800998ecf8427e"
_sequence = itertools.count(time.time_ns())


@dataclass(frozen=True)
class ObjectEvent:
    """An object came or went.

    ``name`` is S3's without its prefix (``ObjectCreated:Put``, ``ObjectCreated:Copy``,
    ``ObjectCreated:CompleteMultipartUpload``, ``ObjectRemoved:Delete``, ``ObjectRemoved:DeleteMarkerCreated``).
    ``version_id`` is None in a bucket without versioning; ``size`` in bytes and ``etag`` without quotes are 0 and
    empty when something was removed; ``time`` is real time, as S3's own LastModified is.
    """

    name: str
    bucket: str
    key: str
    version_id: str | None
    size: int
    etag: str
    time: datetime


Listener = Callable[[ObjectEvent], None]
_listeners: list[Listener] = []

PATCH = Patch(
    __name__,
    "moto",
    reason="moto announces no delete markers, multipart uploads twice, and records without version and sequencer.",
    bodies={
        "moto.s3.notifications:send_event": "366c3d74f1e5",
        "moto.s3.notifications:_get_s3_event": "8fa4e9629f8d",
        "moto.s3.models:S3Backend.put_object": "bb615233e004",
        "moto.s3.models:S3Backend.delete_object": "d8d4931f4339",
        "moto.s3.models:S3Backend.complete_multipart_upload": "ce0934967b79",
    },
    fence="tests/quilt_stack/aws/test_aws_events.py::test_objects_that_go_are_announced_by_version",
    until="moto announces as S3 does, with full records",
    needed="tests/upstream/test_moto.py::test_records_of_events_name_the_version",
)


def install() -> None:
    """Take the place of moto's announcements."""
    PATCH.replace(notifications, "send_event", _announced_to_listeners)
    PATCH.replace(notifications, "_get_s3_event", _full_record)
    PATCH.replace(S3Backend, "put_object", _silent_for_multipart)
    PATCH.replace(S3Backend, "delete_object", _announced_by_version)


def listen(listener: Listener) -> None:
    """Call the listener for every event, in the thread of the request, while S3 is locked: it must only enqueue."""
    _listeners.append(listener)


def forget_listeners() -> None:
    """Stop telling anybody."""
    _listeners.clear()


@dataclass(frozen=True)
class _Removed:
    """What moto's notifications need to know of a version that is no longer there."""

    name: str
    version_id: str
    etag: str = ""
    size: int = 0


def _announced_to_listeners(original: Any) -> Any:
    def send_event(account_id: str, event_name: S3NotificationEvent, bucket: FakeBucket, key: Any) -> None:
        if event_name is S3NotificationEvent.OBJECT_REMOVED_DELETE_EVENT and not isinstance(key, _Removed):
            return  # ``delete_object`` below announces it, because it knows the version
        name = event_name.value.removeprefix("s3:")
        if name.startswith(("ObjectCreated:", "ObjectRemoved:")):
            _notify_listeners(name, bucket.name, key)
        original(account_id, event_name, bucket, key)

    return send_event


def _notify_listeners(name: str, bucket_name: str, key: FakeKey | _Removed) -> None:
    event = ObjectEvent(
        name=name,
        bucket=bucket_name,
        key=key.name,
        version_id=_version_id(key),
        size=key.size,
        etag="" if isinstance(key, _Removed) else key.etag.strip('"'),
        time=datetime.now(UTC),
    )
    for listener in list(_listeners):
        listener(event)


def _version_id(key: FakeKey | _Removed) -> str | None:
    return None if key.version_id == "null" else key.version_id


def _full_record(_original: Any) -> Any:
    def get_s3_event(event_name: str, bucket: FakeBucket, key: Any, notification_id: str) -> dict[str, Any]:
        described: dict[str, Any] = {"key": quote_plus(key.name)}
        if not isinstance(key, _Removed):
            described["size"] = key.size
        if key.etag:
            described["eTag"] = key.etag.strip('"')
        version_id = _version_id(key)
        if version_id is not None:
            described["versionId"] = version_id
        described["sequencer"] = f"{next(_sequence):016X}"
        return {"Records": [_record(event_name.removeprefix("s3:"), bucket, notification_id, described)]}

    return get_s3_event


def _record(name: str, bucket: FakeBucket, notification_id: str, described: dict[str, Any]) -> dict[str, Any]:
    owner = {"principalId": bucket.account_id}
    return {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": bucket.region_name,
        "eventTime": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "eventName": name,
        "userIdentity": owner,
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": notification_id,
            "bucket": {"name": bucket.name, "ownerIdentity": owner, "arn": bucket.arn},
            "object": described,
        },
    }


def _silent_for_multipart(original: Any) -> Any:
    """A finished multipart upload is stored by PutObject inside moto, and announced by the upload itself."""

    def put_object(self: S3Backend, *arguments: Any, **options: Any) -> Any:
        if options.get("multipart") is not None:
            options["disable_notification"] = True
        return original(self, *arguments, **options)

    return put_object


def _announced_by_version(original: Any) -> Any:
    def delete_object(
        self: S3Backend, bucket_name: str, key_name: str, version_id: str | None = None, bypass: bool = False
    ) -> Any:
        bucket = self.get_bucket(bucket_name)
        before = list(bucket.keys.getlist(key_name, []))
        outcome = original(self, bucket_name, key_name, version_id=version_id, bypass=bypass)
        after = list(bucket.keys.getlist(key_name, []))
        kept = {version.version_id for version in after}
        for gone in (each.version_id for each in before if each.version_id not in kept):
            _announce(self, bucket, S3NotificationEvent.OBJECT_REMOVED_DELETE_EVENT, _Removed(key_name, gone))
        # By identity: under suspended versioning a marker takes the place of a version with its id.
        known = {id(version) for version in before}
        for marker in (each for each in after if isinstance(each, FakeDeleteMarker) and id(each) not in known):
            removed = _Removed(key_name, marker.version_id, etag=_ETAG_OF_NOTHING)
            _announce(self, bucket, S3NotificationEvent.OBJECT_REMOVED_DELETE_MARKER_CREATED_EVENT, removed)
        return outcome

    return delete_object


def _announce(backend: S3Backend, bucket: FakeBucket, event: S3NotificationEvent, removed: _Removed) -> None:
    notifications.send_event(backend.account_id, event, bucket, removed)
