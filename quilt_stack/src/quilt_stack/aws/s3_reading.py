"""What S3 holds, read in this process and past the wire.

Decision: the registry reads its own bookkeeping (pointers, manifests, workflows) and what its search index takes from
objects this way: each such read over HTTP took 7 ms of processor, a third of a deployment's work in a run. All that it
reads of packages' files, and all that it writes, goes over the wire, where IAM, faults and the journal are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from moto.s3.models import FakeDeleteMarker, FakeKey

from quilt_stack.aws.moto_state import find_bucket, find_version
from quilt_stack.aws.s3_lock import STATE_LOCK
from quilt_stack.patches import Patch

PATCH = Patch(
    __name__,
    "moto",
    reason="S3's bodies are read in the process, out of the buffer that moto keeps them in.",
    bodies={
        "moto.s3.models:FakeKey.__init__": "17cd707dfe8c",
    },
    fence="tests/quilt_stack/aws/test_aws_reading.py::test_objects_and_keys_are_those_of_the_wire",
    until="moto reads a part of a body by a public name",
    needed="tests/upstream/test_moto.py::test_a_part_of_a_body_is_read_alone",
)


@dataclass(frozen=True)
class StoredObject:
    """An object: ``modified`` in whole seconds, as S3 tells it; ``version_id`` is None in a bucket without versions."""

    content: bytes
    modified: datetime
    etag: str
    version_id: str | None


def stored_object(bucket: str, key: str, version_id: str | None = None, *, limit: int = -1) -> StoredObject | None:
    """An object or its first ``limit`` bytes; None if there is no such bucket, object or version, or it is deleted."""
    with STATE_LOCK:
        found = find_version(bucket, key, version_id)
        if not isinstance(found, FakeKey):
            return None
        with found.lock:
            found._value_buffer.seek(0)
            content = found._value_buffer.read(limit)
        version = str(found.version_id) if found._is_versioned else None
        return StoredObject(content, _to_the_second(found.last_modified), str(found.etag), version)


def stored_keys(bucket: str, prefix: str) -> dict[str, datetime] | None:
    """Keys of the objects below a prefix, with the times of their newest versions; None if there is no such bucket."""
    with STATE_LOCK:
        found = find_bucket(bucket)
        if found is None:
            return None
        return {
            key: _to_the_second(newest.last_modified)
            for key, newest in found.keys.items()
            if key.startswith(prefix) and not isinstance(newest, FakeDeleteMarker)
        }


def _to_the_second(moment: datetime) -> datetime:
    return moment.replace(microsecond=0, tzinfo=UTC)
