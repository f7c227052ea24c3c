"""Wildcards, escapes and Lucene's regular expressions."""

from __future__ import annotations

import re

_UNSUPPORTED_REGEX = frozenset('~<>@&#"')


class QuerySyntaxError(ValueError):
    """The query cannot be understood; the message says where it fails."""


def unescaped(text: str) -> str:
    """The text without its escapes: ``\\/`` is a slash.

    Raises:
        QuerySyntaxError: the text ends with a lone backslash.
    """
    return "".join(character for character, _ in _characters(text))


def has_wildcard(text: str) -> bool:
    """Whether the text holds ``*`` or ``?`` that are not escaped."""
    return any(character in "*?" and not escaped for character, escaped in _characters(text))


def wildcard_expressions(text: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Expressions of a wildcard text with escapes: one for keywords as they are, one for words in lower case."""
    pieces = {"*": ".*", "?": "."}
    exact, folded = [], []
    for character, escaped in _characters(text):
        piece = None if escaped else pieces.get(character)
        exact.append(piece or re.escape(character))
        folded.append(piece or re.escape(character.lower()))
    return re.compile("".join(exact), re.DOTALL), re.compile("".join(folded), re.DOTALL)


def prefix_expressions(text: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Expressions of values that begin with the text."""
    return re.compile(re.escape(text) + ".*", re.DOTALL), re.compile(re.escape(text.lower()) + ".*", re.DOTALL)


def regular_expressions(text: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Expressions of a Lucene regular expression; ``^`` and ``$`` are ordinary characters there.

    Decision: Lucene's own operators (complement, interval, intersection, any string, empty set, quotes) are refused
    (registry facts 8.2).

    Raises:
        QuerySyntaxError: no regular expression, or one with an operator that is not supported.
    """
    pieces = []
    for character, escaped in _characters(text):
        if escaped:
            pieces.append(re.escape(character))
        elif character in _UNSUPPORTED_REGEX:
            raise QuerySyntaxError(f"The operator {character!r} of regular expressions is not supported: /{text}/.")
        else:
            pieces.append("\\" + character if character in "^$" and not _in_class(pieces) else character)
    expression = "".join(pieces)
    if "(?" in expression or re.search(r"[*+?}][*+?{]", expression):
        raise QuerySyntaxError(f"No regular expression: /{text}/.")
    try:
        return re.compile(expression, re.DOTALL), re.compile(expression.lower(), re.DOTALL)
    except (re.error, OverflowError, RecursionError) as error:
        raise QuerySyntaxError(f"No regular expression: /{text}/: {error}.") from None


def _in_class(pieces: list[str]) -> bool:
    opened = max((index for index, piece in enumerate(pieces) if piece == "["), default=-1)
    return opened >= 0 and "]" not in pieces[opened + 1 :]


def _characters(text: str) -> list[tuple[str, bool]]:
    found = []
    position = 0
    while position < len(text):
        escaped = text[position] == "\\"
        position += escaped
        if position == len(text):
            raise QuerySyntaxError(f"The query ends with a lone backslash: {text!r}.")
        found.append((text[position], escaped))
        position += 1
    return found
