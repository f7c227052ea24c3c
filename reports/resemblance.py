"""Failures that nobody claims, held against how known defects failed: one defect names other things elsewhere.

A pattern of the ledger fits the scenarios that it claims. A scenario that somebody has just written fails by the same
defect in nearly the same words, with packages and fields of its own.
"""

from __future__ import annotations

import re
from functools import cache

from rapidfuzz import fuzz

from environment.modes import Mode
from reports.known_defects import NEARLY_ALL
from reports.message_patterns import normalized
from reports.message_record import read_messages

_LIKENESS = 92.0
"""Of 100; how alike two messages have to be when what they name is left out."""
_SHORTEST = 30
"""Letters of a message that says enough to be recognized."""
_NAMED = ((r"\"[^\"]*\"|'[^']*'|“[^”]*”", "…"), (r"(?:s3://)?[\w.<>-]+(?:/[\w.<>-]+)+", "<path>"), (r"\d+", "0"))
_MODE = re.compile(rf"\[({'|'.join(Mode)})\b")


def looks_like(message: str, mode: Mode) -> str | None:
    """The id of the entry by which other scenarios fail with such a message in this mode; None if not one alone."""
    asked = _without_names(message)
    if len(asked) < _SHORTEST:
        return None
    found: dict[str, int] = {}
    for known, entries in _recorded(mode).items():
        if fuzz.ratio(asked, known, score_cutoff=_LIKENESS):
            for entry, number in entries.items():
                found[entry] = found.get(entry, 0) + number
    most = max(found, key=lambda each: found[each], default=None)
    return most if most and found[most] >= NEARLY_ALL * sum(found.values()) else None


@cache
def _recorded(mode: Mode) -> dict[str, dict[str, int]]:
    """By message, how often each entry failed with it."""
    found: dict[str, dict[str, int]] = {}
    for nodeid, sentences in read_messages().items():
        place = _MODE.search(nodeid)
        for entry, message in sentences.values() if place and place[1] == mode.value else ():
            entries = found.setdefault(_without_names(message), {})
            entries[entry] = entries.get(entry, 0) + 1
    return found


def _without_names(message: str) -> str:
    text = normalized(message)
    for pattern, stands_for in _NAMED:
        text = re.sub(pattern, stands_for, text)
    return text
