"""What AWS credentials open: tried with boto3 on a real object, and looked at with the suite's own keys."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from environment.targets.target import Target
from environment.undo.log import UndoLog

_CONTENT = b"may this be read\n"


class PermissionTrial:
    """Reads and writes as somebody, in a folder of their own that is removed when the scenario ends."""

    def __init__(self, target: Target, undo: UndoLog, who: str) -> None:
        self._target = target
        self._undo = undo
        self._prefix = f"permission-trials/{who}/"

    def may_read(self, s3: Any, bucket: str) -> bool:
        """Whether this client gets an object of the bucket and finds it listed; not, if it can do neither.

        Raises:
            botocore.exceptions.ClientError: if S3 fails for another reason than a missing permission.
            AssertionError: if it can do one of the two only.
        """
        key = f"{self._prefix}read.txt"
        self._book(bucket)
        self._target.client("s3").put_object(Bucket=bucket, Key=key, Body=_CONTENT)
        listed = _allowed(lambda: s3.list_objects_v2(Bucket=bucket, Prefix=key))
        gotten = _allowed(lambda: s3.get_object(Bucket=bucket, Key=key)["Body"].read())
        assert listed == gotten, (
            f"S3 {_lets(listed)} them list the objects of {bucket} and {_lets(gotten)} them get one"
        )
        return gotten

    def may_write(self, s3: Any, bucket: str) -> bool:
        """Whether an object that this client puts into the bucket is then there.

        Raises:
            botocore.exceptions.ClientError: if S3 fails for another reason than a missing permission, or accepted the
                object and does not have it.
        """
        key = f"{self._prefix}write.txt"
        self._book(bucket)
        if not _allowed(lambda: s3.put_object(Bucket=bucket, Key=key, Body=_CONTENT)):
            return False
        self._target.client("s3").head_object(Bucket=bucket, Key=key)
        return True

    def _book(self, bucket: str) -> None:
        self._undo.book("objects", f"the objects s3://{bucket}/{self._prefix}", bucket=bucket, prefix=self._prefix)


def is_refused(error: ClientError) -> bool:
    """Whether S3 said that the credentials do not suffice, or are no good at all."""
    codes = {"AccessDenied", "403", "ExpiredToken", "InvalidAccessKeyId", "InvalidToken"}
    return str(error.response["Error"]["Code"]) in codes


def _lets(allowed: bool) -> str:
    return "lets" if allowed else "does not let"


def _allowed(call: Any) -> bool:
    try:
        call()
    except ClientError as error:
        if is_refused(error):
            return False
        raise
    return True
