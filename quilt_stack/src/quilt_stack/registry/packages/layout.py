"""Where packages lie in a bucket: version 1 of the layout that quilt3 writes (registry facts 7.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

POINTER_PREFIX = ".quilt/named_packages/"
MANIFEST_PREFIX = ".quilt/packages/"
WORKFLOWS_KEY = ".quilt/workflows/config.yml"
LATEST = "latest"

FIRST_TIMESTAMP = 1_451_631_600
"""Numeric tags below this (2016-01-01) are not treated as timestamps (registry facts 7.1)."""

_TOP_HASH = re.compile(r"[0-9a-f]{64}")
_TIMESTAMP = re.compile(r"[0-9]{10,12}")


@dataclass(frozen=True)
class PointerKey:
    """What the key of a pointer says: ``package`` is namespace/name, ``tag`` is ``latest`` or unix seconds."""

    package: str
    tag: str


def is_top_hash(text: str) -> bool:
    """Whether the text is a whole top hash: 64 lower-case hexadecimal digits."""
    return _TOP_HASH.fullmatch(text) is not None


def is_timestamp(tag: str) -> bool:
    """Whether a tag names a revision by its time."""
    return _TIMESTAMP.fullmatch(tag) is not None and int(tag) >= FIRST_TIMESTAMP


def manifest_key(top_hash: str) -> str:
    """Key of the manifest with this top hash."""
    return MANIFEST_PREFIX + top_hash


def pointer_prefix(package: str) -> str:
    """Prefix under which all pointers of a package lie."""
    return f"{POINTER_PREFIX}{package}/"


def pointer_key(package: str, tag: str) -> str:
    """Key of one pointer of a package."""
    return pointer_prefix(package) + tag


def parse_pointer_key(key: str) -> PointerKey | None:
    """Read a pointer's key; None if the key is no pointer."""
    if not key.startswith(POINTER_PREFIX):
        return None
    package, _, tag = key.removeprefix(POINTER_PREFIX).rpartition("/")
    namespace, _, name = package.partition("/")
    if not (tag and namespace and name) or "/" in name:
        return None
    return PointerKey(package, tag)


def parse_manifest_key(key: str) -> str | None:
    """Top hash of a manifest's key; None if the key is no manifest."""
    if not key.startswith(MANIFEST_PREFIX):
        return None
    top_hash = key.removeprefix(MANIFEST_PREFIX)
    return top_hash if is_top_hash(top_hash) else None
