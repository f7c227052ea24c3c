"""What a failure shows in one screen: the sentence that promised it, what happened, and the product's last calls.

The calls of a step are an attachment of it (`environment.evidence`); the failure quotes those of the last step in which
the product itself was on the wire, so that nobody has to look for them.
"""

from __future__ import annotations

from collections.abc import Sequence

from environment.evidence.calls import WireCall
from environment.evidence.table import HEADINGS, cells
from environment.gherkin.records import ScenarioStep
from environment.product.calling import Sender

_MOST_CALLS = 5


def failure_message(promised: str, what_happened: str, steps: Sequence[ScenarioStep], calls: Sequence[WireCall]) -> str:
    """The text at the head of a failed scenario's page, of the sentence that failed and all steps and calls."""
    lines = [f"Promised: {promised}", f"What happened: {what_happened}"]
    number = max((each.step for each in calls if each.who is Sender.PRODUCT and each.step is not None), default=None)
    if number is not None:
        found = [each for each in calls if each.who is Sender.PRODUCT and each.step == number]
        shown = found[-_MOST_CALLS:]
        last = f", the last {len(shown)} of {len(found)}" if len(found) > len(shown) else ""
        lines.append(f"The product's calls in “{steps[number].full_text}”{last} ({', '.join(HEADINGS)}):")
        lines += [f"  {_line(each)}" for each in shown]
    return "\n".join(lines)


def _line(call: WireCall) -> str:
    return " ".join(filter(None, (f"({call.thread})" if call.thread else "", *cells(call))))
