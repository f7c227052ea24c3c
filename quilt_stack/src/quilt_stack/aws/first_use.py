"""Teaching moto a service when the first request for it comes, because its part of moto takes its time to load."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from quilt_stack.wire.wsgi import Middleware, WSGIApplication

_install_lock = threading.Lock()


def before_first_use(service: str, install: Callable[[], None]) -> Middleware:
    """A middleware that calls ``install`` before it lets the first request that is signed for the service through."""
    scope = f"/{service}/aws4_request"

    def wrap(application: WSGIApplication) -> WSGIApplication:
        installed = threading.Event()

        def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if not installed.is_set() and scope in environ.get("HTTP_AUTHORIZATION", ""):
                with _install_lock:
                    install()
                installed.set()
            return application(environ, start_response)

        return respond

    return wrap
