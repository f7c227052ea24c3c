"""S3 compares an upload with the checksum that came with it and refuses it with BadDigest.

Stock moto accepts and repeats any checksum (foundations 4).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

from awscrt import checksums  # type: ignore[import-untyped]
from moto.s3.exceptions import S3ClientError
from moto.s3.responses import S3Response

from quilt_stack.patches import Patch

_ALGORITHMS: dict[str, Callable[[bytes], bytes]] = {
    "SHA256": lambda body: hashlib.sha256(body).digest(),
    "SHA1": lambda body: hashlib.sha1(body, usedforsecurity=False).digest(),
    "CRC32": lambda body: checksums.crc32(body).to_bytes(4, "big"),
    "CRC32C": lambda body: checksums.crc32c(body).to_bytes(4, "big"),
    "CRC64NVME": lambda body: checksums.crc64nvme(body).to_bytes(8, "big"),
}


class BadDigestError(S3ClientError):
    """The body is not what the client's checksum says."""

    def __init__(self, algorithm: str) -> None:
        super().__init__("BadDigest", f"The {algorithm} you specified did not match the calculated checksum.")


PATCH = Patch(
    __name__,
    "moto",
    reason="moto accepts any checksum that comes with an upload.",
    bodies={
        "moto.s3.responses:S3Response._get_checksum": "11795778d36c",
        "moto.s3.responses:S3Response.upload_part": "6657ded533d1",
    },
    fence="tests/quilt_stack/aws/test_aws_checksums.py::test_wrong_checksums_are_refused_and_nothing_is_stored",
    until="moto answers BadDigest",
    needed="tests/upstream/test_moto.py::test_wrong_checksums_are_refused",
)


def install() -> None:
    """Verify the checksums of PutObject and UploadPart."""
    PATCH.replace(S3Response, "_get_checksum", _verified)
    PATCH.replace(S3Response, "upload_part", _verified_before_storing)


def _verified(original: Any) -> Any:
    def get_checksum(self: S3Response, response_headers: dict[str, Any]) -> Any:
        algorithm, checksum = original(self, response_headers)
        if self.method == "PUT" and "x-amz-copy-source" not in self.headers:
            _verify(self, algorithm, checksum)
        return algorithm, checksum

    return get_checksum


def _verified_before_storing(original: Any) -> Any:
    """moto keeps a part first and looks at its checksum afterwards."""

    def upload_part(self: S3Response) -> Any:
        self._get_checksum({})
        return original(self)

    return upload_part


def _verify(response: S3Response, trailing_algorithm: str, trailing_checksum: str | None) -> None:
    """Check every checksum sent, in a header or behind the body.

    Raises:
        BadDigestError: for the first that differs.
    """
    body: bytes = response.body or b""
    given = {name: response.headers.get(f"x-amz-checksum-{name.lower()}") for name in _ALGORITHMS}
    if trailing_algorithm in given and not given[trailing_algorithm]:
        given[trailing_algorithm] = trailing_checksum
    for name, checksum in given.items():
        if checksum and base64.b64encode(_ALGORITHMS[name](body)).decode() != checksum:
            raise BadDigestError(name)
    md5 = response.headers.get("content-md5")
    if md5 and base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode() != md5:
        raise BadDigestError("Content-MD5")
