"""Creating the baseline in a deployment through the product, in either mode."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from environment.modes import Mode
from environment.observers.registry import RegistryObserver
from environment.run_directory import RunDirectory
from environment.sessions.stage import open_stage
from environment.settings import state_directory
from environment.targets.target import Target
from infra.baseline import BaselinePackage, Created, create_baseline
from infra.package_access import ManifestReader, ProductWriter, RegistryWriter
from infra.upload import arrange_dataset


@dataclass(frozen=True)
class ProductCreation:
    """What was created and kept, and for each package that QuiltOps could not make, why."""

    created: Created
    written_otherwise: dict[str, str]


def create_through_product(target: Target, mode: Mode, packages: Sequence[BaselinePackage]) -> ProductCreation:
    """Upload the datasets, then let Dana create what is missing, through QuiltOps where it can.

    Raises:
        SuiteError: the deployment refuses; what was created until then stays and is kept by the next call.
    """
    _quiet_quilt3()
    datasets = {
        name: arrange_dataset(name, target.client("s3"), target.buckets.data)
        for name in dict.fromkeys(package.dataset_name for package in packages)
    }
    with _home() as home, open_stage(target, mode, home) as stage:
        session = stage.session("Dana")
        session.sign_in()
        registry = RegistryObserver(target.graphql_endpoint, target.token("user"))
        writer = ProductWriter(session.ops, target.registry, RegistryWriter(registry, target.buckets.packages))
        created = create_baseline(writer, baseline_reader(target), datasets, packages)
    return ProductCreation(created, writer.written_otherwise)


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
