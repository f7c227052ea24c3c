"""The control port: who may use it, and what the rest of the tests do not use of it."""

from __future__ import annotations

import time

import pytest
import requests
from stack_wire import OPEN_BUCKET, WRITER, WireDeployment

from quilt_stack.control_client import ControlClient, ControlError


def test_nobody_uses_it_without_the_token(wire: WireDeployment) -> None:
    stranger = ControlClient(wire.running.control_url, "not-the-token")

    for action in (stranger.faults, stranger.clear_faults, stranger.journal, stranger.mails):
        with pytest.raises(ControlError, match=r"401 .*X-Control-Token"):
            action()
    with pytest.raises(ControlError, match="401"):
        stranger.issue_token(WRITER)


def test_the_status_page_is_for_everybody_and_holds_no_secret(wire: WireDeployment) -> None:
    requests.get(f"{wire.running.catalog_url}/<script>", timeout=10)

    page = requests.get(wire.running.control_url, timeout=10)

    assert page.headers["content-type"].startswith("text/html")
    assert wire.running.registry_url in page.text
    assert "<script>" not in page.text
    operator = (wire.running.state_directory / "operator.json").read_text()
    assert not any(line.split('"')[3] in page.text for line in operator.splitlines() if ":" in line)


def test_the_clock_moves_and_returns(deployment: WireDeployment) -> None:
    control = deployment.running.control

    assert control.advance_clock(3600) == pytest.approx(time.time() + 3600, abs=5)
    assert control.clock() == pytest.approx(time.time() + 3600, abs=5)
    assert control.reset_clock() == pytest.approx(time.time(), abs=5)


def test_the_index_lags_by_the_delay_and_is_waited_for(deployment: WireDeployment) -> None:
    running, control = deployment.running, deployment.running.control
    usual = control.indexing_delay()
    try:
        control.set_indexing_delay(60)
        assert control.indexing_delay() == 60
        search = {"index": OPEN_BUCKET, "action": "search", "query": "key:lagging.txt"}
        put_object(deployment, "lagging.txt")
        with pytest.raises(ControlError, match="504 the search index is still behind"):
            control.wait_until_indexed(0.1)

        control.set_indexing_delay(0)
        control.wait_until_indexed(10)

        answer = requests.get(
            f"{running.registry_url}/api/search", params=search, headers=deployment.headers(WRITER), timeout=10
        )
        assert [hit["_source"]["key"] for hit in answer.json()["hits"]["hits"]] == ["lagging.txt"]
    finally:
        control.set_indexing_delay(usual)


def put_object(deployment: WireDeployment, key: str) -> None:
    import boto3

    running = deployment.running
    s3 = boto3.client("s3", **running.boto3_arguments)
    s3.put_object(Bucket=OPEN_BUCKET, Key=key, Body=b"text")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/faults", {"surface": "aws", "action": {"kind": "explode"}}, 400),
        ("DELETE", "/faults/unknown", None, 404),
        ("POST", "/clock", {}, 400),
        ("PUT", "/indexing/delay", {"seconds": -1}, 400),
        ("POST", "/indexing/wait", {"timeout_seconds": 10_000}, 400),
        ("GET", "/journal?since=yesterday", None, 400),
        ("GET", "/journal?surface=mail", None, 400),
        ("POST", "/tokens", {"user_name": "nobody"}, 404),
        ("POST", "/tokens/revoke", {"user_name": "nobody"}, 404),
        ("POST", "/objects/purge", {"bucket": "anybody", "prefix": ""}, 400),
        ("POST", "/packages/purge", {"bucket": "anybody", "package": ""}, 400),
        ("GET", "/no-such-thing", None, 404),
        ("DELETE", "/mails", None, 405),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_message(
    wire: WireDeployment, method: str, path: str, body: dict[str, object] | None, status: int
) -> None:
    token = wire.running.control._headers

    answer = requests.request(method, wire.running.control_url + path, json=body, headers=token, timeout=10)

    assert answer.status_code == status
    assert answer.json()["message"]
