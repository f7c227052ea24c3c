"""Package names (registry facts 1.7)."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quilt_stack.registry.calls import Call, Registry, route
from quilt_stack.registry.packages.names import is_package_name


class PackageName(BaseModel):
    """Body of ``POST /api/package_name_valid``."""

    name: str


def routes(registry: Registry) -> list[Route]:
    """The endpoints of this module."""
    return [route("/api/package_name_valid", _name_valid, registry, methods=("POST",))]


def _name_valid(call: Call) -> Response:
    call.caller()
    return JSONResponse({"valid": is_package_name(call.json(PackageName).name)})
