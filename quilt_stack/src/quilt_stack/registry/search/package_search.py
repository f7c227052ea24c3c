"""Searching package revisions (registry facts 8.2).

A hit is a pointer, together with its manifest: it hits when the pointer, the manifest or one of the entries matches,
each of them by itself, or the indexed content of an entry's object does.

Decisions on what the facts leave open:

- Without ``latestOnly`` every revision is a hit of its own, so it is the timestamp pointers that are hits and not
  ``latest`` besides, as ``revisions`` counts too (registry facts 7.9); with it, the ``latest`` pointers alone (open:
  registry facts 8.2).
- A hit's comment is null where the manifest's message is null, although the document says "None" (open: registry facts
  8.2).
- At most 100 matching entries are told for a hit (open: registry facts 8.2).
- Words without an operator between them are combined by AND, as the ancestor did it (registry facts 1.5).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import inf
from typing import TYPE_CHECKING, Any

from quilt_stack.registry.search import analysis
from quilt_stack.registry.search.documents import Document, object_id, package_index
from quilt_stack.registry.search.mapping import METADATA_VALUE
from quilt_stack.registry.search.ordering import Ordering
from quilt_stack.registry.search.predicates import Flag, Keyword, NumberSpan, Text, TimeSpan
from quilt_stack.registry.search.queries import Query
from quilt_stack.registry.search.query_string import parse_query_string

if TYPE_CHECKING:
    from quilt_stack.registry.search.index import SearchIndex

MAXIMUM_MATCHING_ENTRIES = 100

_LATEST = "latest"
_NO_MESSAGE = "None"


@dataclass(frozen=True)
class PackageFilter:
    """Restrictions of the hits; None does not restrict."""

    modified: TimeSpan | None = None
    size: NumberSpan | None = None
    entries: NumberSpan | None = None
    name: Keyword | None = None
    hash: Keyword | None = None
    workflow: Keyword | None = None
    comment: Text | None = None


@dataclass(frozen=True)
class MetadataFilter:
    """A restriction of one value of the user metadata; ``path`` is a JSON pointer."""

    path: str
    datetime: TimeSpan | None = None
    number: NumberSpan | None = None
    text: Text | None = None
    keyword: Keyword | None = None
    boolean: Flag | None = None


@dataclass(frozen=True)
class PackageCriteria:
    """What is searched; without ``buckets`` all readable ones, without ``search_string`` everything matches."""

    buckets: tuple[str, ...] = ()
    search_string: str | None = None
    filter: PackageFilter = field(default_factory=PackageFilter)
    metadata: tuple[MetadataFilter, ...] = ()
    latest_only: bool = False


@dataclass(frozen=True)
class MatchingEntry:
    """An entry that matches, and whether the content of its object does."""

    document: Document
    contents: bool
    query: Query

    def matches_in(self, *names: str) -> bool:
        """Whether these values of the entry match by themselves."""
        return self.query.score(self.document.only(*names)) is not None


@dataclass(frozen=True)
class PackageHit:
    """A pointer that was found, with its manifest's document."""

    bucket: str
    pointer: Document
    manifest: Document
    score: float
    entries: tuple[MatchingEntry, ...]
    query: Query | None

    @property
    def name(self) -> str:
        """Package name."""
        return str(self.pointer.source["ptr_name"])

    @property
    def modified(self) -> datetime:
        """Time of the pointer."""
        return datetime.fromisoformat(self.pointer.source["ptr_last_modified"])

    @property
    def total_bytes(self) -> int:
        """Bytes of all files."""
        return int(self.manifest.source["mnfst_stats"]["total_bytes"])

    @property
    def total_files(self) -> int:
        """Number of files."""
        return int(self.manifest.source["mnfst_stats"]["total_files"])

    @property
    def comment(self) -> str | None:
        """Commit message."""
        message = str(self.manifest.source["mnfst_message"])
        return None if message in ("", _NO_MESSAGE) else message

    @property
    def workflow(self) -> Mapping[str, Any] | None:
        """The workflow as it is indexed."""
        workflow: Mapping[str, Any] | None = self.manifest.source["mnfst_workflow"]
        return workflow

    def metadata_values(self, path: str, type_: str) -> list[Any]:
        """The values of a type at a JSON pointer of the user metadata."""
        fields = self.manifest.source["mnfst_metadata_fields"] or []
        found = [each[type_] for each in fields if each["json_pointer"] == path and each["type"] == type_]
        return [value for each in found for value in (each if isinstance(each, list) else [each])]

    def matches_in(self, *names: str) -> bool:
        """Whether these values of the pointer and the manifest match by themselves."""
        if self.query is None:
            return False
        documents = (self.pointer.only(*names), self.manifest.only(*names))
        return any(document.source and self.query.score(document) is not None for document in documents)


def search_packages(index: SearchIndex, criteria: PackageCriteria, readable: Collection[str]) -> list[PackageHit]:
    """The hits in readable buckets, in no particular order; buckets that are not readable are left out.

    Raises:
        QuerySyntaxError: a query string cannot be understood.
    """
    text = criteria.search_string
    query = parse_query_string(text, all_required=True) if text and text.strip() else None
    wanted = sorted(set(criteria.buckets) & set(readable) if criteria.buckets else set(readable))
    filters = _Filters(criteria)
    return [hit for bucket in wanted for hit in _Bucket(index, bucket, readable).hits(query) if filters.accept(hit)]


def sorted_hits(hits: Sequence[PackageHit], ordering: Ordering) -> list[PackageHit]:
    """The hits in an order; equal ones by name and the newest first, those without the value at the end."""
    stable = sorted(hits, key=lambda hit: (hit.name, -hit.modified.timestamp(), hit.pointer.id))
    keys = {id(hit): _sort_key(hit, ordering) for hit in stable}
    known = [hit for hit in stable if keys[id(hit)] is not None]
    known.sort(key=lambda hit: keys[id(hit)], reverse=ordering.descending)
    return known + [hit for hit in stable if keys[id(hit)] is None]


