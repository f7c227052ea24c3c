"""Which quilt-mcp would be imported, found out from its metadata and its files; nothing of it is imported."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from importlib.metadata import Distribution
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement

DISTRIBUTION = "quilt-mcp"
PACKAGE = "quilt_mcp"
ORIGIN_FILE = "direct_url.json"
"""Where an installer notes what it installed from (PEP 610)."""
_FACTORY, _INTERFACE = Path("ops", "factory.py"), Path("ops", "quilt_ops.py")


def normalized(name: str) -> str:
    """A distribution's name as the package index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True)
class JudgedProduct:
    """The product as an import would find it.

    Attributes:
        version: as its metadata gives it; "not installed" without metadata.
        modules: the package's folder, None if there is none.
        origin: address of the checkout, archive or repository it comes from, None if it is a release of the index.
        in_place: whether it is imported from the checkout itself.
        commit: the commit it was installed from, if the installer noted one.
        requirements: what it needs besides Python, as its metadata gives it.
    """

    version: str
    modules: Path | None
    origin: str | None
    in_place: bool
    commit: str | None
    requirements: tuple[str, ...]

    @property
    def checkout(self) -> Path | None:
        """The folder with its sources, if it comes from one that is there."""
        parts = urlsplit(self.origin or "")
        path = Path(unquote(parts.path))
        return path if parts.scheme == "file" and path.is_dir() else None

    @property
    def has_quilt_ops(self) -> bool:
        """Whether there is a QuiltOps to judge."""
        modules = self.modules
        return modules is not None and all((modules / each).is_file() for each in (_FACTORY, _INTERFACE))

    @property
    def revision(self) -> str | None:
        """Its Git revision, if it has one."""
        folder = self.checkout or self.modules
        return self.commit or (None if folder is None else git_revision(folder))

    @property
    def source(self) -> str:
        """Where it comes from, in words: ``/home/me/quilt-mcp-server, Git revision 1a2b3c4d5e6f``."""
        folder = self.checkout or (self.modules.parent if self.modules else None)
        place = self.origin if self.origin and self.checkout is None else str(folder or "nowhere")
        return f"{place}, Git revision {self.revision}" if self.revision else place

    def __str__(self) -> str:
        return f"{DISTRIBUTION} {self.version} from {self.source}"


def judged_product(path: Sequence[str] | None = None) -> JudgedProduct:
    """The product that this import path finds first; ``sys.path`` unless another is given."""
    found = _distribution(DISTRIBUTION, path)
    text = found.read_text(ORIGIN_FILE) if found else None
    origin = json.loads(text) if text else {}
    commit = origin.get("vcs_info", {}).get("commit_id")
    return JudgedProduct(
        version="not installed" if found is None else found.version,
        modules=_modules(path),
        origin=origin.get("url"),
        in_place=bool(origin.get("dir_info", {}).get("editable")),
        commit=commit[:12] if commit else None,
        requirements=tuple((found.requires if found else None) or ()),
    )


def _distribution(name: str, path: Sequence[str] | None) -> Distribution | None:
    """The one that this path finds first, without reading the metadata of all others."""
    return next(iter(Distribution.discover(name=name, path=list(path or sys.path))), None)


def _modules(path: Sequence[str] | None) -> Path | None:
    specification = find_spec(PACKAGE) if path is None else PathFinder.find_spec(PACKAGE, list(path))
    if specification is None or not specification.submodule_search_locations:
        return None
    return Path(specification.submodule_search_locations[0])


def git_revision(folder: Path) -> str | None:
    """The Git revision of a folder, such as ``1a2b3c4d5e6f on main with local changes``; None if Git tracks none of it.

    A revision that is on no branch, as in most jobs of CI, stands alone.
    """
    if not _git(folder, "ls-files", "."):
        return None
    commit, branch = _git(folder, "rev-parse", "--short=12", "HEAD"), _git(folder, "symbolic-ref", "--short", "HEAD")
    commit = f"{commit} on {branch}" if branch else commit
    return f"{commit} with local changes" if _git(folder, "status", "--porcelain", ".") else commit


def _git(folder: Path, *arguments: str) -> str | None:
    command = ["git", "--no-optional-locks", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def unmet_requirements(product: JudgedProduct, path: Sequence[str] | None = None) -> tuple[list[str], list[str]]:
    """What the product's metadata asks for and this environment does not have.

    Returns:
        What is missing, and what is there in a version that was not asked for, each in words.
    """
    missing: list[str] = []
    different: list[str] = []
    for text in product.requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            different.append(f"{text} (which cannot be read)")
            continue
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        found = _distribution(requirement.name, path)
        wanted = f"{requirement.name}{requirement.specifier}"
        if found is None:
            missing.append(wanted)
        elif not requirement.specifier.contains(found.version, prereleases=True):
            different.append(f"{wanted} ({found.version} is installed)")
    return missing, different
