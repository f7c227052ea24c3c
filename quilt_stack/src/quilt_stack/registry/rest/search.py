"""The Elasticsearch pass-through (registry facts 1.5)."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quilt_stack.registry.calls import Call, Refused, Registry, route
from quilt_stack.registry.search.elastic import SearchRequestError, elastic_search
from quilt_stack.registry.search.older_form import in_older_form


def routes(registry: Registry) -> list[Route]:
    """The endpoints of this module."""
    return [route("/api/search", _search, registry)]


def _search(call: Call) -> Response:
    registry, caller = call.registry, call.caller()
    try:
        answer = elastic_search(registry.services.search, caller, registry.access, dict(call.request.query_params))
    except SearchRequestError as refusal:
        raise Refused(refusal.status, refusal.message) from None
    if registry.services.settings.catalog_bundle is not None and _is_the_catalog(call):
        answer = in_older_form(registry.services.search, answer)
    return JSONResponse(answer)


def _is_the_catalog(call: Call) -> bool:
    """Whether a page of the web catalog asks; quilt3 and others send no origin."""
    asked = call.request
    return (
        asked.query_params.get("action") == "search"
        and asked.headers.get("origin") == call.registry.services.catalog_url
    )
