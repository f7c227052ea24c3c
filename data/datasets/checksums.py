"""Digests of a file, computed while it is written or read: SHA-256 and the chunked hash of Quilt packages."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import Buffer

# registry facts 7.4: chunks of 8 MiB, doubled until there are at most 10,000 of them.
CHUNK_BYTES = 8 * 1024 * 1024
_MOST_CHUNKS = 10_000
_BLOCK_BYTES = 1024 * 1024


@dataclass(frozen=True)
class Digest:
    """Size in bytes, SHA-256 in lower-case hexadecimal, ``sha2-256-chunked`` in base64 (registry facts 7.4)."""

    size: int
    sha256: str
    quilt_hash: str


class ChecksumSink:
    """A writable that keeps the digests of what is written to it."""

    def __init__(self) -> None:
        self._size = 0
        self._whole = hashlib.sha256()
        self._chunk = hashlib.sha256()
        self._chunk_digests: list[bytes] = []
        self._room = CHUNK_BYTES

    def write(self, data: Buffer) -> int:
        """Take the next bytes of the file; return how many they were."""
        whole = rest = memoryview(data)
        while rest:
            part, rest = rest[: self._room], rest[self._room :]
            self._whole.update(part)
            # The first chunk has the digest of the whole so far: most files are hashed once only.
            if self._chunk_digests:
                self._chunk.update(part)
            self._room -= len(part)
            if self._room == 0:
                self._close_chunk()
        self._size += len(whole)
        return len(whole)

    def digest(self) -> Digest:
        """Return the digests of everything written.

        Raises:
            ValueError: the file is so long that its chunks would have to be longer than 8 MiB.
        """
        if self._size > _MOST_CHUNKS * CHUNK_BYTES:
            raise ValueError(
                f"files over {_MOST_CHUNKS * CHUNK_BYTES} bytes have longer chunks, which is not supported"
            )
        if self._room < CHUNK_BYTES:
            self._close_chunk()
        # No chunk at all (an empty file) gives the SHA-256 of nothing, as it should.
        chunked = hashlib.sha256(b"".join(self._chunk_digests)).digest()
        return Digest(self._size, self._whole.hexdigest(), base64.b64encode(chunked).decode())

    def _close_chunk(self) -> None:
        self._chunk_digests.append(self._chunk.digest() if self._chunk_digests else self._whole.digest())
        self._chunk = hashlib.sha256()
        self._room = CHUNK_BYTES


def digest_of_file(path: Path) -> Digest:
    """Read a file in blocks of 1 MiB and return its digests."""
    sink = ChecksumSink()
    with path.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            sink.write(block)
    return sink.digest()


def digest_of_bytes(data: bytes) -> Digest:
    """Return the digests of ``data``."""
    sink = ChecksumSink()
    sink.write(data)
    return sink.digest()
