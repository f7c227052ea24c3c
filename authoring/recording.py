"""Pytest plugin: `--record-scenarios DIRECTORY` writes what each scenario did, as data (`-p authoring.recording`)."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import time
from collections.abc import Generator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from authoring.scenario_record import (
    Event,
    OtherRequest,
    ProductCall,
    RecordedScenario,
    RecordedStep,
    RegistryRequest,
    StoredObject,
)
from environment.evidence.exchange import EXCERPT_BYTES, Exchange
from environment.evidence.wire import RECORDER
from environment.gherkin.judging import JUDGED, JudgedStep
from environment.gherkin.records import SCENARIO
from environment.product.calling import Sender
from environment.product.outcome import OUTCOMES, Outcome
from environment.secrecy.redaction import REDACTED, is_secret_name, redact
from reports.claims import own_error
from reports.outcomes import Failure

_BEGAN: pytest.StashKey[list[float]] = pytest.StashKey()
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_LONGEST_LIST = 500
_MADE_NAME = re.compile(r"[-_][0-9a-f]{8}[-_]\d")  # `environment.people.names` puts the run's token into every name


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--record-scenarios`."""
    parser.getgroup("reports").addoption(
        "--record-scenarios", type=Path, default=None, metavar="DIRECTORY", help="write what each scenario did, as data"
    )


def pytest_bdd_before_step(request: pytest.FixtureRequest) -> None:
    """Note when a step begins: what happens from then on belongs to it."""
    request.node.stash.setdefault(_BEGAN, []).append(time.perf_counter())


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Write the record once the last step has ended, before anything is undone."""
    try:
        yield
    finally:
        folder = item.config.getoption("record_scenarios")
        if folder is not None and SCENARIO in item.stash:
            folder.mkdir(parents=True, exist_ok=True)
            name = hashlib.sha256(item.nodeid.encode()).hexdigest()[:16]
            (folder / f"{name}.json").write_text(_recorded(item).model_dump_json(indent=1), encoding="utf-8")


def _recorded(item: pytest.Item) -> RecordedScenario:
    judged = item.stash.get(JUDGED, ())
    outcomes = item.stash[OUTCOMES].all()
    events = _events(outcomes, item.config.stash[RECORDER].since(0))
    began = [*item.stash.get(_BEGAN, ()), float("inf")]
    steps = [
        _step(one, [event for when, event in events if began[number] <= when < began[number + 1]], outcomes)
        for number, one in enumerate(judged[: len(began) - 1])
    ]
    return RecordedScenario(
        nodeid=item.nodeid,
        scenario=item.stash[SCENARIO],
        product_version=version("quilt-mcp"),
        steps=tuple(steps),
    )


def _step(one: JudgedStep, events: Sequence[Event], outcomes: Sequence[Outcome[object]]) -> RecordedStep:
    raised = [each.error for each in outcomes if each.error is not None]
    return RecordedStep(
        sentence=one.step,
        failure=_failure(one.error),
        cause=_failure(own_error(one.error, raised) if one.error else None),
        events=tuple(events),
    )


def _failure(error: BaseException | None) -> Failure | None:
    return None if error is None else Failure.of(error)


def _events(outcomes: Sequence[Outcome[object]], exchanges: Sequence[Exchange]) -> list[tuple[float, Event]]:
    """What happened, with the `time.perf_counter` reading of its beginning, in order."""
    found: list[tuple[float, Event]] = [(each.started, call) for each in outcomes if (call := _call(each)) is not None]
    found += [
        (each.began, event)
        for each in exchanges
        if each.sender is Sender.SUITE and (event := _request(each)) is not None and _of_scenario(event)
    ]
    return sorted(found, key=lambda each: each[0])


def _of_scenario(event: Event) -> bool:
    """Whether it belongs to this scenario; the rest is what all scenarios find there, made when first asked for."""
    return isinstance(event, OtherRequest) or _MADE_NAME.search(event.model_dump_json()) is not None


def _call(outcome: Outcome[object]) -> ProductCall | None:
    if outcome.call is None:
        return None
    call = outcome.call
    return ProductCall(
        actor=(outcome.actor or "").removesuffix(" in the other mode"),
        interface=call.interface,
        mode=call.mode,
        signed_in=call.signed_in,
        operation=call.operation,
        arguments=tuple(map(plain, call.arguments)),
        named_arguments={name: _named(name, value) for name, value in call.named_arguments.items()},
        failure=_failure(outcome.error),
        returned="" if outcome.error is not None else redact(repr(outcome.result))[:_LONGEST_LIST],
    )


def plain(value: object) -> Any:
    """A value as plain data without secrets: what JSON has no word for becomes its representation."""
    if isinstance(value, str):
        return redact(str(value))
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(name): _named(str(name), item) for name, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        kept = [plain(item) for item in list(value)[:_LONGEST_LIST]]
        more = len(value) - len(kept)
        return [*kept, f"(and {more} more, left out here)"] if more else kept
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return plain({field.name: getattr(value, field.name) for field in dataclasses.fields(value)})
    return redact(repr(value))


def _named(name: str, value: object) -> Any:
    return REDACTED if is_secret_name(name) and value is not None else plain(value)


def _request(exchange: Exchange) -> Event | None:
    """A request of the suite as an event; None for one that only reads, or signs somebody in."""
    path = exchange.target.partition("?")[0]
    if exchange.aws_service == "s3" and exchange.method == "PUT" and not exchange.copy_source:
        return _object(exchange, path)
    if path.endswith("/graphql"):
        return _mutation(exchange)
    if exchange.method in _READING or "/api/" in path or exchange.aws_service in ("sts", "s3", "athena"):
        return None
    if path.startswith("/indexing"):
        return None
    return OtherRequest(method=exchange.method, url=redact(exchange.url), operation=exchange.operation)


def _object(exchange: Exchange, path: str) -> Event | None:
    bucket, _, key = unquote(path).lstrip("/").partition("/")
    if not key or "uploadId=" in exchange.target:
        return None
    body = bytes(exchange.body)
    content = _without_chunks(body)
    whole = len(body) < EXCERPT_BYTES
    return StoredObject(bucket=bucket, key=key, content=content.decode("latin-1"), whole=whole)


def _without_chunks(body: bytes) -> bytes:
    """A body as it was before AWS's own chunking, which frames each piece by its length."""
    frame = re.match(rb"([0-9a-f]+)\r\n", body)
    if frame is None or b"\r\n0\r\n" not in body:
        return body
    length = int(frame[1], 16)
    return body[frame.end() : frame.end() + length]


def _mutation(exchange: Exchange) -> Event | None:
    try:
        sent = json.loads(bytes(exchange.body))
    except ValueError:
        return None  # longer than what is kept of a body: only what all scenarios find there is
    query = str(sent.get("query", ""))
    if not query.lstrip().startswith("mutation"):
        return None
    return RegistryRequest(query=query, variables=plain(sent.get("variables") or {}))
