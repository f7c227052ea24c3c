"""What lies in S3, seen with boto3 and the suite's own keys: objects, package pointers, manifests."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from botocore.exceptions import ClientError

POINTERS = ".quilt/named_packages/"
MANIFESTS = ".quilt/packages/"


class PlaceInS3:
    """Where a version of an object lies; ``version_id`` is None in a bucket without versions."""

    bucket: str
    key: str
    version_id: str | None

    @property
    def uri(self) -> str:
        """``s3://bucket/key``, the key as it is: what a user types."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def physical_key(self) -> str:
        """``s3://bucket/key?versionId=…`` with the key percent-encoded: what manifests hold (registry facts 7.2)."""
        version = "" if self.version_id is None else "?" + urlencode({"versionId": self.version_id})
        return f"s3://{self.bucket}/{quote(self.key)}{version}"


class StorageObserver:
    """Reads one S3 service."""

    def __init__(self, s3: Any) -> None:
        self._s3 = s3

    def keys(self, bucket: str, prefix: str = "") -> list[str]:
        """All keys under a prefix."""
        return list(self.sizes(bucket, prefix))

    def sizes(self, bucket: str, prefix: str = "") -> dict[str, int]:
        """Size in bytes of each object under a prefix, by key, in the order of the keys."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        return {item["Key"]: item["Size"] for page in pages for item in page.get("Contents", [])}

    def package_names(self, bucket: str) -> set[str]:
        """Names of all packages that have a pointer in the bucket (registry facts 7.1)."""
        return {"/".join(key.removeprefix(POINTERS).split("/")[:2]) for key in self.keys(bucket, POINTERS)}

    def latest_top_hash(self, bucket: str, package_name: str) -> str | None:
        """Top hash that the package's ``latest`` pointer holds; None if there is no such package."""
        try:
            return self.content(bucket, f"{POINTERS}{package_name}/latest").decode()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                return None
            raise

    def revision_hashes(self, bucket: str, package_name: str) -> list[str]:
        """Top hashes of a package's timestamp pointers, oldest first (registry facts 7.1)."""
        pointers = [key for key in self.keys(bucket, f"{POINTERS}{package_name}/") if not key.endswith("/latest")]
        ordered = sorted(pointers, key=lambda key: int(key.rsplit("/", 1)[1]))
        return [self.content(bucket, key).decode() for key in ordered]

    def content(self, bucket: str, key: str, version_id: str | None = None) -> bytes:
        """Bytes of an object, or of one of its versions."""
        version = {} if version_id is None else {"VersionId": version_id}
        return bytes(self._s3.get_object(Bucket=bucket, Key=key, **version)["Body"].read())

    def bytes_of(self, physical_key: str) -> bytes:
        """The bytes behind a physical key ``s3://bucket/key?versionId=…``."""
        parts = urlsplit(physical_key)
        version = parse_qs(parts.query).get("versionId", [None])[0]
        return self.content(parts.netloc, unquote(parts.path[1:]), version)

    def sha256(self, physical_key: str) -> str:
        """SHA-256 (hex) of the bytes behind a physical key."""
        return hashlib.sha256(self.bytes_of(physical_key)).hexdigest()
