"""The file of a snapshot: a ZIP archive of what it is, the state's graph, and the bytes of objects, stored as they are.

ZIP keeps a checksum for each part, so that damage is noticed before anything of it is used.
"""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from quilt_stack.snapshot.errors import DamagedError, SnapshotError
from quilt_stack.snapshot.graph import Graph

SUFFIX = ".snapshot"
FORMAT = 1
_TITLE, _GRAPH, _BODIES = "snapshot.json", "graph.json", "bodies"


class Title(BaseModel):
    """What a snapshot is of. ``account_id``, ``region`` and ``stack_prefix`` are in the names of what it holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: int
    versions: Mapping[str, str]
    made_at: datetime
    account_id: str
    region: str
    stack_prefix: str


@dataclass(frozen=True)
class Opened:
    """A snapshot that was read whole."""

    title: Title
    graph: Graph


def versions() -> dict[str, str]:
    """The distributions that a snapshot's objects are of: the same must read it."""
    return {name: version(name) for name in ("quilt-stack", "moto")}


def save(path: Path, title: Title, graph: Graph) -> None:
    """Write a snapshot, for its owner's eyes alone; the file is there whole, or as it was.

    Raises:
        OSError: it cannot be written.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_TITLE, title.model_dump_json())
            sizes = [len(body) for body in graph.bodies]
            archive.writestr(_GRAPH, json.dumps({"nodes": graph.nodes, "sizes": sizes}))
            with archive.open(_BODIES, "w", force_zip64=True) as part:
                for body in graph.bodies:
                    part.write(body)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def read_title(path: Path) -> Title:
    """What a snapshot is of.

    Raises:
        SnapshotError: it is not there, is none, is damaged, or was made by other versions.
    """
    with _opened(path) as archive:
        return _title(archive, path)


def read(path: Path) -> Opened:
    """The whole of a snapshot, its checksums compared.

    Raises:
        SnapshotError: as `read_title` does.
    """
    with _opened(path) as archive:
        title = _title(archive, path)
        content = json.loads(archive.read(_GRAPH))
        with archive.open(_BODIES) as part:
            bodies = [part.read(size) for size in content["sizes"]]
            # The checksum is compared at the end.
            if part.read(1) or [len(body) for body in bodies] != content["sizes"]:
                raise DamagedError("bodies of other sizes")
        return Opened(title, Graph(content["nodes"], bodies))


def check(path: Path) -> None:
    """Look whether a snapshot can be read here.

    Raises:
        SnapshotError: as `read_title` does.
    """
    with _opened(path) as archive:
        _title(archive, path)
        if archive.testzip() is not None:
            raise DamagedError("a checksum is wrong")


def _title(archive: zipfile.ZipFile, path: Path) -> Title:
    content: dict[str, Any] = json.loads(archive.read(_TITLE))
    # Before all else: of another format nothing is known but this.
    if content["format"] != FORMAT:
        raise SnapshotError(f"{path} is a snapshot of format {content['format']}, and this quilt-stack reads {FORMAT}")
    title = Title.model_validate(content)
    here = versions()
    if dict(title.versions) != here:
        raise SnapshotError(
            f"{path} was made with {_listed(title.versions)}, and this is {_listed(here)}: install those versions, or"
            " take the snapshot anew"
        )
    return title


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as error:
        raise SnapshotError(f"{path} cannot be read: {(error.strerror or type(error).__name__).lower()}") from error
    except (zipfile.BadZipFile, DamagedError, ValidationError, LookupError, TypeError, ValueError, EOFError) as error:
        raise SnapshotError(f"{path} is no snapshot, or a damaged one: take it anew, or copy it again") from error


def _listed(of: Mapping[str, str]) -> str:
    return " and ".join(f"{name} {number}" for name, number in sorted(of.items(), reverse=True))
