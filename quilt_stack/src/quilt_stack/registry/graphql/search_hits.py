"""Hits, extents and facets of the search as GraphQL types (registry facts 8.2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from typing import Annotated, Any, TypeAlias

import strawberry

from quilt_stack.registry.graphql.scalars import JsonRecord
from quilt_stack.registry.search.facets import (
    MetadataFacet,
    metadata_facets,
    moments,
    number_extents,
    time_extents,
)
from quilt_stack.registry.search.object_search import ObjectHit
from quilt_stack.registry.search.package_search import MatchingEntry, PackageHit


@strawberry.type
class EmptySearchResultSet:
    """Nothing was found, or nothing may be searched."""

    placeholder: bool | None = strawberry.field(name="_", default=None)


@strawberry.type
class DatetimeExtents:
    """First and last."""

    min: datetime
    max: datetime


@strawberry.type
class NumberExtents:
    """Smallest and largest."""

    min: float
    max: float


@strawberry.type
class KeywordExtents:
    """All values, sorted."""

    values: list[str]


@strawberry.enum
class PackageUserMetaFacetType(Enum):
    """Types of user metadata; the values are the names under which they are indexed."""

    NUMBER = "double"
    DATETIME = "date"
    KEYWORD = "keyword"
    TEXT = "text"
    BOOLEAN = "boolean"


@strawberry.interface(name="IPackageUserMetaFacet")
class PackageUserMetaFacetInterface:
    """The values of one type at one JSON pointer of the user metadata."""

    path: str
    sortable: bool


@strawberry.type
class NumberPackageUserMetaFacet(PackageUserMetaFacetInterface):
    """Numbers."""

    extents: NumberExtents


@strawberry.type
class DatetimePackageUserMetaFacet(PackageUserMetaFacetInterface):
    """Dates."""

    extents: DatetimeExtents


@strawberry.type
class KeywordPackageUserMetaFacet(PackageUserMetaFacetInterface):
    """Keywords."""

    extents: KeywordExtents


@strawberry.type
class TextPackageUserMetaFacet(PackageUserMetaFacetInterface):
    """Texts."""


@strawberry.type
class BooleanPackageUserMetaFacet(PackageUserMetaFacetInterface):
    """Truth values."""


PackageUserMetaFacet: TypeAlias = Annotated[
    NumberPackageUserMetaFacet
    | DatetimePackageUserMetaFacet
    | KeywordPackageUserMetaFacet
    | TextPackageUserMetaFacet
    | BooleanPackageUserMetaFacet,
    strawberry.union("PackageUserMetaFacet"),
]


@strawberry.type
class SearchHitObject:
    """An object version."""

    id: strawberry.ID
    score: float
    bucket: str
    key: str
    version: str
    size: float
    modified: datetime
    deleted: bool
    indexed_content: str | None

    @classmethod
    def of(cls, hit: ObjectHit) -> SearchHitObject:
        """Give a hit its GraphQL shape."""
        source = hit.document.source
        return cls(
            id=strawberry.ID(hit.document.id),
            score=hit.score,
            bucket=hit.document.index,
            key=hit.key,
            version=source["version_id"],
            size=source["size"],
            modified=hit.modified,
            deleted=source["delete_marker"],
            indexed_content=source["content"] or None,
        )


@strawberry.type
class SearchHitPackageEntryMatchLocations:
    """Where an entry matches."""

    logical_key: bool
    physical_key: bool
    meta: bool
    contents: bool


@strawberry.type
class SearchHitPackageMatchingEntry:
    """An entry that matches."""

    logical_key: str
    physical_key: str
    size: float
    meta: str | None
    match_locations: SearchHitPackageEntryMatchLocations

    @classmethod
    def of(cls, entry: MatchingEntry) -> SearchHitPackageMatchingEntry:
        """Give a matching entry its GraphQL shape."""
        source = entry.document.source
        return cls(
            logical_key=source["entry_lk"],
            physical_key=source["entry_pk"],
            size=source["entry_size"],
            meta=source["entry_metadata"],
            match_locations=SearchHitPackageEntryMatchLocations(
                logical_key=entry.matches_in("entry_lk"),
                physical_key=entry.matches_in("entry_pk", "entry_pk_parsed.s3"),
                meta=entry.matches_in("entry_metadata"),
                contents=entry.contents,
            ),
        )


@strawberry.type
class SearchHitPackageMatchLocations:
    """Where a package matches."""

    name: bool
    comment: bool
    meta: bool
    workflow: bool


@strawberry.type
class SearchHitPackage:
    """A package revision by one of its pointers; ``meta`` is the JSON text of its user metadata."""

    hit: strawberry.Private[PackageHit]
    id: strawberry.ID
    score: float
    bucket: str
    name: str
    pointer: str
    hash: str
    size: float
    modified: datetime
    total_entries_count: int
    comment: str | None
    meta: str | None
    workflow: JsonRecord | None

    @classmethod
    def of(cls, hit: PackageHit) -> SearchHitPackage:
        """Give a hit its GraphQL shape."""
        return cls(
            hit=hit,
            id=strawberry.ID(hit.pointer.id),
            score=hit.score,
            bucket=hit.bucket,
            name=hit.name,
            pointer=hit.pointer.source["ptr_tag"],
            hash=hit.manifest.source["mnfst_hash"],
            size=hit.total_bytes,
            modified=hit.modified,
            total_entries_count=hit.total_files,
            comment=hit.comment,
            meta=hit.manifest.source["mnfst_metadata"],
            workflow=None if hit.workflow is None else JsonRecord(dict(hit.workflow)),
        )

    @strawberry.field
    def match_locations(self) -> SearchHitPackageMatchLocations:
        """Where the pointer and the manifest match."""
        return SearchHitPackageMatchLocations(
            name=self.hit.matches_in("ptr_name"),
            comment=self.hit.matches_in("mnfst_message"),
            meta=self.hit.matches_in("mnfst_metadata"),
            workflow=self.hit.matches_in("mnfst_workflow"),
        )

    @strawberry.field
    def matching_entries(self) -> list[SearchHitPackageMatchingEntry]:
        """The entries that match."""
        return [SearchHitPackageMatchingEntry.of(entry) for entry in self.hit.entries]


@strawberry.type
class ObjectsSearchStats:
    """What all object hits hold."""

    modified: DatetimeExtents
    size: NumberExtents
    ext: KeywordExtents

    @classmethod
    def of(cls, hits: Sequence[ObjectHit]) -> ObjectsSearchStats:
        """Statistics of hits."""
        return cls(
            modified=DatetimeExtents(**_ends(time_extents(hit.modified for hit in hits))),
            size=NumberExtents(**_ends(number_extents(hit.document.source["size"] for hit in hits))),
            ext=KeywordExtents(values=sorted({hit.document.source["ext"] for hit in hits})),
        )


@strawberry.type
class PackagesSearchStats:
    """What all package hits hold."""

    modified: DatetimeExtents
    size: NumberExtents
    entries: NumberExtents
    workflow: KeywordExtents
    user_meta: list[PackageUserMetaFacet]
    user_meta_truncated: bool

    @classmethod
    def of(cls, hits: Sequence[PackageHit]) -> PackagesSearchStats:
        """Statistics of hits; the facets are always all of them."""
        workflows = {str(hit.workflow["id"]) for hit in hits if hit.workflow and hit.workflow["id"] is not None}
        return cls(
            modified=DatetimeExtents(**_ends(time_extents(hit.modified for hit in hits))),
            size=NumberExtents(**_ends(number_extents(hit.total_bytes for hit in hits))),
            entries=NumberExtents(**_ends(number_extents(hit.total_files for hit in hits))),
            workflow=KeywordExtents(values=sorted(workflows)),
            user_meta=[user_meta_facet(facet) for facet in metadata_facets(hits)],
            user_meta_truncated=False,
        )


def filtered_facets(
    hits: Sequence[PackageHit], path: str, type_: PackageUserMetaFacetType | None
) -> list[PackageUserMetaFacet]:
    """The facets whose pointer contains a text, of one type or of all."""
    return [
        user_meta_facet(facet)
        for facet in metadata_facets(hits)
        if path.lower() in facet.path.lower() and (type_ is None or facet.type == type_.value)
    ]


def user_meta_facet(facet: MetadataFacet) -> Any:
    """Give a facet its GraphQL shape."""
    common: dict[str, Any] = {"path": facet.path, "sortable": facet.type != "text"}
    if facet.type == "double":
        return NumberPackageUserMetaFacet(**common, extents=NumberExtents(**_ends(number_extents(facet.values))))
    if facet.type == "date":
        extents = DatetimeExtents(**_ends(time_extents(moments(facet.values))))
        return DatetimePackageUserMetaFacet(**common, extents=extents)
    if facet.type == "keyword":
        return KeywordPackageUserMetaFacet(**common, extents=KeywordExtents(values=sorted(map(str, facet.values))))
    return (TextPackageUserMetaFacet if facet.type == "text" else BooleanPackageUserMetaFacet)(**common)


def _ends(extents: tuple[Any, Any]) -> dict[str, Any]:
    return {"min": extents[0], "max": extents[1]}
