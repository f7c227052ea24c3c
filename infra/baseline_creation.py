"""Creating the baseline in a deployment through the product, in either mode."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from environment.modes import Mode
from environment.observers.registry import RegistryObserver
from environment.run_directory import RunDirectory
from environment.sessions.stage import open_stage
from environment.settings import state_directory
from environment.targets.target import Target
from infra.baseline import BaselinePackage, Created, PackageRevision, PackageWriter, create_baseline
from infra.package_access import ManifestReader, ProductWriter, RegistryWriter
from infra.upload import ArrangedDataset, arrange_dataset, differing

Tell = Callable[[str], None]


@dataclass(frozen=True)
class ProductCreation:
    """What was created and kept, and for each package that QuiltOps could not make, why."""

    created: Created
    written_otherwise: dict[str, str]


def create_through_product(
    target: Target, mode: Mode, packages: Sequence[BaselinePackage], tell: Tell = lambda _: None
) -> ProductCreation:
    """Upload the datasets, then let Dana create what is missing, through QuiltOps where it can.

    ``tell`` is given what is being done, in words.

    Raises:
        SuiteError: the deployment refuses; what was created until then stays and is kept by the next call.
    """
    _quiet_quilt3()
    datasets: dict[str, ArrangedDataset] = {}
    for package in packages:
        name = package.dataset_name
        if name not in datasets:
            tell(f"looking after the dataset {name}")
            datasets[name] = arrange_dataset(name, target.client("s3"), target.buckets.data)
    with _home() as home, open_stage(target, mode, home) as stage:
        session = stage.session("Dana")
        session.sign_in()
        registry = RegistryObserver(target.graphql_endpoint, target.token("user"))
        writer = ProductWriter(session.ops, target.registry, RegistryWriter(registry, target.buckets.packages))
        created = create_baseline(_Telling(writer, tell), baseline_reader(target), datasets, packages)
    return ProductCreation(created, writer.written_otherwise)


def objects_to_upload(target: Target, packages: Sequence[BaselinePackage]) -> list[str]:
    """URIs of the objects that ``create_through_product`` would put into the data bucket first.

    Raises:
        SuiteError: the bucket cannot be read.
    """
    bucket = target.buckets.data
    datasets = {package.dataset_name: package.dataset for package in packages}
    keys = [key for dataset in datasets.values() for key in differing(dataset, target.client("s3"), bucket)]
    return [f"s3://{bucket}/{key}" for key in keys]


class _Telling:
    """A writer that says what it is about to write."""

    def __init__(self, writer: PackageWriter, tell: Tell) -> None:
        self._writer = writer
        self._tell = tell

    def write(self, revision: PackageRevision) -> str:
        """Make it the latest revision of its package; return its top hash."""
        self._tell(f"creating {revision.name}")
        return self._writer.write(revision)


@contextmanager
def _home() -> Iterator[Path]:
    """A home for the session, with its tokens; where clean-up finds it if this process is killed."""
    directory = RunDirectory(state_directory())
    try:
        yield directory.subdirectory("home")
    finally:
        directory.remove()


def baseline_reader(target: Target) -> ManifestReader:
    """A reader of the deployment's package registry."""
    _quiet_quilt3()
    return ManifestReader(target.client("s3"), target.buckets.packages)


def _quiet_quilt3() -> None:
    """Keep quilt3's own progress bars out of the output; it reads this when it is imported."""
    os.environ.setdefault("QUILT_MINIMIZE_STDOUT", "true")
