"""A bucket is reached through its own region alone; other regions are redirected.

Stock moto serves a bucket in any region (foundations 4). boto3 and quilt3 follow the redirect by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import parse_qs, unquote

from quilt_stack.aws import moto_state
from quilt_stack.wire.wsgi import (
    StartResponse,
    WSGIApplication,
    WSGIEnvironment,
    credential_scope,
    s3_error,
)


def bucket_and_key(environ: WSGIEnvironment) -> tuple[str, str]:
    """Bucket and key of a path-style request; empty where the path has none."""
    path = (environ.get("RAW_URI") or environ["PATH_INFO"]).partition("?")[0]
    bucket, _, key = path.removeprefix("/").partition("/")
    return unquote(bucket), unquote(key)


def redirect_to_region(application: WSGIApplication) -> WSGIApplication:
    """Middleware: 301 PermanentRedirect with ``x-amz-bucket-region`` for a request signed for another region."""

    def redirected(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        scope = credential_scope(environ)
        if scope is None or scope[2] != "s3":
            return application(environ, start_response)
        name, key = bucket_and_key(environ)
        bucket = moto_state.find_bucket(name)
        if bucket is None or bucket.region_name == scope[1] or _is_for_any_region(environ, key):
            return application(environ, start_response)
        return s3_error(
            environ,
            start_response,
            301,
            "PermanentRedirect",
            "The bucket you are attempting to access must be addressed using the specified endpoint. "
            "Please send all future requests to this endpoint.",
            details={"Endpoint": f"{name}.s3.{bucket.region_name}.amazonaws.com", "Bucket": name},
            headers={"x-amz-bucket-region": bucket.region_name},
        )

    return redirected


def _is_for_any_region(environ: WSGIEnvironment, key: str) -> bool:
    """GetBucketLocation answers everywhere; CreateBucket must say that the name is taken."""
    if key:
        return False
    query = parse_qs(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    method = environ["REQUEST_METHOD"]
    return (method == "GET" and "location" in query) or (method == "PUT" and not query)
