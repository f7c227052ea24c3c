"""What a set of hits holds: extents of their values and facets of their user metadata (registry facts 8.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from quilt_stack.registry.search import analysis
from quilt_stack.registry.search.package_search import PackageHit

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Both ends of the extents of no dates at all: extents are never null."""


@dataclass(frozen=True)
class MetadataFacet:
    """The values of one type at one JSON pointer; ``type`` is double, date, keyword, text or boolean."""

    path: str
    type: str
    values: tuple[Any, ...]


def time_extents(moments: Iterable[datetime]) -> tuple[datetime, datetime]:
    """First and last of some moments."""
    found = list(moments)
    return (min(found), max(found)) if found else (EPOCH, EPOCH)


def number_extents(numbers: Iterable[float]) -> tuple[float, float]:
    """Smallest and largest of some numbers; zero for none."""
    found = list(numbers)
    return (min(found), max(found)) if found else (0.0, 0.0)


def metadata_facets(hits: Sequence[PackageHit]) -> list[MetadataFacet]:
    """A facet for every pointer and type in the hits' user metadata, sorted."""
    found: dict[tuple[str, str], dict[Any, None]] = {}
    for hit in hits:
        for each in hit.manifest.source["mnfst_metadata_fields"] or []:
            value = each[each["type"]]
            values = value if isinstance(value, list) else [value]
            found.setdefault((each["json_pointer"], each["type"]), {}).update(dict.fromkeys(values))
    return [MetadataFacet(path, type_, tuple(values)) for (path, type_), values in sorted(found.items())]


def moments(values: Iterable[Any]) -> list[datetime]:
    """The dates among some values."""
    return [moment for value in values if (moment := analysis.moment(value)) is not None]
