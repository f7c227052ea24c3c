"""Top hashes and object hashes are those of quilt3 8 (registry facts 7.3, 7.4)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quilt_stack.registry.packages import library
from quilt_stack.registry.packages.manifest import EntryHash, ManifestEntry

MEBIBYTE = 1024 * 1024
CONTENT = b"a,b\n1,2\n"
CHUNKED = "JmGw1SNNTY2YmalGaVL4qnlI1/hLTEYzZDzyos7/NRQ="


def chunks(content: bytes) -> Iterator[bytes]:
    size = library.chunk_size(len(content))
    return (content[start : start + size] for start in range(0, len(content), size))


def test_top_hash_of_a_bare_header() -> None:
    expected = "7a67ff45a4a4c4814ea89d82bb9fb6fbf06caebc79d6507121b549213c747537"
    assert library.LibraryPackage([]).top_hash({"version": "v0"}) == expected


def test_top_hash_of_a_header_with_a_null_message() -> None:
    expected = "2a5a67156ca9238c14d12042db51c5b52260fdd5511b61ea89b58929d6e1769b"
    assert library.LibraryPackage([]).top_hash({"version": "v0", "message": None}) == expected


def test_top_hash_with_metadata_and_an_entry() -> None:
    header = {"version": "v0", "user_meta": {"k": 1, "ü": "é"}, "message": "m"}
    entry = ManifestEntry(
        logical_key="data/a b.csv",
        physical_key="s3://anywhere/at%20all",
        size=8,
        hash=EntryHash("sha2-256-chunked", CHUNKED),
        meta={"user_meta": {"em": 1}},
    )
    expected = "3794c8d53db2fb1fb1ceabe8523f8c87746539719e9eafa7dde921bfcc7df9be"
    assert library.LibraryPackage([entry]).top_hash(header) == expected


def test_an_entry_without_a_hash_has_no_top_hash() -> None:
    with pytest.raises(library.LibraryError, match="missing hash"):
        library.LibraryPackage([ManifestEntry("a", "s3://b/a", 1, None, {})]).top_hash({"version": "v0"})


@pytest.mark.parametrize(
    ("content", "expected"),
    [(CONTENT, CHUNKED), (b"", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")],
    ids=["small", "empty"],
)
def test_chunked_hash(content: bytes, expected: str) -> None:
    assert library.chunked_hash(chunks(content)) == EntryHash("sha2-256-chunked", expected)


def test_chunked_hash_of_several_chunks_hashes_their_digests() -> None:
    import base64

    content = b"x" * (8 * MEBIBYTE + 1)
    digests = hashlib.sha256(content[: 8 * MEBIBYTE]).digest() + hashlib.sha256(b"x").digest()
    expected = base64.b64encode(hashlib.sha256(digests).digest()).decode()
    assert library.chunked_hash(chunks(content)).value == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, 8 * MEBIBYTE),
        (8 * MEBIBYTE, 8 * MEBIBYTE),
        (10_000 * 8 * MEBIBYTE, 8 * MEBIBYTE),
        (10_000 * 8 * MEBIBYTE + 1, 16 * MEBIBYTE),
    ],
)
def test_chunk_size_doubles_beyond_ten_thousand_chunks(size: int, expected: int) -> None:
    assert library.chunk_size(size) == expected


@given(st.lists(st.sampled_from(["a", "b", "b/c", "b/a", "a.txt", "c/d/e", "é", "Z"]), unique=True))
def test_the_order_of_entries_does_not_count(keys: list[str]) -> None:
    conflicting = {"b"} if any(key.startswith("b/") for key in keys) else set()
    entries = [
        ManifestEntry(key, f"s3://b/{key}", 1, EntryHash("SHA256", "00"), {}) for key in keys if key not in conflicting
    ]
    assert library.LibraryPackage(entries).top_hash({"version": "v0"}) == library.LibraryPackage(
        entries[::-1]
    ).top_hash({"version": "v0"})
