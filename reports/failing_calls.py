"""What a failure shows in one screen: the sentence that promised it, what happened, and the product's last calls.

The calls of a step are an attachment of it (`environment.evidence`); the failure quotes those of the last step in which
the product itself was on the wire, so that nobody has to look for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from allure_commons.model2 import TestStepResult

_PRODUCT = "product "
_MOST_CALLS = 5
_COLUMNS = "method, operation, status, ms, sent, received, URL"


def failure_message(failed: TestStepResult, steps: Sequence[TestStepResult], what_happened: str, results: Path) -> str:
    """The text at the head of a failed scenario's page; `results` is the folder with the attachments."""
    lines = [f"Promised: {failed.name}", f"What happened: {what_happened}"]
    for step in reversed(steps):
        calls = [line for text in _networks(step, results) for line in text.splitlines() if line.startswith(_PRODUCT)]
        if calls:
            shown = [" ".join(line.removeprefix(_PRODUCT).split()) for line in calls[-_MOST_CALLS:]]
            more = len(calls) - len(shown)
            last = f", the last {len(shown)} of {len(calls)}" if more else ""
            lines.append(f"The product's calls in “{step.name}”{last} ({_COLUMNS}):")
            lines += [f"  {line}" for line in shown]
            break
    return "\n".join(lines)


def _networks(step: TestStepResult, results: Path) -> Iterator[str]:
    for attachment in step.attachments or ():
        if attachment.name.startswith("network"):
            yield (results / attachment.source).read_text(encoding="utf-8")
