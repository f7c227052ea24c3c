"""Each kind of fault, on each surface, as real clients meet it on the wire."""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.exceptions
import pytest
import requests
from botocore.config import Config
from stack_wire import ADMINISTRATOR, OPEN_BUCKET, WRITER, WireDeployment

from quilt_stack.wire.faults import Action, Latency, Malformed, Reset, Status, Truncate

BODY = b"x" * 100_000
_keys = (f"faults/{number}" for number in itertools.count(1))


def s3_of(deployment: WireDeployment, user: str) -> Any:
    """An S3 client with the user's credentials, which tries once."""
    answer = requests.get(
        f"{deployment.running.registry_url}/api/auth/get_credentials", headers=deployment.headers(user), timeout=10
    )
    answer.raise_for_status()
    credentials = answer.json()
    return boto3.client(
        "s3",
        endpoint_url=deployment.running.aws_url,
        region_name=deployment.running.region,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=Config(retries={"total_max_attempts": 1}),
    )


@pytest.fixture(scope="module")
def s3(wire: WireDeployment) -> Any:
    return s3_of(wire, WRITER)


@pytest.fixture
def key(s3: Any) -> str:
    name = next(_keys)
    s3.put_object(Bucket=OPEN_BUCKET, Key=name, Body=BODY)
    return name


def read(s3: Any, key: str) -> bytes:
    content: bytes = s3.get_object(Bucket=OPEN_BUCKET, Key=key)["Body"].read()
    return content


@pytest.fixture(params=["catalog", "registry"])
def page(request: pytest.FixtureRequest, deployment: WireDeployment) -> tuple[str, str]:
    """A surface and a URL on it."""
    urls = {
        "catalog": f"{deployment.running.catalog_url}/config.json",
        "registry": f"{deployment.running.registry_url}/healthcheck",
    }
    return request.param, urls[request.param]


def test_a_fault_of_one_process_spares_the_others(deployment: WireDeployment, page: tuple[str, str]) -> None:
    surface, url = page
    action, here = Status(code=503), os.getpid()
    deployment.running.control.set_fault(surface, action, client_process=here, path=urlsplit(url).path, count=None)

    assert requests.get(url, timeout=10).status_code == 503
    assert _status_elsewhere(url) == 200


def test_a_fault_of_one_process_hits_those_that_it_started(deployment: WireDeployment, page: tuple[str, str]) -> None:
    surface, url = page
    which = {"client_process": os.getpid(), "its_children": True, "path": urlsplit(url).path}
    deployment.running.control.set_fault(surface, Status(code=503), **which, count=None)

    with pytest.raises(subprocess.CalledProcessError):
        _status_elsewhere(url)


def test_a_fault_spares_the_observer_of_a_test(deployment: WireDeployment, page: tuple[str, str]) -> None:
    surface, url = page
    control = deployment.running.control
    control.set_fault(surface, Status(code=503), spared_user_agent="observer", path=urlsplit(url).path, count=None)

    assert requests.get(url, timeout=10).status_code == 503
    assert requests.get(url, timeout=10, headers={"User-Agent": "observer"}).status_code == 200
    assert requests.get(url, timeout=10, headers={"User-Agent": "observer of others"}).status_code == 503


def test_a_fault_of_s3_for_one_process_spares_the_others(deployment: WireDeployment, s3: Any, key: str) -> None:
    link = s3.generate_presigned_url("get_object", Params={"Bucket": OPEN_BUCKET, "Key": key})
    deployment.running.control.set_fault("aws", Status(code=503), client_process=os.getpid(), path=key, count=None)

    assert requests.get(link, timeout=10).status_code == 503
    assert _status_elsewhere(link) == 200


def _status_elsewhere(url: str) -> int:
    """Status of the answer that another process gets."""
    program = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1], timeout=10).status)"
    return int(subprocess.run([sys.executable, "-c", program, url], check=True, capture_output=True).stdout)


