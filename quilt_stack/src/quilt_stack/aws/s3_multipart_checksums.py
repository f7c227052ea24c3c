"""Checksums in the answers of multipart uploads, without which quilt3 cannot push 8 MiB or more.

Stock moto leaves ``ChecksumSHA256`` out of CompleteMultipartUpload and UploadPartCopy (``KeyError`` in quilt3), and
the ``-N`` of a composite checksum out of HEAD (quilt3 then uploads unchanged files anew); foundations 4.
"""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.s3.models import FakeKey
from moto.s3.responses import S3Response
from moto.s3.utils import compute_checksum

from quilt_stack.patches import Patch

_COMPOSITE = "COMPOSITE"

PATCH = Patch(
    __name__,
    "moto",
    reason="moto answers multipart uploads without checksums, and quilt3 cannot push 8 MiB or more.",
    bodies={
        "moto.s3.responses:S3Response.serialized": "99c3220acd67",
        "moto.s3.responses:S3Response.head_object": "861beae554bc",
        "moto.s3.responses:S3Response._get_param": "a87204be1730",
    },
    fence="tests/quilt_stack/aws/test_aws_checksums.py::test_a_multipart_upload_shows_its_composite_checksum_everywhere",
    until="moto answers them as S3 does",
    needed="tests/upstream/test_moto.py::test_completing_a_multipart_upload_shows_its_checksum",
)


def install() -> None:
    """Complete the answers of CompleteMultipartUpload, UploadPartCopy and HeadObject."""
    PATCH.replace(S3Response, "serialized", _with_checksums)
    PATCH.replace(S3Response, "head_object", _with_qualified_checksum)


def qualified_checksum(key: FakeKey) -> str | None:
    """An object's checksum as S3 shows it: a composite one carries the number of parts after a hyphen."""
    if not key.checksum_value or not key.checksum_algorithm:
        return None
    return f"{key.checksum_value}-{key.checksum_parts}" if key.checksum_type == _COMPOSITE else key.checksum_value


def _with_checksums(original: Any) -> Any:
    def serialized(self: S3Response, action_result: ActionResult) -> Any:
        result = action_result.result
        if isinstance(result, dict):
            action = self.data.get("Action")
            if action == "CompleteMultipartUpload":
                _add_object_checksum(self, result)
            elif action == "UploadPartCopy":
                _add_part_checksum(self, result)
        return original(self, action_result)

    return serialized


def _add_object_checksum(response: S3Response, result: dict[str, Any]) -> None:
    key = response.backend.get_object(response.bucket_name, result["Key"])
    checksum = qualified_checksum(key) if key is not None else None
    if key is not None and checksum is not None:
        result[f"Checksum{key.checksum_algorithm}"] = checksum
        result["ChecksumType"] = key.checksum_type


def _add_part_checksum(response: S3Response, result: dict[str, Any]) -> None:
    bucket = response.backend.get_bucket(response.bucket_name)
    upload = bucket.multiparts[response._get_param("uploadId")]
    algorithm = upload.metadata.get("x-amz-checksum-algorithm")
    if algorithm:
        part = upload.parts[int(response._get_param("partNumber"))]
        result["CopyPartResult"][f"Checksum{algorithm}"] = compute_checksum(part.value, algorithm).decode()


def _with_qualified_checksum(original: Any) -> Any:
    def head_object(self: S3Response, bucket_name: str, query: Any, key_name: str, headers: Any) -> Any:
        status, response_headers, body = original(self, bucket_name, query, key_name, headers)
        if status in (200, 206):
            version_id = query.get("versionId", [None])[0]
            key = self.backend.get_object(bucket_name, key_name, version_id=version_id)
            name = f"x-amz-checksum-{(key.checksum_algorithm or '').lower()}" if key is not None else ""
            if key is not None and name in response_headers:
                response_headers[name] = qualified_checksum(key)
                response_headers["x-amz-checksum-type"] = key.checksum_type or "FULL_OBJECT"
        return status, response_headers, body

    return head_object