class _Bucket:
    """The package index of one bucket, put together."""

    def __init__(self, index: SearchIndex, bucket: str, readable: Collection[str]) -> None:
        self._index = index
        self._bucket = bucket
        self._readable = readable
        self._pointers: list[Document] = []
        self._manifests: dict[str, Document] = {}
        self._entries: dict[str, list[Document]] = {}
        for document in index.documents(package_index(bucket)):
            if "ptr_name" in document.source:
                self._pointers.append(document)
            elif document.parent is None:
                self._manifests[document.id] = document
            else:
                self._entries.setdefault(document.parent, []).append(document)
        self._matching: dict[str, tuple[list[float], tuple[MatchingEntry, ...]]] = {}

    def hits(self, query: Query | None) -> Iterator[PackageHit]:
        for pointer in self._pointers:
            manifest = self._manifests.get(pointer.parent or "")
            if manifest is None:
                continue  # its event has not been handled yet
            if query is None:
                yield PackageHit(self._bucket, pointer, manifest, 1.0, (), None)
                continue
            scores, entries = self._matching_entries(manifest.id, query)
            own = [score for each in (pointer, manifest) if (score := query.score(each)) is not None]
            if own or scores:
                yield PackageHit(self._bucket, pointer, manifest, max(own + scores), entries, query)

    def _matching_entries(self, manifest: str, query: Query) -> tuple[list[float], tuple[MatchingEntry, ...]]:
        if manifest not in self._matching:
            scores: list[float] = []
            found: list[MatchingEntry] = []
            for entry in self._entries.get(manifest, []):
                score, in_content = query.score(entry), self._content_score(entry, query)
                scores.extend(each for each in (score, in_content) if each is not None)
                if score is not None or in_content is not None:
                    found.append(MatchingEntry(entry, in_content is not None, query))
            self._matching[manifest] = scores, tuple(found[:MAXIMUM_MATCHING_ENTRIES])
        return self._matching[manifest]

    def _content_score(self, entry: Document, query: Query) -> float | None:
        location = entry.source["entry_pk_parsed.s3"]
        if location is None or location["bucket"] not in self._readable:
            return None
        found = self._index.document(location["bucket"], object_id(location["key"], location["version_id"]))
        return None if found is None or not found.source["content"] else query.score(found.only("content"))


class _Filters:
    """The restrictions of a search, with their query strings read."""

    def __init__(self, criteria: PackageCriteria) -> None:
        self._criteria = criteria
        comment = criteria.filter.comment
        self._comment = None if comment is None else parse_query_string(comment.query_string, field="mnfst_message")
        self._texts = [
            None if each.text is None else parse_query_string(each.text.query_string, field="text")
            for each in criteria.metadata
        ]

    def accept(self, hit: PackageHit) -> bool:
        if self._criteria.latest_only != (hit.pointer.source["ptr_tag"] == _LATEST):
            return False
        if self._comment is not None and self._comment.score(hit.manifest) is None:
            return False
        return self._accepts_attributes(hit) and all(
            _accepts_metadata(hit, wanted, text)
            for wanted, text in zip(self._criteria.metadata, self._texts, strict=True)
        )

    def _accepts_attributes(self, hit: PackageHit) -> bool:
        wanted = self._criteria.filter
        workflow = (hit.workflow or {}).get("id")
        return (
            (wanted.modified is None or wanted.modified.accepts([hit.modified.isoformat()]))
            and (wanted.size is None or wanted.size.accepts([hit.total_bytes]))
            and (wanted.entries is None or wanted.entries.accepts([hit.total_files]))
            and (wanted.name is None or wanted.name.accepts([hit.name]))
            and (wanted.hash is None or wanted.hash.accepts([hit.manifest.source["mnfst_hash"]]))
            and (wanted.workflow is None or wanted.workflow.accepts([] if workflow is None else [workflow]))
        )


def _accepts_metadata(hit: PackageHit, wanted: MetadataFilter, text: Query | None) -> bool:
    typed = (
        (wanted.datetime, "date"),
        (wanted.number, "double"),
        (wanted.keyword, "keyword"),
        (wanted.boolean, "boolean"),
    )
    for predicate, type_ in typed:
        if predicate is not None and not predicate.accepts(hit.metadata_values(wanted.path, type_)):
            return False
    if text is None:
        return True
    fields = hit.manifest.source["mnfst_metadata_fields"] or []
    values = [Document("", "", each, METADATA_VALUE) for each in fields if each["json_pointer"] == wanted.path]
    return any(text.score(value) is not None for value in values)


def _sort_key(hit: PackageHit, ordering: Ordering) -> Any:
    if ordering.attribute == "meta":
        values = hit.metadata_values(ordering.pointer, ordering.metadata_type)
        if not values:
            return None
        return analysis.moment(values[0]) if ordering.metadata_type == "date" else min(values)
    return {
        "score": hit.score,
        "name": hit.name,
        # Times in S3 are whole seconds; the timestamps of pointers may tell revisions apart that share one.
        "modified": (hit.modified, _timestamp(hit)),
        "size": hit.total_bytes,
        "entries": hit.total_files,
        "hash": hit.manifest.source["mnfst_hash"],
        "workflow": (hit.workflow or {}).get("id"),
    }[ordering.attribute]


def _timestamp(hit: PackageHit) -> float:
    tag = str(hit.pointer.source["ptr_tag"])
    return int(tag) if tag.isdecimal() else inf
