"""moto's own doors are shut: its reset and seeding API, and the instance metadata with credentials for anybody.

AWS has neither at its endpoints, and whoever finds ``POST /moto-api/reset`` could empty a deployment without keys.
"""

from __future__ import annotations

from collections.abc import Iterable

from quilt_stack.wire.wsgi import StartResponse, WSGIApplication, WSGIEnvironment, s3_error

_DOORS = ("/moto-api", "/latest/meta-data/", "/latest/api/")


def shut_moto_doors(application: WSGIApplication) -> WSGIApplication:
    """Middleware: 404 for paths that moto takes out of the space of bucket names for itself."""

    def shut(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(_DOORS):
            return s3_error(environ, start_response, 404, "NoSuchBucket", "The specified bucket does not exist")
        return application(environ, start_response)

    return shut
