"""Two machines do not judge the product on one live catalog at a time."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from environment.errors import SuiteError
from environment.targets import live_lock
from environment.targets.embedded import EmbeddedTarget
from environment.targets.live_lock import KEY, LiveLock
from environment.waiting import wait_until


@pytest.fixture
def s3(embedded: EmbeddedTarget) -> Iterator[Any]:
    client = embedded.client("s3")
    yield client
    client.delete_object(Bucket=embedded.buckets.scratch, Key=KEY)


def members(s3: Any, bucket: str) -> dict[str, float]:
    found: dict[str, float] = json.loads(s3.get_object(Bucket=bucket, Key=KEY)["Body"].read())["members"]
    return found


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
    body = json.dumps({"owner": "lost:/state", "members": {"lost": time.time() - 1}})
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
        [found] = members(s3, bucket).values()
        return found

    lock.take()
    first = until()
    wait_until(lambda: until() > first, limit_seconds=5, what="the renewed lock")
    lock.release()


class SlowRenewal:
    """S3 whose renewals of the lock take until somebody has left it, or half a second."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3
        self._left = threading.Event()
        self.renewing = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._s3, name)

    def put_object(self, **arguments: Any) -> Any:
        if threading.current_thread() is threading.main_thread():
            written = self._s3.put_object(**arguments)
            if not json.loads(arguments["Body"])["members"]:
                self._left.set()
            return written
        self.renewing.set()
        self._left.wait(0.5)
        return self._s3.put_object(**arguments)


def test_a_renewal_that_is_under_way_does_not_take_it_again(
    embedded: EmbeddedTarget, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_lock, "_RENEWED_AFTER", 0.01)
    slow = SlowRenewal(s3)
    lock = LiveLock(slow, embedded.buckets.scratch)
    lock.take()
    assert slow.renewing.wait(5)
    lock.release()
    wait_until(
        lambda: "live-lock" not in {each.name for each in threading.enumerate()}, limit_seconds=5, what="its end"
    )
    assert members(s3, embedded.buckets.scratch) == {}


@pytest.mark.slow
def test_machines_that_run_parts_of_one_run_share_it_until_the_last_has_ended(
    embedded: EmbeddedTarget, s3: Any
) -> None:
    """They come and go at the same time, as the jobs of a matrix do."""
    bucket = embedded.buckets.scratch
    parts = [LiveLock(s3, bucket, "run 7") for _ in range(4)]
    other = LiveLock(s3, bucket, "run 8")
    with ThreadPoolExecutor(len(parts)) as machines:
        list(machines.map(LiveLock.take, parts))
        assert len(members(s3, bucket)) == len(parts)
        list(machines.map(LiveLock.release, parts[1:]))
    with pytest.raises(SuiteError, match="run 7 runs there at this moment"):
        other.take()
    parts[0].release()
    other.take()
    parts[0].release()
    with pytest.raises(SuiteError, match="run 8 runs there at this moment"):  # what another run holds is not released
        parts[0].take()
    other.release()
    assert members(s3, bucket) == {}


def test_a_part_that_was_lost_does_not_keep_its_run_from_being_run_again(embedded: EmbeddedTarget, s3: Any) -> None:
    bucket = embedded.buckets.scratch
    lost, again = (LiveLock(s3, bucket, "run 7") for _ in range(2))
    lost.take()
    again.take()
    again.release()
    assert len(members(s3, bucket)) == 1
    lost.release()
