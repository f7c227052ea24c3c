"""Comparing what was found with what must be there, with a message that names the difference and nothing else.

Nothing is true of nothing: an empty answer passes only `must_be_empty`, and nothing is compared with an empty
expectation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar

from environment.errors import SuiteError, failure_in_words

T = TypeVar("T")

_SHOWN = 8
_IN_WORDS = {
    "missing": "missing {}",
    "not expected": "unexpected {}",
    "more than once": "{} more than once",
    "less often": "{} less often",
}
"""How people say what differs; braces stand for the items' noun."""


def must_be_exactly(found: Iterable[Hashable], expected: Iterable[Hashable], noun: str) -> None:
    """Pass if the same items are in both, each as often.

    Raises:
        AssertionError: it names what is missing, what was not expected, and what is there more or less often.
        SuiteError: nothing is expected; whoever expects nothing says so with `must_be_empty`.
    """
    have, want = Counter(iter(found)), Counter(iter(expected))  # of a mapping, its keys
    _must_expect(want, noun)
    _must_be_the_same(have, want, noun)


def must_be_empty(found: Iterable[Hashable], noun: str) -> None:
    """Pass if there is nothing, where just that was promised.

    Raises:
        AssertionError: it names what is there.
    """
    _must_be_the_same(Counter(iter(found)), Counter(), noun)


def must_not_be_empty(found: Iterable[T], noun: str) -> list[T]:
    """The items, of which there must be some before anything can be said about every one of them.

    Raises:
        AssertionError: there are none.
    """
    items = list(found)
    assert items, f"there are no {noun}"
    return items


def _must_expect(expected: Collection[Hashable], noun: str) -> None:
    if not expected:
        raise SuiteError(
            f"Compared {noun}", "there is nothing to compare with", "Arrange something, or promise that there is none"
        )


def _must_be_the_same(have: Counter[Hashable], want: Counter[Hashable], noun: str) -> None:
    missing = [item for item in want if item not in have]
    unexpected = [item for item in have if item not in want]
    repeated = [f"{_text(item)} ({have[item]} times)" for item in have if item in want and have[item] > want[item]]
    rare = [f"{_text(item)} ({have[item]} of {want[item]} times)" for item in have if have[item] < want[item]]
    parts = {
        "missing": _listed(map(_text, missing)),
        "not expected": _listed(map(_text, unexpected)),
        "more than once": _listed(repeated),
        "less often": _listed(rare),
    }
    if have != want:
        told = "; ".join(f"{what}: {items}" for what, items in parts.items() if items)
        plain = "; ".join(f"{_IN_WORDS[what].format(noun)}: {items}" for what, items in parts.items() if items)
        raise failure_in_words(f"{noun} differ: {told}", plain)


def must_agree(found: Mapping[str, Any], expected: Mapping[str, Any], noun: str) -> None:
    """Pass if both have the same keys with equal values.

    Raises:
        AssertionError: it names missing and unexpected keys, and keys whose value is another one with both values.
        SuiteError: nothing is expected.
    """
    assert isinstance(found, Mapping), f"{noun}: there is {found!r} in their place"
    must_be_exactly(found.keys(), expected.keys(), noun)
    changed = [key for key in expected if found[key] != expected[key]]
    if changed:
        told = _listed(_difference(key, found[key], expected[key], str, repr) for key in changed)
        plain = _listed(_difference(key, found[key], expected[key], _spaced, _in_words) for key in changed)
        raise failure_in_words(f"{noun} differ: {told}", f"{noun.removeprefix('fields of ')}: {plain}")


def _difference(
    key: str, found: object, expected: object, named: Callable[[str], str], shown: Callable[[object], str]
) -> str:
    """Of two records only the fields that differ; names and values as the caller has them said."""
    if isinstance(expected, type(found)) and is_dataclass(found):
        pairs = {each.name: (getattr(found, each.name), getattr(expected, each.name)) for each in fields(found)}
        told = [
            f"{named(name)} is {shown(one)}, not {shown(other)}" for name, (one, other) in pairs.items() if one != other
        ]
        return f"{named(key)}: {', '.join(told)}"
    if shown is _in_words and _is_checksum(found) and _is_checksum(expected):
        return f"{named(key)} has other bytes"
    return f"{named(key)} is {shown(found)}, not {shown(expected)}"


def _is_checksum(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch("[0-9a-f]{64}", value) is not None


def _spaced(name: str) -> str:
    return str(name).replace("_", " ")


def _in_words(value: object) -> str:
    """A value as people write it who know no Python."""
    if isinstance(value, str):
        return f"“{value}”"
    words = {True: "yes", False: "no", None: "nothing"}
    return words[value] if value is None or isinstance(value, bool) else repr(value)


def _text(item: Hashable) -> str:
    return " ".join(map(str, item)) if isinstance(item, tuple) else str(item)


def _listed(items: Iterable[str]) -> str:
    everything = sorted(items)
    more = f" and {len(everything) - _SHOWN} more" if len(everything) > _SHOWN else ""
    return ", ".join(everything[:_SHOWN]) + more
