"""Buckets of several regions behind one endpoint."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from aws_callers import new_client, refused
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from quilt_stack.aws.cloud import Cloud


@pytest.fixture
def european(new_bucket: Callable[..., str]) -> str:
    return new_bucket(region="eu-west-1")


def signed(cloud: Cloud, method: str, path: str, region: str, body: bytes = b"") -> requests.Response:
    """One signed request that follows nothing."""
    request = AWSRequest(method=method, url=f"{cloud.url}{path}", data=body)
    S3SigV4Auth(Credentials(cloud.operator_access_key_id, cloud.operator_secret_access_key), "s3", region).add_auth(
        request
    )
    return requests.request(
        method, request.url or "", data=body, headers=dict(request.headers), timeout=5, allow_redirects=False
    )


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_another_region_is_redirected(cloud: Cloud, european: str, method: str) -> None:
    response = signed(cloud, method, f"/{european}/key", "us-east-1", b"x" * 500_000 if method == "PUT" else b"")
    assert (response.status_code, response.headers["x-amz-bucket-region"]) == (301, "eu-west-1")
    assert ("<Code>PermanentRedirect</Code>" in response.text) is (method != "HEAD")


def test_head_bucket_is_redirected(cloud: Cloud, european: str) -> None:
    response = signed(cloud, "HEAD", f"/{european}", "us-east-1")
    assert (response.status_code, response.headers["x-amz-bucket-region"]) == (301, "eu-west-1")


def test_boto3_follows_the_redirect(cloud: Cloud, european: str) -> None:
    american = new_client(cloud, "s3", cloud.operator_access_key_id, cloud.operator_secret_access_key)
    version = american.put_object(Bucket=european, Key="key", Body=b"body")["VersionId"]
    assert american.head_bucket(Bucket=european)["BucketRegion"] == "eu-west-1"
    assert american.get_object(Bucket=european, Key="key", VersionId=version)["Body"].read() == b"body"


def test_the_location_is_told_everywhere(cloud: Cloud, european: str, bucket: str) -> None:
    locations: list[Any] = [cloud.client("s3").get_bucket_location(Bucket=each) for each in (european, bucket)]
    assert [each.get("LocationConstraint") for each in locations] == ["eu-west-1", None]


def test_a_taken_name_is_taken_in_every_region(cloud: Cloud, european: str, bucket: str) -> None:
    taken = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
    constraint = {"LocationConstraint": "eu-west-1"}
    european_client = cloud.client("s3", "eu-west-1")
    assert refused(lambda: cloud.client("s3").create_bucket(Bucket=european)) in taken
    assert refused(lambda: european_client.create_bucket(Bucket=bucket, CreateBucketConfiguration=constraint)) in taken


def test_a_bucket_can_be_created_elsewhere_through_the_default_region(cloud: Cloud) -> None:
    cloud.client("s3").create_bucket(
        Bucket="made-from-afar", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    assert signed(cloud, "HEAD", "/made-from-afar", "eu-west-1").status_code == 200
