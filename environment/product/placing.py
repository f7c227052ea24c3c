"""`--product`: another quilt-mcp put before the installed one on the import path; what it depends on stays."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from packaging.requirements import InvalidRequirement, Requirement

from environment.errors import SuiteError
from environment.product.checkout import (
    checkout,
    copy_of,
    describe_for_import,
    import_folder,
    note_origin,
    project_of,
)
from environment.product.judged import DISTRIBUTION, JudgedProduct, judged_product, normalized, unmet_requirements

OVERLAY = "product"
"""The folder below build/ for what is not judged where it lies; a run without ``--product`` removes it."""


def place_product(product: str, build: Path) -> tuple[Path, ...]:
    """Make another quilt-mcp ready to be imported.

    A checkout is imported from where it lies; anything else that pip takes (a requirement, a wheel, a repository's
    address) is installed below ``build``.

    Returns:
        The folders to put at the head of the import path.

    Raises:
        SuiteError: if there is no such product, if it is not quilt-mcp, has no QuiltOps, or needs a distribution that
            is not installed.
    """
    overlay = build / OVERLAY
    shutil.rmtree(overlay, ignore_errors=True)
    overlay.mkdir(parents=True)
    if re.fullmatch(r"\d+(\.\d+)+\w*", product) and not Path(product).exists():
        product = f"{DISTRIBUTION}=={product}"
    folder = checkout(product)
    if folder is None:
        _refuse_another_distribution(product)
        _install(product, product, overlay)
    elif not _use_where_it_lies(folder, overlay):
        with TemporaryDirectory(prefix="quilt-mcp-") as place:
            _install(product, str(copy_of(folder, Path(place))), overlay)
        for metadata in overlay.glob("*.dist-info"):
            note_origin(folder, metadata, in_place=False)
    paths = placed(build)
    _check(product, paths)
    return paths


def placed(build: Path) -> tuple[Path, ...]:
    """The folders of the product that `place_product` put there last; none if the installed one is judged."""
    overlay = build / OVERLAY
    if not overlay.is_dir():
        return ()
    found = judged_product([str(overlay)])
    return (overlay, import_folder(found.checkout)) if found.in_place and found.checkout else (overlay,)


def import_path(paths: tuple[Path, ...], inherited: str | None) -> str:
    """``PYTHONPATH`` with these folders first."""
    return os.pathsep.join(filter(None, (*map(str, paths), inherited)))


def _use_where_it_lies(folder: Path, overlay: Path) -> bool:
    project = project_of(folder)
    import_folder(folder)
    if project.version is None:
        return False  # only a build finds it out
    describe_for_import(folder, project, project.version, overlay)
    return True


def _refuse_another_distribution(product: str) -> None:
    try:
        name = Requirement(product).name
    except InvalidRequirement:
        return  # an address or a file: what it holds is seen when it is there
    if normalized(name) != DISTRIBUTION:
        raise SuiteError(
            f"Looked for the product '{product}'",
            f"'{name}' is neither a folder nor {DISTRIBUTION}",
            f"Give a checkout, or a requirement such as {DISTRIBUTION}==0.22.0",
        )


def _install(product: str, source: str, overlay: Path) -> None:
    installer = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    installer += ["--no-deps", "--target", str(overlay), source]
    done = subprocess.run(installer, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR: ")]
        last = (errors or done.stderr.strip().splitlines() or ["no message"])[-1].removeprefix("ERROR: ")
        raise SuiteError(f"Installed '{product}'", last, "Give a checkout or a requirement that pip can install")


def _check(product: str, paths: tuple[Path, ...]) -> None:
    tried = f"Looked at the product '{product}'"
    found = judged_product(list(map(str, paths)))
    if found.modules is None or found.version == "not installed":
        raise SuiteError(tried, f"it is not {DISTRIBUTION}", f"Give a checkout or a requirement of {DISTRIBUTION}")
    if not found.has_quilt_ops:
        raise SuiteError(
            tried, f"{DISTRIBUTION} {found.version} has no QuiltOps", "Give a version that has: 0.17 or newer"
        )
    _refuse_what_is_missing(tried, found, paths)


def _refuse_what_is_missing(tried: str, found: JudgedProduct, paths: tuple[Path, ...]) -> None:
    missing, _ = unmet_requirements(found, [*map(str, paths), *sys.path])
    if missing:
        raise SuiteError(
            tried,
            f"{DISTRIBUTION} {found.version} requires what is not installed: {', '.join(missing)}",
            f"Install it: {sys.executable} -m pip install {' '.join(repr(each) for each in missing)}",
        )
