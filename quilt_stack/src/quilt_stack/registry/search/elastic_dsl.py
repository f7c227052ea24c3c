"""Elasticsearch's query DSL, the part that Quilt's clients send (registry facts 1.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from quilt_stack.registry.search.patterns import (
    QuerySyntaxError,
    prefix_expressions,
    regular_expressions,
    wildcard_expressions,
)
from quilt_stack.registry.search.queries import (
    Boolean,
    Boosted,
    ConstantScore,
    Exact,
    Exists,
    MatchAll,
    MatchNone,
    Pattern,
    Query,
    Range,
)
from quilt_stack.registry.search.query_string import parse_query_string


class UnsupportedQueryError(ValueError):
    """The query is malformed, or of a kind that is not served here."""


def parse_query(body: object) -> Query:
    """Read a query clause.

    Raises:
        UnsupportedQueryError: malformed, or a kind of query that is not served.
        QuerySyntaxError: a query string in it cannot be understood.
    """
    if not isinstance(body, Mapping) or len(body) != 1:
        raise UnsupportedQueryError(f"A query has one key, its kind; got {body!r}.")
    ((kind, parameters),) = body.items()
    reader = _READERS.get(kind)
    if reader is None:
        raise UnsupportedQueryError(f"Queries of the kind {kind!r} are not served; served are {', '.join(_READERS)}.")
    if not isinstance(parameters, Mapping):
        raise UnsupportedQueryError(f"The parameters of {kind!r} are an object; got {parameters!r}.")
    return reader(parameters)


def _query_string(parameters: Mapping[str, Any]) -> Query:
    _only(
        parameters,
        "query_string",
        "query",
        "default_operator",
        "default_field",
        "fields",
        "analyze_wildcard",
        "lenient",
    )
    text = parameters.get("query")
    if not isinstance(text, str):
        raise UnsupportedQueryError("query_string needs a text as its query.")
    all_required = str(parameters.get("default_operator", "OR")).upper() == "AND"
    fields = parameters.get("fields") or [parameters.get("default_field")]
    queries = tuple(_of_field(text, field, all_required) for field in fields)
    return queries[0] if len(queries) == 1 else Boolean(should=queries)


def _of_field(text: str, field: str | None, all_required: bool) -> Query:
    name, _, boost = (field or "").partition("^")
    query = parse_query_string(text, all_required=all_required, field=name or None)
    return Boosted(query, float(boost)) if boost else query


def _bool(parameters: Mapping[str, Any]) -> Query:
    _only(parameters, "bool", "must", "should", "must_not", "filter", "minimum_should_match")
    minimum = parameters.get("minimum_should_match")
    if minimum is not None and not isinstance(minimum, int):
        raise UnsupportedQueryError("minimum_should_match is served as a number alone.")
    return Boolean(
        must=_clauses(parameters.get("must")),
        should=_clauses(parameters.get("should")),
        must_not=_clauses(parameters.get("must_not")),
        filters=_clauses(parameters.get("filter")),
        minimum_should=minimum,
    )


def _clauses(body: object) -> tuple[Query, ...]:
    if body is None:
        return ()
    return tuple(parse_query(clause) for clause in (body if isinstance(body, list) else [body]))


def _exists(parameters: Mapping[str, Any]) -> Query:
    _only(parameters, "exists", "field")
    return Exists(str(parameters.get("field", "")))


def _match_all(parameters: Mapping[str, Any]) -> Query:
    _only(parameters, "match_all", "boost")
    return Boosted(MatchAll(), float(parameters.get("boost", 1)))


def _match_none(parameters: Mapping[str, Any]) -> Query:
    _only(parameters, "match_none")
    return MatchNone()


def _term(parameters: Mapping[str, Any]) -> Query:
    field, value = _one_field("term", parameters)
    return Exact(field, _text(value["value"] if isinstance(value, Mapping) else value))


def _terms(parameters: Mapping[str, Any]) -> Query:
    field, values = _one_field("terms", parameters)
    if not isinstance(values, list):
        raise UnsupportedQueryError(f"terms needs a list of values for {field!r}.")
    return (
        ConstantScore(Boolean(should=tuple(Exact(field, _text(value)) for value in values))) if values else MatchNone()
    )


def _range(parameters: Mapping[str, Any]) -> Query:
    field, bounds = _one_field("range", parameters)
    if not isinstance(bounds, Mapping):
        raise UnsupportedQueryError(f"range needs bounds for {field!r}.")
    _only(bounds, "range", "gt", "gte", "lt", "lte", "format", "boost")
    low, high = bounds.get("gte", bounds.get("gt")), bounds.get("lte", bounds.get("lt"))
    return Range(
        field,
        low=None if low is None else _text(low),
        high=None if high is None else _text(high),
        include_low=bounds.get("gte") is not None,
        include_high=bounds.get("lte") is not None,
    )


def _patterned(
    kind: str, expressions: Callable[[str], tuple[re.Pattern[str], re.Pattern[str]]]
) -> Callable[[Mapping[str, Any]], Query]:
    def read(parameters: Mapping[str, Any]) -> Query:
        field, value = _one_field(kind, parameters)
        return Pattern(
            field, *expressions(_text(value.get("value", value.get(kind)) if isinstance(value, Mapping) else value))
        )

    return read


def _only(parameters: Mapping[str, Any], kind: str, *known: str) -> None:
    unknown = sorted(set(parameters) - set(known))
    if unknown:
        raise UnsupportedQueryError(f"{kind} has parameters that are not served: {', '.join(unknown)}.")


def _one_field(kind: str, parameters: Mapping[str, Any]) -> tuple[str, Any]:
    named = {name: value for name, value in parameters.items() if name != "boost"}
    if len(named) != 1:
        raise UnsupportedQueryError(f"{kind} needs exactly one field; got {', '.join(named) or 'none'}.")
    ((field, value),) = named.items()
    return field, value


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


_READERS: Mapping[str, Callable[[Mapping[str, Any]], Query]] = {
    "query_string": _query_string,
    "bool": _bool,
    "match_all": _match_all,
    "match_none": _match_none,
    "exists": _exists,
    "term": _term,
    "terms": _terms,
    "range": _range,
    "prefix": _patterned("prefix", prefix_expressions),
    "wildcard": _patterned("wildcard", wildcard_expressions),
    "regexp": _patterned("regexp", regular_expressions),
}

__all__ = ["QuerySyntaxError", "UnsupportedQueryError", "parse_query"]
