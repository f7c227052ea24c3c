"""Searching object versions (registry facts 8.2)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from quilt_stack.registry.search.documents import Document
from quilt_stack.registry.search.ordering import Ordering
from quilt_stack.registry.search.predicates import Flag, Keyword, NumberSpan, Text, TimeSpan
from quilt_stack.registry.search.query_string import parse_query_string

if TYPE_CHECKING:
    from quilt_stack.registry.search.index import SearchIndex


@dataclass(frozen=True)
class ObjectFilter:
    """Restrictions of the hits; None does not restrict."""

    modified: TimeSpan | None = None
    size: NumberSpan | None = None
    ext: Keyword | None = None
    key: Keyword | None = None
    content: Text | None = None
    deleted: Flag | None = None


@dataclass(frozen=True)
class ObjectCriteria:
    """What is searched; without ``buckets`` all readable ones, without ``search_string`` everything matches."""

    buckets: tuple[str, ...] = ()
    search_string: str | None = None
    filter: ObjectFilter = field(default_factory=ObjectFilter)


@dataclass(frozen=True)
class ObjectHit:
    """An object version that was found."""

    document: Document
    score: float

    @property
    def key(self) -> str:
        """Key of the object."""
        return str(self.document.source["key"])

    @property
    def modified(self) -> datetime:
        """Time of the version."""
        return datetime.fromisoformat(self.document.source["last_modified"])


def search_objects(index: SearchIndex, criteria: ObjectCriteria, readable: Collection[str]) -> list[ObjectHit]:
    """The hits in readable buckets, in no particular order; every version of an object is a hit of its own.

    Raises:
        QuerySyntaxError: a query string cannot be understood.
    """
    text = criteria.search_string
    query = parse_query_string(text, all_required=True) if text and text.strip() else None
    content = criteria.filter.content
    in_content = None if content is None else parse_query_string(content.query_string, field="content")
    wanted = sorted(set(criteria.buckets) & set(readable) if criteria.buckets else set(readable))
    hits = []
    for document in (document for bucket in wanted for document in index.documents(bucket)):
        score = 1.0 if query is None else query.score(document)
        if score is None or not _accepts(criteria.filter, document):
            continue
        if in_content is None or in_content.score(document) is not None:
            hits.append(ObjectHit(document, score))
    return hits


def sorted_hits(hits: Sequence[ObjectHit], ordering: Ordering) -> list[ObjectHit]:
    """The hits in an order; equal ones by key and the newest first."""
    stable = sorted(hits, key=lambda hit: (hit.key, -hit.modified.timestamp(), hit.document.id))
    keys = {"score": lambda hit: hit.score, "modified": lambda hit: hit.modified, "name": lambda hit: hit.key}
    return sorted(stable, key=keys[ordering.attribute], reverse=ordering.descending)


def _accepts(wanted: ObjectFilter, document: Document) -> bool:
    source = document.source
    return (
        (wanted.modified is None or wanted.modified.accepts([source["last_modified"]]))
        and (wanted.size is None or wanted.size.accepts([source["size"]]))
        and (wanted.ext is None or wanted.ext.accepts([source["ext"]]))
        and (wanted.key is None or wanted.key.accepts([source["key"]]))
        and (wanted.deleted is None or wanted.deleted.accepts([source["delete_marker"]]))
    )
