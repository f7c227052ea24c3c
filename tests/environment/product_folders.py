"""Folders that look like a checkout of quilt-mcp, tiny enough to be made in a test."""

from __future__ import annotations

import subprocess
from pathlib import Path

BUILD_SYSTEM = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
# Keeps what an earlier build left in build/lib, as setuptools does, and needs no network.
BACKEND = """
from pathlib import Path
from zipfile import ZipFile

def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    name, information = "quilt_mcp-99.2-py3-none-any.whl", "quilt_mcp-99.2.dist-info"
    with ZipFile(Path(wheel_directory, name), "w") as wheel:
        for folder in ("src", "build/lib"):
            for path in sorted(Path(folder).rglob("*.py")):
                wheel.write(path, path.relative_to(folder))
        wheel.writestr(f"{information}/METADATA", "Metadata-Version: 2.1\\nName: quilt-mcp\\nVersion: 99.2\\n")
        wheel.writestr(f"{information}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        wheel.writestr(f"{information}/RECORD", "")
    return name
"""


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def make_checkout(
    folder: Path,
    *,
    name: str = "quilt-mcp",
    version: str | None = "99.1",
    dependencies: str = "[]",
    factory: str | None = "class QuiltOpsFactory: ...\n",
) -> Path:
    """A checkout in Quilt's layout; without a version the build finds it out, without a factory it has no QuiltOps."""
    said = f'version = "{version}"' if version else 'dynamic = ["version"]'
    project = f'[project]\nname = "{name}"\n{said}\ndependencies = {dependencies}\n'
    write(folder / "pyproject.toml", BUILD_SYSTEM + project)
    write(folder / "backend.py", BACKEND)
    write(folder / "src" / "quilt_mcp" / "__init__.py", 'VERSION = "99.2"\n')
    write(folder / "src" / "quilt_mcp" / "ops" / "__init__.py", "")
    if factory is not None:
        write(folder / "src" / "quilt_mcp" / "ops" / "quilt_ops.py", "class QuiltOps: ...\n")
        write(folder / "src" / "quilt_mcp" / "ops" / "factory.py", factory)
    return folder


def commit(folder: Path) -> str:
    """Put the folder under Git; returns the revision as the suite shows it."""
    git = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "--quiet", "--initial-branch", "trial"], ["add", "."], ["commit", "--quiet", "-m", "all"]):
        subprocess.run([*git, *command], check=True)
    shown = subprocess.run([*git, "rev-parse", "--short=12", "HEAD"], check=True, capture_output=True, text=True)
    return f"{shown.stdout.strip()} on trial"


def files_of(folder: Path) -> set[str]:
    """Everything in a folder but what Git keeps for itself."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if ".git" not in path.relative_to(folder).parts}
