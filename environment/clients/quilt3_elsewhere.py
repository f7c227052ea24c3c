"""quilt3 on another machine: a process with a home of its own, signed in as one person."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from environment.errors import SuiteError

_LIMIT_SECONDS = 120
_DENIED = "AccessDenied"
_PROGRAM = """
import hashlib, json, pathlib, sys
asked = json.load(sys.stdin)
import quilt3
quilt3.config(asked["catalog"])
quilt3.session.login_with_token(asked["token"])
name, registry, folder = asked["name"], asked["registry"], pathlib.Path(asked["folder"])
if asked["message"] is not None:
    package = quilt3.Package.browse(name, registry=registry) if asked["keeps"] else quilt3.Package()
    for path in sorted(folder.iterdir()):
        package.set(path.name, str(path), meta=asked["metadata_of_files"].get(path.name))
    if asked["metadata"]:
        package.set_meta({**(package.meta or {}), **asked["metadata"]})
    package.push(name, registry=registry, message=asked["message"], force=True)
    answer = {}
else:
    quilt3.Package.install(name, registry=registry, top_hash=asked["top_hash"], dest=str(folder))
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    kept = quilt3.Package.browse(name)
    answer = {
        "checksums": {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
        "metadata": kept.meta,
        "metadata_of_files": {key: entry.meta for key, entry in kept.walk()},
    }
print(json.dumps(answer))
"""


@dataclass(frozen=True)
class Installed:
    """What quilt3 has on a machine after an installation.

    SHA-256 (hex) of each file on the disk by its path, the package's metadata, and those of each file.
    """

    checksums: dict[str, str]
    metadata: dict[str, Any]
    metadata_of_files: dict[str, dict[str, Any]]


class Quilt3Elsewhere:
    """What one person does with quilt3 alone.

    Args:
        catalog: the address of the catalog.
        token: a JWT of the person; handed over on standard input, so that no list of processes shows it.
        folder: an empty folder; the home of the process lies in it.
    """

    def __init__(self, catalog: str, token: str, folder: Path) -> None:
        self._catalog = catalog
        self._token = token
        self._folder = folder

    def push(
        self,
        name: str,
        registry: str,
        files: Mapping[str, bytes],
        message: str,
        metadata: Mapping[str, Any],
        metadata_of_files: Mapping[str, Mapping[str, Any]],
        *,
        keeps: bool = False,
    ) -> None:
        """Push a package of these files, by logical key; with what its latest revision has besides, if it keeps that.

        Raises:
            SuiteError: quilt3 failed.
        """
        described = {"metadata": dict(metadata), "metadata_of_files": dict(metadata_of_files)}
        asked = {"message": message, "keeps": keeps, **described}
        self._run(f"Pushed {name} with quilt3", name, registry, self._laid_out(files), **asked)

    def _laid_out(self, files: Mapping[str, bytes]) -> Path:
        """A folder of its own with the files."""
        self._folder.mkdir(parents=True, exist_ok=True)
        place = Path(mkdtemp(prefix="files-", dir=self._folder))
        for key, content in files.items():
            (place / key).write_bytes(content)
        return place

    def install(self, name: str, registry: str, top_hash: str | None = None) -> Installed:
        """Install a revision of a package, the latest without its top hash.

        Raises:
            SuiteError: quilt3 failed.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        place = Path(mkdtemp(prefix="installed-", dir=self._folder))
        found = self._run(f"Installed {name} with quilt3", name, registry, place, message=None, top_hash=top_hash)
        return Installed(**found)

    def _run(self, what: str, name: str, registry: str, place: Path, **asked: Any) -> Any:
        home = self._folder / "home"
        home.mkdir(exist_ok=True)
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "QUILT_"))}
        who = {"catalog": self._catalog, "token": self._token}
        done = subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            input=json.dumps({**who, "name": name, "registry": registry, "folder": str(place), **asked}),
            env={**environment, "HOME": str(home)},
            capture_output=True,
            text=True,
            timeout=_LIMIT_SECONDS,
            check=False,
        )
        if done.returncode:
            last = done.stderr.strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            next_step = (
                "Let somebody do it whose role allows it" if _DENIED in last[0] else "Try the same with quilt3 by hand"
            )
            raise SuiteError(what, last[0], next_step)
        return json.loads(done.stdout.strip().splitlines()[-1])
