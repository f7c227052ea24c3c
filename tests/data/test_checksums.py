"""The chunked hash, against published vectors (registry facts 7.4), quilt3, and a plain computation."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.datasets.checksums import CHUNK_BYTES, ChecksumSink, digest_of_bytes, digest_of_file


def plain(data: bytes) -> str:
    chunks = [data[start : start + CHUNK_BYTES] for start in range(0, len(data), CHUNK_BYTES)]
    whole = hashlib.sha256(b"".join(hashlib.sha256(chunk).digest() for chunk in chunks))
    return base64.b64encode(whole.digest()).decode()


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\n1,2\n", "JmGw1SNNTY2YmalGaVL4qnlI1/hLTEYzZDzyos7/NRQ="),
        (b"", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="),
    ],
)
def test_has_the_known_values(data: bytes, expected: str) -> None:
    assert digest_of_bytes(data).quilt_hash == expected


@pytest.mark.parametrize("size", [CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 5])
def test_is_quilt3s_around_the_length_of_a_chunk(size: int, tmp_path: Path) -> None:
    from quilt3.checksums import calculate_multipart_checksum_bytes

    path = tmp_path / "file"
    path.write_bytes(hashlib.shake_256(b"seed").digest(1024) * (size // 1024) + b"x" * (size % 1024))

    found = digest_of_file(path)

    assert found.quilt_hash == plain(path.read_bytes())
    assert found.quilt_hash == calculate_multipart_checksum_bytes(path.read_bytes(), checksum_type="sha2-256-chunked")


@settings(max_examples=20)
@given(st.lists(st.integers(0, 3 * 1024 * 1024), max_size=8))
def test_does_not_depend_on_the_pieces_in_which_the_bytes_arrive(pieces: list[int]) -> None:
    sink = ChecksumSink()
    data = b""
    for number, size in enumerate(pieces):
        piece = bytes([number]) * size
        data += piece
        sink.write(piece)

    assert sink.digest().quilt_hash == plain(data)
    assert sink.digest().sha256 == hashlib.sha256(data).hexdigest()
    assert sink.digest().size == len(data)
