"""Answers of the registry's mutations: done, or refused with a reason (registry facts 3.1)."""

from __future__ import annotations

from typing import Any

from environment.errors import SuiteError

RESULT = """
  __typename
  ... on InvalidInput { errors { path message name } }
  ... on OperationError { name message }
"""
"""What to select of a mutation's answer."""

_REFUSALS = frozenset({"InvalidInput", "OperationError"})


def must_be_done(tried: str, answer: dict[str, Any] | None, *members: str) -> dict[str, Any]:
    """The answer, if the mutation was done.

    Args:
        tried: what the mutation was for, in words.
        answer: what the registry answered; None if there is nobody to change.
        members: the types that say that it was done; if none is given, every type but the two of refusals.

    Raises:
        SuiteError: if the registry refused; it says why.
    """
    kind = "null" if answer is None else answer["__typename"]
    if answer is None or (kind not in members if members else kind in _REFUSALS):
        raise SuiteError(tried, _in_words(answer), "Change what the sentence asks for")
    return answer


def _in_words(answer: dict[str, Any] | None) -> str:
    """Why the registry refused: the kind of its answer, and its messages if it gave any."""
    if answer is None:
        return "there is nobody of that name"
    told = [answer, *(answer.get("errors") or ())]
    messages = "; ".join(each["message"] for each in told if each.get("message"))
    return f"the registry refused it: {answer['__typename']}{f' ({messages})' if messages else ''}"
