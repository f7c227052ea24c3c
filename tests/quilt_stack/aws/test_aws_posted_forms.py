"""Forms that a browser posts to a bucket, made by boto3 (AWS documentation, "Browser-Based Uploads Using POST")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
import requests
from aws_callers import allow, document, new_client

from quilt_stack.aws.cloud import Cloud
from quilt_stack.clock import Clock

CONDITIONS = [["starts-with", "$key", "up/"], {"Content-Type": "text/plain"}, ["content-length-range", 1, 10]]


@pytest.fixture(params=["s3", "s3v4"])
def signer(request: pytest.FixtureRequest, cloud: Cloud) -> Any:
    keys = (cloud.operator_access_key_id, cloud.operator_secret_access_key)
    return new_client(cloud, "s3", *keys, signature_version=request.param)


def form(client: Any, bucket: str, key: str = "up/${filename}", **fields: Any) -> dict[str, Any]:
    more = [{name: value} for name, value in fields.items()]
    post: dict[str, Any] = client.generate_presigned_post(
        bucket, key, Fields={"Content-Type": "text/plain", **fields}, Conditions=[*CONDITIONS, *more], ExpiresIn=600
    )
    return post


def send(post: dict[str, Any], content: bytes = b"hello", **fields: str) -> requests.Response:
    return requests.post(
        post["url"],
        data={**post["fields"], **fields},
        files={"file": ("a ü.txt", content)},
        timeout=5,
        allow_redirects=False,
    )


def error(response: requests.Response) -> tuple[int, str, str]:
    told = {element.tag: element.text or "" for element in fromstring(response.text)}
    return response.status_code, told["Code"], told["Message"]


def test_a_file_is_stored_under_the_forms_key(s3: Any, signer: Any, bucket: str) -> None:
    answer = send(form(signer, bucket, **{"x-amz-meta-origin": "form"}))
    assert (answer.status_code, answer.text) == (204, "")
    stored = s3.get_object(Bucket=bucket, Key="up/a ü.txt")
    assert (stored["Body"].read(), stored["ContentType"]) == (b"hello", "text/plain")
    assert stored["Metadata"] == {"origin": "form"}
    assert answer.headers["ETag"] == stored["ETag"]


@pytest.mark.parametrize(
    ("fields", "status", "location"),
    [
        ({"success_action_status": "201"}, 201, "/{bucket}/up/x"),
        ({"success_action_status": "204"}, 204, "/{bucket}/up/x"),
        ({"success_action_redirect": "http://a.example/b?c=d"}, 303, "http://a.example/b?c=d&bucket={bucket}&key=up"),
    ],
)
def test_the_form_says_how_it_is_answered(
    signer: Any, bucket: str, fields: dict[str, str], status: int, location: str
) -> None:
    answer = send(form(signer, bucket, "up/x", **fields))
    assert answer.status_code == status
    assert answer.headers["Location"].startswith(location.format(bucket=bucket))


@pytest.mark.parametrize(
    ("content", "fields", "told"),
    [
        (b"x" * 11, {}, (400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")),
        (b"", {}, (400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")),
        (b"hello", {"key": "other/x"}, (403, "AccessDenied", '["starts-with", "$key", "up/"]')),
        (b"hello", {"Content-Type": "text/html"}, (403, "AccessDenied", '"text/plain"]')),
        (b"hello", {"x-amz-meta-a": "1"}, (403, "AccessDenied", "Extra input fields: x-amz-meta-a")),
        (b"hello", {"policy": "e30="}, (403, "SignatureDoesNotMatch", "does not match")),
        (b"hello", {"key": "up/" + "x" * 1024}, (400, "KeyTooLongError", "too long")),
    ],
)
def test_what_the_policy_does_not_allow_is_refused(
    s3: Any, signer: Any, bucket: str, content: bytes, fields: dict[str, str], told: tuple[int, str, str]
) -> None:
    status, code, message = error(send(form(signer, bucket), content, **fields))
    assert (status, code) == told[:2]
    assert told[2] in message
    assert "Contents" not in s3.list_objects_v2(Bucket=bucket)


def test_another_bucket_needs_another_policy(s3: Any, signer: Any, new_bucket: Callable[..., str]) -> None:
    allowed, other = new_bucket(), new_bucket()
    post = form(signer, allowed)
    refused = error(send({**post, "url": post["url"].replace(allowed, other)}))
    assert refused[:2] == (403, "AccessDenied")
    assert "bucket" in refused[2]


def test_a_policy_ends(signer: Any, bucket: str, clock: Clock) -> None:
    post = form(signer, bucket)
    clock.advance(601)
    assert error(send(post)) == (403, "AccessDenied", "Invalid according to Policy: Policy expired.")
    clock.reset()
    assert send(post).status_code == 204


def test_whoever_signed_needs_the_permission(cloud: Cloud, s3: Any, bucket: str, assume: Callable[..., Any]) -> None:
    writer = assume(allow("s3:PutObject", f"arn:aws:s3:::{bucket}/up/*"))
    reader = assume(allow("s3:GetObject", f"arn:aws:s3:::{bucket}/*"))
    assert send(form(writer.client("s3"), bucket)).status_code == 204
    assert error(send(form(reader.client("s3"), bucket)))[:2] == (403, "AccessDenied")


def test_a_form_without_a_policy_is_nobodys(s3: Any, bucket: str) -> None:
    post = {"url": f"{s3.meta.endpoint_url}/{bucket}", "fields": {"key": "up/open"}}
    assert error(send(post))[:2] == (403, "AccessDenied")
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/up/*"}
    s3.put_bucket_policy(Bucket=bucket, Policy=document(anybody))
    assert send(post).status_code == 204


@pytest.mark.parametrize("missing", ["key", "file"])
def test_a_form_needs_key_and_file(s3: Any, bucket: str, missing: str) -> None:
    url = f"{s3.meta.endpoint_url}/{bucket}"
    data = {} if missing == "key" else {"key": "up/x"}
    files = {"other" if missing == "file" else "file": ("x", b"x")}
    assert error(requests.post(url, data=data, files=files, timeout=5))[:2] == (400, "InvalidArgument")
