"""Requests that touch moto's S3, IAM or STS state run one at a time.

moto's S3 has races (foundations 1: 389 of 640 concurrent versions kept, two winners of ``If-None-Match``). The lock
leaves out every other service, because those call S3 over the wire while they serve a request. They pass a gate, so
that a snapshot finds all services at rest.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable

from quilt_stack.wire.gate import Gate
from quilt_stack.wire.wsgi import StartResponse, WSGIApplication, WSGIEnvironment, credential_scope

_LOCKED_SERVICES = frozenset({"s3", "iam", "sts"})
STATE_LOCK = threading.RLock()
"""Held while something touches that state, which is the process's."""
OTHER_SERVICES = Gate()
"""What requests to all other services pass."""
STACK_ITSELF = "quilt-stack-itself"
"""In the user agent of the stack's own clients. What they ask for is part of a request that has passed the gate."""


def serialize_state_changes(application: WSGIApplication) -> WSGIApplication:
    """Middleware: hold the lock while moto works; the body is read before, so that a slow sender stops nobody."""

    def locked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        scope = credential_scope(environ)
        if scope is None or scope[2] not in _LOCKED_SERVICES:
            if STACK_ITSELF in environ.get("HTTP_USER_AGENT", ""):
                return application(environ, start_response)
            with OTHER_SERVICES.passing():
                return application(environ, start_response)
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length:
            environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(length))
        with STATE_LOCK:
            chunks = application(environ, start_response)
            try:
                return [b"".join(chunks)]
            finally:
                close = getattr(chunks, "close", None)
                if close is not None:
                    close()

    return locked
