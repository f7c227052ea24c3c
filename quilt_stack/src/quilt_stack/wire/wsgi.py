"""Words for WSGI that the AWS endpoint's middlewares share, and S3's form of an error."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import TypeAlias
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from xml.sax.saxutils import escape

Middleware: TypeAlias = Callable[[WSGIApplication], WSGIApplication]

CONNECTION_SOCKET = "embedded.connection_socket"
"""Environ key of the accepted socket: a fault middleware may reset or cut the connection through it."""

__all__ = [
    "CONNECTION_SOCKET",
    "Middleware",
    "StartResponse",
    "WSGIApplication",
    "WSGIEnvironment",
    "compose",
    "credential_scope",
    "s3_error",
]


def compose(application: WSGIApplication, middlewares: Iterable[Middleware]) -> WSGIApplication:
    """Put middlewares around an application; the first one listed is the outermost."""
    for middleware in reversed(list(middlewares)):
        application = middleware(application)
    return application


def credential_scope(environ: WSGIEnvironment) -> tuple[str, str, str] | None:
    """Access key id, region and service of a request with a Signature Version 4 header; None without one."""
    _, found, rest = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")
    parts = rest.partition(",")[0].strip().split("/")
    if not found or len(parts) != 5:
        return None
    access_key_id, _date, region, service, _terminator = parts
    return access_key_id, region, service


def s3_error(
    environ: WSGIEnvironment,
    start_response: StartResponse,
    status: int,
    code: str,
    message: str,
    *,
    details: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> list[bytes]:
    """Answer with S3's error document; ``details`` become its further elements. HEAD gets headers alone."""
    request_id = secrets.token_hex(8).upper()
    elements = {"Code": code, "Message": message, **(details or {}), "RequestId": request_id}
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in elements.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inner}</Error>'.encode()
    if environ["REQUEST_METHOD"] == "HEAD":
        body = b""
    start_response(
        f"{status} {HTTPStatus(status).phrase}",
        [
            ("Content-Type", "application/xml"),
            ("Content-Length", str(len(body))),
            ("x-amz-request-id", request_id),
            *(headers or {}).items(),
        ],
    )
    return [body]
