"""What of an answer is not as a recording has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from reports.recorded.recording import KINDS, MORE

_KIND = re.compile(f"<({'|'.join(KINDS)})>")
_LONGEST = 120


def differences(expected: Any, found: Any, place: str = "answer") -> Iterator[str]:
    """One line for each place at which the answer differs."""
    kind = _KIND.fullmatch(expected) if isinstance(expected, str) else None
    if kind is not None:
        if not _is(kind[1], found):
            yield f"{place} is {_shown(found)}, expected {expected}"
    elif isinstance(expected, Mapping) and isinstance(found, Mapping):
        yield from _of_fields(expected, found, place)
    elif isinstance(expected, Sequence) and not isinstance(expected, str) and isinstance(found, list):
        yield from _of_members(list(expected), found, place)
    elif isinstance(expected, str) and isinstance(found, str) and _KIND.search(expected):
        parts = (re.escape(part) for part in _KIND.sub("\0", expected).split("\0"))
        if not re.fullmatch(".*".join(parts), found, re.DOTALL):
            yield f"{place} is {_shown(found)}, expected {_shown(expected)}"
    elif expected != found or isinstance(expected, bool) is not isinstance(found, bool):
        yield f"{place} is {_shown(found)}, expected {_shown(expected)}"


def _of_fields(expected: Mapping[str, Any], found: Mapping[str, Any], place: str) -> Iterator[str]:
    for name in expected.keys() - found.keys() - {MORE}:
        yield f"{place}.{name} is not there"
    if MORE not in expected:
        for name in found.keys() - expected.keys():
            yield f"{place}.{name} is there besides: {_shown(found[name])}"
    for name, value in expected.items():
        if name in found:
            yield from differences(value, found[name], f"{place}.{name}")


def _of_members(expected: list[Any], found: list[Any], place: str) -> Iterator[str]:
    if expected[:1] == [MORE]:
        for one in expected[1:]:
            if not any(next(differences(one, other), None) is None for other in found):
                yield f"{place} has no {_shown(one)} among its {len(found)} members: {_shown(found)}"
        return
    if expected[-1:] == [MORE]:
        expected = expected[:-1]
        expected += expected[-1:] * (len(found) - len(expected))
    if len(expected) != len(found):
        yield f"{place} has {len(found)} members, expected {len(expected)}"
        return
    for number, (one, other) in enumerate(zip(expected, found, strict=True)):
        yield from differences(one, other, f"{place}[{number}]")


def _is(kind: str, value: Any) -> bool:
    if kind == "any":
        return True
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, str) and (kind == "text" or is_time(value))


def is_time(text: str) -> bool:
    """Whether it is a date and time in ISO 8601."""
    try:
        datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return False
    return "T" in text or " " in text


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
