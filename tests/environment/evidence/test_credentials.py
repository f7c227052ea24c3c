"""Which requests count as credentials sent to where they do not belong."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import boto3
import pytest
import requests
from botocore.config import Config

from environment.evidence.credentials import leaks
from environment.evidence.wire import Recorder, recording
from environment.targets.own_hosts import OwnHosts

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJpZCI6IjEifQ.c2lnbmF0dXJl"
BEARER = {"Authorization": f"Bearer {JWT}"}


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with recording() as recorder:
        yield recorder
    assert not recorder.errors


def found(recorder: Recorder, own: OwnHosts) -> list[str]:
    return [each.words for each in leaks(recorder.since(0), own)]


def elsewhere() -> OwnHosts:
    return OwnHosts(frozenset({"quilt.example.org"}))


def as_registry(server: str) -> OwnHosts:
    return OwnHosts(frozenset({urlsplit(server).netloc}), "aws.example.org:443")


def as_aws(server: str) -> OwnHosts:
    return OwnHosts(frozenset({"quilt.example.org"}), urlsplit(server).netloc)


def sign(server: str) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=server,
        region_name="us-east-1",
        aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
        aws_secret_access_key="no-secret",
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )
    client.head_object(Bucket="bucket", Key="key")
    client.close()


@pytest.mark.parametrize(
    "sent",
    [
        {"headers": BEARER},
        {"headers": {"Authorization": "Basic dXNlcjpzZWNyZXQ="}},
        {"headers": {"Cookie": "session=1"}},
        {"json": {"refresh_token": JWT}},
        {"params": {"token": JWT}},
    ],
    ids=["bearer", "basic", "cookie", "body", "query"],
)
def test_a_token_belongs_to_the_registry_alone(
    recorder: Recorder, server: str, sent: dict[str, dict[str, str]]
) -> None:
    requests.post(f"{server}/config.json", timeout=5, **sent)  # type: ignore[arg-type]  # one of its keywords
    assert found(recorder, as_registry(server)) == []
    words = f"a token was sent with POST {server}/config.json, which is not the deployment that one is signed in to"
    assert found(recorder, elsewhere()) == [words]


def test_no_secret_is_in_the_words(recorder: Recorder, server: str) -> None:
    requests.get(f"{server}/{JWT}", headers=BEARER, timeout=5)
    [words] = found(recorder, elsewhere())
    assert JWT not in words


def test_a_token_does_not_belong_to_aws(recorder: Recorder, server: str) -> None:
    requests.get(f"{server}/bucket/key", headers=BEARER, timeout=5)
    assert len(found(recorder, as_aws(server))) == 1


def test_a_signature_belongs_to_aws_alone(recorder: Recorder, server: str) -> None:
    sign(server)
    assert found(recorder, as_aws(server)) == []
    for own in (elsewhere(), as_registry(server)):
        [words] = found(recorder, own)
        assert words.startswith("a signature of AWS credentials was sent with HEAD ")


def test_a_request_without_credentials_may_go_anywhere(recorder: Recorder, server: str) -> None:
    requests.get(f"{server}/config.json", params={"x": "1"}, timeout=5)
    assert found(recorder, elsewhere()) == []


def test_aws_itself_is_known_by_its_name() -> None:
    class To:
        def __init__(self, authority: str) -> None:
            self.authority = authority

    own = elsewhere()
    assert own.is_own(To("bucket.s3.eu-north-1.amazonaws.com:443"))
    assert not own.is_own(To("amazonaws.com.example.org"))
