"""Building a bucket's search indexes anew (registry-facts 1.7)."""

from __future__ import annotations

import threading

from pydantic import BaseModel
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from environment.embedded.registry.calls import Call, Refused, Registry, route


class Reindexing(BaseModel):
    """Body of ``POST /api/admin/reindex/{bucket}``."""

    # Decision: both fields are taken and change nothing, since the whole bucket is always built anew.
    repair: bool | None = None
    prefix: str | None = None


def routes(registry: Registry) -> list[Route]:
    """The endpoints of this module."""
    going_on = _GoingOn()

    def reindex(call: Call) -> Response:
        return _reindex(call, going_on)

    return [route("/api/admin/reindex/{bucket}", reindex, registry, methods=("POST",))]


class _GoingOn:
    """The buckets that are being indexed anew."""

    def __init__(self) -> None:
        self._buckets: set[str] = set()
        self._lock = threading.Lock()

    def begin(self, bucket: str) -> bool:
        """Note the bucket; False if it is noted already."""
        with self._lock:
            if bucket in self._buckets:
                return False
            self._buckets.add(bucket)
            return True

    def end(self, bucket: str) -> None:
        with self._lock:
            self._buckets.discard(bucket)


def _reindex(call: Call, going_on: _GoingOn) -> Response:
    registry, caller = call.registry, call.administrator()
    call.json(Reindexing)
    bucket = call.request.path_params["bucket"]
    if bucket not in {config.name for config in registry.access.visible_bucket_configs(caller)}:
        raise Refused(404, "Bucket not found")
    if not going_on.begin(bucket):
        raise Refused(409, f"Indexing of {bucket} is in progress")
    # Decision: the answer comes when the index is built, while a stack answers when it has begun.
    try:
        registry.services.search.reindex(bucket)
    finally:
        going_on.end(bucket)
    return JSONResponse({})
