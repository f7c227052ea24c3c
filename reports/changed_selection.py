"""pytest plugin: `--changed` runs only the scenarios that reach lines of the product that were changed.

Which scenario reaches which lines `acceptance strength` records. `--changed=main` counts what the checkout of the
product changed since that commit; without a commit, all that differs from the product that was recorded counts.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

import pytest

from environment.errors import SuiteError
from environment.gherkin.records import SCENARIO
from environment.product.judged import PACKAGE
from environment.settings import BUILD
from reports.changed_lines import EVERY_LINE, Changes, changes
from reports.product import product_root
from reports.product_coverage import COVERAGE_FILE, CoverageRecord, read_coverage

SINCE_RECORDING = ""
_SHOWN = 8


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--changed`."""
    parser.getgroup("reports").addoption(
        "--changed",
        nargs="?",
        const=SINCE_RECORDING,
        default=None,
        metavar="COMMIT",
        help="run what reaches changed lines of the product; --changed=main: changed since that commit",
    )
    parser.getgroup("reports").addoption(
        "--coverage-record", type=Path, default=COVERAGE_FILE, metavar="FILE", help="what --changed reads"
    )


@pytest.hookimpl(optionalhook=True)
def pytest_chosen_scenarios(config: pytest.Config) -> list[str]:
    """Name the choice as one types it."""
    asked = config.option.changed
    return [] if asked is None else [f"--changed={shlex.quote(asked)}" if asked else "--changed"]


def pytest_configure(config: pytest.Config) -> None:
    """Find out what was changed; a record that is missing or of another product ends the run before it starts."""
    if config.option.changed is None:
        return
    try:
        selection = ChangedSelection.of(config.option.coverage_record, config.option.changed or None)
    except SuiteError as error:
        raise pytest.UsageError(f"--changed: {error}") from error
    config.pluginmanager.register(selection, "changed-selection")


class ChangedSelection:
    """The scenarios that reach changed lines, and those of which nothing is recorded."""

    def __init__(self, record: CoverageRecord, changed: Changes) -> None:
        self._record = record
        self._changed = changed
        self._reaching = {
            nodeid for module, lines in changed.items() for nodeid in record.scenarios_reaching(module, lines)
        }
        self._chosen = 0

    @classmethod
    def of(cls, file: Path, base: str | None) -> ChangedSelection:
        """The selection for the product that this process imports.

        Raises:
            SuiteError: if nothing is recorded, or the base is none.
        """
        record = read_coverage(file)
        judged = product_root(BUILD)
        return cls(record, changes(record.product, judged, installed_root(judged), base))

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave what reaches a changed line, and scenarios that are newer than the record."""
        left_out = [item for item in items if not self._is_asked(item)]
        items[:] = [item for item in items if item not in left_out]
        self._chosen = len(items)
        config.hook.pytest_deselected(items=left_out)

    def pytest_report_collectionfinish(self) -> str:
        """Say what was changed, and how many scenarios that concerns."""
        whole = [name for name, lines in self._changed.items() if lines is EVERY_LINE]
        named = ", ".join(f"{name}{' (all of it)' if name in whole else ''}" for name in list(self._changed)[:_SHOWN])
        more = f" and {len(self._changed) - _SHOWN} more" if len(self._changed) > _SHOWN else ""
        return f"--changed: {named or 'nothing'}{more}; reached by {self._chosen} scenario runs"

    def _is_asked(self, item: pytest.Item) -> bool:
        if SCENARIO not in item.stash:
            return False
        return item.nodeid in self._reaching or item.nodeid not in self._record.lines


def installed_root(judged: Path) -> Path:
    """The installed product's package folder, also where another one lies before it on the import path."""
    for entry in sys.path:
        found = Path(entry) / PACKAGE
        if found.is_dir() and found.resolve() != judged.resolve() and "site-packages" in found.parts:
            return found
    return judged
