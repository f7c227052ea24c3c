"""AWS credentials of the caller's active role (registry facts 1.3, 4)."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quilt_stack.registry.calls import Call, Registry, route
from quilt_stack.registry.credentials import aws_credentials


def routes(registry: Registry) -> list[Route]:
    """The endpoints of this module."""
    return [route("/api/auth/get_credentials", _get_credentials, registry)]


def _get_credentials(call: Call) -> Response:
    return JSONResponse(aws_credentials(call.registry.services, call.caller()))
