"""What the journal tells of exchanges on every surface, and what it never tells."""

from __future__ import annotations

import time
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from stack_wire import CLOSED_BUCKET, OPEN_BUCKET, READER, WRITER, WireDeployment

from quilt_stack.wire.faults import Reset, Surface
from quilt_stack.wire.journal import ANSWERS_KEPT, Journal, JournalEntry

SECRET = "Planted-Secret-0123456789"


def since(deployment: WireDeployment) -> int:
    """Number of the last exchange so far."""
    last = deployment.running.control.journal(limit=1)
    return last[-1].number if last else 0


def test_a_failed_exchange_is_told_in_full(deployment: WireDeployment) -> None:
    before, started = since(deployment), time.time()
    body = {"username": "nobody", "password": SECRET}
    requests.post(f"{deployment.running.registry_url}/api/login?token={SECRET}", json=body, timeout=10)

    (exchange,) = deployment.running.control.journal(surface="registry", after=before)

    assert (exchange.surface, exchange.method, exchange.status) == (Surface.REGISTRY, "POST", 401)
    assert exchange.target == "/api/login?token=<redacted>"
    assert exchange.client_address == "127.0.0.1"
    assert started <= exchange.started <= time.time()
    assert 0 < exchange.seconds < 10
    assert exchange.request_bytes == len('{"username": "nobody", "password": ""}') + len(SECRET)
    assert exchange.request_excerpt == '{"username": "nobody", "password": "<redacted>"}'
    assert exchange.response_excerpt == '{"message":"Login attempt failed"}'


def test_a_good_exchange_tells_its_answer_when_asked_for_it(deployment: WireDeployment) -> None:
    before = since(deployment)
    content = requests.get(f"{deployment.running.catalog_url}/config.json", timeout=10).content

    (exchange,) = deployment.running.control.journal(surface="catalog", after=before)
    (told,) = deployment.running.control.journal(surface="catalog", after=before, all_answers=True)

    assert not exchange.failed
    assert exchange.response_bytes == len(content)
    assert (exchange.request_excerpt, exchange.response_excerpt) == (None, None)
    assert told.response_excerpt == content.decode()


def test_a_good_answer_is_told_without_secrets(deployment: WireDeployment) -> None:
    before = since(deployment)
    token = deployment.token(WRITER)
    address, headers = (
        f"{deployment.running.registry_url}/api/auth/get_credentials",
        {"Authorization": f"Bearer {token}"},
    )
    keys = requests.get(address, headers=headers, timeout=10).json()

    told = [
        each.response_excerpt or ""
        for each in deployment.running.control.journal(surface="registry", after=before, all_answers=True)
    ]

    assert '"token":"<redacted>"' in told[0] and "AccessKeyId" in told[1]
    assert not [secret for secret in (token, keys["SecretAccessKey"], keys["SessionToken"]) if secret in str(told)]


def test_a_graphql_error_is_a_failure_with_the_operations_name(deployment: WireDeployment) -> None:
    before = since(deployment)
    query = "query WhoIsThere { admin { user { list { name } } } }"
    requests.post(
        f"{deployment.running.registry_url}/graphql",
        json={"query": query},
        headers=deployment.headers(WRITER),
        timeout=10,
    )

    (exchange,) = deployment.running.control.journal(surface="registry", after=before)

    assert (exchange.status, exchange.failed, exchange.operation) == (200, True, "WhoIsThere")
    assert "permission" in str(exchange.response_excerpt)


def test_exchanges_are_found_by_the_clients_port(deployment: WireDeployment) -> None:
    before = since(deployment)
    ports = set()
    with requests.Session() as ours:
        for _ in range(2):
            answer = ours.get(deployment.running.catalog_url, stream=True, timeout=10)
            ports.add(answer.raw.connection.sock.getsockname()[1])
            assert answer.content
    requests.get(deployment.running.catalog_url, timeout=10)

    found = deployment.running.control.journal(client_ports=ports, after=before)

    assert len(found) == 2
    assert {exchange.client_port for exchange in found} == ports
    assert deployment.running.control.journal(client_ports=ports, since=time.time() + 60) == []
    assert len(deployment.running.control.journal(client_ports=ports, until=time.time() + 60, limit=1)) == 1


