"""Rules for package names and logical keys (registry facts 7.2)."""

from __future__ import annotations

import re

_PACKAGE_NAME = re.compile(r"[\w-]+/[\w-]+")


def is_package_name(name: str) -> bool:
    """Whether the text is ``namespace/name`` of letters, digits, underscores and hyphens."""
    return _PACKAGE_NAME.fullmatch(name) is not None


def logical_key_fault(logical_key: str) -> str | None:
    """What is wrong with a logical key, as a sentence; None if it is good."""
    if not logical_key:
        return "A logical key must not be empty."
    if logical_key.endswith("/"):
        return f"The logical key {logical_key!r} names a directory: give the key of a file."
    if any(segment in ("", ".", "..") for segment in logical_key.split("/")):
        return f"The logical key {logical_key!r} has an empty, '.' or '..' segment."
    return None


def directory_conflict(logical_keys: set[str]) -> str | None:
    """A logical key that is both a file and a directory of another key; None if there is none."""
    for logical_key in sorted(logical_keys):
        segments = logical_key.split("/")
        for length in range(1, len(segments)):
            parent = "/".join(segments[:length])
            if parent in logical_keys:
                return parent
    return None
