"""How a middleware that has verified a caller tells moto's IAM check who it is.

moto reads the caller from the ``Authorization`` header and verifies the signature in it. For a presigned URL (whose
signature is in the query) and for an anonymous request this module writes a header of the same form, signed with a
secret of this process instead, so that no client can claim to have been verified.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping

from quilt_stack.wire.wsgi import WSGIEnvironment

ANONYMOUS_ACCESS_KEY_ID = "anonymous"

_VERIFIED = secrets.token_hex(32)


def assert_identity(
    environ: WSGIEnvironment, access_key_id: str, region: str, session_token: str | None = None
) -> None:
    """Let moto see an S3 request as one of this caller."""
    environ["HTTP_AUTHORIZATION"] = (
        f"AWS4-HMAC-SHA256 Credential={access_key_id}/00000000/{region}/s3/aws4_request, "
        f"SignedHeaders=host, Signature={_VERIFIED}"
    )
    environ.pop("HTTP_X_AMZ_SECURITY_TOKEN", None)
    if session_token is not None:
        environ["HTTP_X_AMZ_SECURITY_TOKEN"] = session_token


def is_asserted(headers: Mapping[str, str]) -> bool:
    """Whether ``assert_identity`` wrote the ``Authorization`` header of a request."""
    _, _, signature = headers.get("Authorization", "").rpartition("Signature=")
    return hmac.compare_digest(signature.encode(), _VERIFIED.encode())
