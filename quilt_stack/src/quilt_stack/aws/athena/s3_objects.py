"""Objects in S3 as a query reads them: fetched with the operator's keys, once the caller's rights allow it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from quilt_stack.aws.athena import failures
from quilt_stack.aws.athena.caller import AWSCaller

_MISSING_BUCKET = "NoSuchBucket"


@dataclass(frozen=True)
class StoredObject:
    """One object; ``etag`` tells its content from an earlier one at the same key, ``size`` is in bytes."""

    bucket: str
    key: str
    etag: str
    size: int

    @property
    def uri(self) -> str:
        """``s3://bucket/key``."""
        return f"s3://{self.bucket}/{self.key}"


def split_uri(uri: str) -> tuple[str, str]:
    """Bucket and key (or prefix) of ``s3://bucket/key``."""
    parts = urlsplit(uri, allow_fragments=False)
    return parts.netloc, uri.partition(f"//{parts.netloc}/")[2]


class ReadableObjects:
    """The objects that one caller may read."""

    def __init__(self, client: Callable[..., Any], caller: AWSCaller) -> None:
        self._s3 = client("s3")
        self._caller = caller

    def under(self, location: str) -> list[StoredObject]:
        """The objects that make up a table at ``s3://bucket/prefix/``; hidden ones (``_…``, ``.…``) are no part of it.

        Raises:
            QueryFailure: the bucket is not there, or the caller may not list it or read one of the objects.
        """
        bucket, prefix = split_uri(location)
        if prefix and not prefix.endswith("/"):
            prefix += "/"
        if not self._caller.may_list(bucket):
            raise failures.access_denied(location)
        try:
            found = list(self._listed(bucket, prefix))
        except ClientError as error:
            if error.response["Error"]["Code"] != _MISSING_BUCKET:
                raise
            raise failures.QueryFailure(f"HIVE_METASTORE_ERROR: Bucket {bucket} does not exist: {location}") from error
        for each in found:
            if not self._caller.may_read(each.bucket, each.key):
                raise failures.access_denied(each.uri)
        return found

    def content(self, found: StoredObject) -> bytes:
        """Bytes of an object."""
        return bytes(self._s3.get_object(Bucket=found.bucket, Key=found.key)["Body"].read())

    def _listed(self, bucket: str, prefix: str) -> Iterator[StoredObject]:
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
            for item in page.get("Contents", []):
                name = item["Key"].rpartition("/")[2]
                if item["Size"] and name and not name.startswith(("_", ".")):
                    yield StoredObject(bucket, item["Key"], item["ETag"], int(item["Size"]))
