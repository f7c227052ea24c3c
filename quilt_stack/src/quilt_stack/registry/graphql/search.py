"""The search: packages and objects (registry facts 8.2).

``firstPage`` of packages exists in two published forms, and a schema has one of them (registry facts 8.1).

Decision: an ordering that hits cannot be sorted by is an OperationError ``UnsupportedSort``, a malformed one an
InvalidInput named ``ordering``, and a cursor that is none an InvalidInput at ``after`` (open: registry facts 8.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, NewType, TypeAlias, TypeVar

import strawberry

from quilt_stack.registry.graphql.context import Context, Info
from quilt_stack.registry.graphql.errors import InputError, InvalidInput, OperationError
from quilt_stack.registry.graphql.search_hits import (
    EmptySearchResultSet,
    ObjectsSearchStats,
    PackagesSearchStats,
    PackageUserMetaFacet,
    PackageUserMetaFacetType,
    SearchHitObject,
    SearchHitPackage,
    filtered_facets,
)
from quilt_stack.registry.graphql.search_inputs import (
    ObjectsSearchFilter,
    PackagesSearchFilter,
    PackageUserMetaPredicate,
    metadata_filters,
    object_filter,
    package_filter,
)
from quilt_stack.registry.search import object_search, package_search
from quilt_stack.registry.search.cursor import InvalidCursorError, read_cursor, write_cursor
from quilt_stack.registry.search.object_search import ObjectCriteria, ObjectHit
from quilt_stack.registry.search.ordering import (
    MalformedOrderingError,
    Ordering,
    UnsupportedSortError,
    ordering_of,
    parse_ordering,
)
from quilt_stack.registry.search.ordering import (
    SearchResultOrder as Order,
)
from quilt_stack.registry.search.package_search import PackageCriteria, PackageHit
from quilt_stack.registry.search.patterns import QuerySyntaxError

PackageOrdering = NewType("PackageOrdering", str)
"""``sys:<attribute>:<asc|desc>`` or ``usr:<json pointer>:<type>:<asc|desc>``."""

SEARCH_SCALARS = {
    PackageOrdering: strawberry.scalar(
        name="PackageOrdering", description="By what packages are sorted.", serialize=str, parse_value=str
    )
}
"""For the schema's scalar map; only the newer form uses it."""

strawberry.enum(Order)

PAGE_SIZE = 30


@dataclass(frozen=True)
class _PackageState:
    """A package search after some pages."""

    criteria: PackageCriteria
    ordering: Ordering
    offset: int = 0


@dataclass(frozen=True)
class _ObjectState:
    """An object search after some pages."""

    criteria: ObjectCriteria
    ordering: Ordering
    offset: int = 0


@strawberry.type
class ObjectsSearchResultSetPage:
    """A page of hits; ``cursor`` leads to the next one and is null at the end."""

    cursor: str | None
    hits: list[SearchHitObject]


@strawberry.type
class PackagesSearchResultSetPage:
    """A page of hits; ``cursor`` leads to the next one and is null at the end."""

    cursor: str | None
    hits: list[SearchHitPackage]


@strawberry.type
class ObjectsSearchResultSet:
    """The objects that were found."""

    criteria: strawberry.Private[ObjectCriteria]
    found: strawberry.Private[Sequence[ObjectHit]]

    @strawberry.field
    def total(self) -> int:
        """Number of hits."""
        return len(self.found)

    @strawberry.field
    def stats(self) -> ObjectsSearchStats:
        """What the hits hold."""
        return ObjectsSearchStats.of(self.found)

    @strawberry.field
    def first_page(self, size: int | None = PAGE_SIZE, order: Order | None = None) -> ObjectsSearchResultSetPage:
        """The first hits in an order."""
        return _object_page(_ObjectState(self.criteria, ordering_of(order)), self.found, size)


