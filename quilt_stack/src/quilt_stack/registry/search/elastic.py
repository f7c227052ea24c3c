"""``GET /api/search``: the pass-through to Elasticsearch, answered from the index (registry facts 1.5).

Decisions on what the facts leave open:

- The whole search is refused with 403 if one of its indexes is not of a bucket that the caller may read, and for
  ``_all`` and patterns (``_all`` is recorded: registry facts 11).
- ``hits.total`` of a search has the form of Elasticsearch 7, an object of value and relation (open: registry facts 1.5;
  that of ``stats`` is a number: registry facts 11).
- ``search`` and ``packages`` combine words by AND, and ``packages`` answers pointers alone (open: registry facts 1.5).
- What the index cannot do is a 400 that says what is served (open: registry facts 1.5).
- A search that names fields gets them, also those that hits do not show otherwise (open: registry facts 11).
- Hits of manifests and entries show all but the join field (open: registry facts 11).
- The suffix of an index ends in the same digits everywhere (open: registry facts 11).
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from quilt_stack.registry.search import elastic_aggregations
from quilt_stack.registry.search.documents import Document
from quilt_stack.registry.search.elastic_dsl import UnsupportedQueryError, parse_query
from quilt_stack.registry.search.index import bucket_of
from quilt_stack.registry.search.mapping import OBJECTS
from quilt_stack.registry.search.patterns import QuerySyntaxError
from quilt_stack.registry.search.queries import Boolean, Exists, MatchAll, Query
from quilt_stack.registry.search.query_string import parse_query_string

if TYPE_CHECKING:
    from quilt_stack.registry.access import Access
    from quilt_stack.registry.identity import Caller
    from quilt_stack.registry.search.index import SearchIndex

RESULT_WINDOW = 10_000
"""Elasticsearch's limit of ``from`` + ``size``."""

_SIZE_OF_SEARCH = 1_000
_SIZE_OF_FREEFORM = 10
_BODY_KEYS = frozenset({"query", "from", "size", "_source", "track_total_hits"})
_QUERY_ACTIONS = frozenset({"search", "packages"})

_SHOWN_OF_OBJECTS = frozenset({"key", "version_id", "last_modified", "size", "delete_marker", "s3_tags", "updated"})
"""What a hit shows of an object: no content, entity tag, event or extension (registry facts 11)."""

_HIDDEN_OF_PACKAGES = frozenset({"join_field"})
INDEX_SUFFIX = f"-reindex-v{hashlib.sha1(b'quilt-stack', usedforsecurity=False).hexdigest()}"


