"""What people are told when they are refused: by which error, and what it names."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

from environment.clients.downloads import DownloadRefused
from environment.driving.stage import Stage
from environment.errors import SuiteError
from environment.observers.athena import QueryAnswer
from environment.product.mcp_server.faults import LetInNobody, ServerFault, ToolRefused
from environment.product.outcome import Outcome
from environment.product.wording import REASONS

# What a message says of something that is empty, and so cannot be quoted.
EMPTY = re.compile(r"''|\"\"|\b(?:empty|blank|missing|required)\b", re.IGNORECASE)
# Before a word that could stand in any message by chance: what sets a name off from the rest.
_SET_OFF = r"(?:['\"`(=]|[:,] |//)"


ANY_KIND = tuple(REASONS.values())
"""All kinds of QuiltOps's errors."""


def refused_with(outcome: Outcome, kinds: tuple[str, ...] = ANY_KIND) -> Any:
    """The refusal of an outcome, which must be of one of these kinds of QuiltOps's errors and say something.

    Raises:
        AssertionError: if it was not refused, or with another error, or without a word.
        SuiteError: the MCP server refused, and the sentence is about one kind of refusal; or QuiltOps refused a
            deletion, which it does without an error.
    """
    if outcome.operation == "delete_package" and outcome.error is None and outcome.result is False:
        raise SuiteError(
            f"Looked for the error with which {outcome.called} was refused",
            "it answers False, and raises none",
            'Say "the deletion is refused"',
        )
    if isinstance(outcome.result, QueryAnswer):
        raise SuiteError(
            f"Looked for the error with which the query of {outcome.actor} was refused",
            f"Athena answers a query with {'rows' if outcome.result.rows else 'a reason'}; QuiltOps refuses none",
            "Say that the query fails, with what Athena's reason mentions, or that the person is refused the rows",
        )
    if isinstance(outcome.error, ServerFault):
        return _refused_by_server(outcome, kinds)
    if isinstance(outcome.error, DownloadRefused) and outcome.error.stands_for in kinds:
        return outcome.refusal(DownloadRefused)
    exceptions = import_module("quilt_mcp.ops.exceptions")
    refusal = outcome.refusal(*(getattr(exceptions, kind) for kind in kinds))
    said = str(refusal).strip()
    assert said and not said.endswith(":"), f"the {type(refusal).__name__} says nothing more than '{said}'"
    return refusal


def _refused_by_server(outcome: Outcome, kinds: tuple[str, ...]) -> Any:
    if set(kinds) != set(ANY_KIND):
        raise SuiteError(
            f"Looked for the kind of refusal that {outcome.called} got",
            "a tool of the MCP server says why in words, and gives no kind",
            'Say "is refused", and judge the message',
        )
    return outcome.refusal(ToolRefused, LetInNobody)


def refusal_of_last_named(stage: Stage) -> Any:
    """The error with which whoever was named last was refused last.

    Raises:
        AssertionError: their last call was not refused.
        SuiteError: they called nothing.
    """
    return stage.last_named.last_outcome().error_raised


def message_of_last_named(stage: Stage) -> str:
    """The message of that error.

    Raises:
        AssertionError: their last call was not refused, or with an error that says nothing.
        SuiteError: they called nothing.
    """
    refusal = refusal_of_last_named(stage)
    message = str(refusal)
    assert message.strip(), f"the {type(refusal).__name__} has no message"
    return message


def words_of(refusal: Any) -> str:
    """What an error says to whoever catches it: its message and its context."""
    return f"{refusal} {getattr(refusal, 'context', '')}"


def names(words: str, text: str) -> bool:
    """Whether an error's words name a text: not as a part of a longer word, nor as a word of the sentence itself."""
    if not text:
        return EMPTY.search(words) is not None
    before = _SET_OFF if re.fullmatch("[a-z]+", text) else r"(?<!\w)" if text[0].isalnum() else ""
    after = r"(?!\w)" if text[-1].isalnum() else ""
    return re.search(f"{before}{re.escape(text)}{after}", words) is not None
