"""A key has 1,024 bytes at most (AWS documentation, "Naming Amazon S3 objects"); moto takes any."""

from __future__ import annotations

from collections.abc import Iterable

from quilt_stack.aws.s3_region import bucket_and_key
from quilt_stack.wire.wsgi import StartResponse, WSGIApplication, WSGIEnvironment, credential_scope, s3_error

LONGEST_KEY_BYTES = 1024


def refuse_long_keys(application: WSGIApplication) -> WSGIApplication:
    """Middleware: 400 KeyTooLongError for any S3 request about a longer key."""

    def refusing(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        scope = credential_scope(environ)
        size = len(bucket_and_key(environ)[1].encode(errors="surrogateescape"))
        if scope is None or scope[2] != "s3" or size <= LONGEST_KEY_BYTES:
            return application(environ, start_response)
        details = {"Size": str(size), "MaxSizeAllowed": str(LONGEST_KEY_BYTES)}
        return s3_error(environ, start_response, 400, "KeyTooLongError", "Your key is too long", details=details)

    return refusing
