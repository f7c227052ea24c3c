"""Exchanges put into words: operations, tables, bodies, times."""

from __future__ import annotations

from http.client import HTTPConnection
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.evidence.answer_bodies import response_body
from environment.evidence.calls import WireCall
from environment.evidence.exchange import Exchange
from environment.evidence.table import bodies, call_table
from environment.evidence.timings import timings
from environment.evidence.wire import Recorder
from environment.product.calling import Sender
from environment.product.intervals import covered_seconds
from environment.targets.answers import JournalRecord


def exchange(method: str = "GET", target: str = "/", **more: Any) -> Exchange:
    facts: dict[str, Any] = {
        "scheme": "http",
        "authority": "127.0.0.1:4000",
        "aws_target": None,
        "aws_service": None,
        "copy_source": False,
        "sender": Sender.PRODUCT,
        "thread": "",
        "local_port": 5,
        "started": 1.0,
        "began": 1.0,
    }
    return Exchange(method=method, target=target, **(facts | more))


@pytest.mark.parametrize(
    ("method", "target", "operation"),
    [
        ("GET", "/", "ListBuckets"),
        ("GET", "/bucket?list-type=2&prefix=a", "ListObjectsV2"),
        ("GET", "/bucket/?versions", "ListObjectVersions"),
        ("GET", "/bucket?location", "GetBucketLocation"),
        ("PUT", "/bucket", "CreateBucket"),
        ("HEAD", "/bucket", "HeadBucket"),
        ("POST", "/bucket?delete", "DeleteObjects"),
        ("POST", "/bucket/key?uploads", "CreateMultipartUpload"),
        ("PUT", "/bucket/key?partNumber=1&uploadId=x", "UploadPart"),
        ("POST", "/bucket/key?uploadId=x", "CompleteMultipartUpload"),
        ("GET", "/bucket/a/b?tagging", "GetObjectTagging"),
        ("GET", "/bucket/a/b?versionId=1", "GetObject"),
    ],
)
def test_s3_operations(method: str, target: str, operation: str) -> None:
    assert exchange(method, target, aws_service="s3").operation == f"s3:{operation}"


@pytest.mark.parametrize(
    ("more", "operation"),
    [
        ({"aws_service": "s3", "authority": "bucket.s3.us-east-1.amazonaws.com", "target": "/key"}, "s3:GetObject"),
        ({"aws_service": "s3", "method": "PUT", "target": "/b/k", "copy_source": True}, "s3:CopyObject"),
        ({"method": "POST", "aws_service": "sts", "body": bytearray(b"Action=AssumeRole&V=1")}, "sts:AssumeRole"),
        ({"method": "POST", "aws_target": "AmazonAthena.GetQueryResults"}, "AmazonAthena:GetQueryResults"),
        ({"method": "POST", "aws_target": "AWSGlue.GetTable", "aws_service": "glue"}, "glue:GetTable"),
        ({"target": "/api/auth/get_credentials"}, None),
    ],
)
def test_other_operations(more: dict[str, Any], operation: str | None) -> None:
    assert exchange(**more).operation == operation


@given(
    st.lists(st.binary(max_size=80) | st.sampled_from([b"GET / HTTP/1.1\r\n", b"PUT /\xff HTTP/1.1\r\nhost:\r\n\r\n"]))
)
def test_recording_never_fails_whatever_is_sent(pieces: list[bytes]) -> None:
    recorder = Recorder()
    connection = HTTPConnection("127.0.0.1", 1)
    for number, piece in enumerate(pieces):
        recorder.sent(connection, piece)
        if number % 3 == 2:
            recorder.answered(200, None)
    assert call_table([WireCall.of(each) for each in recorder.since(0)])


