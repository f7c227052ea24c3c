"""What a request asks for: the GraphQL or AWS operation behind it, read from its head and the beginning of its body."""

from __future__ import annotations

import re
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

_OPERATION_NAME = re.compile(rb'"operationName"\s*:\s*"(\w+)"')
_NAMED_QUERY = re.compile(rb'"query"\s*:\s*"[^"{]*?\b(?:query|mutation|subscription)\s+(\w+)')
_FIRST_FIELD = re.compile(rb'"query"\s*:\s*"[^{]*\{\s*(\w+)')
_FORM_ACTION = re.compile(rb"(?:^|&)Action=(\w+)")

# Sub-resources of S3's REST interface, as its API reference lists them, with the resource that each names.
_SUBRESOURCES = {
    "acl": "Acl",
    "cors": "Cors",
    "encryption": "Encryption",
    "lifecycle": "LifecycleConfiguration",
    "location": "Location",
    "notification": "NotificationConfiguration",
    "object-lock": "ObjectLockConfiguration",
    "policy": "Policy",
    "tagging": "Tagging",
    "versioning": "Versioning",
}
_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete", "HEAD": "Head"}


class Request(Protocol):
    """What tells the operation of a request."""

    method: str
    authority: str
    target: str
    aws_target: str | None
    aws_service: str | None
    copy_source: bool
    body: bytearray


def operation_name(request: Request) -> str | None:
    """``packageConstruct``, ``s3:PutObject``, ``Athena:StartQueryExecution``, … or None if nothing tells it."""
    path, query = urlsplit(request.target)[2:4]
    if request.aws_target:
        service, _, action = request.aws_target.rpartition(".")
        return f"{request.aws_service or service.partition('_')[0]}:{action}"
    if path.rstrip("/").endswith("/graphql"):
        return _graphql_operation(bytes(request.body))
    form_action = _FORM_ACTION.search(request.body)
    if form_action is not None and request.method == "POST":
        return f"{request.aws_service or 'aws'}:{form_action[1].decode('ascii', 'replace')}"
    parameters = parse_qs(query, keep_blank_values=True)
    if request.aws_service == "s3" or _is_presigned_for_s3(parameters):
        return f"s3:{_s3_operation(request, path, parameters)}"
    return None


def _graphql_operation(body: bytes) -> str | None:
    body = body.replace(rb"\n", b" ")  # line breaks inside a JSON string
    for pattern in (_OPERATION_NAME, _NAMED_QUERY, _FIRST_FIELD):
        match = pattern.search(body)
        if match is not None:
            return match[1].decode("ascii", "replace")
    return None


def _is_presigned_for_s3(parameters: dict[str, list[str]]) -> bool:
    # Signature Version 2 knows no scope; of AWS's services only S3 still takes it in a query.
    return "AWSAccessKeyId" in parameters or any("/s3/" in scope for scope in parameters.get("X-Amz-Credential", []))


def _s3_operation(request: Request, path: str, parameters: dict[str, list[str]]) -> str:
    bucket, key = _bucket_and_key(request.authority, path)
    verb = _VERBS.get(request.method, request.method.title())
    if "uploads" in parameters:
        return "CreateMultipartUpload" if request.method == "POST" else "ListMultipartUploads"
    if "uploadId" in parameters:
        return _multipart_operation(request)
    if key:
        if "tagging" in parameters:
            return f"{verb}ObjectTagging"
        return "CopyObject" if request.copy_source else f"{verb}Object"
    if not bucket:
        return "ListBuckets"
    for name, resource in _SUBRESOURCES.items():
        if name in parameters:
            return f"{verb}Bucket{resource}"
    if "delete" in parameters:
        return "DeleteObjects"
    if "versions" in parameters:
        return "ListObjectVersions"
    if request.method == "GET":
        return "ListObjectsV2" if "list-type" in parameters else "ListObjects"
    return {"PUT": "CreateBucket", "POST": "PostObject"}.get(request.method, f"{verb}Bucket")


def _multipart_operation(request: Request) -> str:
    if request.method == "PUT":
        return "UploadPartCopy" if request.copy_source else "UploadPart"
    return {"POST": "CompleteMultipartUpload", "DELETE": "AbortMultipartUpload"}.get(request.method, "ListParts")


def _bucket_and_key(authority: str, path: str) -> tuple[str, str]:
    """Bucket and key of a virtual-hosted (``bucket.s3…``) or a path-style request."""
    host = authority.partition(":")[0]
    label, dot, rest = host.partition(".s3")
    if dot and (rest.startswith((".", "-"))):
        return label, path.lstrip("/")
    bucket, _, key = path.lstrip("/").partition("/")
    return bucket, key
