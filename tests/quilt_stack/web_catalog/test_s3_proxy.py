"""The S3 proxy lets in what was signed for AWS's own host names, and nothing else."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
import requests
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from stack_wire import CLOSED_BUCKET, OPEN_BUCKET, READER, WRITER, WireDeployment

KEY, CONTENT = "proxied/a b+ü.txt", b"through the proxy"
HOST = f"{OPEN_BUCKET}.s3.us-east-1.amazonaws.com"


@pytest.fixture(scope="module", autouse=True)
def stored(wire: WireDeployment) -> None:
    s3 = boto3.client("s3", **wire.running.boto3_arguments)
    for bucket in (OPEN_BUCKET, CLOSED_BUCKET):
        s3.put_object(Bucket=bucket, Key=KEY, Body=CONTENT)


def proxy(wire: WireDeployment) -> str:
    return str(requests.get(f"{wire.running.catalog_url}/config.json", timeout=10).json()["s3Proxy"])


def keys_of(wire: WireDeployment, user: str) -> Credentials:
    answer = requests.get(
        f"{wire.running.registry_url}/api/auth/get_credentials", headers=wire.headers(user), timeout=10
    ).json()
    return Credentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])


def presigned(keys: Credentials, bucket: str) -> str:
    """A URL for the bucket's own host, without its scheme."""
    s3: Any = boto3.client(
        "s3",
        region_name="us-east-1",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
        aws_session_token=keys.token,
        config=Config(
            signature_version="s3v4", s3={"addressing_style": "virtual", "us_east_1_regional_endpoint": "regional"}
        ),
    )
    url = str(s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": KEY}))
    assert url.startswith(f"https://{bucket}.s3")
    return url.removeprefix("https://")


def signed(keys: Credentials, url: str, service: str = "s3", **request: Any) -> dict[str, str]:
    """The headers of a request that is signed for this URL."""
    prepared = AWSRequest(method=request.pop("method", "GET"), url=url, **request)
    (S3SigV4Auth if service == "s3" else SigV4Auth)(keys, service, "us-east-1").add_auth(prepared)
    return dict(prepared.headers.items())


@pytest.mark.parametrize("address", [HOST, f"us-east-1/{OPEN_BUCKET}"], ids=["host", "region and bucket"])
def test_a_signature_in_the_headers(wire: WireDeployment, address: str) -> None:
    path = "/proxied/a%20b%2B%C3%BC.txt"
    headers = signed(keys_of(wire, READER), f"https://{HOST}{path}")

    answer = requests.get(f"{proxy(wire)}/{address}{path}", headers=headers, timeout=10)

    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "x-amz-version-id" in answer.headers["access-control-expose-headers"]


def test_a_listing_with_a_query(wire: WireDeployment) -> None:
    target = "/?list-type=2&prefix=proxied%2F"
    headers = signed(keys_of(wire, READER), f"https://{HOST}{target}")

    answer = requests.get(f"{proxy(wire)}/{HOST}{target}", headers=headers, timeout=10)

    assert answer.status_code == 200 and "<KeyCount>1</KeyCount>" in answer.text


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"authorization": "x" * 64}, "SignatureDoesNotMatch"),
        ({"X-Amz-Date": "20200101T000000Z"}, "SignatureDoesNotMatch"),
        ({"X-Amz-Security-Token": "another"}, "SignatureDoesNotMatch"),
    ],
)
def test_a_signature_that_is_wrong(wire: WireDeployment, changed: dict[str, str], code: str) -> None:
    headers = signed(keys_of(wire, READER), f"https://{HOST}/proxied/x")
    for name, value in changed.items():
        if name == "authorization":
            headers["Authorization"] = headers["Authorization"].rpartition("=")[0] + f"={value}"
        else:
            assert name in headers
            headers[name] = value

    answer = requests.get(f"{proxy(wire)}/{HOST}/proxied/x", headers=headers, timeout=10)

    assert answer.status_code == 403 and f"<Code>{code}</Code>" in answer.text


def test_a_signature_for_one_bucket_opens_no_other(wire: WireDeployment) -> None:
    headers = signed(keys_of(wire, WRITER), f"https://{HOST}/{KEY}")
    other = HOST.replace(OPEN_BUCKET, CLOSED_BUCKET)

    answer = requests.get(f"{proxy(wire)}/{other}/{KEY}", headers=headers, timeout=10)

    assert answer.status_code == 403 and "SignatureDoesNotMatch" in answer.text


def test_the_callers_role_decides(wire: WireDeployment) -> None:
    host = HOST.replace(OPEN_BUCKET, CLOSED_BUCKET)
    answers = {
        user: requests.get(
            f"{proxy(wire)}/{host}/", headers=signed(keys_of(wire, user), f"https://{host}/"), timeout=10
        ).status_code
        for user in (READER, WRITER)
    }

    assert answers == {READER: 403, WRITER: 200}
    assert requests.get(f"{proxy(wire)}/{host}/{KEY}", timeout=10).status_code == 403


def test_presigned_urls(wire: WireDeployment) -> None:
    reader = keys_of(wire, READER)
    good = requests.get(f"{proxy(wire)}/{presigned(reader, OPEN_BUCKET)}", timeout=10)
    refused = requests.get(f"{proxy(wire)}/{presigned(reader, CLOSED_BUCKET)}", timeout=10)
    moved = requests.get(
        f"{proxy(wire)}/{presigned(keys_of(wire, WRITER), OPEN_BUCKET).replace(OPEN_BUCKET, CLOSED_BUCKET, 1)}",
        timeout=10,
    )

    assert (good.status_code, good.content) == (200, CONTENT)
    assert refused.status_code == 403 and "AccessDenied" in refused.text
    assert moved.status_code == 403 and "SignatureDoesNotMatch" in moved.text


def test_athena_by_its_host(wire: WireDeployment) -> None:
    host = "athena.us-east-1.amazonaws.com"
    headers = {"X-Amz-Target": "AmazonAthena.ListWorkGroups", "Content-Type": "application/x-amz-json-1.1"}
    signed_headers = signed(
        keys_of(wire, READER), f"https://{host}/", "athena", method="POST", data=b"{}", headers=headers
    )

    answer = requests.post(f"{proxy(wire)}/{host}/", headers=signed_headers, data=b"{}", timeout=10)

    assert answer.status_code == 200 and answer.json()["WorkGroups"]


@pytest.mark.parametrize("address", ["example.org/x", "", "amazonaws.com.example.org/x", "us-east-1"])
def test_nothing_but_hosts_of_aws(wire: WireDeployment, address: str) -> None:
    assert requests.get(f"{proxy(wire)}/{address}", timeout=10).status_code == 400


def test_a_page_is_told_that_it_may_ask(wire: WireDeployment) -> None:
    headers = {"Origin": wire.running.catalog_url, "Access-Control-Request-Headers": "authorization,x-amz-date"}

    answer = requests.options(f"{proxy(wire)}/{HOST}/{KEY}", headers=headers, timeout=10)

    assert answer.status_code == 200
    assert answer.headers["access-control-allow-headers"] == "authorization,x-amz-date"


def test_requests_are_in_the_journal_by_their_paths(wire: WireDeployment) -> None:
    headers = signed(keys_of(wire, READER), f"https://{HOST}/proxied/journal")
    requests.get(f"{proxy(wire)}/{HOST}/proxied/journal", headers=headers, timeout=10)

    targets = [exchange.target for exchange in wire.running.control.journal(surface="aws")]
    assert f"/{OPEN_BUCKET}/proxied/journal" in targets
