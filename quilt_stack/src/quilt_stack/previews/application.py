"""The previews over HTTP, on the origin that the catalog's configuration calls the API gateway."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from quilt_stack.previews.picture import preview_picture
from quilt_stack.previews.source import PreviewRefused, Storage
from quilt_stack.previews.tabular import preview_table
from quilt_stack.previews.text import preview_text

logger = logging.getLogger(__name__)

Preview = Callable[[Storage, Mapping[str, str]], Response]


def routes(storage: Storage) -> list[Route]:
    """The endpoints."""
    previews: dict[str, Preview] = {
        "/preview": preview_text,
        "/tabular-preview": preview_table,
        "/thumbnail": preview_picture,
    }
    return [Route(path, _endpoint(storage, preview)) for path, preview in previews.items()]


def _endpoint(storage: Storage, preview: Preview) -> Callable[[Request], Awaitable[Response]]:
    def answer(arguments: Mapping[str, str]) -> Response:
        try:
            return preview(storage, arguments)
        except PreviewRefused as refusal:
            message = refusal.body.get("title") or refusal.body.get("error", "")
            return JSONResponse({"message": message, **refusal.body}, status_code=refusal.status)
        except Exception:
            logger.exception("A preview failed")
            return JSONResponse({"message": "Internal Server Error"}, status_code=500)

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(answer, dict(request.query_params))

    return endpoint
