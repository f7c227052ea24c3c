"""Requests without a signature in their header: a bucket policy may allow them what they ask of S3.

moto fails with HTTP 500 for them once IAM is enforced, and for a header that it cannot read.
"""

from __future__ import annotations

from collections.abc import Iterable

from quilt_stack.aws import moto_state
from quilt_stack.aws.identity import ANONYMOUS_ACCESS_KEY_ID, assert_identity
from quilt_stack.aws.s3_region import bucket_and_key
from quilt_stack.wire.wsgi import StartResponse, WSGIApplication, WSGIEnvironment, credential_scope, s3_error

_SIGNATURE_VERSION_4 = "AWS4-HMAC-SHA256"


def admit_anonymous(application: WSGIApplication) -> WSGIApplication:
    """Middleware: let moto's IAM check see unsigned S3 requests; refuse signatures of other kinds."""

    def admitted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        authorization = environ.get("HTTP_AUTHORIZATION")
        if authorization is None:
            if _is_for_s3(environ):
                bucket = moto_state.find_bucket(bucket_and_key(environ)[0])
                region = bucket.region_name if bucket is not None else "us-east-1"
                assert_identity(environ, ANONYMOUS_ACCESS_KEY_ID, region)
        elif not authorization.startswith(_SIGNATURE_VERSION_4):
            message = (
                f"The authorization mechanism you have provided is not supported. Please use {_SIGNATURE_VERSION_4}."
            )
            return s3_error(environ, start_response, 400, "InvalidRequest", message)
        elif credential_scope(environ) is None:
            message = "The authorization header is malformed; it needs Credential=KEY/DATE/REGION/SERVICE/aws4_request."
            return s3_error(environ, start_response, 400, "AuthorizationHeaderMalformed", message)
        return application(environ, start_response)

    return admitted


def _is_for_s3(environ: WSGIEnvironment) -> bool:
    """Every other service names its operation in a header or in a form."""
    is_form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    return "HTTP_X_AMZ_TARGET" not in environ and not (environ["REQUEST_METHOD"] == "POST" and is_form)
