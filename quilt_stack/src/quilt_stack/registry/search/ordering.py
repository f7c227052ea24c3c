"""Orders of package hits, in both published forms (registry facts 8.1, 8.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

_TEXT = re.compile(
    r"(?:(?P<system>sys):(?P<name>\w+)|usr:(?P<pointer>/.*):(?P<type>\w+)):(?P<direction>asc|desc)", re.DOTALL
)
_SYSTEM = frozenset({"name", "modified", "size", "entries", "hash", "workflow"})
_KNOWN_SYSTEM = _SYSTEM | {"comment"}
_USER_TYPES = {"number": "double", "datetime": "date", "keyword": "keyword", "text": "text", "boolean": "boolean"}


class SearchResultOrder(Enum):
    """The older form: an enumeration."""

    BEST_MATCH = "BEST_MATCH"
    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    LEX_ASC = "LEX_ASC"
    LEX_DESC = "LEX_DESC"


class MalformedOrderingError(ValueError):
    """The text is no ordering."""


class UnsupportedSortError(ValueError):
    """The ordering is well formed, but hits cannot be sorted by it."""


@dataclass(frozen=True)
class Ordering:
    """By what hits are sorted.

    Attributes:
        attribute: ``score``, a system attribute, or ``meta``.
        descending: the largest first.
        pointer: JSON pointer into the user metadata, for ``meta``.
        metadata_type: type of the metadata value as it is indexed, for ``meta``.
    """

    attribute: str = "score"
    descending: bool = True
    pointer: str = ""
    metadata_type: str = ""


def ordering_of(order: SearchResultOrder | None) -> Ordering:
    """The order of the older form; the best match first unless another is asked for."""
    return {
        SearchResultOrder.NEWEST: Ordering("modified", descending=True),
        SearchResultOrder.OLDEST: Ordering("modified", descending=False),
        SearchResultOrder.LEX_ASC: Ordering("name", descending=False),
        SearchResultOrder.LEX_DESC: Ordering("name", descending=True),
    }.get(order or SearchResultOrder.BEST_MATCH, Ordering())


def parse_ordering(text: str | None) -> Ordering:
    """The newer form: ``sys:<attribute>:<asc|desc>`` or ``usr:<json pointer>:<type>:<asc|desc>``.

    Raises:
        MalformedOrderingError: no ordering at all.
        UnsupportedSortError: by comment, or by metadata that is text.
    """
    if text is None:
        return Ordering()
    match = _TEXT.fullmatch(text)
    if match is None or (match["system"] and match["name"] not in _KNOWN_SYSTEM):
        raise MalformedOrderingError(f"{text!r} is no ordering: expected sys:<attribute>:<asc|desc>.")
    descending = match["direction"] == "desc"
    if match["system"]:
        if match["name"] not in _SYSTEM:
            raise UnsupportedSortError(f"Packages cannot be sorted by {match['name']}.")
        return Ordering(match["name"], descending)
    if match["type"] not in _USER_TYPES:
        raise MalformedOrderingError(f"{text!r} is no ordering: {match['type']!r} is no type of metadata.")
    if match["type"] == "text":
        raise UnsupportedSortError("Packages cannot be sorted by metadata that is text.")
    return Ordering("meta", descending, match["pointer"], _USER_TYPES[match["type"]])
