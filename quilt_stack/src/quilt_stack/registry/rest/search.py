"""The Elasticsearch pass-through (registry facts 1.5)."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quilt_stack.registry.calls import Call, Refused, Registry, route
from quilt_stack.registry.search.elastic import SearchRequestError, elastic_search


def routes(registry: Registry) -> list[Route]:
    """The endpoints of this module."""
    return [route("/api/search", _search, registry)]


def _search(call: Call) -> Response:
    registry, caller = call.registry, call.caller()
    try:
        answer = elastic_search(registry.services.search, caller, registry.access, dict(call.request.query_params))
    except SearchRequestError as refusal:
        raise Refused(refusal.status, refusal.message) from None
    return JSONResponse(answer)
