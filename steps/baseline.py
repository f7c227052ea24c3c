"""The baseline packages, which every scenario may rely on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest
from filelock import FileLock

from environment.observers.registry import RegistryObserver
from environment.targets.target import Target
from infra.baseline import BASELINE, BaselinePackage, create_baseline
from infra.datasets.model import Dataset
from infra.package_access import ManifestReader, RegistryWriter
from infra.upload import ArrangedDataset
from steps.arrangement import DatasetShelf

# Decision: half a gigabyte is not worth its seconds in every run; scenarios that need it make their own.
LEFT_OUT_OF_EMBEDDED = frozenset({"test-user/large-package"})


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


@pytest.fixture(scope="session")
def baseline(target: Target, datasets: DatasetShelf, registry_observer: RegistryObserver) -> Baseline:
    """The baseline packages, made by the first worker that needs them."""
    bucket = target.buckets.packages
    left_out = LEFT_OUT_OF_EMBEDDED if target.kind == "embedded" else frozenset()
    wanted = Baseline(tuple(package for package in BASELINE if package.name not in left_out))
    with FileLock(target.shared_directory / "baseline.lock"):
        create_baseline(
            RegistryWriter(registry_observer, bucket),
            ManifestReader(target.client("s3"), bucket),
            _Lazily(datasets.take),
            wanted.packages,
        )
        target.wait_until_indexed()
    return wanted


@pytest.fixture
def settled_index(target: Target, baseline: Baseline) -> Baseline:
    """The baseline, when search knows it and has forgotten what earlier scenarios took away."""
    target.wait_until_indexed()
    return baseline


class _Lazily(Mapping[str, ArrangedDataset]):
    """Arranges a dataset when it is looked up."""

    def __init__(self, take: Callable[[str], ArrangedDataset]) -> None:
        self._take = take

    def __getitem__(self, name: str) -> ArrangedDataset:
        return self._take(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0
