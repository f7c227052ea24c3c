"""Filters of the search as GraphQL inputs (registry facts 8.2)."""

from __future__ import annotations

from datetime import datetime

import strawberry

from quilt_stack.registry.search.object_search import ObjectFilter
from quilt_stack.registry.search.package_search import MetadataFilter, PackageFilter
from quilt_stack.registry.search.predicates import Flag, Keyword, NumberSpan, Text, TimeSpan


@strawberry.input
class DatetimeSearchPredicate:
    """Moments between two, both included."""

    gte: datetime | None = None
    lte: datetime | None = None


@strawberry.input
class NumberSearchPredicate:
    """Numbers between two, both included."""

    gte: float | None = None
    lte: float | None = None


@strawberry.input
class KeywordSearchPredicate:
    """Exact terms, or a wildcard of ``*`` and ``?``."""

    terms: list[str] | None = None
    wildcard: str | None = None


@strawberry.input
class TextSearchPredicate:
    """A query string on one field."""

    query_string: str


@strawberry.input
class BooleanSearchPredicate:
    """Which truth values are wanted."""

    true: bool | None = None
    false: bool | None = None


@strawberry.input
class ObjectsSearchFilter:
    """Restrictions of object hits."""

    modified: DatetimeSearchPredicate | None = None
    size: NumberSearchPredicate | None = None
    ext: KeywordSearchPredicate | None = None
    key: KeywordSearchPredicate | None = None
    content: TextSearchPredicate | None = None
    deleted: BooleanSearchPredicate | None = None


@strawberry.input
class PackagesSearchFilter:
    """Restrictions of package hits."""

    modified: DatetimeSearchPredicate | None = None
    size: NumberSearchPredicate | None = None
    name: KeywordSearchPredicate | None = None
    hash: KeywordSearchPredicate | None = None
    entries: NumberSearchPredicate | None = None
    comment: TextSearchPredicate | None = None
    workflow: KeywordSearchPredicate | None = None


@strawberry.input
class PackageUserMetaPredicate:
    """A restriction of the user metadata at a JSON pointer."""

    path: str
    datetime: DatetimeSearchPredicate | None = None
    number: NumberSearchPredicate | None = None
    text: TextSearchPredicate | None = None
    keyword: KeywordSearchPredicate | None = None
    boolean: BooleanSearchPredicate | None = None


def object_filter(given: ObjectsSearchFilter | None) -> ObjectFilter:
    """The filter for the search."""
    if given is None:
        return ObjectFilter()
    return ObjectFilter(
        modified=_time(given.modified),
        size=_number(given.size),
        ext=_keyword(given.ext),
        key=_keyword(given.key),
        content=_text(given.content),
        deleted=_flag(given.deleted),
    )


def package_filter(given: PackagesSearchFilter | None) -> PackageFilter:
    """The filter for the search."""
    if given is None:
        return PackageFilter()
    return PackageFilter(
        modified=_time(given.modified),
        size=_number(given.size),
        entries=_number(given.entries),
        name=_keyword(given.name),
        hash=_keyword(given.hash),
        workflow=_keyword(given.workflow),
        comment=_text(given.comment),
    )


def metadata_filters(given: list[PackageUserMetaPredicate] | None) -> tuple[MetadataFilter, ...]:
    """The filters for the search."""
    return tuple(
        MetadataFilter(
            path=each.path,
            datetime=_time(each.datetime),
            number=_number(each.number),
            text=_text(each.text),
            keyword=_keyword(each.keyword),
            boolean=_flag(each.boolean),
        )
        for each in given or []
    )


def _time(given: DatetimeSearchPredicate | None) -> TimeSpan | None:
    return None if given is None else TimeSpan(given.gte, given.lte)


def _number(given: NumberSearchPredicate | None) -> NumberSpan | None:
    return None if given is None else NumberSpan(given.gte, given.lte)


def _keyword(given: KeywordSearchPredicate | None) -> Keyword | None:
    if given is None:
        return None
    return Keyword(None if given.terms is None else tuple(given.terms), given.wildcard)


def _text(given: TextSearchPredicate | None) -> Text | None:
    return None if given is None else Text(given.query_string)


def _flag(given: BooleanSearchPredicate | None) -> Flag | None:
    return None if given is None else Flag(given.true, given.false)
