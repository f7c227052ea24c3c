"""What is measured, as ``[tool.acceptance.strength]`` says: which product, which parts of it, by which scenarios."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from pydantic import Field, ValidationError

from environment.errors import SuiteError
from environment.record import Record
from reports.documents import findings, shown
from reports.product_coverage import ProductVersion, product_version
from strength.faults import Fault, faults_of

_SECTION = ("tool", "acceptance", "strength")


class Settings(Record):
    """The section.

    product: name of the distribution; package: what is imported; entry: the module whose import brings all of it in;
    parts: patterns of modules in which faults are planted; suite: patterns of files that make the suite; pytest: its
    arguments; hang_seconds: the least that a scenario may take before it counts as hung.
    """

    product: str
    package: str
    entry: str
    parts: tuple[str, ...] = Field(min_length=1)
    suite: tuple[str, ...] = Field(min_length=1)
    pytest: tuple[str, ...]
    hang_seconds: float = 30.0


@dataclass(frozen=True)
class Project:
    """A suite in a folder and the product that it judges; ``product_root`` is the package's folder."""

    root: Path
    settings: Settings
    product_root: Path

    @classmethod
    def read(cls, root: Path) -> Project:
        """What the folder's pyproject.toml says.

        Raises:
            SuiteError: if the section is missing or wrong, or the product is not installed.
        """
        file = root / "pyproject.toml"
        tried = f"Read [{'.'.join(_SECTION)}] of {shown(file)}"
        try:
            section = tomllib.loads(file.read_text(encoding="utf-8"))
            for name in _SECTION:
                section = section[name]
            settings = Settings.model_validate(section)
        except OSError as error:
            raise SuiteError(tried, error.strerror or type(error).__name__, "Give a folder with a suite") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SuiteError(tried, str(error), "Make it valid TOML") from error
        except KeyError as error:
            raise SuiteError(tried, "there is no such section", "docs/strength.md says what it holds") from error
        except ValidationError as error:
            raise SuiteError(tried, findings(error)[0], "docs/strength.md says what it holds") from error
        return cls(root, settings, _package_folder(root, settings.package))

    @cached_property
    def product(self) -> ProductVersion:
        """The product as it is now."""
        try:
            number = version(self.settings.product)
        except PackageNotFoundError:
            number = "not installed"
        return product_version(self.product_root, number)

    @cached_property
    def suite_digest(self) -> str:
        """One word for everything that the suite is made of."""
        whole = hashlib.sha256()
        for pattern in self.settings.suite:
            for path in sorted(self.root.glob(pattern)):
                if path.is_file() and "__pycache__" not in path.parts:
                    whole.update(f"{path.relative_to(self.root)}\0".encode() + path.read_bytes())
        return whole.hexdigest()[:12]

    def modules(self) -> list[Path]:
        """The modules in which faults are planted.

        Raises:
            SuiteError: if a pattern fits none: the product is another one.
        """
        found: set[Path] = set()
        for pattern in self.settings.parts:
            these = set(self.product_root.glob(pattern))
            if not these:
                raise SuiteError(
                    f"Looked for '{pattern}' in {self.product_root}",
                    "there is no such module",
                    "Name the product's parts in [tool.acceptance.strength]",
                )
            found |= these
        return sorted(found)

    def faults(self) -> list[Fault]:
        """Every fault that can be planted, sorted by id.

        Raises:
            SuiteError: if a module is not Python.
        """
        return sorted(self._faults(), key=lambda each: each.id)

    def _faults(self) -> Iterator[Fault]:
        for path in self.modules():
            try:
                yield from faults_of(path.relative_to(self.product_root).as_posix(), path.read_text(encoding="utf-8"))
            except (SyntaxError, UnicodeDecodeError) as error:
                line = f":{error.lineno}" if isinstance(error, SyntaxError) else ""
                raise SuiteError(f"Read {path}{line}", str(error), "Install a product that can be imported") from error


def _package_folder(root: Path, package: str) -> Path:
    beside = root / package
    if beside.is_dir():
        return beside
    specification = find_spec(package)
    if specification is None or not specification.submodule_search_locations:
        raise SuiteError(f"Looked for the product's package {package}", "there is none", "Install the product")
    return Path(specification.submodule_search_locations[0])