class SearchRequestError(Exception):
    """A search that is refused: HTTP status and a message for people."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True)
class _Request:
    query: Query
    first: int
    size: int
    source: object


def elastic_search(index: SearchIndex, caller: Caller, access: Access, params: Mapping[str, str]) -> dict[str, Any]:
    """Answer a search.

    Args:
        index: the documents of the deployment.
        caller: who asks.
        access: which buckets the caller may read.
        params: the request's query parameters.

    Returns:
        Elasticsearch's answer as JSON.

    Raises:
        SearchRequestError: 400 for a malformed or unsupported search, 403 for an index that may not be searched.
    """
    started = time.perf_counter()
    indexes = _indexes(params, frozenset(access.readable_buckets(caller)))
    documents = [document for name in indexes for document in index.documents(name)]
    action = params.get("action")
    try:
        if action == "stats":
            answer = elastic_aggregations.stats(documents)
        elif action == "images":
            answer = elastic_aggregations.images(documents, _hit)
        elif action == "sample":
            answer = elastic_aggregations.sample(documents, _hit)
        elif action in _QUERY_ACTIONS or action == "freeform":
            answer = _hits(_freeform(params) if action == "freeform" else _search(params), documents)
        else:
            raise SearchRequestError(
                400,
                f"The action {action!r} is not served: ask for search, packages, freeform, stats, images or sample.",
            )
    except (QuerySyntaxError, UnsupportedQueryError) as error:
        raise SearchRequestError(400, str(error)) from error
    answer = {"took": int((time.perf_counter() - started) * 1000), "timed_out": False, **answer}
    return _filtered(answer, params["filter_path"].split(",")) if params.get("filter_path") else answer


def _indexes(params: Mapping[str, str], readable: frozenset[str]) -> list[str]:
    indexes = [index.strip() for index in params.get("index", "").split(",") if index.strip()]
    if not indexes:
        raise SearchRequestError(400, "Say which indexes to search: index=<bucket> or index=<bucket>_packages.")
    refused = sorted({bucket_of(index) for index in indexes} - readable)
    if refused:
        raise SearchRequestError(
            403,
            f"Your role may not search {', '.join(refused)}: name buckets that you may read, "
            "patterns and _all are not allowed.",
        )
    return list(dict.fromkeys(indexes))


def _search(params: Mapping[str, str]) -> _Request:
    text = params.get("query", "")
    query: Query = parse_query_string(text, all_required=True) if text.strip() else MatchAll()
    if params.get("action") == "packages":
        query = Boolean(must=(query,), filters=(Exists("ptr_name"),))
    first = _number("from", params.get("from"), 0)
    return _Request(query, first, _number("size", params.get("size"), _SIZE_OF_SEARCH), _source(params))


def _freeform(params: Mapping[str, str]) -> _Request:
    try:
        body = json.loads(params.get("body", ""))
    except ValueError as error:
        raise SearchRequestError(400, f"The body is no JSON: {error}.") from None
    if not isinstance(body, dict):
        raise SearchRequestError(400, "The body is a JSON object.")
    unknown = sorted(set(body) - _BODY_KEYS)
    if unknown:
        raise SearchRequestError(400, f"The body has keys that are not served: {', '.join(unknown)}.")
    query = parse_query(body["query"]) if "query" in body else MatchAll()
    # Parameters of the URL go before the body, as in Elasticsearch.
    first = _number("from", params.get("from", body.get("from")), 0)
    size = _number("size", params.get("size", body.get("size")), _SIZE_OF_FREEFORM)
    return _Request(query, first, size, _source(params) if "_source" in params else body.get("_source", True))


def _hits(request: _Request, documents: Sequence[Document]) -> dict[str, Any]:
    if request.first + request.size > RESULT_WINDOW:
        raise SearchRequestError(400, f"Result window is too large: from + size must be at most {RESULT_WINDOW}.")
    scored = [(score, found) for found in documents if (score := request.query.score(found)) is not None]
    scored.sort(key=lambda match: -match[0])
    page = scored[request.first : request.first + request.size]
    return {
        "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
        "hits": {
            "total": {"value": len(scored), "relation": "eq"},
            "max_score": scored[0][0] if scored else None,
            "hits": [_hit(document, score, request.source) for score, document in page],
        },
    }


def _hit(document: Document, score: float | None = None, wanted: object = True) -> dict[str, Any]:
    index = document.index + INDEX_SUFFIX
    hit: dict[str, Any] = {"_index": index, "_type": "_doc", "_id": document.id, "_score": score}
    if wanted is False:
        return hit
    patterns = _source_patterns(wanted)
    if patterns is None:
        return {**hit, "_source": _shown(document)}
    named = {
        name: value for name, value in document.source.items() if any(fnmatchcase(name, each) for each in patterns)
    }
    return {**hit, "_source": named}


def _shown(document: Document) -> dict[str, Any]:
    """What a hit shows of a document unless a search names fields (registry facts 11)."""
    if document.fields is OBJECTS:
        return {name: value for name, value in document.source.items() if name in _SHOWN_OF_OBJECTS}
    return {name: value for name, value in document.source.items() if name not in _HIDDEN_OF_PACKAGES}


def _source_patterns(wanted: object) -> list[str] | None:
    """Patterns of the wanted top-level names; None for those that are shown of themselves."""
    if wanted is True:
        return None
    names = wanted if isinstance(wanted, list) else [wanted]
    if not all(isinstance(name, str) for name in names):
        raise SearchRequestError(400, "_source is a boolean, a name or a list of names.")
    return [str(name) for name in names]


def _source(params: Mapping[str, str]) -> object:
    text = params.get("_source", "true")
    return text == "true" if text in ("true", "false") else text.split(",")


def _filtered(answer: dict[str, Any], paths: Sequence[str]) -> dict[str, Any]:
    """The parts of the answer that the dotted paths name; ``*`` and ``?`` stand for parts of a name."""
    kept = _kept(answer, [path.strip().split(".") for path in paths])
    return kept if isinstance(kept, dict) else {}


def _kept(value: Any, paths: Sequence[Sequence[str]]) -> Any:
    if any(not path for path in paths):
        return value
    if isinstance(value, list):
        found = [kept for item in value if (kept := _kept(item, paths)) is not None]
        return found or None
    if not isinstance(value, dict):
        return None
    result = {}
    for name, inner in value.items():
        below = [path[1:] for path in paths if fnmatchcase(name, path[0])]
        kept = _kept(inner, below) if below else None
        if kept is not None:
            result[name] = kept
    return result or None


def _number(name: str, value: object, default: int) -> int:
    if value is None or value == "":
        return default
    try:
        number = int(str(value))
    except ValueError:
        raise SearchRequestError(400, f"{name} is a number; got {value!r}.") from None
    if number < 0:
        raise SearchRequestError(400, f"{name} must not be negative; got {number}.")
    return number
