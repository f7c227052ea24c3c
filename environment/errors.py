"""Errors for people: what was tried, what came back, what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from environment import nearest

IN_WORDS = "in_words"
"""Attribute of an AssertionError: what of its text readers of scenarios understand; the rest is for developers."""


class SuiteError(Exception):
    """A problem of the suite's surroundings that its user can mend; shown as one line, without a stack trace."""

    def __init__(self, tried: str, came_back: str, next_step: str) -> None:
        super().__init__(f"{tried}: {came_back}. {next_step}")
        self.tried = tried
        self.came_back = came_back
        self.next_step = next_step


def failure_in_words(text: str, words: str) -> AssertionError:
    """A failure with what readers of scenarios understand in a field of its own (`IN_WORDS`)."""
    failure = AssertionError(text)
    setattr(failure, IN_WORDS, words)
    return failure


@contextmanager
def told_as(words: str) -> Iterator[None]:
    """Give an AssertionError of the block, whose text is for developers, words for readers; none if they are empty."""
    try:
        yield
    except AssertionError as failure:
        if words:
            setattr(failure, IN_WORDS, words)
        raise


CERTIFICATES = (
    "If a proxy inspects TLS here, name its certificates in SSL_CERT_FILE, REQUESTS_CA_BUNDLE and AWS_CA_BUNDLE,"
    " for npm in NODE_EXTRA_CA_CERTS (docs/troubleshooting.md)"
)
"""What to do about a certificate that is not trusted."""


def unknown(kind: str, name: str, known: Iterable[str]) -> SuiteError:
    """The error for a name that is not among the known ones; it names them and the nearest."""
    hint = nearest.hint(name, sorted(known))
    return SuiteError(f'Looked for the {kind} "{name}"', "there is none", hint[0].upper() + hint[1:])
