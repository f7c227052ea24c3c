"""Snapshots among requests: each is a moment, whoever is at work, and nobody's request is lost."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
from botocore.config import Config
from full_stack import Full
from gql import Client, GraphQLRequest
from gql.transport.requests import RequestsHTTPTransport
from stack_wire import OPEN_BUCKET, WRITER

from environment.waiting import wait_until
from quilt_stack import ControlError, Latency
from quilt_stack.wire.gate import Gate, StillBusy

_CREATE = """mutation ($name: String!, $email: String!) { admin { user { create(
  input: {name: $name, email: $email, role: "reader"}) { __typename ... on User { name } } } } }"""
_PUSH = """mutation ($params: PackagePushParams!, $src: PackageConstructSource!) {
  packageConstruct(params: $params, src: $src) { __typename ... on PackagePushSuccess { revision { hash } } } }"""


@pytest.mark.slow
def test_a_snapshot_is_a_moment_of_what_several_clients_do(full: Full) -> None:
    """A package is in S3 with manifest and pointers or not at all, also in a snapshot that was taken meanwhile."""
    stop, failures = threading.Event(), []

    def push(worker: int) -> None:
        client = Client(
            transport=RequestsHTTPTransport(
                f"{full.wire.running.registry_url}/graphql", headers=full.wire.headers(WRITER), timeout=60
            )
        )
        source = {"entries": [{"logicalKey": "x", "physicalKey": f"s3://{OPEN_BUCKET}/table.csv"}]}
        number = 0
        while not stop.is_set():
            params = {"bucket": OPEN_BUCKET, "name": f"busy/w{worker}n{number}", "message": "m"}
            answer = client.execute(GraphQLRequest(_PUSH, variable_values={"params": params, "src": source}))
            if answer["packageConstruct"]["__typename"] != "PackagePushSuccess":
                failures.append(answer)
            number += 1

    # What a push writes last takes a while: without a gate a snapshot would come in between.
    full.control.set_fault(
        "aws", Latency(seconds=0.1), method="PUT", path="named_packages/busy", count=None, operator_too=True
    )
    with ThreadPoolExecutor(3) as pool:
        workers = [pool.submit(push, number) for number in range(3)]
        try:
            for number in range(5):
                full.control.snapshot(f"busy{number}")
        finally:
            stop.set()
        for worker in workers:
            worker.result()
    full.control.clear_faults()
    assert not failures

    keys: list[Any] = []
    for number in range(5):
        full.control.restore(f"busy{number}")
        listed = full.seen.s3.list_objects_v2(Bucket=OPEN_BUCKET, Prefix=".quilt/named_packages/busy/")
        pointers = [each["Key"].split("/")[-2:] for each in listed.get("Contents", [])]
        for package in {package for package, _ in pointers}:
            assert len([tag for name, tag in pointers if name == package]) == 2, (package, pointers)
        keys.append(len(pointers))
    assert keys == sorted(keys) and keys[-1] > keys[0]


def test_requests_that_come_while_a_snapshot_is_taken_are_answered_after_it(full: Full) -> None:
    def read(_: int) -> bytes:
        s3 = boto3.client(
            "s3",
            **full.wire.running.boto3_arguments,
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )
        return bytes(s3.get_object(Bucket=OPEN_BUCKET, Key="large.bin")["Body"].read())

    full.control.snapshot("meanwhile")
    with ThreadPoolExecutor(4) as pool:
        reads = [pool.submit(read, number) for number in range(12)]
        for _ in range(3):
            full.control.restore("meanwhile")
        lengths = {len(each.result()) for each in reads}
    assert lengths == {6_400_000}


@pytest.mark.slow
def test_a_request_that_a_fault_holds_up_does_not_hold_up_a_snapshot(full: Full) -> None:
    full.control.set_fault("aws", Latency(seconds=5), path="slow", operator_too=True)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(lambda: full.seen.aws("s3").list_objects_v2(Bucket=OPEN_BUCKET, Prefix="/slow"))
        wait_until(lambda: full.control.faults()[0].applied, limit_seconds=30, what="the request to be held up")
        full.control.snapshot("held_up")
        assert not slow.done()
    full.control.clear_faults()


def test_a_gate_waits_for_those_inside_and_holds_those_outside() -> None:
    gate, order = Gate(), []
    inside, may_leave = threading.Event(), threading.Event()

    def first() -> None:
        with gate.passing():
            inside.set()
            may_leave.wait(10)
            order.append("left")

    def second() -> None:
        with gate.passing():
            order.append("came in")

    with ThreadPoolExecutor(2) as pool:
        pool.submit(first)
        inside.wait(10)
        with pytest.raises(StillBusy, match=r"1 of the requests in progress did not end in 0\.01 s"), gate.closed(0.01):
            pytest.fail("closed with somebody inside")
        may_leave.set()
        with gate.closed(10):
            order.append("closed")
            later = pool.submit(second)
            assert not later.done()
            order.append("opened")
        later.result(10)
    assert order == ["left", "closed", "opened", "came in"]


def test_a_name_that_is_none_is_told(full: Full) -> None:
    with pytest.raises(ControlError, match="is no name"):
        full.control.snapshot("no name")
