"""STS credentials end by the deployment's clock, and on command."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from aws_callers import Session, allow, refused
from botocore.exceptions import ClientError

from quilt_stack.aws.cloud import Cloud
from quilt_stack.clock import Clock


def test_credentials_end_after_their_lifetime(bucket: str, assume: Callable[..., Session], clock: Clock) -> None:
    client = assume(allow("s3:*", "*")).client("s3")
    clock.advance(3590)
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    clock.advance(20)
    with pytest.raises(ClientError) as caught:
        client.list_objects_v2(Bucket=bucket)
    response = caught.value.response
    assert (response["Error"]["Code"], response["ResponseMetadata"]["HTTPStatusCode"]) == ("ExpiredToken", 400)


def test_the_expiration_is_told_in_the_deployments_time(
    cloud: Cloud, assume: Callable[..., Session], clock: Clock
) -> None:
    clock.advance(7 * 24 * 3600)
    session = assume(allow("s3:*", "*"))
    left = session.credentials["Expiration"] - clock.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    assert session.client("s3").list_buckets()["Buckets"] is not None


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("s3", "list_buckets", "ExpiredToken"),
        ("sts", "get_caller_identity", "ExpiredToken"),
        ("iam", "list_users", "ExpiredToken"),
        ("glue", "get_databases", "ExpiredTokenException"),
    ],
)
def test_all_sessions_can_be_ended_at_once(
    cloud: Cloud, assume: Callable[..., Session], service: str, operation: str, code: str
) -> None:
    client: Any = assume(allow("*", "*")).client(service)
    call = getattr(client, operation)
    assert call()["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert cloud.expire_session_credentials() >= 1
    assert refused(call) == code
    assert cloud.expire_session_credentials() == 0
    assert assume(allow("*", "*")).client("sts").get_caller_identity()["Arn"]


def test_a_wrong_token_is_invalid(bucket: str, assume: Callable[..., Session]) -> None:
    session = assume(allow("s3:*", "*"))
    session.credentials["SessionToken"] = "another"
    assert refused(lambda: session.client("s3").list_objects_v2(Bucket=bucket)) == "InvalidToken"


def test_the_operators_keys_do_not_end(cloud: Cloud, clock: Clock) -> None:
    cloud.expire_session_credentials()
    clock.advance(10 * 365 * 24 * 3600)
    assert cloud.client("s3").list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200
