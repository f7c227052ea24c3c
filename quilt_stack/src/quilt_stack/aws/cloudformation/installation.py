"""Teaching moto, when the first request for CloudFormation comes: moto's part of it takes two seconds to load."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Any

from quilt_stack.aws.cloudformation.resource_type import Clients
from quilt_stack.wire.wsgi import Middleware, WSGIApplication

_install_lock = threading.Lock()


def when_first_used(clients: Clients) -> Middleware:
    """Return a middleware that installs the extension before it lets the first CloudFormation request through.

    ``clients`` makes the boto3 clients, by service and region, with which resources are made.
    """

    def wrap(application: WSGIApplication) -> WSGIApplication:
        installed = threading.Event()

        def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
            if not installed.is_set() and "/cloudformation/aws4_request" in environ.get("HTTP_AUTHORIZATION", ""):
                with _install_lock:
                    install(clients)
                installed.set()
            return application(environ, start_response)

        return respond

    return wrap


def install(clients: Clients) -> None:
    """Extend moto in this process; a second call changes the clients alone."""
    # Late, because moto.cloudformation loads the models of every service.
    from quilt_stack.aws.cloudformation import change_sets, drift, moto_models, stacks

    moto_models.install(clients)
    stacks.install()
    change_sets.install()
    drift.install()
