"""The search for secrets in artefacts finds them wherever they hide, and never repeats them."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from secret_search import find_secrets

SECRET = 'wJalrX/K7MD+bPx"é&Rfi'


def zipped(content: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inside/a.txt", content)
    return buffer.getvalue()


HIDING: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "percent": lambda secret: quote(secret, safe="").encode(),
    "percent, slashes kept": lambda secret: quote(secret).encode(),
    "percent, lower case": lambda secret: quote(secret, safe="").replace("%2B", "%2b").replace("%2F", "%2f")
    .replace("%C3%A9", "%c3%a9").encode(),
    "JSON": lambda secret: json.dumps(secret).encode(),
    "JSON in UTF-8": lambda secret: json.dumps(secret, ensure_ascii=False).encode(),
    "JSON in JSON": lambda secret: json.dumps(json.dumps(secret)).encode(),
    "HTML": lambda secret: html.escape(secret).encode(),
    "base64": lambda secret: base64.b64encode(f"..{secret}...".encode()),
    "base64 for URLs": lambda secret: base64.urlsafe_b64encode(f".{secret}".encode()),
    "gzip": lambda secret: gzip.compress(secret.encode()),
    "zip": lambda secret: zipped(secret.encode()),
    "zip of gzip of JSON": lambda secret: zipped(gzip.compress(json.dumps(secret).encode())),
    "base64 of JSON": lambda secret: base64.b64encode(json.dumps({"password": secret}).encode()),
}  # fmt: skip


@pytest.mark.parametrize("hiding", sorted(HIDING))
def test_every_hiding_place(tmp_path: Path, hiding: str) -> None:
    (tmp_path / "results").mkdir()
    artefact = tmp_path / "results" / "artefact.bin"
    artefact.write_bytes(HIDING[hiding](SECRET))
    (tmp_path / "clean.txt").write_text("nothing to see")
    leaks = find_secrets([tmp_path], ["another-secret", SECRET])
    assert leaks
    assert {leak.path for leak in leaks} == {artefact}
    assert all(leak.secret == 1 for leak in leaks)
    assert SECRET not in str(leaks[0])
    assert str(artefact) in str(leaks[0])


@given(before=st.binary(max_size=7), secret=st.text("abcXYZ019+/", min_size=8), after=st.binary(max_size=7))
def test_base64_at_any_alignment(
    tmp_path_factory: pytest.TempPathFactory, before: bytes, secret: str, after: bytes
) -> None:
    artefact = tmp_path_factory.mktemp("base64") / "artefact"
    artefact.write_bytes(base64.b64encode(before + secret.encode() + after))
    assert find_secrets([artefact], [secret])


def test_clean_and_broken_archives(tmp_path: Path) -> None:
    (tmp_path / "broken.gz").write_bytes(gzip.compress(b"something")[:-6])
    (tmp_path / "broken.zip").write_bytes(b"PK\x03\x04 no archive")
    (tmp_path / "text").write_text("redacted")
    assert find_secrets([tmp_path], [SECRET]) == []


@pytest.mark.parametrize("secrets", [[], [""]])
def test_nothing_to_look_for_is_refused(tmp_path: Path, secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="proves nothing"):
        find_secrets([tmp_path], secrets)
