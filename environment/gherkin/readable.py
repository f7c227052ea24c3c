"""An error in the words that people read: without what pytest adds for programmers."""

from __future__ import annotations

from environment.errors import IN_WORDS
from environment.product.outcome import OperationFailed


def message_for_readers(error: BaseException) -> str:
    """The text of an error; of an assertion that has a message of its own, only that.

    Of a call that failed in an earlier sentence, or that the sentence names otherwise, what the sentence says.
    """
    return own_message(error, error.for_readers if isinstance(error, OperationFailed) else str(error))


def in_words(error: BaseException) -> str:
    """What of an error's text people read, where the rest of it is for developers; empty if that is all of it."""
    return str(getattr(error, IN_WORDS, ""))


def own_message(error: BaseException, text: str) -> str:
    """The text of an error without pytest's explanation of the assertion, if there is anything before it."""
    message, explained, _ = text.partition("\nassert ")
    return message if isinstance(error, AssertionError) and explained and message else text
