"""A folder with the product's sources: judged where it lies, and left as it is.

Nothing is built there: a build keeps its own copy of the modules, in which a deleted one lives on.
"""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from environment.errors import SuiteError
from environment.product.judged import DISTRIBUTION, ORIGIN_FILE, PACKAGE, normalized

PROJECT_FILE = "pyproject.toml"
_IMPORT_FOLDERS = ("src", ".")
_NOT_SOURCES = (
    ".venv",
    "venv",
    ".tox",
    ".nox",
    "build",
    "dist",
    "*.egg-info",
    "__pycache__",
    ".*_cache",
    "node_modules",
)
_GIVE = f"Give a checkout of {DISTRIBUTION}, or a requirement such as {DISTRIBUTION}==0.22.0"


@dataclass(frozen=True)
class Project:
    """What a pyproject.toml says about the project; ``version`` is None if only a build finds it out."""

    name: str
    version: str | None
    requirements: tuple[str, ...]


def checkout(product: str) -> Path | None:
    """The folder that ``--product`` names: as a path, as ``-e path`` or as a file URL; None if it names no folder.

    Raises:
        SuiteError: if it is written as a path, and there is nothing at it.
    """
    text = re.sub(r"^(-e|--editable)[ =]\s*", "", product.strip())
    text = re.sub(rf"^{DISTRIBUTION}(\[.*?\])?\s*@\s*(?=file:)", "", text)
    if text.startswith("file:"):
        text = unquote(urlsplit(text).path)
    without_extras = re.sub(r"\[[^\]/]*\]$", "", text)
    for path in (Path(text).expanduser(), Path(without_extras).expanduser()):
        if path.is_dir():
            return path.absolute()
        if path.is_file():
            return None  # an archive or a wheel
    if re.match(r"[.~]{0,2}/", text):
        raise SuiteError(f"Looked for the product '{product}'", "there is no such file or folder", _GIVE)
    return None


def project_of(folder: Path) -> Project:
    """What the folder's pyproject.toml says.

    Raises:
        SuiteError: if it has none, if it cannot be read, or if it belongs to another project.
    """
    tried = f"Looked for {DISTRIBUTION} in '{folder}'"
    try:
        content: dict[str, Any] = tomllib.loads((folder / PROJECT_FILE).read_text("utf-8"))
    except FileNotFoundError:
        raise SuiteError(tried, f"it has no {PROJECT_FILE}", _GIVE) from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SuiteError(tried, f"{PROJECT_FILE} cannot be read: {error}", f"Fix {PROJECT_FILE}") from error
    project = content.get("project", {})
    name = str(project.get("name", content.get("tool", {}).get("poetry", {}).get("name", "")))
    if normalized(name) != DISTRIBUTION:
        raise SuiteError(tried, f"its project is called '{name}'", _GIVE)
    version = project.get("version")
    return Project(name, None if version is None else str(version), tuple(map(str, project.get("dependencies", ()))))


def import_folder(folder: Path) -> Path:
    """Where in a checkout the product is imported from.

    Raises:
        SuiteError: if the product is in neither place.
    """
    for each in _IMPORT_FOLDERS:
        if (folder / each / PACKAGE / "__init__.py").is_file():
            return folder / each
    raise SuiteError(
        f"Looked for {DISTRIBUTION} in '{folder}'", f"there is no package {PACKAGE} in it or in its src/", _GIVE
    )


def describe_for_import(folder: Path, project: Project, version: str, place: Path) -> None:
    """Write the metadata of a checkout into ``place``, as an editable installation does (PEP 610, core metadata 2.1).

    With it the version is that of the checkout, for the suite and for the product itself.
    """
    metadata = place / f"quilt_mcp-{version}.dist-info"
    metadata.mkdir(parents=True)
    lines = ["Metadata-Version: 2.1", f"Name: {project.name}", f"Version: {version}"]
    lines += [f"Requires-Dist: {requirement}" for requirement in project.requirements]
    (metadata / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
    note_origin(folder, metadata, in_place=True)


def note_origin(folder: Path, metadata: Path, *, in_place: bool) -> None:
    """Note in a distribution's metadata from which checkout it comes."""
    origin = {"url": folder.as_uri(), "dir_info": {"editable": in_place}}
    (metadata / ORIGIN_FILE).write_text(json.dumps(origin) + "\n", encoding="utf-8")


def copy_of(folder: Path, place: Path) -> Path:
    """A copy of the sources that may be built in; Git's folder comes along, because some builds ask it for the version.

    Returns:
        The copy, below ``place``.
    """
    copy = place / folder.name
    shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns(*_NOT_SOURCES))
    return copy
