"""Proof of secrecy: look for known secrets in the artefacts of a run (rule 11).

Independent of the redaction on purpose: it spells out the encodings instead of using the redaction's patterns, and it
looks where redaction cannot reach, into base64, zip and gzip (so also into a report that embeds its data).
"""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

_GZIP_MAGIC = b"\x1f\x8b"
_ZIP_MAGIC = b"PK\x03\x04"
_DEEPEST = 4
"""How many archives within archives are opened."""


@dataclass(frozen=True)
class Leak:
    """A secret that was found. It tells which one by its number in the list that was given, never by its value."""

    path: Path
    member: str
    """the way into archives, empty for the file itself"""
    secret: int
    encoding: str
    offset: int
    """in bytes"""

    def __str__(self) -> str:
        where = f"{self.path}!{self.member}" if self.member else str(self.path)
        return f"{where}: secret number {self.secret}, {self.encoding}, at byte {self.offset}"


def find_secrets(paths: Iterable[Path], secrets: Iterable[str]) -> list[Leak]:
    """Every secret in every file; directories are searched throughout, one leak per file, secret and encoding.

    Raises OSError if a file cannot be read, ValueError if there is no secret to look for or an empty one.
    """
    needles = _needles(list(secrets))
    return [
        Leak(path, member, number, encoding, offset)
        for path in _files(paths)
        for member, content in _contents(path.read_bytes())
        for number, encoding, needle in needles
        if (offset := content.find(needle)) >= 0
    ]


def _needles(secrets: list[str]) -> list[tuple[int, str, bytes]]:
    if not secrets or not all(secrets):
        raise ValueError("without secrets to look for, finding none proves nothing")
    needles: dict[bytes, tuple[int, str]] = {}
    for number, secret in enumerate(secrets):
        for encoding, needle in _encoded(secret):
            needles.setdefault(needle, (number, encoding))
    return [(number, encoding, needle) for needle, (number, encoding) in needles.items()]


def _encoded(secret: str) -> Iterator[tuple[str, bytes]]:
    """The secret in each encoding; encodings that leave it as it is repeat it."""
    yield "plain", secret.encode()
    yield "UTF-16", secret.encode("utf-16-le")
    for percent in (quote(secret, safe=""), quote(secret), quote_plus(secret)):
        yield "percent-encoded", percent.encode()
        yield "percent-encoded in lower case", _lower_escapes(percent).encode()
        yield "percent-encoded twice", quote(percent, safe="").encode()
    once = json.dumps(secret)[1:-1]
    yield "JSON-escaped", once.encode()
    yield "JSON-escaped", json.dumps(secret, ensure_ascii=False)[1:-1].encode()
    yield "JSON-escaped with slashes", once.replace("/", "\\/").encode()
    yield "JSON-escaped twice", json.dumps(once)[1:-1].encode()
    yield "in Python's representation", repr(secret)[1:-1].encode()
    yield "HTML-escaped", html.escape(secret).encode()
    yield "hexadecimal", secret.encode().hex().encode()
    for content in {secret.encode(), once.encode()}:
        for piece in _base64_pieces(content):
            yield "base64", piece


def _lower_escapes(percent: str) -> str:
    head, *pieces = percent.split("%")
    return head + "".join(f"%{piece[:2].lower()}{piece[2:]}" for piece in pieces)


def _base64_pieces(content: bytes) -> Iterator[bytes]:
    """What base64 of any text around the content must contain: one piece for each of the three alignments."""
    for skipped in range(3):
        encoded = base64.b64encode(bytes(skipped) + content)
        # characters that share bits with what comes before and after are not the content's own
        begin = (0, 2, 3)[skipped]
        end = (skipped + len(content)) * 8 // 6
        piece = encoded[begin:end]
        yield piece
        yield piece.translate(bytes.maketrans(b"+/", b"-_"))


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (found for found in sorted(path.rglob("*")) if found.is_file())
        else:
            yield path


def _contents(content: bytes, member: str = "", depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """The content itself, and what is inside it if it is a zip or gzip; broken archives are searched as they are."""
    yield member, content
    if depth == _DEEPEST:
        return
    if content.startswith(_GZIP_MAGIC):
        try:
            inner = gzip.decompress(content)
        except (OSError, EOFError, zlib.error):
            return
        yield from _contents(inner, f"{member}/gzip".lstrip("/"), depth + 1)
    elif content.startswith(_ZIP_MAGIC):
        try:
            archive = zipfile.ZipFile(io.BytesIO(content))
        except zipfile.BadZipFile:
            return
        with archive:
            for name in archive.namelist():
                yield from _contents(archive.read(name), f"{member}/{name}".lstrip("/"), depth + 1)
