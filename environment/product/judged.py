"""Which quilt-mcp would be imported, found out from its metadata and its files; nothing of it is imported."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.machinery import PathFinder
from importlib.metadata import Distribution, distributions
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import InvalidRequirement, Requirement

from environment.errors import SuiteError

DISTRIBUTION = "quilt-mcp"
PACKAGE = "quilt_mcp"
_FACTORY = Path("ops") / "factory.py"


def normalized(name: str) -> str:
    """A distribution's name as the package index compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True)
class JudgedProduct:
    """The product as an import would find it.

    Attributes:
        version: as its metadata gives it; "not installed" without metadata.
        modules: the package's folder, None if there is none.
        origin: the checkout, archive or repository it comes from, None if it is a release of the index.
        revision: the commit it was installed from, if the installer noted one.
        requirements: what it needs besides Python, as its metadata gives it.
    """

    version: str
    modules: Path | None
    origin: str | None
    revision: str | None
    requirements: tuple[str, ...]

    @property
    def checkout(self) -> Path | None:
        """The folder with its sources, if it is judged where it lies or was built from there."""
        parts = urlsplit(self.origin or "")
        path = Path(unquote(parts.path))
        return path if parts.scheme == "file" and path.is_dir() else None

    @property
    def has_quilt_ops(self) -> bool:
        """Whether there is a QuiltOps to judge."""
        return self.modules is not None and (self.modules / _FACTORY).is_file()


def judged_product(path: Sequence[str] | None = None) -> JudgedProduct:
    """The product that this import path finds first; ``sys.path`` unless another is given."""
    found = next((each for each in distributions(path=list(path or sys.path)) if normalized(each.name or "") == DISTRIBUTION), None)
    origin = _origin(found)
    vcs = origin.get("vcs_info")
    return JudgedProduct(
        version="not installed" if found is None else found.version,
        modules=_modules(path),
        origin=str(origin["url"]) if "url" in origin else None,
        revision=str(vcs["commit_id"])[:12] if isinstance(vcs, dict) and "commit_id" in vcs else None,
        requirements=tuple((found.requires if found else None) or ()),
    )


def _origin(found: Distribution | None) -> dict[str, object]:
    text = found.read_text("direct_url.json") if found else None
    return dict(json.loads(text)) if text else {}


def _modules(path: Sequence[str] | None) -> Path | None:
    specification = find_spec(PACKAGE) if path is None else PathFinder.find_spec(PACKAGE, list(path))
    if specification is None or not specification.submodule_search_locations:
        return None
    return Path(specification.submodule_search_locations[0])


def unmet_requirements(product: JudgedProduct, path: Sequence[str] | None = None) -> tuple[list[str], list[str]]:
    """What the product's metadata asks for and this environment does not have.

    Returns:
        What is missing, and what is there in a version that was not asked for, each in words.
    """
    installed = {
        normalized(each.name): each.version
        for each in reversed(list(distributions(path=list(path or sys.path))))
        if each.name
    }
    missing: list[str] = []
    different: list[str] = []
    for text in product.requirements:
        try:
            requirement = Requirement(text)
        except InvalidRequirement as error:
            raise SuiteError(
                f"Read what {DISTRIBUTION} {product.version} requires", f"'{text}': {error}", "Fix its dependencies"
            ) from error
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        version = installed.get(normalized(requirement.name))
        wanted = f"{requirement.name}{requirement.specifier}"
        if version is None:
            missing.append(wanted)
        elif not requirement.specifier.contains(version, prereleases=True):
            different.append(f"{wanted} ({version} is installed)")
    return missing, different
