"""Building a bucket's search indexes anew (registry facts 1.7)."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quilt_stack.registry.calls import Call, Refused, Registry, route
from quilt_stack.registry.search.index import AlreadyRebuilding


class Reindexing(BaseModel):
    """Body of ``POST /api/admin/reindex/{bucket}``."""

    # Decision: both fields are taken and change nothing, since the whole bucket is always built anew (registry facts
    # 1.7).
    repair: bool | None = None
    prefix: str | None = None


def routes(registry: Registry) -> list[Route]:
    """The endpoints of this module."""
    return [route("/api/admin/reindex/{bucket}", _reindex, registry, methods=("POST",))]


def _reindex(call: Call) -> Response:
    registry, caller = call.registry, call.administrator()
    call.json(Reindexing)
    bucket = call.request.path_params["bucket"]
    if bucket not in {config.name for config in registry.access.visible_bucket_configs(caller)}:
        raise Refused(404, "Bucket not found")
    # Decision: the answer comes when the index is built, while a stack answers when it has begun (inferred: registry
    # facts 1.7).
    try:
        registry.services.search.reindex(bucket)
    except AlreadyRebuilding as refusal:
        raise Refused(409, str(refusal)) from None
    return JSONResponse({})
