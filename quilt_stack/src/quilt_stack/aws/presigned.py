"""Presigned S3 URLs are checked as S3 checks them: form, expiry, signature; then IAM decides as for any request.

Stock moto checks neither signature nor expiry and fails with HTTP 500 once IAM is enforced (foundations 2, 3). Both
forms are needed: boto3 presigns with Signature Version 2 for a custom endpoint unless told otherwise. The signatures
are botocore's own. Texts: AWS documentation, "Error responses"; expiry follows the deployment's clock.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol
from urllib.parse import parse_qs, urlsplit

from botocore.auth import HmacV1QueryAuth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from quilt_stack.aws import moto_state
from quilt_stack.aws.identity import assert_identity
from quilt_stack.aws.s3_region import bucket_and_key
from quilt_stack.aws.s3_virtual_hosts import header, signed_address
from quilt_stack.clock import Clock
from quilt_stack.wire.wsgi import StartResponse, WSGIApplication, WSGIEnvironment, s3_error

_LONGEST_VALIDITY = 7 * 24 * 3600
_LARGEST_CLOCK_SKEW = 15 * 60
_PARSE_ERROR = "AuthorizationQueryParametersError"


@dataclass(frozen=True)
class Refusal(Exception):  # noqa: N818 -- it is an answer of S3, not a fault of the program
    """S3's answer to a URL that it does not accept."""

    status: int
    code: str
    message: str
    details: Mapping[str, str] = field(default_factory=dict)


class _SignedQuery(Protocol):
    """One of the two forms: who signed, until when, and what the signature should be."""

    access_key_id: str
    region: str
    given_signature: str

    def check_time(self, now: float) -> None: ...

    def expected_signature(self, environ: WSGIEnvironment, credentials: Credentials) -> tuple[str, str]: ...


