"""What the recorder sees of the clients that the product and the suite use."""

from __future__ import annotations

import logging
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
import pytest
import requests
from botocore.config import Config
from gql import Client, gql
from gql.transport.requests import RequestsHTTPTransport

from environment.evidence.wire import Recorder, recording
from environment.product.calling import Sender, calling_as
from environment.product.outcome import attempt


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    with recording() as recorder:
        yield recorder
    assert not recorder.errors


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.fixture
def aws(server: str) -> Iterator[Callable[[str], Any]]:
    clients = []

    def client(service: str) -> Any:
        clients.append(
            boto3.client(  # type: ignore[call-overload]  # the service is a variable
                service,
                endpoint_url=server,
                region_name="us-east-1",
                aws_access_key_id="AKIAIOSFODNN7EXAMPLE",
                aws_secret_access_key="no-secret",
                config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
            )
        )
        return clients[-1]

    yield client
    for opened in clients:
        opened.close()


def test_requests(server: str, recorder: Recorder, session: requests.Session) -> None:
    before = time.time()
    session.post(f"{server}/api/users?x=1", json={"name": "dana"})
    session.get(f"{server}/missing")
    created, missing = recorder.since(0)
    assert (created.method, created.url, created.status) == ("POST", f"{server}/api/users?x=1", 200)
    assert bytes(created.body) == b'{"name": "dana"}'
    assert created.request_bytes > len(created.body)
    assert created.response_bytes == 2
    assert created.seconds is not None
    assert 0 < created.seconds < 5
    assert before <= created.started <= time.time()
    assert created.local_port == missing.local_port
    assert (missing.target, missing.status, missing.failed, created.failed) == ("/missing", 404, True, False)


def test_gql_with_the_operations_name(server: str, recorder: Recorder) -> None:
    transport = RequestsHTTPTransport(f"{server}/graphql")
    with Client(transport=transport) as client:
        client.execute(gql("query Whoami { me { name } }"))
        client.execute(gql("{ me { name } }"))
    assert [exchange.operation for exchange in recorder.since(0)] == ["Whoami", "me"]


def test_operation_name_of_quilt3_style_bodies(server: str, recorder: Recorder, session: requests.Session) -> None:
    body = {
        "query": "mutation packageConstruct($a: A!) { packageConstruct { x } }",
        "operationName": "packageConstruct",
    }
    session.post(f"{server}/graphql", json=body)
    session.post(f"{server}/graphql", json={"query": "\n  mutation\n  rename { x }"})
    assert [exchange.operation for exchange in recorder.since(0)] == ["packageConstruct", "rename"]


def test_boto3_with_the_operations_name(
    aws: Callable[[str], Any], recorder: Recorder, session: requests.Session
) -> None:
    s3 = aws("s3")
    s3.put_object(Bucket="bucket", Key="a/b.csv", Body=b"1,2\n" * 3000)
    s3.head_object(Bucket="bucket", Key="a/b.csv")
    s3.delete_object(Bucket="bucket", Key="a/b.csv")
    session.get(s3.generate_presigned_url("get_object", Params={"Bucket": "bucket", "Key": "a/b.csv"}))
    aws("glue").get_databases()
    put, *_ = exchanges = recorder.since(0)
    assert [exchange.operation for exchange in exchanges] == [
        "s3:PutObject",
        "s3:HeadObject",
        "s3:DeleteObject",
        "s3:GetObject",
        "glue:GetDatabases",
    ]
    assert put.request_bytes > 12_000
    assert len(put.body) == 4096
    assert exchanges[2].status == 204


def test_a_redirect_makes_two_exchanges(server: str, recorder: Recorder, session: requests.Session) -> None:
    session.get(f"{server}/moved")
    assert [(exchange.target, exchange.status) for exchange in recorder.since(0)] == [("/moved", 302), ("/there", 200)]


def test_a_connection_cut_before_the_answer(server: str, recorder: Recorder, session: requests.Session) -> None:
    with pytest.raises(requests.ConnectionError):
        session.get(f"{server}/reset")
    session.get(f"{server}/fine")
    cut, fine = recorder.since(0)
    assert (cut.status, cut.seconds, cut.failed) == (None, None, True)
    assert (fine.target, fine.status) == ("/fine", 200)


def test_threads_pair_their_own_answers(server: str, recorder: Recorder) -> None:
    def ask(number: int) -> None:
        with requests.Session() as session:
            session.get(f"{server}/{'missing' if number % 2 else 'fine'}?n={number}")
            session.get(f"{server}/missing" if number % 2 else f"{server}/fine")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(40)))
    exchanges = recorder.since(0)
    assert len(exchanges) == 80
    assert all((exchange.status == 404) == (exchange.target == "/missing") for exchange in exchanges)


def test_the_caller_is_told_apart_also_in_threads_that_the_product_starts(
    server: str, recorder: Recorder, session: requests.Session
) -> None:
    def product() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda _: requests.get(f"{server}/product", timeout=5), range(2)))
        requests.get(f"{server}/product", timeout=5)

    attempt(product)
    session.get(f"{server}/suite")
    suite_thread = threading.Thread(target=lambda: requests.get(f"{server}/suite", timeout=5))
    suite_thread.start()
    suite_thread.join()
    with calling_as(Sender.EVIDENCE):
        session.get(f"{server}/evidence")
    assert [(exchange.target, exchange.sender) for exchange in recorder.since(0)] == [
        *[("/product", Sender.PRODUCT)] * 3,
        *[("/suite", Sender.SUITE)] * 2,
    ]


def test_debug_records_go_no_further_and_warnings_do(
    server: str, session: requests.Session, caplog: pytest.LogCaptureFixture
) -> None:
    logger = logging.getLogger("urllib3.connectionpool")
    level, filters = logger.level, list(logger.filters)
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    logging.getLogger("urllib3").setLevel(logging.INFO)
    with recording() as recorder:
        session.get(f"{server}/fine")
        logger.warning("Connection pool is full")
    logging.getLogger("urllib3").setLevel(logging.NOTSET)
    assert len(recorder) == 1
    assert [record.getMessage() for record in caplog.records] == ["Connection pool is full"]
    assert (logger.level, logger.filters) == (level, filters)


def test_nothing_is_kept_when_nothing_records(server: str, session: requests.Session) -> None:
    with recording() as recorder:
        pass
    session.get(f"{server}/fine")
    assert len(recorder) == 0


def test_recording_twice_is_refused() -> None:
    with recording(), pytest.raises(RuntimeError, match="already"), recording():
        pass


def test_the_idle_hook_costs_next_to_nothing() -> None:
    """An import of quilt3 and SQLAlchemy makes 14,000 audit events: at a microsecond each that is 14 ms of 3 s."""
    with recording():
        pass
    events = 20_000
    begin = time.process_time()
    for _ in range(events):
        sys.audit("environment.test", 1)
    assert (time.process_time() - begin) / events < 2e-6
