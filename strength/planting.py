"""A copy of the product with one fault, made in milliseconds: every other module of it is a link to the original."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from environment.errors import SuiteError
from strength.faults import Fault, excerpt
from strength.source import Source

FAULTS = "faults"
"""The folder for copies of the product, below that of a measurement."""


@contextmanager
def planted(fault: Fault, product_root: Path, folder: Path) -> Iterator[Path]:
    """The folder to put first on the path, below the one given; it goes when the block ends.

    Raises:
        SuiteError: if the module is not what it was when the fault was found, or cannot be written.
    """
    original = product_root / fault.file
    text = original.read_text(encoding="utf-8")
    source = Source(text)
    if excerpt(source.between(fault.change.start, fault.change.end)) != fault.before:
        raise SuiteError(f"Planted {fault.id}", f"{original} has changed", "Run the command again")
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="fault-", dir=folder) as overlay:
        copy = Path(overlay, product_root.name)
        _link(product_root, copy, Path(fault.file).parts)
        (copy / fault.file).write_text(source.changed(fault.change), encoding="utf-8")
        yield Path(overlay)


def module_name(package: str, file: str) -> str:
    """The dotted name of a module of the package."""
    parts = [package, *Path(file).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _link(original: Path, copy: Path, way: tuple[str, ...]) -> None:
    """Make a real folder on the way to the changed module, with links to whatever else is beside it."""
    copy.mkdir()
    for entry in os.scandir(original):
        if entry.name == "__pycache__":
            _link_compiled(Path(entry.path), copy / entry.name, way)
        elif entry.name != way[0]:
            (copy / entry.name).symlink_to(entry.path)
        elif len(way) > 1:
            _link(Path(entry.path), copy / entry.name, way[1:])


def _link_compiled(original: Path, copy: Path, way: tuple[str, ...]) -> None:
    """Compiled modules, but for the changed one: without them every start would compile the whole product."""
    copy.mkdir()
    stem = Path(way[0]).stem if len(way) == 1 else ""
    for entry in os.scandir(original):
        if entry.name.partition(".")[0] != stem:
            (copy / entry.name).symlink_to(entry.path)
