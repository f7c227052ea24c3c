"""Files of browsing sessions (registry facts 1.6)."""

from __future__ import annotations

from starlette.responses import Response
from starlette.routing import Route

from quilt_stack.registry.browsing import (
    BrowsingForbiddenError,
    BrowsingNotFoundError,
    BrowsingSessions,
)
from quilt_stack.registry.calls import Call, Refused, Registry, route


def routes(registry: Registry) -> list[Route]:
    """The endpoint, for the catalog's origin and the registry's."""
    # Decision: it is on the catalog's origin, where quilt-mcp looks for it, and on the registry's, to which a stack's
    # S3 proxy forwards it (open: registry facts 10.4).
    return [route("/browse/{session}/{path:path}", _browse, registry)]


def _browse(call: Call) -> Response:
    registry, caller = call.registry, call.caller()
    session, path = call.request.path_params["session"], call.request.path_params["path"]
    try:
        url = BrowsingSessions(registry.services, registry.access).resolve(session, path, caller)
    except BrowsingNotFoundError as refusal:
        raise Refused(404, str(refusal)) from None
    except BrowsingForbiddenError as refusal:
        raise Refused(403, str(refusal)) from None
    # Not Starlette's redirect, which would quote the signed URL again.
    return Response(status_code=302, headers={"location": url})