def check_presigned(application: WSGIApplication, clock: Clock) -> WSGIApplication:
    """Middleware: refuse what S3 refuses and hand the verified caller on; requests of other kinds pass untouched."""

    def checked(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        query = _query(environ)
        if not _is_presigned(query):
            return application(environ, start_response)
        try:
            _verify(environ, query, clock.seconds())
        except Refusal as refusal:
            return s3_error(
                environ, start_response, refusal.status, refusal.code, refusal.message, details=refusal.details
            )
        return application(environ, start_response)

    return checked


def _query(environ: WSGIEnvironment) -> dict[str, str]:
    text = environ.get("QUERY_STRING", "")
    if "Signature=" not in text:
        return {}
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def _is_presigned(query: Mapping[str, str]) -> bool:
    if "X-Amz-Signature" in query:
        return "/s3/" in query.get("X-Amz-Credential", "/s3/")
    return "Signature" in query and "AWSAccessKeyId" in query


def _verify(environ: WSGIEnvironment, query: Mapping[str, str], now: float) -> None:
    if "HTTP_AUTHORIZATION" in environ:
        raise Refusal(400, "InvalidArgument", "Only one auth mechanism allowed")
    signed: _SignedQuery
    try:
        signed = _Version4(query) if "X-Amz-Signature" in query else _Version2(query, bucket_and_key(environ)[0])
    except (KeyError, ValueError) as error:
        message = "Error parsing the query-string authentication parameters"
        raise Refusal(400, _PARSE_ERROR, message) from error
    signed.check_time(now)
    _check_region(environ, signed.region)
    secret = moto_state.find_secret(signed.access_key_id)
    if secret is None:
        message = "The AWS Access Key Id you provided does not exist in our records."
        raise Refusal(403, "InvalidAccessKeyId", message, {"AWSAccessKeyId": signed.access_key_id})
    token = query.get("X-Amz-Security-Token") or query.get("x-amz-security-token")
    expected, string_to_sign = signed.expected_signature(environ, Credentials(signed.access_key_id, secret, token))
    if not hmac.compare_digest(expected.encode(), signed.given_signature.encode()):
        raise Refusal(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method.",
            {
                "AWSAccessKeyId": signed.access_key_id,
                "StringToSign": string_to_sign,
                "SignatureProvided": signed.given_signature,
            },
        )
    assert_identity(environ, signed.access_key_id, signed.region, token)


def _check_region(environ: WSGIEnvironment, region: str) -> None:
    bucket = moto_state.find_bucket(bucket_and_key(environ)[0])
    if bucket is not None and bucket.region_name != region:
        expected = bucket.region_name
        message = (
            f"Error parsing the X-Amz-Credential parameter; the region '{region}' is wrong; expecting '{expected}'"
        )
        raise Refusal(400, _PARSE_ERROR, message, {"Region": expected})


class _Version4:
    """``X-Amz-Algorithm``, ``-Credential``, ``-Date``, ``-Expires`` (seconds), ``-SignedHeaders``, ``-Signature``."""

    def __init__(self, query: Mapping[str, str]) -> None:
        if query["X-Amz-Algorithm"] != "AWS4-HMAC-SHA256":
            raise ValueError("unknown algorithm")
        self.access_key_id, _date, self.region, self._service, _end = query["X-Amz-Credential"].rsplit("/", 4)
        self.given_signature = query["X-Amz-Signature"]
        self._date = query["X-Amz-Date"]
        self._signed_headers = query["X-Amz-SignedHeaders"].split(";")
        self._validity = int(query["X-Amz-Expires"])
        self._signed_at = datetime.strptime(self._date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()

    def check_time(self, now: float) -> None:
        if self._validity > _LONGEST_VALIDITY:
            message = (
                "X-Amz-Expires must be less than a week (in seconds); "
                f"that is, the given X-Amz-Expires must be less than {_LONGEST_VALIDITY} seconds"
            )
            raise Refusal(400, _PARSE_ERROR, message)
        if self._validity < 0:
            raise Refusal(400, _PARSE_ERROR, "X-Amz-Expires must be non-negative")
        if self._signed_at > now + _LARGEST_CLOCK_SKEW:
            raise Refusal(403, "AccessDenied", "Request is not valid yet")
        _check_expiry(self._signed_at + self._validity, now, {"X-Amz-Expires": str(self._validity)})

    def expected_signature(self, environ: WSGIEnvironment, credentials: Credentials) -> tuple[str, str]:
        host, target = signed_address(environ)
        path, _, query = target.partition("?")
        signed_query = "&".join(each for each in query.split("&") if not each.startswith("X-Amz-Signature="))
        request = AWSRequest(
            method=environ["REQUEST_METHOD"],
            url=f"http://{host}{path}?{signed_query}",
            headers={name: host if name == "host" else header(environ, name) for name in self._signed_headers},
        )
        request.context["timestamp"] = self._date
        auth = S3SigV4QueryAuth(credentials, self._service, self.region)
        string_to_sign = auth.string_to_sign(request, auth.canonical_request(request))
        return auth.signature(string_to_sign, request), string_to_sign


class _Version2:
    """``AWSAccessKeyId``, ``Expires`` (seconds since the epoch), ``Signature``; it knows no region."""

    def __init__(self, query: Mapping[str, str], bucket_name: str) -> None:
        self._query = query
        self.access_key_id = query["AWSAccessKeyId"]
        self.given_signature = query["Signature"]
        self._expires = int(query["Expires"])
        bucket = moto_state.find_bucket(bucket_name)
        self.region = bucket.region_name if bucket is not None else "us-east-1"

    def check_time(self, now: float) -> None:
        _check_expiry(self._expires, now, {})

    def expected_signature(self, environ: WSGIEnvironment, credentials: Credentials) -> tuple[str, str]:
        auth = _ExpiringSignature(credentials, self._query["Expires"])
        headers: Any = AWSRequest(headers=self._signed_headers(environ)).headers
        url = urlsplit(f"http://{environ['HTTP_HOST']}{environ['RAW_URI']}")
        string_to_sign = auth.canonical_string(environ["REQUEST_METHOD"], url, headers)
        return auth.sign_string(string_to_sign), string_to_sign

    def _signed_headers(self, environ: WSGIEnvironment) -> dict[str, str]:
        headers = {
            name.lower(): value
            for name, value in self._query.items()
            if name.lower().startswith("x-amz-") or name.lower() in ("content-md5", "content-type")
        }
        headers |= {
            name.removeprefix("HTTP_").lower().replace("_", "-"): value
            for name, value in environ.items()
            if name.startswith("HTTP_X_AMZ_") or name == "HTTP_CONTENT_MD5"
        }
        if environ.get("CONTENT_TYPE") and environ["REQUEST_METHOD"] in ("PUT", "POST"):
            headers["content-type"] = environ["CONTENT_TYPE"]
        return headers


class _ExpiringSignature(HmacV1QueryAuth):
    """Where a header signature has the date, a query signature has the time of expiry."""

    def __init__(self, credentials: Credentials, expires: str) -> None:
        super().__init__(credentials)
        self._date_of_signature = expires

    def _get_date(self) -> str:
        return self._date_of_signature


def _check_expiry(expires: float, now: float, details: Mapping[str, str]) -> None:
    if now > expires:
        moments = {"Expires": _iso(expires), "ServerTime": _iso(now)}
        raise Refusal(403, "AccessDenied", "Request has expired", {**details, **moments})


def _iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
