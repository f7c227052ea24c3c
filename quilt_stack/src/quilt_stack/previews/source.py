"""The object that is to be shown, read by the URL that the catalog signed for whoever looks at it.

Nothing but S3 is read, and with no other rights than those of the signature.
"""

from __future__ import annotations

import bz2
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import requests

_LIMIT_SECONDS = 30.0
_S3_URL = re.compile(r"https://(?P<host>[a-z0-9.-]+\.amazonaws\.com)(?P<target>/.*)")
_DECOMPRESS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.decompress, "bz2": bz2.decompress}
_NOT_COMPRESSED = (EOFError, OSError, ValueError, zlib.error)


class PreviewRefused(Exception):  # noqa: N818 - a refusal is an answer
    """There is no preview; ``body`` is the answer's JSON in the form that the catalog reads."""

    def __init__(self, status: int, **body: str) -> None:
        super().__init__(str(body))
        self.status = status
        self.body = body


@dataclass(frozen=True)
class Storage:
    """Where objects are read: the AWS endpoint, and the S3 proxy for URLs that were signed for AWS's host names.

    ``ca_bundle``: the authorities to trust, where the deployment serves over TLS.
    """

    aws_url: str
    s3_proxy_url: str
    ca_bundle: Path | None = None

    @contextmanager
    def open(self, url: str, compression: str | None) -> Iterator[IO[bytes]]:
        """The content of the object behind a signed URL, decompressed (``gz``, ``bz2``), as a stream.

        Raises:
            PreviewRefused: the URL is none of S3, S3 refuses it, or the compression is not known.
        """
        if compression is not None and compression not in _DECOMPRESS:
            raise PreviewRefused(400, title=f"The compression {compression!r} is not known.")
        with requests.Session() as session:
            session.trust_env = False
            if self.ca_bundle is not None:
                session.verify = str(self.ca_bundle)
            headers = {"Accept-Encoding": "identity"}
            answer = session.get(self._local(url), stream=True, timeout=_LIMIT_SECONDS, headers=headers)
            if not answer.ok:
                raise PreviewRefused(answer.status_code, error=answer.reason.title(), text=answer.text)
            yield cast(IO[bytes], answer.raw) if compression is None else _decompressed(answer.content, compression)

    def _local(self, url: str) -> str:
        if url.startswith((f"{self.aws_url}/", f"{self.s3_proxy_url}/")):
            return url
        match = _S3_URL.fullmatch(url)
        if match is None:
            raise PreviewRefused(400, title="Invalid url=. Expected the URL of an object in S3.")
        return f"{self.s3_proxy_url}/{match['host']}{match['target']}"


def beginning(stream: IO[bytes], limit: int) -> tuple[bytes, bool]:
    """At most ``limit`` bytes in whole lines, and whether there is more."""
    content = _read(stream, limit + 1)
    if len(content) <= limit:
        return content, False
    return content[:limit].rpartition(b"\n")[0] or content[:limit], True


def _decompressed(content: bytes, compression: str) -> IO[bytes]:
    try:
        return io.BytesIO(_DECOMPRESS[compression](content))
    except _NOT_COMPRESSED as error:
        raise PreviewRefused(400, title=f"The object is not compressed as {compression}.", detail=str(error)) from None


def _read(stream: IO[bytes], limit: int) -> bytes:
    """So many bytes, if there are as many: one read of a socket may bring fewer."""
    parts: list[bytes] = []
    while limit > 0 and (part := stream.read(limit)):
        parts.append(part)
        limit -= len(part)
    return b"".join(parts)
