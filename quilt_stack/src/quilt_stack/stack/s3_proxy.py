"""The S3 proxy: AWS's own host names for pages of a browser, with the headers that let them read the answers.

A path below `PREFIX` is ``/{host}/{path}`` (today's catalog, registry facts 11) or ``/{region}/{bucket}/{path}`` (the
older one, ``-`` for no region). ``/zip/`` and ``/browse/`` lead on to the registry (registry facts 1.6).

Decision: every host of AWS is served, not S3's alone, because the catalog asks Athena, too, at its own host (registry
facts 1.7).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from quilt_stack.aws.s3_virtual_hosts import readdress
from quilt_stack.wire.wsgi import StartResponse, WSGIApplication, WSGIEnvironment, s3_error

PREFIX = "/-s3-proxy"
"""No bucket's name begins with a hyphen."""

_REGISTRY = ("/zip/", "/browse/")
_HOST = re.compile(r"/(?P<host>[a-z0-9.-]+\.amazonaws\.com)(?P<target>[/?].*)?")
_BUCKET = re.compile(r"/(?P<region>[a-z]+-[a-z-]+-\d|-)/(?P<bucket>[^/?]+)(?P<target>[/?].*)?")
_EXPOSED = (
    "Content-Length, Content-Range, Content-Type, ETag, Last-Modified, x-amz-bucket-region, x-amz-delete-marker,"
    " x-amz-request-id, x-amz-version-id, x-amz-storage-class, x-amzn-RequestId"
)


def with_s3_proxy(application: WSGIApplication, registry_url: str) -> WSGIApplication:
    """The AWS endpoint with the S3 proxy below `PREFIX`."""

    def proxied(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        uri = environ["REQUEST_URI"]
        if not uri.startswith(f"{PREFIX}/"):
            return application(environ, start_response)
        target = uri.removeprefix(PREFIX)
        answer = _readable(start_response, environ)
        if environ["REQUEST_METHOD"] == "OPTIONS":
            answer("200 OK", [("Content-Length", "0")])
            return []
        if target.startswith(_REGISTRY):
            # 307, because ZIP archives are asked for by a form.
            answer("307 Temporary Redirect", [("Location", registry_url + target), ("Content-Length", "0")])
            return []
        addressed = _address(target)
        if addressed is None:
            return s3_error(environ, answer, 400, "InvalidRequest", "The S3 proxy serves hosts of AWS.")
        readdress(environ, *addressed)
        return application(environ, answer)

    return proxied


def _address(target: str) -> tuple[str, str] | None:
    """Host and target of a request to the proxy; None if it names no host of AWS."""
    if match := _HOST.fullmatch(target):
        host = match["host"]
    elif match := _BUCKET.fullmatch(target):
        region = "" if match["region"] == "-" else f".{match['region']}"
        host = f"{match['bucket']}.s3{region}.amazonaws.com"
    else:
        return None
    rest = match["target"] or "/"
    return host, rest if rest.startswith("/") else f"/{rest}"


def _readable(start_response: StartResponse, environ: WSGIEnvironment) -> StartResponse:
    """Let pages of any origin read the answer, as a stack's proxy does."""
    cors = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, DELETE"),
        ("Access-Control-Allow-Headers", environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "*")),
        ("Access-Control-Expose-Headers", _EXPOSED),
        ("Access-Control-Max-Age", "3000"),
    ]
    names = {name.lower() for name, _ in cors}

    def answer(status: str, headers: list[tuple[str, str]], *more: Any) -> Callable[[bytes], object]:
        kept = [(name, value) for name, value in headers if name.lower() not in names]
        return start_response(status, [*kept, *cors], *more)

    return answer
