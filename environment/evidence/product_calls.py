"""pytest plugin: a scenario that fails shows what the product was asked, what came of it, and what it sent for that.

A result that is merely wrong is explained by the answer that it was made from: the report has the beginnings of all
bodies that went over the wire, the terminal those of the last few in a line each.
"""

from __future__ import annotations

from collections.abc import Generator

import allure
import pytest

from environment.evidence.answer_bodies import answers
from environment.evidence.calls import WireCall
from environment.evidence.exchange import Exchange
from environment.evidence.table import bodies, call_table
from environment.evidence.wire import RECORDER
from environment.product.calling import Sender
from environment.product.outcome import OUTCOMES, Outcome

HEADING = "What the product was asked"
_MOST_IN_THE_TERMINAL = 3
_BEGINNING, _END = 250, 150
"""Characters of a body that the terminal shows; the variables of a GraphQL request stand at its end."""


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the calls to the report of a scenario that failed; a known defect counts as expected and needs none."""
    report = yield
    if call.when == "call" and report.failed and OUTCOMES in item.stash:
        outcomes = item.stash[OUTCOMES].all()
        # What the suite attempts in nobody's name, such as the import of the product, says nothing unless it fails.
        told = (each for each in outcomes if each.actor or each.error or not each.operation.startswith("_"))
        asked = "\n".join(map(in_words, told))
        if asked:
            report.sections.append((HEADING, "\n".join([asked, *_last_on_the_wire(item)])))
            allure.attach(f"{asked}\n\n{_wire(item)}", HEADING, allure.attachment_type.TEXT)
    return report


def in_words(outcome: Outcome[object]) -> str:
    """A call in a line: who called what with what, what came of it, in how many seconds."""
    return f"{outcome.called}({outcome.arguments}) {outcome.answer} in {outcome.seconds:.2f} s"


def _sent(item: pytest.Item) -> list[Exchange]:
    return [each for each in item.config.stash[RECORDER].since(0) if each.sender is Sender.PRODUCT]


def _last_on_the_wire(item: pytest.Item) -> list[str]:
    """The last few requests of the product and their answers, a line for each body."""
    text = bodies(_sent(item)[-_MOST_IN_THE_TERMINAL:], answers(item.config), of_all=True)
    return [_shortened(line) for line in text.splitlines() if line.strip()]


def _shortened(line: str) -> str:
    words = " ".join(line.replace("\\n", " ").split())
    return words if len(words) <= _BEGINNING + _END else f"{words[:_BEGINNING]} … {words[-_END:]}"


def _wire(item: pytest.Item) -> str:
    """What the product sent and was answered, with the beginnings of the bodies."""
    sent = _sent(item)
    if not sent:
        return "The product sent nothing.\n"
    return f"{call_table([WireCall.of(each) for each in sent])}\n{bodies(sent, answers(item.config), of_all=True)}\n"
