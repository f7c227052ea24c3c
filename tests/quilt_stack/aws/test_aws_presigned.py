"""Presigned URLs of both forms: what they open, and how they are refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
import requests
from aws_callers import Session, allow, new_client

from quilt_stack.aws.cloud import Cloud
from quilt_stack.clock import Clock

FORMS = ["s3", "s3v4"]
KEYS = ["plain", "a b+c/ü%20", "日本?x#y", "a//b", "q=1&r;s"]


@pytest.fixture(params=FORMS)
def signer(request: pytest.FixtureRequest, cloud: Cloud) -> Any:
    return new_client(
        cloud,
        "s3",
        cloud.operator_access_key_id,
        cloud.operator_secret_access_key,
        signature_version=request.param,
    )


def presign(client: Any, operation: str = "get_object", expires: int = 600, **parameters: Any) -> str:
    url: str = client.generate_presigned_url(operation, Params=parameters, ExpiresIn=expires)
    return url


def error_of(response: requests.Response) -> dict[str, str]:
    return {element.tag: element.text or "" for element in fromstring(response.text)}


@pytest.mark.parametrize("key", KEYS)
def test_a_good_url_opens_the_object_and_its_versions(s3: Any, signer: Any, bucket: str, key: str) -> None:
    old = s3.put_object(Bucket=bucket, Key=key, Body=b"old")["VersionId"]
    s3.put_object(Bucket=bucket, Key=key, Body=b"new")
    assert requests.get(presign(signer, Bucket=bucket, Key=key), timeout=5).content == b"new"
    assert requests.get(presign(signer, Bucket=bucket, Key=key, VersionId=old), timeout=5).content == b"old"


def test_a_good_url_carries_overrides_ranges_and_other_methods(s3: Any, signer: Any, bucket: str) -> None:
    put = presign(signer, "put_object", Bucket=bucket, Key="key", ContentType="text/csv")
    assert requests.put(put, data=b"a,b\n", headers={"Content-Type": "text/csv"}, timeout=5).status_code == 200
    head = requests.head(presign(signer, "head_object", Bucket=bucket, Key="key"), timeout=5)
    assert (head.status_code, head.headers["Content-Type"]) == (200, "text/csv")
    url = presign(signer, Bucket=bucket, Key="key", ResponseContentDisposition='attachment; filename="ü.csv"')
    part = requests.get(url, headers={"Range": "bytes=2-2"}, timeout=5)
    assert (part.status_code, part.content) == (206, b"b")
    assert part.headers["Content-Disposition"].startswith("attachment")


def test_an_expired_url_says_when_it_ended(s3: Any, signer: Any, bucket: str, clock: Clock) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"body")
    url = presign(signer, Bucket=bucket, Key="key", expires=600)
    clock.advance(590)
    assert requests.get(url, timeout=5).status_code == 200
    clock.advance(20)
    response = requests.get(url, timeout=5)
    error = error_of(response)
    assert (response.status_code, error["Code"], error["Message"]) == (403, "AccessDenied", "Request has expired")
    assert error["Expires"] < error["ServerTime"]
    clock.reset()
    assert requests.get(url, timeout=5).status_code == 200


@pytest.mark.parametrize(
    "tamper",
    [
        lambda url: url.replace("/key?", "/other?"),
        lambda url: url.replace("Signature=", "Signature=0"),
        lambda url: url + "&versionId=another",
        lambda url: url.replace("Expires=6", "Expires=7").replace("Expires=1", "Expires=2"),
    ],
    ids=["key", "signature", "parameter", "expiry"],
)
def test_a_tampered_url_is_refused(s3: Any, signer: Any, bucket: str, tamper: Callable[[str], str]) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"body")
    s3.put_object(Bucket=bucket, Key="other", Body=b"secret")
    response = requests.get(tamper(presign(signer, Bucket=bucket, Key="key")), timeout=5)
    assert (response.status_code, error_of(response)["Code"]) == (403, "SignatureDoesNotMatch")


def test_a_url_for_one_method_does_not_serve_another(signer: Any, bucket: str) -> None:
    response = requests.put(presign(signer, Bucket=bucket, Key="key"), data=b"x" * 1_000_000, timeout=5)
    assert (response.status_code, error_of(response)["Code"]) == (403, "SignatureDoesNotMatch")


@pytest.mark.parametrize("form", FORMS)
def test_an_unknown_key_is_refused(cloud: Cloud, bucket: str, form: str) -> None:
    stranger = new_client(cloud, "s3", "AKIAIOSFODNN7UNKNOWN", "secret", signature_version=form)
    response = requests.get(presign(stranger, Bucket=bucket, Key="key"), timeout=5)
    assert (response.status_code, error_of(response)["Code"]) == (403, "InvalidAccessKeyId")


def test_more_than_seven_days_are_refused(cloud: Cloud, bucket: str) -> None:
    url = presign(cloud.client("s3"), Bucket=bucket, Key="key", expires=7 * 24 * 3600 + 1)
    response = requests.get(url, timeout=5)
    assert (response.status_code, error_of(response)["Code"]) == (400, "AuthorizationQueryParametersError")


def test_a_url_of_the_future_is_not_valid_yet(cloud: Cloud, bucket: str, clock: Clock) -> None:
    url = presign(cloud.client("s3"), Bucket=bucket, Key="key")
    clock.advance(-3600)
    response = requests.get(url, timeout=5)
    assert (response.status_code, error_of(response)["Message"]) == (403, "Request is not valid yet")


@pytest.mark.parametrize("missing", ["X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Algorithm"])
def test_a_mangled_url_is_refused(cloud: Cloud, bucket: str, missing: str) -> None:
    url = presign(cloud.client("s3"), Bucket=bucket, Key="key").replace(missing, "X-Nothing")
    response = requests.get(url, timeout=5)
    assert (response.status_code, error_of(response)["Code"]) == (400, "AuthorizationQueryParametersError")


@pytest.mark.parametrize("form", FORMS)
def test_the_signer_needs_the_permission(
    s3: Any, bucket: str, assume: Callable[..., Session], cloud: Cloud, form: str
) -> None:
    s3.put_object(Bucket=bucket, Key="open/key", Body=b"open")
    s3.put_object(Bucket=bucket, Key="shut/key", Body=b"shut")
    client = assume(allow("s3:GetObject", f"arn:aws:s3:::{bucket}/open/*")).client("s3", signature_version=form)
    assert requests.get(presign(client, Bucket=bucket, Key="open/key"), timeout=5).content == b"open"
    response = requests.get(presign(client, Bucket=bucket, Key="shut/key"), timeout=5)
    assert (response.status_code, error_of(response)["Code"]) == (403, "AccessDenied")


@pytest.mark.parametrize("form", FORMS)
def test_a_url_ends_with_the_session_that_signed_it(
    s3: Any, bucket: str, assume: Callable[..., Session], cloud: Cloud, form: str
) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"body")
    client = assume(allow("s3:*", "*")).client("s3", signature_version=form)
    url = presign(client, Bucket=bucket, Key="key")
    assert requests.get(url, timeout=5).status_code == 200
    cloud.expire_session_credentials()
    response = requests.get(url, timeout=5)
    assert (response.status_code, error_of(response)["Code"]) == (400, "ExpiredToken")


def test_a_url_for_the_wrong_region_names_the_right_one(cloud: Cloud, new_bucket: Callable[..., str]) -> None:
    name = new_bucket(region="eu-west-1")
    response = requests.get(presign(cloud.client("s3"), Bucket=name, Key="key"), timeout=5)
    assert (response.status_code, error_of(response)["Region"]) == (400, "eu-west-1")
    cloud.client("s3", "eu-west-1").put_object(Bucket=name, Key="key", Body=b"body")
    good = presign(cloud.client("s3", "eu-west-1"), Bucket=name, Key="key")
    assert requests.get(good, timeout=5).content == b"body"


def test_two_signatures_at_once_are_refused(cloud: Cloud, bucket: str) -> None:
    url = presign(cloud.client("s3"), Bucket=bucket, Key="key")
    response = requests.get(url, headers={"Authorization": "AWS4-HMAC-SHA256 Credential=x"}, timeout=5)
    assert (response.status_code, error_of(response)["Code"]) == (400, "InvalidArgument")


def test_nobody_can_claim_to_be_verified(s3: Any, cloud: Cloud, bucket: str) -> None:
    s3.put_object(Bucket=bucket, Key="key", Body=b"body")
    forged = (
        f"AWS4-HMAC-SHA256 Credential={cloud.operator_access_key_id}/20260101/us-east-1/s3/aws4_request, "
        "SignedHeaders=host, Signature=verified"
    )
    for signed_headers in ("host", "host;x-amz-date"):
        headers = {"Authorization": forged.replace("host", signed_headers), "X-Amz-Date": "20260101T000000Z"}
        response = requests.get(f"{cloud.url}/{bucket}/key", headers=headers, timeout=5)
        assert (response.status_code, error_of(response)["Code"]) == (403, "SignatureDoesNotMatch")
