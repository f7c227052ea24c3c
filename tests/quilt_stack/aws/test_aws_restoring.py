"""Archived objects come back by the deployment's clock. AWS documentation, "Restoring an archived object"."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from quilt_stack.aws import moto_state
from quilt_stack.clock import Clock

KEY, HOUR, DAY = "cold", 3600, 24 * 3600


@pytest.fixture
def clock(bucket: str) -> Iterator[Clock]:
    """The clock of the cloud that runs."""
    running = moto_state._clock
    yield running
    running.reset()


def restore(s3: Any, bucket: str, days: int = 1) -> int:
    """The status of the answer."""
    request = {"Days": days, "GlacierJobParameters": {"Tier": "Standard"}}
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


def test_others_are_as_they_were(s3: Any, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key=KEY, Body=b"warm")
    assert read(s3, bucket) == "warm"
    with pytest.raises(ClientError) as refused:
        restore(s3, bucket)
    assert refused.value.response["Error"]["Code"] == "InvalidObjectState"
