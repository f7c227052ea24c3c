"""A form that a browser posts to a bucket: the policy in it is checked as S3 checks it, and its file is stored.

The form becomes PutObject of its key by whoever signed the policy, so that IAM decides as for any upload; stock moto
looks at neither signature nor policy. AWS documentation, "Browser-Based Uploads Using POST". Both forms of signatures
are needed, and computed by botocore.

Decision: an upload by a form is announced as ObjectCreated:Put, not as ObjectCreated:Post.
"""

from __future__ import annotations

import hmac
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from botocore.auth import HmacV1PostAuth, S3SigV4PostAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from werkzeug.formparser import parse_form_data

from quilt_stack.aws import moto_state
from quilt_stack.aws.identity import ANONYMOUS_ACCESS_KEY_ID, assert_identity
from quilt_stack.aws.presigned import Refusal
from quilt_stack.aws.s3_key_length import LONGEST_KEY_BYTES
from quilt_stack.aws.s3_post_policy import PostPolicy
from quilt_stack.aws.s3_region import bucket_and_key
from quilt_stack.clock import Clock
from quilt_stack.wire.wsgi import StartResponse, WSGIApplication, WSGIEnvironment, s3_error

_FORM = "multipart/form-data"
_STATUSES = {"200": "200 OK", "201": "201 Created"}
_HEADERS = frozenset({"cache-control", "content-disposition", "content-encoding", "content-type", "expires"})
_FILE_NAME = "${filename}"
_NOT_THERE = "The AWS Access Key Id you provided does not exist in our records."
_MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your key and signing method."
)


@dataclass(frozen=True)
class _Form:
    """The fields by name in small letters, and the file."""

    fields: Mapping[str, str]
    content: bytes

    @classmethod
    def of(cls, environ: WSGIEnvironment) -> _Form:
        _, fields, files = parse_form_data(environ, stream_factory=_in_memory)
        if len(list(files.items(multi=True))) != 1 or "file" not in files:
            raise Refusal(400, "InvalidArgument", "POST requires exactly one file upload per request.")
        named = {name.lower(): value for name, value in fields.items()}
        if not named.get("key"):
            message = "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of"
            raise Refusal(400, "InvalidArgument", f"{message} the fields.")
        file_name = (files["file"].filename or "").replace("\\", "/").rpartition("/")[2]
        return cls({**named, "key": named["key"].replace(_FILE_NAME, file_name)}, files["file"].read())


def _in_memory(*_: object, **__: object) -> io.BytesIO:
    return io.BytesIO()