@strawberry.type
class PackagesResults:
    """What both forms of the set of packages share."""

    criteria: strawberry.Private[PackageCriteria]
    found: strawberry.Private[Sequence[PackageHit]]

    @strawberry.field
    def total(self) -> int:
        """Number of hits."""
        return len(self.found)

    @strawberry.field
    def stats(self) -> PackagesSearchStats:
        """What the hits hold."""
        return PackagesSearchStats.of(self.found)

    @strawberry.field
    def filtered_user_meta_facets(
        self, path: str, type: PackageUserMetaFacetType | None = None
    ) -> list[PackageUserMetaFacet]:
        """The facets whose JSON pointer contains a text."""
        return filtered_facets(self.found, path, type)


PackagesFirstPageResult: TypeAlias = Annotated[
    PackagesSearchResultSetPage | InvalidInput | OperationError, strawberry.union("PackagesFirstPageResult")
]


@strawberry.type(name="PackagesSearchResultSet")
class PackagesByOrder(PackagesResults):
    """The packages that were found, in the older form (registry facts 8.1, 8.2)."""

    @strawberry.field
    def first_page(self, size: int | None = PAGE_SIZE, order: Order | None = None) -> PackagesSearchResultSetPage:
        """The first hits in an order."""
        return _package_page(_PackageState(self.criteria, ordering_of(order)), self.found, size)


@strawberry.type(name="PackagesSearchResultSet")
class PackagesByOrdering(PackagesResults):
    """The packages that were found, in the newer form (registry facts 8.1, 8.2)."""

    @strawberry.field
    def first_page(
        self, size: int | None = PAGE_SIZE, ordering: PackageOrdering | None = None
    ) -> PackagesFirstPageResult:
        """The first hits in an order."""
        try:
            state = _PackageState(self.criteria, parse_ordering(ordering))
        except MalformedOrderingError as error:
            return _invalid("ordering", "ordering", str(error))
        except UnsupportedSortError as error:
            return OperationError(message=str(error), name="UnsupportedSort")
        return _package_page(state, self.found, size)


ObjectsSearchResult: TypeAlias = Annotated[
    ObjectsSearchResultSet | EmptySearchResultSet | InvalidInput | OperationError,
    strawberry.union("ObjectsSearchResult"),
]
ObjectsSearchMoreResult: TypeAlias = Annotated[
    ObjectsSearchResultSetPage | InvalidInput | OperationError, strawberry.union("ObjectsSearchMoreResult")
]
PackagesSearchMoreResult: TypeAlias = Annotated[
    PackagesSearchResultSetPage | InvalidInput | OperationError, strawberry.union("PackagesSearchMoreResult")
]
PackagesByOrderResult: TypeAlias = Annotated[
    PackagesByOrder | EmptySearchResultSet | InvalidInput | OperationError, strawberry.union("PackagesSearchResult")
]
PackagesByOrderingResult: TypeAlias = Annotated[
    PackagesByOrdering | EmptySearchResultSet | InvalidInput | OperationError,
    strawberry.union("PackagesSearchResult"),
]


@strawberry.type
class SearchQueries:
    """Queries of the search that both forms share."""

    @strawberry.field
    def search_objects(
        self,
        info: Info,
        buckets: list[str] | None = None,
        search_string: str | None = None,
        filter: ObjectsSearchFilter | None = None,
    ) -> ObjectsSearchResult:
        """Search object versions."""
        criteria = ObjectCriteria(tuple(buckets or ()), search_string, object_filter(filter))
        try:
            hits = _objects(info.context, criteria)
        except QuerySyntaxError as error:
            return _syntax_error(error)
        return ObjectsSearchResultSet(criteria=criteria, found=hits) if hits else EmptySearchResultSet()

    @strawberry.field
    def search_more_objects(self, info: Info, after: str, size: int | None = PAGE_SIZE) -> ObjectsSearchMoreResult:
        """The next page of objects."""
        try:
            state = read_cursor(after, _ObjectState)
        except InvalidCursorError as error:
            return _invalid("after", "InvalidCursor", str(error))
        return _object_page(state, _objects(info.context, state.criteria), size)

    @strawberry.field
    def search_more_packages(self, info: Info, after: str, size: int | None = PAGE_SIZE) -> PackagesSearchMoreResult:
        """The next page of packages."""
        try:
            state = read_cursor(after, _PackageState)
        except InvalidCursorError as error:
            return _invalid("after", "InvalidCursor", str(error))
        return _package_page(state, _packages(info.context, state.criteria), size)


