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
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from quilt_stack.bundle import INDEX

if TYPE_CHECKING:
    from quilt_stack.registry.services import Services

_FOREIGN = re.compile(r"<(script|link)\b[^>]*\b(?:src|href)=\"https?://[^\"]*\"[^>]*>(?:</script>)?")
_SETTINGS = "catalog/"
# Its icons are names of a font's ligatures, words without that font. For its text fonts it would wait in vain.
_STYLE = (
    ".material-icons{color:transparent!important;overflow:hidden;width:1em}"
    '@font-face{font-family:Roboto;src:local("Arial"),local("Liberation Sans"),local("DejaVu Sans")}'
    '@font-face{font-family:"Roboto Mono";src:local("Courier New"),local("Liberation Mono"),local("DejaVu Sans Mono")}'
)
_FIRST = f'<style>{_STYLE}</style><script src="/config.js"></script><script src="/aws-hosts.js"></script>'


def scripts(configuration: Mapping[str, object]) -> list[Route]:
    """``/config.js`` and the script for AWS's hosts; a web catalog that is served elsewhere takes them from here."""
    hosts = files("quilt_stack.stack").joinpath("pages", "aws_hosts.js").read_text(encoding="utf-8")
    texts = {
        "/config.js": f"window.QUILT_CATALOG_CONFIG = {json.dumps(configuration)};\n",
        "/aws-hosts.js": hosts,
    }
    return [Route(path, _script(text)) for path, text in texts.items()]


def pages(bundle: Path) -> Mount:
    """The bundle's files, and its page for every other path."""
    return Mount("/", _Files(_page((bundle / INDEX).read_text(encoding="utf-8")), directory=bundle))


def prepare(services: Services) -> None:
    """Put what the catalog reads into the stack's own bucket: its settings, without a signature.

    Decision: everybody may read what lies below ``catalog/`` there, because the older catalog asks without a signature,
    also before anybody has signed in (registry facts 11).
    """
    bucket = services.settings.service_bucket
    s3 = services.cloud.client("s3")
    s3.put_object(Bucket=bucket, Key=f"{_SETTINGS}settings.json", Body=b"{}", ContentType="application/json")
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}/{_SETTINGS}*",
    }
    s3.delete_public_access_block(Bucket=bucket)
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


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
