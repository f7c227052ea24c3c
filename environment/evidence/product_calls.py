"""pytest plugin: a scenario that fails shows what the product was asked, what came of it, and what it sent for that.

In the terminal the calls with their arguments, in the report also the bodies that went over the wire, because a result
that is merely wrong is explained by the answer that it was made from.
"""

from __future__ import annotations

from collections.abc import Generator

import allure
import pytest

from environment.evidence.calls import WireCall
from environment.evidence.journal import answers
from environment.evidence.plugin import RECORDER
from environment.evidence.table import bodies, call_table
from environment.product.calling import Caller
from environment.product.outcome import OUTCOMES, Outcome

HEADING = "What the product was asked"


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
            report.sections.append((HEADING, asked))
            allure.attach(f"{asked}\n\n{_wire(item)}", HEADING, allure.attachment_type.TEXT)
    return report


def in_words(outcome: Outcome[object]) -> str:
    """A call in a line: who called what with what, what came of it, in how many seconds."""
    return f"{outcome.called}({outcome.arguments}) {outcome.answer} in {outcome.seconds:.2f} s"


def _wire(item: pytest.Item) -> str:
    """What the product sent and was answered, with the beginnings of the bodies."""
    sent = [each for each in item.config.stash[RECORDER].since(0) if each.caller is Caller.PRODUCT]
    if not sent:
        return "The product sent nothing.\n"
    return f"{call_table([WireCall.of(each) for each in sent])}\n{bodies(sent, answers(item.config), of_all=True)}\n"
