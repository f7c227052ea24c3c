"""Whether the registry and the notebooks beside it are there (registry facts 1.7)."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quilt_stack.registry.calls import Call, Registry, error_response, route


def routes(registry: Registry) -> list[Route]:
    """The endpoints of this module."""
    return [route("/healthcheck", _health, registry), route("/voila/", _notebooks, registry)]


def _health(_: Call) -> Response:
    return JSONResponse({"status": "ok"})


def _notebooks(_: Call) -> Response:
    # Decision: the probe for notebooks is answered with 404, as on a stack without them (open: registry facts 1.7).
    return error_response(404, "Notebooks are not part of this deployment.")
