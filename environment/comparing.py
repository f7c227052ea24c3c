"""Comparing what was found with what must be there, with a message that names the difference and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

_SHOWN = 8


def must_be_exactly(found: Iterable[Hashable], expected: Iterable[Hashable], noun: str) -> None:
    """Pass if the same items are in both, each as often.

    Raises:
        AssertionError: it names what is missing, what was not expected, and what is there more or less often.
    """
    have, want = Counter(iter(found)), Counter(iter(expected))  # of a mapping, its keys
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
    told = "; ".join(f"{what}: {items}" for what, items in parts.items() if items)
    assert have == want, f"{noun} differ: {told}"


def must_agree(found: Mapping[str, Any], expected: Mapping[str, Any], noun: str) -> None:
    """Pass if both have the same keys with equal values.

    Raises:
        AssertionError: it names missing and unexpected keys, and keys whose value is another one with both values.
    """
    must_be_exactly(found.keys(), expected.keys(), noun)
    changed = [f"{key} is {found[key]!r}, not {expected[key]!r}" for key in expected if found[key] != expected[key]]
    assert not changed, f"{noun} differ: {_listed(changed)}"


def _text(item: Hashable) -> str:
    return " ".join(map(str, item)) if isinstance(item, tuple) else str(item)


def _listed(items: Iterable[str]) -> str:
    everything = sorted(items)
    more = f" and {len(everything) - _SHOWN} more" if len(everything) > _SHOWN else ""
    return ", ".join(everything[:_SHOWN]) + more
