"""Files of any size, made while they are uploaded: they lie on no disk of this machine and in no memory as a whole."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from typing_extensions import Buffer, override

from data.datasets.checksums import ChecksumSink
from data.datasets.model import DataFile, Sink
from data.datasets.stream import ByteStream
from data.upload import StoredFile

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_BLOCK_BYTES = 1024 * 1024


class _Source(io.RawIOBase):
    """Random bytes to be read like a file, with the digests of what was read."""

    def __init__(self, seed: int, label: str, size: int) -> None:
        self._stream = ByteStream(seed, label)
        self._left = size
        self.digests = ChecksumSink()

    @override
    def readable(self) -> bool:
        return True

    @override
    def readinto(self, buffer: Buffer, /) -> int:
        with memoryview(buffer) as view:
            data = self._stream.read(min(len(view), self._left))
            view[: len(data)] = data
        self._left -= len(data)
        return self.digests.write(data)


def upload_random_file(client: S3Client, bucket: str, key: str, *, size: int, seed: int) -> StoredFile:
    """Upload ``size`` random bytes, in parts where they are many; equal seed and key give equal bytes.

    Raises:
        botocore.exceptions.ClientError: S3 refuses.
    """
    source = _Source(seed, key, size)
    client.upload_fileobj(io.BufferedReader(source, _BLOCK_BYTES), bucket, key)
    version_id = client.head_object(Bucket=bucket, Key=key).get("VersionId")

    def write(into: Sink) -> None:
        stream = ByteStream(seed, key)
        for begin in range(0, size, _BLOCK_BYTES):
            into.write(stream.read(min(_BLOCK_BYTES, size - begin)))

    return StoredFile(DataFile(key.rsplit("/", 1)[-1], source.digests.digest(), write, ()), bucket, key, version_id)
