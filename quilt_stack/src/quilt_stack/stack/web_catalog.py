"""The compiled web catalog, served as it is, but for two things in its page.

What its page takes from other origins (fonts, a script of a third party) is left out: a stack on loopback needs no
network and lets nobody else run code in it. A script comes first that sends what is for AWS's hosts to the S3 proxy.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from quilt_stack.bundle import INDEX

_FOREIGN = re.compile(r"<(script|link)\b[^>]*\b(?:src|href)=\"https?://[^\"]*\"[^>]*>(?:</script>)?")
# Its icons are names of a font's ligatures, which would be read as words without the font.
_FIRST = (
    '<style>.material-icons{font-size:0!important}</style><script src="/config.js"></script>'
    '<script src="/aws-hosts.js"></script>'
)


def routes(bundle: Path, configuration: Mapping[str, object]) -> list[BaseRoute]:
    """``/config.js``, the script for AWS's hosts, the bundle's files, and its page for every other path."""
    page = _page((bundle / INDEX).read_text(encoding="utf-8"))
    hosts = files("quilt_stack.stack").joinpath("pages", "aws_hosts.js").read_text(encoding="utf-8")
    scripts = {
        "/config.js": f"window.QUILT_CATALOG_CONFIG = {json.dumps(configuration)}\n",
        "/aws-hosts.js": hosts,
    }
    return [
        *(Route(path, _script(text)) for path, text in scripts.items()),
        Mount("/", _Files(page, directory=bundle)),
    ]


class _Files(StaticFiles):
    """The bundle's files; any other path is a page that its script makes."""

    def __init__(self, page: str, *, directory: Path) -> None:
        super().__init__(directory=directory)
        self._page = page

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, or the page."""
        if path not in (".", INDEX):
            try:
                return await super().get_response(path, scope)
            except HTTPException as refusal:
                if refusal.status_code != 404:
                    raise
        return HTMLResponse(self._page)


def _page(page: str) -> str:
    return _FOREIGN.sub("", page).replace("<head>", f"<head>{_FIRST}", 1)


def _script(text: str) -> Response:
    return Response(text, media_type="text/javascript")
