"""Pytest plugin: only the deployment that people are signed in to is sent a token, in any scenario (requirement SEC-6).

Judged at the end of each scenario from what `environment.evidence.wire` saw this process send; that is all before
encryption, to whatever host. What went to another host counts as the failure of the step that sent it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

import pytest

from environment.evidence.calls import CALLS
from environment.evidence.exchange import Exchange
from environment.evidence.wire import RECORDER
from environment.gherkin.judging import JUDGED, JudgedStep, raise_failures
from environment.product.credential import Credential
from environment.secrecy.redaction import redact
from environment.targets.own_hosts import OwnHosts
from environment.targets.plugin import opened_target


@dataclass(frozen=True)
class Leak:
    """A request with credentials to a place that is not the deployment's; ``number`` counts the scenario's requests."""

    number: int
    words: str


def leaks(exchanges: Iterable[Exchange], own: OwnHosts) -> Iterator[Leak]:
    """The requests that carry credentials to where they do not belong."""
    for number, each in enumerate(exchanges):
        presented = each.credential
        if own.takes(each, presented):
            continue
        if presented is None and not own.is_own(each) and _holds_secret(each):
            presented = Credential.TOKEN
        if presented is not None:
            sent = f"{each.method} {redact(each.url.partition('?')[0])}"
            yield Leak(
                number, f"{presented} was sent with {sent}, which is not the deployment that one is signed in to"
            )


def _holds_secret(exchange: Exchange) -> bool:
    text = f"{exchange.target}\n{exchange.body.decode(errors='replace')}"
    return redact(text) != text


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail the step that sent credentials elsewhere, beside what failed already."""
    __tracebackhide__ = True
    failure: BaseException | None = None
    try:
        yield
    except BaseException as error:  # noqa: BLE001  # raised again below
        failure = error
    target = opened_target(item.config)
    dead = failure is not None and target is not None and target.ended() is not None
    found = [] if target is None or dead else list(leaks(item.config.stash[RECORDER].since(0), target.own_hosts))
    judged = item.stash.get(JUDGED, [])
    if found and not judged:
        raise AssertionError(found[0].words) from failure
    for leak in found:
        _blame(judged[_step_of(item, leak)], leak.words)
    if found:
        raise_failures(judged)
    if failure is not None:
        raise failure


def _step_of(item: pytest.Item, leak: Leak) -> int:
    """The position of the step that sent it; what set-up sent is laid to the first one."""
    calls = item.stash[CALLS]
    return (calls[leak.number].step if leak.number < len(calls) else None) or 0


def _blame(step: JudgedStep, words: str) -> None:
    if step.error is None:
        step.fail(AssertionError(words))
    elif words not in (str(step.error), *getattr(step.error, "__notes__", ())):
        step.error.add_note(words)
