"""Two machines do not judge the product on one live catalog at a time."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from environment.errors import SuiteError
from environment.targets import live_lock
from environment.targets.embedded import EmbeddedTarget
from environment.targets.live_lock import KEY, LiveLock


@pytest.fixture
def s3(embedded: EmbeddedTarget) -> Iterator[Any]:
    client = embedded.client("s3")
    yield client
    client.delete_object(Bucket=embedded.buckets.scratch, Key=KEY)


@pytest.mark.slow
def test_a_second_machine_waits_until_the_first_has_ended(embedded: EmbeddedTarget, s3: Any) -> None:
    bucket = embedded.buckets.scratch
    one, again, other = (LiveLock(s3, bucket, owner) for owner in ("one:/state", "one:/state", "other:/state"))
    one.take()
    again.take()
    with pytest.raises(SuiteError, match="one runs there at this moment"):
        other.take()
    one.release()
    again.release()
    other.take()
    other.release()


def test_the_lock_of_a_lost_machine_ends_by_itself(embedded: EmbeddedTarget, s3: Any) -> None:
    bucket = embedded.buckets.scratch
    body = json.dumps({"owner": "lost:/state", "until": time.time() - 1})
    s3.put_object(Bucket=bucket, Key=KEY, Body=body.encode())
    lock = LiveLock(s3, bucket, "other:/state")
    lock.take()
    assert json.loads(s3.get_object(Bucket=bucket, Key=KEY)["Body"].read())["owner"] == "other:/state"
    lock.release()


def test_it_is_renewed_as_long_as_its_run_lives(
    embedded: EmbeddedTarget, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_lock, "_RENEWED_AFTER", 0.05)
    bucket = embedded.buckets.scratch
    lock = LiveLock(s3, bucket)

    def until() -> float:
        return float(json.loads(s3.get_object(Bucket=bucket, Key=KEY)["Body"].read())["until"])

    lock.take()
    first = until()
    time.sleep(0.5)
    assert until() > first
    lock.release()