def s3(deployment: WireDeployment, user: str) -> tuple[Any, dict[str, str]]:
    credentials = requests.get(
        f"{deployment.running.registry_url}/api/auth/get_credentials", headers=deployment.headers(user), timeout=10
    ).json()
    client = boto3.client(
        "s3",
        endpoint_url=deployment.running.aws_url,
        region_name=deployment.running.region,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
        config=Config(retries={"total_max_attempts": 1}, signature_version="s3v4"),
    )
    return client, credentials


def test_nothing_secret_of_a_whole_session_is_kept(deployment: WireDeployment) -> None:
    """Signs in, gets credentials, fails with them, follows signed URLs; then looks for its secrets in the journal."""
    running, before = deployment.running, since(deployment)
    token = deployment.token(READER)
    requests.get(f"{running.registry_url}/api/me", headers={"Authorization": f"Bearer {token}"}, timeout=10)
    requests.post(f"{running.registry_url}/api/token", data={"refresh_token": token + "x"}, timeout=10)
    requests.get(f"{running.registry_url}/activate/{SECRET}", allow_redirects=False, timeout=10)
    client, credentials = s3(deployment, READER)
    with pytest.raises(client.exceptions.ClientError):
        client.put_object(Bucket=CLOSED_BUCKET, Key="k", Body=b"body")
    url = client.generate_presigned_url("get_object", Params={"Bucket": OPEN_BUCKET, "Key": "missing"})
    assert requests.get(url, timeout=10).status_code == 404
    signature = url.split("X-Amz-Signature=")[1].split("&")[0]

    exchanges = running.control.journal(after=before)
    text = "\n".join(exchange.model_dump_json() for exchange in exchanges)

    assert {"/api/login", "/api/me", "/api/token"} <= {exchange.target for exchange in exchanges}
    assert any("X-Amz-Signature=<redacted>" in exchange.target for exchange in exchanges)
    secrets = [
        token,
        token.rsplit(".", 1)[1],
        SECRET,
        signature,
        deployment.passwords[READER],
        credentials["SecretAccessKey"],
        credentials["SessionToken"],
        running.operator_secret_access_key,
    ]
    assert [secret for secret in secrets if secret in text] == []
    log = (running.state_directory / "deployment.log").read_text()
    assert [secret for secret in secrets if secret in log] == []


def test_aws_exchanges_tell_operator_and_users_apart(deployment: WireDeployment) -> None:
    before = since(deployment)
    client, _ = s3(deployment, WRITER)
    client.put_object(Bucket=OPEN_BUCKET, Key="journal/one", Body=b"12345")
    deployment.running.control.set_fault("aws", Reset(), path="journal/one")
    with pytest.raises(Exception, match="Connection was closed"):
        client.get_object(Bucket=OPEN_BUCKET, Key="journal/one")

    exchanges = deployment.running.control.journal(surface="aws", after=before)
    mine = [exchange for exchange in exchanges if exchange.target.startswith(f"/{OPEN_BUCKET}/journal/one")]

    put, get = [exchange for exchange in mine if not exchange.by_operator]
    assert (put.method, put.status, put.request_bytes >= 5, put.failed) == ("PUT", 200, True, False)
    assert (get.method, get.status, get.faults, get.failed) == ("GET", None, ("reset",), True)
    assert any(exchange.by_operator for exchange in exchanges)


def exchange(target: str) -> JournalEntry:
    return JournalEntry(
        surface=Surface.AWS,
        client_address="127.0.0.1",
        client_port=1,
        started=0,
        method="GET",
        target=target,
        operation=None,
        status=200,
        seconds=0,
        request_bytes=0,
        response_bytes=0,
    )


def test_the_journal_forgets_the_oldest_first() -> None:
    journal = Journal(capacity=3)
    for number in range(5):
        journal.add(exchange(f"/{number}"))

    assert [kept.target for kept in journal.exchanges()] == ["/2", "/3", "/4"]
    assert [kept.number for kept in journal.exchanges()] == [3, 4, 5]


def test_only_the_last_good_answers_are_at_hand() -> None:
    journal = Journal()
    for _ in range(ANSWERS_KEPT + 1):
        journal.add(exchange("/"), b"answer")

    told = journal.exchanges(all_answers=True)

    assert [each.number for each in told if each.response_excerpt is None] == [1]