def accept_posted_forms(application: WSGIApplication, clock: Clock) -> WSGIApplication:
    """Middleware: check a posted form and let it be stored; requests of other kinds pass untouched."""

    def accepting(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        bucket, key = bucket_and_key(environ)
        is_form = environ["REQUEST_METHOD"] == "POST" and environ.get("CONTENT_TYPE", "").startswith(_FORM)
        if not is_form or not bucket or key:
            return application(environ, start_response)
        try:
            form = _Form.of(environ)
            _check(environ, form, bucket, clock.seconds())
        except Refusal as refusal:
            return s3_error(
                environ, start_response, refusal.status, refusal.code, refusal.message, details=refusal.details
            )
        _become_put(environ, form, bucket)
        return application(environ, _answering(start_response, form, bucket))

    return accepting


def _check(environ: WSGIEnvironment, form: _Form, bucket: str, now: float) -> None:
    """Check signature and policy, and say who posts; who signs nothing posts as anybody.

    Raises:
        Refusal: S3 would not accept the form.
    """
    found = moto_state.find_bucket(bucket)
    region = found.region_name if found is not None else "us-east-1"
    size = len(form.fields["key"].encode())
    if size > LONGEST_KEY_BYTES:
        details = {"Size": str(size), "MaxSizeAllowed": str(LONGEST_KEY_BYTES)}
        raise Refusal(400, "KeyTooLongError", "Your key is too long", details)
    if "policy" not in form.fields:
        assert_identity(environ, ANONYMOUS_ACCESS_KEY_ID, region)
        return
    access_key_id, token = _verified(form.fields)
    PostPolicy.parse(form.fields["policy"]).check(form.fields, bucket, len(form.content), now)
    assert_identity(environ, access_key_id, region, token)


def _verified(fields: Mapping[str, str]) -> tuple[str, str | None]:
    """Access key and session token of whoever signed the policy."""
    is_version_4 = "x-amz-signature" in fields
    try:
        given = fields["x-amz-signature" if is_version_4 else "signature"]
        access_key_id = fields["x-amz-credential"].partition("/")[0] if is_version_4 else fields["awsaccesskeyid"]
    except KeyError as missing:
        message = f"Bucket POST must contain a field named '{missing.args[0]}'."
        raise Refusal(400, "InvalidArgument", message) from None
    secret = moto_state.find_secret(access_key_id)
    if secret is None:
        raise Refusal(403, "InvalidAccessKeyId", _NOT_THERE, {"AWSAccessKeyId": access_key_id})
    token = fields.get("x-amz-security-token")
    credentials = Credentials(access_key_id, secret, token)
    expected = _version_4(fields, credentials) if is_version_4 else _version_2(fields, credentials)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise Refusal(403, "SignatureDoesNotMatch", _MISMATCH, {"AWSAccessKeyId": access_key_id})
    return access_key_id, token


def _version_4(fields: Mapping[str, str], credentials: Credentials) -> str:
    try:
        _, _, region, service, _ = fields["x-amz-credential"].split("/")
        moment = fields["x-amz-date"]
    except (KeyError, ValueError):
        raise Refusal(400, "InvalidArgument", "The form's X-Amz-Credential or X-Amz-Date is not valid.") from None
    request = AWSRequest()
    request.context["timestamp"] = moment
    return str(S3SigV4PostAuth(credentials, service, region).signature(fields["policy"], request))


def _version_2(fields: Mapping[str, str], credentials: Credentials) -> str:
    return str(HmacV1PostAuth(credentials).sign_string(fields["policy"]))


def _become_put(environ: WSGIEnvironment, form: _Form, bucket: str) -> None:
    path = f"/{bucket}/{quote(form.fields['key'])}"
    for name in ("CONTENT_TYPE", "HTTP_CONTENT_TYPE", "HTTP_EXPECT"):
        environ.pop(name, None)
    environ |= {
        "REQUEST_METHOD": "PUT",
        "RAW_URI": path,
        "REQUEST_URI": path,
        "PATH_INFO": f"/{bucket}/{form.fields['key']}".encode().decode("latin-1"),
        "QUERY_STRING": "",
        "CONTENT_LENGTH": str(len(form.content)),
        "wsgi.input": io.BytesIO(form.content),
    }
    for name, value in form.fields.items():
        if name in _HEADERS or name.startswith("x-amz-meta-") or name in ("acl", "tagging"):
            environ[_variable(f"x-amz-{name}" if name in ("acl", "tagging") else name)] = value


def _variable(header: str) -> str:
    return "CONTENT_TYPE" if header == "content-type" else "HTTP_" + header.upper().replace("-", "_")


def _answering(start_response: StartResponse, form: _Form, bucket: str) -> StartResponse:
    """Turn PutObject's 200 into what the form asks for; everything else is an error, and stays."""

    def answer(status: str, headers: list[tuple[str, str]], *more: Any) -> Callable[[bytes], object]:
        if not status.startswith("200"):
            return start_response(status, headers, *more)
        redirect = form.fields.get("success_action_redirect", form.fields.get("redirect"))
        if redirect is not None and urlsplit(redirect).scheme in ("http", "https"):
            etag = dict(headers).get("ETag", "")
            return start_response("303 See Other", [*headers, ("Location", _located(redirect, form, bucket, etag))])
        wanted = _STATUSES.get(form.fields.get("success_action_status", ""), "204 No Content")
        return start_response(wanted, [*headers, ("Location", f"/{bucket}/{quote(form.fields['key'])}")])

    return answer


def _located(redirect: str, form: _Form, bucket: str, etag: str) -> str:
    url = urlsplit(redirect)
    query = [*parse_qsl(url.query), ("bucket", bucket), ("key", form.fields["key"]), ("etag", etag)]
    return url._replace(query=urlencode(query)).geturl()