def test_s3_answers_with_the_status_that_was_set(deployment: WireDeployment, s3: Any, key: str) -> None:
    deployment.running.control.set_fault("aws", Status(code=503, headers={"Retry-After": "7"}), method="GET", path=key)

    with pytest.raises(botocore.exceptions.ClientError) as error:
        read(s3, key)

    assert error.value.response["Error"]["Code"] == "SlowDown"
    assert error.value.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "7"
    assert read(s3, key) == BODY


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (Reset(), botocore.exceptions.ConnectionClosedError),
        (Reset(after_bytes=1000), botocore.exceptions.ResponseStreamingError),
        (Truncate(after_bytes=1000), botocore.exceptions.ResponseStreamingError),
        (Truncate(), botocore.exceptions.ResponseStreamingError),
    ],
)
def test_an_answer_of_s3_is_cut(
    deployment: WireDeployment, s3: Any, key: str, action: Action, expected: type[Exception]
) -> None:
    deployment.running.control.set_fault("aws", action, method="GET", path=key)

    with pytest.raises(expected):
        read(s3, key)

    assert read(s3, key) == BODY


def test_an_upload_happens_although_the_answer_is_lost(deployment: WireDeployment, s3: Any) -> None:
    key = next(_keys)
    deployment.running.control.set_fault("aws", Status(code=403, after_work=True), method="PUT", path=key)

    with pytest.raises(botocore.exceptions.ClientError, match="AccessDenied"):
        s3.put_object(Bucket=OPEN_BUCKET, Key=key, Body=BODY)

    assert read(s3, key) == BODY


def test_an_upload_is_reset_and_does_not_happen(deployment: WireDeployment, s3: Any) -> None:
    key = next(_keys)
    deployment.running.control.set_fault("aws", Reset(), method="PUT", path=key)

    with pytest.raises(botocore.exceptions.ConnectionClosedError):
        s3.put_object(Bucket=OPEN_BUCKET, Key=key, Body=BODY)

    assert "Contents" not in s3.list_objects_v2(Bucket=OPEN_BUCKET, Prefix=key)


def test_a_listing_of_s3_is_malformed(deployment: WireDeployment, s3: Any) -> None:
    deployment.running.control.set_fault("aws", Malformed(body="<ListBucketResult><Con"), path="list-type=2")

    with pytest.raises(botocore.exceptions.ClientError, match="500"):
        s3.list_objects_v2(Bucket=OPEN_BUCKET)


def test_s3_is_slow(deployment: WireDeployment, s3: Any, key: str) -> None:
    deployment.running.control.set_fault("aws", Latency(seconds=0.4), path=key)

    started = time.perf_counter()
    assert read(s3, key) == BODY

    assert time.perf_counter() - started >= 0.4


def test_a_request_waits_no_longer_than_its_rule_is_in_force(deployment: WireDeployment, s3: Any, key: str) -> None:
    control = deployment.running.control
    fault = control.set_fault("aws", Latency(seconds=60), path=key)
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(read, s3, key)
        while not control.faults()[0].applied:
            assert not reading.done()

        control.remove_fault(fault.id)

        assert reading.result(timeout=10) == BODY


def test_a_page_waits_no_longer_than_its_rule_is_in_force(deployment: WireDeployment, page: tuple[str, str]) -> None:
    surface, url = page
    control = deployment.running.control
    control.set_fault(surface, Latency(seconds=60), path="config|health")
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(requests.get, url, timeout=30)
        while not control.faults()[0].applied:
            assert not reading.done()

        control.clear_faults()

        assert reading.result(timeout=10).ok


def test_the_operators_calls_are_spared(deployment: WireDeployment, key: str) -> None:
    running = deployment.running
    running.control.set_fault("aws", Reset(), path=key, count=None)
    operator = boto3.client("s3", **running.boto3_arguments)

    assert read(operator, key) == BODY


