"""pytest plugin: `--defect QO-017` runs only the scenarios that this entry of the known-defects ledger claims."""

from __future__ import annotations

import shlex

import pytest

from environment.gherkin.records import SCENARIO
from environment.nearest import unknown
from reports.known_defects import KnownDefect, Ledger
from reports.plugin import LEDGER


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--defect`."""
    parser.getgroup("reports").addoption(
        "--defect",
        action="append",
        default=[],
        metavar="ID",
        help="run what this entry of the ledger claims; may be given several times",
    )


def pytest_chosen_scenarios(config: pytest.Config) -> list[str]:
    """Name the entries that were asked for."""
    return [f"--defect {shlex.quote(each)}" for each in config.option.defect]


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Look the entries up, once the ledger is read."""
    if config.option.defect:
        config.pluginmanager.register(DefectSelection(config.option.defect, config.stash[LEDGER]), "defect-selection")


class DefectSelection:
    """The choice of scenarios in a run that was asked for entries of the ledger.

    Raises:
        pytest.UsageError: the ledger has no such entry; the message has the nearest.
    """

    def __init__(self, identifiers: list[str], ledger: Ledger) -> None:
        self._entries = [_entry(each, ledger) for each in identifiers]

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        """Leave what one of the entries claims."""
        left_out = [item for item in items if not self._claims(item)]
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)

    def _claims(self, item: pytest.Item) -> bool:
        return SCENARIO in item.stash and any(any(entry.claims_on(item.stash[SCENARIO])) for entry in self._entries)


def _entry(identifier: str, ledger: Ledger) -> KnownDefect:
    entry = ledger.entry(identifier.upper())
    if entry is None:
        known = [each.id for each in ledger.entries]
        raise pytest.UsageError(f"--defect: {unknown('entry of the ledger', identifier, known)}")
    return entry