@strawberry.type
class SearchQueriesByOrder(SearchQueries):
    """Queries of the search with the older form of ``firstPage``."""

    @strawberry.field
    def search_packages(
        self,
        info: Info,
        buckets: list[str] | None = None,
        search_string: str | None = None,
        filter: PackagesSearchFilter | None = None,
        user_meta_filters: list[PackageUserMetaPredicate] | None = None,
        latest_only: bool = False,
    ) -> PackagesByOrderResult:
        """Search package revisions (registry facts 8.1, 8.2)."""
        criteria = _criteria(buckets, search_string, filter, user_meta_filters, latest_only)
        return _package_results(info.context, criteria, PackagesByOrder)


@strawberry.type
class SearchQueriesByOrdering(SearchQueries):
    """Queries of the search with the newer form of ``firstPage``."""

    @strawberry.field
    def search_packages(
        self,
        info: Info,
        buckets: list[str] | None = None,
        search_string: str | None = None,
        filter: PackagesSearchFilter | None = None,
        user_meta_filters: list[PackageUserMetaPredicate] | None = None,
        latest_only: bool = False,
    ) -> PackagesByOrderingResult:
        """Search package revisions (registry facts 8.1, 8.2)."""
        criteria = _criteria(buckets, search_string, filter, user_meta_filters, latest_only)
        return _package_results(info.context, criteria, PackagesByOrdering)


Results = TypeVar("Results", bound=PackagesResults)


def _package_results(
    context: Context, criteria: PackageCriteria, kind: type[Results]
) -> Results | EmptySearchResultSet | InvalidInput:
    try:
        hits = _packages(context, criteria)
    except QuerySyntaxError as error:
        return _syntax_error(error)
    return kind(criteria=criteria, found=hits) if hits else EmptySearchResultSet()


def _packages(context: Context, criteria: PackageCriteria) -> list[PackageHit]:
    readable = context.access.readable_buckets(context.caller)
    return package_search.search_packages(context.services.search, criteria, readable)


def _objects(context: Context, criteria: ObjectCriteria) -> list[ObjectHit]:
    readable = context.access.readable_buckets(context.caller)
    return object_search.search_objects(context.services.search, criteria, readable)


def _package_page(state: _PackageState, hits: Sequence[PackageHit], size: int | None) -> PackagesSearchResultSetPage:
    ordered = package_search.sorted_hits(hits, state.ordering)
    end = state.offset + max(PAGE_SIZE if size is None else size, 0)
    following = write_cursor(replace(state, offset=end), _PackageState) if end < len(ordered) else None
    return PackagesSearchResultSetPage(
        cursor=following, hits=[SearchHitPackage.of(hit) for hit in ordered[state.offset : end]]
    )


def _object_page(state: _ObjectState, hits: Sequence[ObjectHit], size: int | None) -> ObjectsSearchResultSetPage:
    ordered = object_search.sorted_hits(hits, state.ordering)
    end = state.offset + max(PAGE_SIZE if size is None else size, 0)
    following = write_cursor(replace(state, offset=end), _ObjectState) if end < len(ordered) else None
    return ObjectsSearchResultSetPage(
        cursor=following, hits=[SearchHitObject.of(hit) for hit in ordered[state.offset : end]]
    )


def _criteria(
    buckets: list[str] | None,
    search_string: str | None,
    filter: PackagesSearchFilter | None,
    user_meta_filters: list[PackageUserMetaPredicate] | None,
    latest_only: bool,
) -> PackageCriteria:
    return PackageCriteria(
        tuple(buckets or ()), search_string, package_filter(filter), metadata_filters(user_meta_filters), latest_only
    )


def _syntax_error(error: QuerySyntaxError) -> InvalidInput:
    return _invalid("searchString", "QuerySyntaxError", str(error))


def _invalid(path: str, name: str, message: str) -> InvalidInput:
    return InvalidInput(errors=[InputError(path=path, message=message, name=name)])
