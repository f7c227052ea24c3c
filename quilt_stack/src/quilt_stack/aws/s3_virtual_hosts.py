"""S3 requests that were signed for a bucket's own host name, ``{bucket}.s3.{region}.amazonaws.com``.

Browsers sign for that name and send to the S3 proxy. What follows here knows paths alone, so the request's address is
changed to a path (`readdress`); its signature is checked for the address that was signed (`check_readdressed`).
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from quilt_stack.aws import moto_state
from quilt_stack.aws.identity import assert_identity
from quilt_stack.wire.wsgi import StartResponse, WSGIApplication, WSGIEnvironment, credential_scope, s3_error

_SIGNED_AS = "embedded.signed_as"
_HOST = re.compile(r"(?:(?P<bucket>.+)\.)?s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com")
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your key and signing method."
)


def readdress(environ: WSGIEnvironment, host: str, target: str) -> None:
    """Let a request be one to AWS's ``host`` with this target: path and query as they were sent, percent-encoded."""
    match = _HOST.fullmatch(host)
    if match is None:
        # Another service: the host tells which.
        environ["HTTP_HOST"] = host
    else:
        environ[_SIGNED_AS] = (host, target)
        if match["bucket"]:
            target = f"/{match['bucket']}{target}"
    path, _, query = target.partition("?")
    environ |= {"RAW_URI": target, "REQUEST_URI": target, "PATH_INFO": path, "QUERY_STRING": query}


def signed_address(environ: WSGIEnvironment) -> tuple[str, str]:
    """Host and target that the client signed."""
    host, target = environ.get(_SIGNED_AS) or (environ["HTTP_HOST"], environ["RAW_URI"])
    return str(host), str(target)


def check_readdressed(application: WSGIApplication) -> WSGIApplication:
    """Middleware: verify the header signature of a readdressed request; others pass untouched."""

    def checked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        scope = credential_scope(environ)
        if _SIGNED_AS not in environ or scope is None:
            return application(environ, start_response)
        access_key_id, region, _ = scope
        secret = moto_state.find_secret(access_key_id)
        if secret is None:
            message = "The AWS Access Key Id you provided does not exist in our records."
            details = {"AWSAccessKeyId": access_key_id}
            return s3_error(environ, start_response, 403, "InvalidAccessKeyId", message, details=details)
        token = environ.get("HTTP_X_AMZ_SECURITY_TOKEN")
        _, _, given = environ["HTTP_AUTHORIZATION"].rpartition("Signature=")
        expected = _signature(environ, Credentials(access_key_id, secret), region)
        if not hmac.compare_digest(expected.encode(), given.strip().encode()):
            return s3_error(environ, start_response, 403, "SignatureDoesNotMatch", _MISMATCH)
        assert_identity(environ, access_key_id, region, token)
        return application(environ, start_response)

    return checked


def _signature(environ: WSGIEnvironment, credentials: Credentials, region: str) -> str:
    host, target = signed_address(environ)
    _, _, rest = environ["HTTP_AUTHORIZATION"].partition("SignedHeaders=")
    headers = {name: header(environ, name) for name in rest.partition(",")[0].strip().split(";")} | {"host": host}
    request = AWSRequest(method=environ["REQUEST_METHOD"], url=f"https://{host}{target}", headers=headers)
    request.context["timestamp"] = headers.get("x-amz-date", "")
    auth = S3SigV4Auth(credentials, "s3", region)
    return str(auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request))


def header(environ: WSGIEnvironment, name: str) -> str:
    """A header of the request; empty if it has none of this name."""
    plain = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}
    return str(environ.get(plain.get(name, "HTTP_" + name.upper().replace("-", "_")), ""))