def test_a_page_answers_with_the_status_that_was_set(deployment: WireDeployment, page: tuple[str, str]) -> None:
    surface, url = page
    deployment.running.control.set_fault(surface, Status(code=429, headers={"Retry-After": "1"}), count=2)

    answers = [requests.get(url, timeout=10) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [429, 429, 200]
    assert answers[0].headers["Retry-After"] == "1"
    assert answers[0].json()["message"] == "Too Many Requests"


def test_a_page_is_lost_after_the_work(deployment: WireDeployment, page: tuple[str, str]) -> None:
    surface, url = page
    deployment.running.control.set_fault(surface, Status(code=502, after_work=True))

    answer = requests.get(url, timeout=10)

    assert (answer.status_code, answer.json()["message"]) == (502, "Bad Gateway")
    assert requests.get(url, timeout=10).ok


@pytest.mark.parametrize(
    ("action", "expected"),
    [
        (Reset(), requests.ConnectionError),
        (Reset(after_bytes=5), requests.exceptions.ChunkedEncodingError),
        (Truncate(after_bytes=5), requests.exceptions.ChunkedEncodingError),
        (Truncate(), requests.exceptions.ChunkedEncodingError),
    ],
)
def test_a_page_is_cut(
    deployment: WireDeployment, page: tuple[str, str], action: Action, expected: type[Exception]
) -> None:
    surface, url = page
    deployment.running.control.set_fault(surface, action)

    with pytest.raises(expected):
        requests.get(url, timeout=10)

    assert requests.get(url, timeout=10).ok


def test_a_page_is_malformed(deployment: WireDeployment, page: tuple[str, str]) -> None:
    surface, url = page
    deployment.running.control.set_fault(surface, Malformed())

    answer = requests.get(url, timeout=10)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


def test_a_page_is_slow_and_another_is_not(deployment: WireDeployment, page: tuple[str, str]) -> None:
    surface, url = page
    deployment.running.control.set_fault(surface, Latency(seconds=0.4), path="config|health")

    started = time.perf_counter()
    assert requests.get(url, timeout=10).ok
    slow = time.perf_counter() - started

    assert slow >= 0.4
    assert [fault.applied for fault in deployment.running.control.faults()] == [1]


def test_a_reset_is_a_reset_and_not_an_end(deployment: WireDeployment) -> None:
    """The client's kernel meets RST, which no server sends that closes in the ordinary way."""
    running = deployment.running
    for surface, url in (("aws", running.aws_url), ("registry", running.registry_url)):
        running.control.set_fault(surface, Reset())
        address = urlsplit(url)
        with socket.create_connection((str(address.hostname), address.port or 0), timeout=10) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            with pytest.raises(ConnectionResetError):
                connection.recv(100)


def graphql(deployment: WireDeployment, query: str, name: str | None = None) -> requests.Response:
    return requests.post(
        f"{deployment.running.registry_url}/graphql",
        json={"query": query, "operationName": name},
        headers=deployment.headers(ADMINISTRATOR),
        timeout=10,
    )


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("query Who { me { name } }", "Who"),
        ("query Other { me { email } } query Who { me { name } }", "Who"),
        ("query Who { me { name } }", None),
    ],
)
def test_one_graphql_operation_fails_and_the_others_do_not(
    deployment: WireDeployment, query: str, name: str | None
) -> None:
    deployment.running.control.set_fault("registry", Status(code=502), graphql_operation="Who")

    assert graphql(deployment, "query Else { me { name } }").json() == {"data": {"me": {"name": ADMINISTRATOR}}}
    assert graphql(deployment, query, name).status_code == 502
    assert graphql(deployment, query, name).json() == {"data": {"me": {"name": ADMINISTRATOR}}}


def test_an_operation_without_a_name_is_known_by_its_first_field(deployment: WireDeployment) -> None:
    deployment.running.control.set_fault("registry", Status(code=502), graphql_operation="me")

    assert graphql(deployment, "{ me { name } }").status_code == 502


def test_rules_are_listed_with_their_counts_and_removed(deployment: WireDeployment) -> None:
    control = deployment.running.control
    spent = control.set_fault("catalog", Status(code=500))
    waiting = control.set_fault("catalog", Status(code=500), skip=5)
    requests.get(deployment.running.catalog_url, timeout=10)

    assert {fault.id: fault.applied for fault in control.faults()} == {spent.id: 1, waiting.id: 0}
    control.remove_fault(spent.id)
    assert [fault.id for fault in control.faults()] == [waiting.id]
    control.clear_faults()
    assert control.faults() == []


def call_in_parallel(call: Callable[[], object], times: int) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(times) as pool:
        for future in [pool.submit(call) for _ in range(times)]:
            future.result()


def test_a_counted_rule_hits_exactly_so_many_of_parallel_requests(deployment: WireDeployment) -> None:
    deployment.running.control.set_fault("catalog", Status(code=500), count=3)
    statuses: list[int] = []

    call_in_parallel(lambda: statuses.append(requests.get(deployment.running.catalog_url, timeout=10).status_code), 10)

    assert sorted(statuses) == [200] * 7 + [500] * 3
