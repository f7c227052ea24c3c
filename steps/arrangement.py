"""What scenarios find already there: datasets in S3, and packages made for one scenario."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

from data.upload import ArrangedDataset, StoredFile, arrange_dataset
from environment.arrangement.packages import PackageArranger
from environment.arrangement.workflows import WorkflowArranger
from environment.driving.files import StoredContent
from environment.observers.registry import RegistryObserver
from environment.targets.target import Target
from environment.undo.log import UndoLog

Arranged = ArrangedDataset


class DatasetShelf:
    """Datasets in the data bucket, uploaded when a scenario first asks for one."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._taken: dict[str, ArrangedDataset] = {}

    def take(self, name: str) -> ArrangedDataset:
        """The dataset, arranged."""
        if name not in self._taken:
            self._taken[name] = arrange_dataset(name, self._target.client("s3"), self._target.buckets.data)
        return self._taken[name]


@pytest.fixture(scope="session")
def datasets(target: Target) -> DatasetShelf:
    """The shelf of datasets."""
    return DatasetShelf(target)


@pytest.fixture(scope="session")
def package_arranger(registry_observer: RegistryObserver) -> PackageArranger:
    """Makes packages through the registry."""
    return PackageArranger(registry_observer)


@pytest.fixture
def workflows(target: Target, undo: UndoLog, request: pytest.FixtureRequest) -> Callable[[str], WorkflowArranger]:
    """Sets up what buckets require of packages; one arranger for each bucket, by the name that features give it."""
    # Otherwise a process that is still making the baseline would be held to these rules.
    request.getfixturevalue("baseline")
    return cache(lambda bucket: WorkflowArranger(target, undo, getattr(target.buckets, bucket)))


def stored_content(file: StoredFile, name: str) -> StoredContent:
    """A dataset's file under the name by which a sentence calls it."""
    return StoredContent(name, file.bucket, file.key, file.version_id, file.file.size, file.file.sha256)
