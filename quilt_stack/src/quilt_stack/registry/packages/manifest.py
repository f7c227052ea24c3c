"""Manifests: the immutable contents of a package revision (registry facts 7.2, 7.9)."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

MANIFEST_VERSION = "v0"


class ManifestError(ValueError):
    """The text is no manifest."""


@dataclass(frozen=True, slots=True)
class EntryHash:
    """Hash of an object: its type (registry facts 7.4) and its value."""

    type: str
    value: str

    def as_dict(self) -> dict[str, str]:
        """The form in which manifests and clients carry it."""
        return {"type": self.type, "value": self.value}


@dataclass(frozen=True, slots=True)
class ManifestEntry:
    """A file of a package; ``size`` in bytes, ``meta`` is the full metadata with the user's part in ``user_meta``."""

    logical_key: str
    physical_key: str
    size: int
    hash: EntryHash | None
    meta: Mapping[str, Any]


@dataclass(frozen=True)
class Directory:
    """A directory of a package.

    Attributes:
        path: full path from the root with a trailing slash; empty for the root.
        size: bytes of all files below, at any depth.
        directories: paths of the immediate directories, sorted.
        files: the immediate files, sorted by logical key.
        meta: the directory's own metadata, if it has any.
    """

    path: str
    size: int
    directories: tuple[str, ...]
    files: tuple[ManifestEntry, ...]
    meta: Mapping[str, Any] | None


@dataclass(frozen=True)
class Manifest:
    """A manifest as read; ``entries`` in the order of the file, ``modified`` is the time of the object in S3."""

    top_hash: str
    modified: datetime
    header: Mapping[str, Any]
    entries: tuple[ManifestEntry, ...]
    directory_meta: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def message(self) -> str | None:
        """Commit message."""
        message = self.header.get("message")
        return None if message is None else str(message)

    @property
    def user_meta(self) -> Mapping[str, Any] | None:
        """The user's metadata of the package; None if the header has none."""
        return self.header.get("user_meta")

    @property
    def workflow(self) -> Mapping[str, Any] | None:
        """The workflow that the package passed: id, config, schemas."""
        return self.header.get("workflow")

    @cached_property
    def total_bytes(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.entries)

    def file(self, path: str) -> ManifestEntry | None:
        """The file at a logical key; None for directories and unknown paths."""
        return self._files.get(path)

    def directory(self, path: str) -> Directory | None:
        """The directory at a path, with or without a trailing slash; None if no file lies below it.

        The root (an empty path) always exists.
        """
        prefix = path.rstrip("/") + "/" if path.rstrip("/") else ""
        below = self._below(prefix)
        if not below and prefix:
            return None
        directories = set()
        files = []
        for logical_key in below:
            name, separator, _ = logical_key.removeprefix(prefix).partition("/")
            if separator:
                directories.add(f"{prefix}{name}/")
            else:
                files.append(self._files[logical_key])
        return Directory(
            path=prefix,
            size=sum(self._files[logical_key].size for logical_key in below),
            directories=tuple(sorted(directories)),
            files=tuple(files),
            meta=self.directory_meta.get(prefix),
        )

    @cached_property
    def _files(self) -> dict[str, ManifestEntry]:
        return {entry.logical_key: entry for entry in self.entries}

    @cached_property
    def _sorted_keys(self) -> list[str]:
        return sorted(self._files)

    def _below(self, prefix: str) -> list[str]:
        if not prefix:
            return self._sorted_keys
        # "0" follows "/" in code points: everything that starts with "x/" lies between "x/" and "x0".
        first = bisect_left(self._sorted_keys, prefix)
        return self._sorted_keys[first : bisect_left(self._sorted_keys, prefix[:-1] + "0")]


def parse_manifest(top_hash: str, content: bytes, modified: datetime) -> Manifest:
    """Read a manifest.

    Raises:
        ManifestError: a line is no JSON object of the published form.
    """
    try:
        # Only line feeds end a line: JSON text may hold other separators unescaped.
        lines = [json.loads(line) for line in content.decode().split("\n") if line.strip()]
        header, *rows = lines
        if not all(isinstance(line, dict) for line in lines):
            raise TypeError("a line is no object")
        files = [row for row in rows if row.get("physical_keys")]
        return Manifest(
            top_hash=top_hash,
            modified=modified,
            header=header,
            entries=tuple(_entry(row) for row in files),
            directory_meta={row["logical_key"]: row["meta"] for row in rows if not row.get("physical_keys")},
        )
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise ManifestError(f"The manifest {top_hash} cannot be read: {error!r}.") from error


def _entry(row: Mapping[str, Any]) -> ManifestEntry:
    entry_hash = row["hash"]
    return ManifestEntry(
        logical_key=row["logical_key"],
        physical_key=row["physical_keys"][0],
        size=int(row["size"]),
        hash=None if entry_hash is None else EntryHash(entry_hash["type"], entry_hash["value"]),
        meta=row.get("meta") or {},
    )
