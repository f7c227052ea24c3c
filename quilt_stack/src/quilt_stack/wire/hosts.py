"""Which Host a deployment on loopback answers to: this machine's own names alone.

A page of a foreign origin can let its own name mean 127.0.0.1 (DNS rebinding); the browser sends that name as Host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.middleware.trustedhost import TrustedHostMiddleware
from werkzeug.sansio.utils import host_is_trusted

from quilt_stack.wire.connections import ASGIApplication
from quilt_stack.wire.exposure import is_loopback
from quilt_stack.wire.wsgi import StartResponse, WSGIApplication, WSGIEnvironment, s3_error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from quilt_stack.settings import DeploymentSettings


def for_its_own_hosts(application: ASGIApplication, settings: DeploymentSettings) -> ASGIApplication:
    """The application, which answers 400 to a Host that is none of this machine's; others' machines may use any."""
    if not is_loopback(settings.host):
        return application
    return TrustedHostMiddleware(application, ["localhost", "*.localhost", "127.0.0.1", settings.host], False)


def wsgi_for_its_own_hosts(application: WSGIApplication, settings: DeploymentSettings) -> WSGIApplication:
    """The same for the AWS endpoint."""
    if not is_loopback(settings.host):
        return application
    known = (".localhost", "127.0.0.1", settings.host)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if host_is_trusted(environ.get("HTTP_HOST"), known):
            return application(environ, start_response)
        return s3_error(environ, start_response, 400, "InvalidRequest", "Invalid host header")

    return answer
