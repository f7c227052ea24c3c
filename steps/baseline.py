"""The baseline packages, which every scenario may rely on."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import partial

import pytest

from data.baseline import BaselinePackage
from data.baseline_process import BaselineProcess, make_baseline, wanted_packages
from data.datasets.model import Dataset
from environment.gherkin.fixtures_taken import takes
from environment.observers.registry import RegistryObserver
from environment.targets.early_start import BEFORE_CLOSING, EARLY_START
from environment.targets.target import Target
from steps.arrangement import DatasetShelf


@dataclass(frozen=True)
class Baseline:
    """The packages that every scenario may rely on."""

    packages: tuple[BaselinePackage, ...]

    @property
    def package_names(self) -> list[str]:
        """Their names."""
        return [package.name for package in self.packages]

    def dataset(self, package_name: str) -> Dataset:
        """The dataset that a package was made from."""
        return next(package.dataset for package in self.packages if package.name == package_name)

    def package(self, package_name: str) -> BaselinePackage:
        """One of the packages."""
        return next(package for package in self.packages if package.name == package_name)


_PROCESS: pytest.StashKey[BaselineProcess] = pytest.StashKey()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Start making the baseline of a deployment that the run starts, unless no scenario needs it.

    An xdist controller does not know the scenarios, and starts it for its workers.
    """
    config = session.config
    if EARLY_START in config.stash and (not session.items or any(takes(item, "baseline") for item in session.items)):
        config.stash[_PROCESS] = BaselineProcess(config.stash[EARLY_START].state_directory)
        config.stash[BEFORE_CLOSING].callback(_end, config)
        config.add_cleanup(partial(_end, config))  # also of a run that is broken off


def _end(config: pytest.Config) -> None:
    process = config.stash.get(_PROCESS, None)
    if process is not None and (problem := process.end()) is not None:
        sys.stderr.write(f"{problem}\n")
        del config.stash[_PROCESS]


@pytest.fixture(scope="session")
def baseline(target: Target, datasets: DatasetShelf, registry_observer: RegistryObserver) -> Baseline:
    """The baseline packages, made by the first process that asks for them."""
    make_baseline(target, registry_observer, datasets.take)
    return Baseline(wanted_packages(target))


@pytest.fixture
def settled_index(target: Target, baseline: Baseline) -> Baseline:
    """The baseline, once search knows it and has dropped what earlier scenarios deleted."""
    target.wait_until_indexed()
    return baseline