def test_the_table_is_aligned_and_redacted() -> None:
    slow = exchange(
        "PUT",
        "/b/k?X-Amz-Signature=abc",
        aws_service="s3",
        status=200,
        seconds=1.5,
        request_bytes=12_345,
        response_bytes=0,
    )
    cut = exchange(thread="worker_0", sender=Sender.SUITE)
    heading, first, second = call_table([WireCall.of(slow), WireCall.of(cut)]).splitlines()
    assert first.split()[2:] == ["s3:PutObject", "200", "1500.0", "12345", "0", first.split()[-1]]
    assert first.endswith("http://127.0.0.1:4000/b/k?X-Amz-Signature=[redacted]")
    assert second.startswith("suite (worker_0)  GET")
    assert "no answer" in second
    assert heading.index("URL") == first.index("http://") == second.index("http://")


def test_bodies_are_redacted_cut_and_never_binary() -> None:
    text = exchange("POST", body=bytearray(b'{"password": "hunter"}'), status=400)
    binary = exchange("PUT", body=bytearray(b"\x00\xff\x89PNG"), status=500)
    zeros = exchange("PUT", body=bytearray(b"\x00" * 9), status=500)
    shown = bodies([text, binary, zeros], lambda _exchange: "x" * 5000)
    assert 'sent: {"password": "[redacted]"}' in shown
    assert "(binary, first 6 bytes not shown)" in shown
    assert "(binary, first 9 bytes not shown)" in shown
    assert "\0" not in shown
    assert "(5000 characters)" in shown


def test_answers_that_cannot_tell_a_failure_are_not_asked_for() -> None:
    asked = []

    def ask(seen: Exchange) -> str:
        asked.append(seen.target)
        return "answer"

    exchanges = [exchange(target=target, status=200) for target in ("/api/users", "/graphql", "/data")]
    assert bodies(exchanges, ask).splitlines() == ["--- GET http://127.0.0.1:4000/graphql: 200", "received: answer"]
    assert asked == ["/graphql"]
    assert bodies([exchange(status=200)], None) == ""


def test_a_character_cut_in_the_middle_is_no_binary() -> None:
    body = bytearray(("x" + "é" * 3000).encode()[:4096])
    assert "binary" not in bodies([exchange(body=body)], None)


def test_the_journals_answer_is_the_one_to_this_request() -> None:
    asked = []

    def ask(port: int, started: float) -> list[JournalRecord]:
        asked.append((port, started))
        return [
            JournalRecord("GET", "/other", 404, "of another"),
            JournalRecord("GET", "/a?token=…", 404, "not here"),
            JournalRecord("GET", "/a", 404, "of a later one"),
        ]

    assert response_body(ask, exchange("GET", "/a?token=1", status=404)) == "not here"
    assert asked == [(5, 1.0)]
    assert "has no such request" in response_body(ask, exchange("GET", "/b", status=404))
    assert "port" in response_body(ask, exchange(local_port=None))


def test_a_journal_that_does_not_answer_is_told() -> None:
    def ask(_port: int, _started: float) -> list[JournalRecord]:
        raise ConnectionError("gone")

    assert "did not answer: ConnectionError: gone" in response_body(ask, exchange(status=500))


def test_times_of_overlapping_exchanges_count_once() -> None:
    exchanges = [
        exchange(began=1.0, seconds=2.0),
        exchange(began=2.0, seconds=2.0),
        exchange(began=9.0, seconds=0.5),
        exchange(began=1.0, seconds=4.0, sender=Sender.SUITE),
        exchange(began=3.0),
    ]
    result = timings(wall_seconds=10, product_seconds=6, exchanges=exchanges)
    assert (result.network_seconds, result.suite_network_seconds, result.suite_seconds) == (3.5, 4.0, 4)
    assert result.exchanges == 5
    assert ("network_seconds", 3.5) in result.properties()


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)).map(sorted).map(tuple)))
def test_covered_seconds_is_the_size_of_the_union(intervals: list[tuple[int, int]]) -> None:
    covered = {second for begin, end in intervals for second in range(begin, end)}
    assert covered_seconds(intervals) == len(covered)
