"""Which lines of the product each scenario runs: recorded by `acceptance strength`, read by whoever picks scenarios.

Lines are those inside functions: what a module runs at import, every scenario runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from environment.errors import SuiteError
from environment.record import Record
from environment.settings import BUILD
from reports.documents import findings, shown

COVERAGE_FILE = BUILD / "strength" / "coverage.json"
RECORD_AGAIN = "Record it again: acceptance strength record"


class ProductVersion(Record):
    """The product that was recorded: its version, and the SHA-256 of each module, by path in the package's folder."""

    version: str
    modules: dict[str, str]

    @cached_property
    def digest(self) -> str:
        """One word for all modules."""
        whole = "\n".join(f"{path} {digest}" for path, digest in sorted(self.modules.items()))
        return hashlib.sha256(whole.encode()).hexdigest()[:12]

    def differences(self, other: ProductVersion) -> list[str]:
        """The modules that one of the two does not have, or has in another form."""
        paths = sorted({*self.modules, *other.modules})
        return [path for path in paths if self.modules.get(path) != other.modules.get(path)]


class CoverageRecord(Record):
    """Lines of the product by scenario.

    lines: node id -> module (path in the package's folder) -> lines as text, such as `3-7,12`.
    """

    product: ProductVersion
    lines: dict[str, dict[str, str]]

    def scenarios_reaching(self, module: str, lines: Iterable[int]) -> set[str]:
        """Node ids of the scenarios that run at least one of these lines of a module."""
        wanted = set(lines)
        return {nodeid for nodeid, ran in self._by_module.get(module, {}).items() if not wanted.isdisjoint(ran)}

    @cached_property
    def _by_module(self) -> dict[str, dict[str, frozenset[int]]]:
        found: dict[str, dict[str, frozenset[int]]] = {}
        for nodeid, modules in self.lines.items():
            for module, text in modules.items():
                found.setdefault(module, {})[nodeid] = frozenset(expanded(text))
        return found


def product_version(root: Path, version: str) -> ProductVersion:
    """The product whose modules lie in that folder."""
    modules = {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*.py"))
    }
    return ProductVersion(version=version, modules=modules)


def read_coverage(path: Path = COVERAGE_FILE, product: ProductVersion | None = None) -> CoverageRecord:
    """The record in that file.

    Raises:
        SuiteError: if there is none, if it is not one of ours, or if it is of another product than the one given.
    """
    tried = f"Read which scenarios reach which lines from {shown(path)}"
    try:
        record = CoverageRecord.model_validate_json(path.read_bytes())
    except OSError as error:
        raise SuiteError(tried, error.strerror or type(error).__name__, RECORD_AGAIN) from error
    except ValidationError as error:
        raise SuiteError(tried, findings(error)[0], RECORD_AGAIN) from error
    if product is not None and (different := record.product.differences(product)):
        others = f" and {len(different) - 1} more" if len(different) > 1 else ""
        raise SuiteError(
            tried,
            f"it is of version {record.product.version} ({record.product.digest}), this is {product.version}"
            f" ({product.digest}): {different[0]}{others} differ",
            RECORD_AGAIN,
        )
    return record


def write_coverage(record: CoverageRecord, path: Path = COVERAGE_FILE) -> None:
    """Write the record."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(record.model_dump_json() + "\n", encoding="utf-8")


def contracted(lines: Iterable[int]) -> str:
    """Line numbers as text: `3-7,12`."""
    ranges: list[list[int]] = []
    for line in sorted(set(lines)):
        if ranges and line == ranges[-1][1] + 1:
            ranges[-1][1] = line
        else:
            ranges.append([line, line])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in ranges)


def expanded(text: str) -> list[int]:
    """The line numbers of such a text."""
    found: list[int] = []
    for part in filter(None, text.split(",")):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found
