"""Which requests a fault rule hits."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quilt_stack.wire.faults import FaultRule, Faults, Latency, Request, Reset, Status, Surface


def request(
    target: str = "/", method: str = "GET", surface: Surface = Surface.REGISTRY, operation: str | None = None
) -> Request:
    return Request(surface=surface, method=method, target=target, graphql_operation=operation)


@given(requests=st.integers(0, 30), skip=st.integers(0, 10), count=st.none() | st.integers(1, 10))
def test_a_rule_lets_so_many_pass_and_then_hits_so_many(requests: int, skip: int, count: int | None) -> None:
    faults = Faults()
    faults.set(FaultRule(surface=Surface.REGISTRY, action=Reset(), skip=skip, count=count))

    hit = [bool(faults.take(request())) for _ in range(requests)]

    expected = max(requests - skip, 0) if count is None else min(max(requests - skip, 0), count)
    assert sum(hit) == expected
    assert not any(hit[:skip])
    assert faults.list()[0].matched == requests
    assert faults.list()[0].applied == expected


@pytest.mark.parametrize(
    ("rule", "other"),
    [
        ({"method": "post"}, request(method="GET")),
        ({"path": r"^/api/me\b"}, request("/api/menu")),
        ({"graphql_operation": "Packages"}, request(operation="Package")),
        ({}, request(surface=Surface.CATALOG)),
    ],
)
def test_a_rule_spares_what_it_does_not_speak_of(rule: dict[str, str], other: Request) -> None:
    faults = Faults()
    faults.set(FaultRule(surface=Surface.REGISTRY, action=Reset(), **rule))  # type: ignore[arg-type]

    assert faults.take(other) == ()
    assert faults.list()[0].matched == 0


def test_latencies_add_up_and_the_first_other_rule_decides() -> None:
    faults = Faults()
    for action in (Latency(seconds=1), Status(code=503), Latency(seconds=2), Status(code=500)):
        faults.set(FaultRule(surface=Surface.REGISTRY, action=action))

    assert faults.take(request()) == (Latency(seconds=1), Status(code=503))
    assert faults.take(request()) == (Latency(seconds=2), Status(code=500))
    assert faults.take(request()) == ()


def test_a_wait_ends_with_its_own_rule_alone() -> None:
    faults = Faults()
    long, short = Latency(seconds=30), Latency(seconds=0.2)
    held = faults.set(FaultRule(surface=Surface.REGISTRY, action=long))
    faults.set(FaultRule(surface=Surface.REGISTRY, action=short))
    with ThreadPoolExecutor(1) as pool:
        waiting = [pool.submit(faults.wait, action) for action in faults.take(request())]  # type: ignore[arg-type]
        faults.remove(held.id)
        started = time.monotonic()
        waiting[0].result(timeout=5)
        waiting[1].result(timeout=5)

    assert 0.1 < time.monotonic() - started < 5


def test_every_wait_ends_when_the_deployment_stops() -> None:
    faults = Faults()
    faults.set(FaultRule(surface=Surface.REGISTRY, action=Latency(seconds=30)))
    [action] = faults.take(request())
    faults.close()

    started = time.monotonic()
    faults.wait(action)  # type: ignore[arg-type]

    assert time.monotonic() - started < 5


def test_the_operators_requests_are_spared_unless_the_rule_says_otherwise() -> None:
    faults = Faults()
    operators = Request(surface=Surface.AWS, method="GET", target="/", by_operator=True)
    faults.set(FaultRule(surface=Surface.AWS, action=Reset(), count=None))
    assert faults.take(operators) == ()

    faults.set(FaultRule(surface=Surface.AWS, action=Reset(), operator_too=True))
    assert faults.take(operators) == (Reset(),)


def test_a_rule_for_one_process_hits_its_connections_alone() -> None:
    faults = Faults()
    faults.set(FaultRule(surface=Surface.AWS, action=Status(code=503), client_process=os.getppid(), count=None))
    faults.set(FaultRule(surface=Surface.AWS, action=Reset(), client_process=os.getpid(), count=None))
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as connection:
        ports = {"client_port": connection.getsockname()[1], "server_port": connection.getpeername()[1]}
        mine = Request(surface=Surface.AWS, method="GET", target="/", **ports)

        assert faults.take(mine) == (Reset(),)
        assert faults.take(mine.model_copy(update={"client_port": _free_port()})) == ()


def test_a_rule_for_one_process_spares_another_that_has_the_same_local_port_to_another_server() -> None:
    faults = Faults()
    faults.set(FaultRule(surface=Surface.AWS, action=Reset(), client_process=os.getpid(), count=None))
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as connection:
        others = {"client_port": connection.getsockname()[1], "server_port": _free_port()}

        assert faults.take(Request(surface=Surface.AWS, method="GET", target="/", **others)) == ()


def test_a_rule_for_a_process_that_has_ended_hits_nothing() -> None:
    faults = Faults()
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    faults.set(FaultRule(surface=Surface.REGISTRY, action=Reset(), client_process=ended.pid))

    assert faults.take(request()) == ()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize(
    "senseless",
    [
        {"surface": "aws", "action": {"kind": "reset"}, "path": "("},
        {"surface": "aws", "action": {"kind": "reset"}, "graphql_operation": "Packages"},
        {"surface": "mail", "action": {"kind": "reset"}},
        {"surface": "aws", "action": {"kind": "explode"}},
        {"surface": "aws", "action": {"kind": "status", "code": 42}},
        {"surface": "aws", "action": {"kind": "reset"}, "count": 0},
        {"surface": "aws", "action": {"kind": "reset"}, "client_process": 0},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(senseless: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        FaultRule.model_validate(senseless)


def test_removing_one_rule_leaves_the_others() -> None:
    faults = Faults()
    first, second = (faults.set(FaultRule(surface=Surface.AWS, action=Reset())) for _ in range(2))

    faults.remove(first.id)

    assert [fault.id for fault in faults.list()] == [second.id]
    with pytest.raises(KeyError):
        faults.remove(first.id)
