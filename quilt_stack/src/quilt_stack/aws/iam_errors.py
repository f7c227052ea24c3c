"""Refusals of access in the form of the service's protocol.

moto answers JSON services (Athena, Glue, Events, ...) with XML, from which botocore reads the code "403"
(foundations 2); and it knows no ExpiredToken. Status and code: AWS documentation, "Common errors".
"""

from __future__ import annotations

from typing import Any, NoReturn

from moto.core.exceptions import JsonRESTError, _RESTError
from moto.iam.access_control import IAMRequest, S3IAMRequest
from moto.s3.exceptions import S3ClientError

from quilt_stack.patches import Patch

EXPIRED = "ExpiredToken"
"""Reason with which a failure to identify the caller names an ended session."""


class ExpiredTokenError(S3ClientError):
    """S3's refusal of an ended session, HTTP 400."""

    def __init__(self) -> None:
        super().__init__("ExpiredToken", "The provided token has expired.")


PATCH = Patch(
    __name__,
    "moto",
    reason="moto refuses JSON services in XML, and knows no ExpiredToken.",
    bodies={
        "moto.iam.access_control:IAMRequest._raise_access_denied": "3fe814bcda85",
        "moto.iam.access_control:IAMRequest._raise_signature_does_not_match": "79ab3442bc80",
        "moto.iam.access_control:IAMRequest._raise_invalid_access_key": "40ea9863f756",
        "moto.iam.access_control:S3IAMRequest._raise_invalid_access_key": "bd7282d9a019",
        "moto.core.exceptions:_RESTError": "3ce208e1600e",
    },
    fence="tests/quilt_stack/aws/test_aws_access.py::test_services_refuse_in_their_own_protocol",
    until="moto refuses in the protocol of the service",
    needed="tests/upstream/test_moto.py::test_a_json_service_is_refused_in_json",
)


def install() -> None:
    """Shape the refusals of ``moto.iam.access_control``."""
    PATCH.replace(IAMRequest, "_raise_access_denied", _access_denied)
    PATCH.replace(IAMRequest, "_raise_signature_does_not_match", _signature_does_not_match)
    PATCH.replace(IAMRequest, "_raise_invalid_access_key", _invalid_access_key)
    PATCH.replace(S3IAMRequest, "_raise_invalid_access_key", _invalid_access_key_of_s3)


def refusal(headers: Any, query_code: str, json_code: str, message: str, *, status: int, json_status: int) -> Exception:
    """The error of a service other than S3, in JSON where the request was JSON and in XML elsewhere."""
    if "x-amz-json" in (headers.get("Content-Type") or ""):
        error: _RESTError = JsonRESTError(json_code, message)
        error.code = json_status
    else:
        error = _RESTError(query_code, message)
        error.code = status
    return error


def _access_denied(_original: Any) -> Any:
    def raise_access_denied(self: IAMRequest) -> NoReturn:
        resource = getattr(self, "denied_resource", "*")
        message = f"User: {self._access_key.arn} is not authorized to perform: {self._action} on resource: {resource}"
        raise refusal(self._headers, "AccessDenied", "AccessDeniedException", message, status=403, json_status=400)

    return raise_access_denied


def _signature_does_not_match(_original: Any) -> Any:
    def raise_signature_does_not_match(self: IAMRequest) -> NoReturn:
        message = (
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details."
        )
        raise refusal(
            self._headers, "SignatureDoesNotMatch", "InvalidSignatureException", message, status=403, json_status=400
        )

    return raise_signature_does_not_match


def _invalid_access_key(_original: Any) -> Any:
    def raise_invalid_access_key(self: IAMRequest, reason: str) -> NoReturn:
        if reason == EXPIRED:
            message = "The security token included in the request is expired"
            codes = ("ExpiredToken", "ExpiredTokenException")
        else:
            message = "The security token included in the request is invalid."
            codes = ("InvalidClientTokenId", "UnrecognizedClientException")
        raise refusal(self._headers, *codes, message, status=403, json_status=400)

    return raise_invalid_access_key


def _invalid_access_key_of_s3(original: Any) -> Any:
    def raise_invalid_access_key(self: S3IAMRequest, reason: str) -> None:
        if reason == EXPIRED:
            raise ExpiredTokenError
        original(self, reason)

    return raise_invalid_access_key
