"""Archived objects come back by the deployment's clock.

AWS documentation, "Restoring an archived object" and "Understanding archive retrieval options".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from quilt_stack.aws import moto_state
from quilt_stack.clock import Clock

KEY, MINUTE, HOUR, DAY = "cold", 60, 3600, 24 * 3600
FLEXIBLE, DEEP = "GLACIER", "DEEP_ARCHIVE"


@pytest.fixture
def clock(bucket: str) -> Iterator[Clock]:
    """The clock of the cloud that runs."""
    running = moto_state._clock
    yield running
    running.reset()


def restore(s3: Any, bucket: str, days: int = 1, tier: str | None = "Standard") -> int:
    """The status of the answer."""
    request = {"Days": days, **({"GlacierJobParameters": {"Tier": tier}} if tier else {})}
    answer = s3.restore_object(Bucket=bucket, Key=KEY, RestoreRequest=request)
    return int(answer["ResponseMetadata"]["HTTPStatusCode"])


def read(s3: Any, bucket: str) -> str:
    """What the object says, or the error."""
    try:
        return str(s3.get_object(Bucket=bucket, Key=KEY)["Body"].read().decode())
    except ClientError as error:
        return str(error.response["Error"]["Code"])


@pytest.fixture
def archived(s3: Any, bucket: str) -> str:
    """A bucket with an archived object."""
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"ice", StorageClass="GLACIER")
    return bucket


def test_it_takes_hours(s3: Any, archived: str, clock: Clock) -> None:
    assert restore(s3, archived) == 202
    assert s3.head_object(Bucket=archived, Key=KEY)["Restore"] == 'ongoing-request="true"'
    assert read(s3, archived) == "InvalidObjectState"
    clock.advance(6 * HOUR)
    assert s3.head_object(Bucket=archived, Key=KEY)["Restore"].startswith('ongoing-request="false", expiry-date=')
    assert read(s3, archived) == "ice"


def test_a_second_request_meanwhile_is_refused(s3: Any, archived: str, clock: Clock) -> None:
    restore(s3, archived)
    with pytest.raises(ClientError) as refused:
        restore(s3, archived)
    assert refused.value.response["Error"]["Code"] == "RestoreAlreadyInProgress"


def test_it_goes_again_when_its_days_are_over(s3: Any, archived: str, clock: Clock) -> None:
    restore(s3, archived, days=1)
    clock.advance(6 * HOUR + DAY)
    assert read(s3, archived) == "InvalidObjectState"
    assert "Restore" not in s3.head_object(Bucket=archived, Key=KEY)
    assert restore(s3, archived) == 202


def test_one_that_is_back_stays_longer_when_asked(s3: Any, archived: str, clock: Clock) -> None:
    restore(s3, archived, days=1)
    clock.advance(6 * HOUR)
    assert restore(s3, archived, days=3) == 200
    clock.advance(2 * DAY)
    assert read(s3, archived) == "ice"


@pytest.mark.parametrize(
    ("storage_class", "tier", "seconds"),
    [
        (FLEXIBLE, "Expedited", 5 * MINUTE),
        (FLEXIBLE, "Standard", 5 * HOUR),
        (FLEXIBLE, None, 5 * HOUR),
        (FLEXIBLE, "Bulk", 12 * HOUR),
        (DEEP, "Standard", 12 * HOUR),
        (DEEP, None, 12 * HOUR),
        (DEEP, "Bulk", 48 * HOUR),
    ],
)
def test_each_tier_takes_its_time(
    s3: Any, bucket: str, clock: Clock, storage_class: str, tier: str | None, seconds: int
) -> None:
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"ice", StorageClass=storage_class)
    assert restore(s3, bucket, tier=tier) == 202
    clock.advance(seconds - MINUTE)
    assert read(s3, bucket) == "InvalidObjectState"
    clock.advance(MINUTE)
    assert read(s3, bucket) == "ice"


def test_nothing_comes_fast_out_of_the_deep_archive(s3: Any, bucket: str, clock: Clock) -> None:
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"ice", StorageClass=DEEP)
    with pytest.raises(ClientError) as refused:
        restore(s3, bucket, tier="Expedited")
    assert refused.value.response["Error"]["Code"] == "InvalidArgument"
    assert "Restore" not in s3.head_object(Bucket=bucket, Key=KEY)
    assert restore(s3, bucket) == 202


def test_a_tier_that_does_not_exist_is_refused(s3: Any, archived: str) -> None:
    with pytest.raises(ClientError) as refused:
        restore(s3, archived, tier="Sluggish")
    assert refused.value.response["Error"]["Code"] == "MalformedXML"
    assert "Restore" not in s3.head_object(Bucket=archived, Key=KEY)


def test_others_are_as_they_were(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"warm")
    assert read(s3, bucket) == "warm"
    with pytest.raises(ClientError) as refused:
        restore(s3, bucket)
    assert refused.value.response["Error"]["Code"] == "InvalidObjectState"
