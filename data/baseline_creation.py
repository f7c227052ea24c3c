"""Creating the baseline in a deployment: through the product in either mode, and with quilt3 what it cannot make."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from data.baseline import BaselinePackage, Created, PackageRevision, PackageWriter, create_baseline
from data.package_access import ManifestReader, ProductWriter, obstacle
from data.quilt3_writer import Quilt3Writer, quilt3_refusals_in_words
from data.upload import ArrangedDataset, arrange_dataset, differing
from environment.console import Say
from environment.driving.process_state import QUIET_ENVIRONMENT
from environment.driving.session import Session
from environment.driving.stage import open_stage
from environment.modes import Mode
from environment.running import acceleration
from environment.settings import state_directory
from environment.targets.target import Target
from environment.undo.run_directory import RunDirectory


@dataclass(frozen=True)
class ProductCreation:
    """What was created and kept, and for each package that was made with quilt3, why QuiltOps cannot make it."""

    created: Created
    made_with_quilt3: dict[str, str]


def create_through_product(
    target: Target, mode: Mode, packages: Sequence[BaselinePackage], say: Say = lambda _: None
) -> ProductCreation:
    """Upload the datasets, then let Dana create what is missing: through QuiltOps where it can, the rest with quilt3.

    ``mode`` is QuiltOps' one. quilt3 is always at Dana's own machine (a session of local mode), and comes second,
    because a process has one session and one mode at a time. The process is accelerated as the one of a run is
    (`environment.running.acceleration`): a push of quilt3 takes seconds less. ``say`` is given what is being done, in
    words.

    Raises:
        SuiteError: the deployment refuses; what was created until then stays and is kept by the next call.
    """
    reader = baseline_reader(target)
    datasets = _arranged(target, packages, say)
    obstacles = {package: obstacle(package, reader.revisions(package.name)) for package in packages}
    phases: list[Created] = []
    with _quiet_quilt3(), _home() as home, acceleration.as_switched(), open_stage(target, mode, home) as stage:
        if through_quiltops := [package for package in packages if obstacles[package] is None]:
            dana = _signed_in(stage.session("Dana"))
            product = _Announced(ProductWriter(dana.ops, target.registry), "with QuiltOps", say)
            phases.append(create_baseline(product, reader, datasets, through_quiltops))
        if others := [package for package in packages if obstacles[package] is not None]:
            _signed_in(stage.session_in(Mode.LOCAL, "Dana"))
            quilt3 = _Announced(Quilt3Writer(target.registry), "with quilt3", say)
            phases.append(create_baseline(quilt3, reader, datasets, others))
    created = _together(phases, packages)
    reasons = {package.name: reason for package, reason in obstacles.items() if reason is not None}
    return ProductCreation(created, {name: reasons[name] for name in created.written if name in reasons})


def _arranged(target: Target, packages: Sequence[BaselinePackage], say: Say) -> dict[str, ArrangedDataset]:
    datasets: dict[str, ArrangedDataset] = {}
    for package in packages:
        name = package.dataset_name
        if name not in datasets:
            say(f"looking after the dataset {name}")
            datasets[name] = arrange_dataset(name, target.client("s3"), target.buckets.data)
    return datasets


def _signed_in(session: Session) -> Session:
    with quilt3_refusals_in_words(f"Signed in to {session.target.catalog_url} as {session.user_name}"):
        session.sign_in()
    return session


def _together(phases: Sequence[Created], packages: Sequence[BaselinePackage]) -> Created:
    """What the phases wrote and kept, in the order of the packages."""
    written = {name: hashes for phase in phases for name, hashes in phase.written.items()}
    names = [package.name for package in packages]
    return Created(
        {name: written[name] for name in names if name in written}, tuple(name for name in names if name not in written)
    )


def objects_to_upload(target: Target, packages: Sequence[BaselinePackage]) -> list[str]:
    """URIs of the objects that ``create_through_product`` would put into the data bucket first.

    Raises:
        SuiteError: the bucket cannot be read.
    """
    bucket = target.buckets.data
    datasets = {package.dataset_name: package.dataset for package in packages}
    keys = [key for dataset in datasets.values() for key in differing(dataset, target.client("s3"), bucket)]
    return [f"s3://{bucket}/{key}" for key in keys]


class _Announced:
    """A writer that says what it is about to write, and how."""

    def __init__(self, writer: PackageWriter, how: str, say: Say) -> None:
        self._writer = writer
        self._how = how
        self._say = say

    def write(self, revision: PackageRevision) -> str:
        """Make it the latest revision of its package; return its top hash."""
        self._say(f"creating {revision.name} {self._how}")
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
    with _quiet_quilt3():
        importlib.import_module("quilt3")
    return ManifestReader(target.client("s3"), target.buckets.packages)


@contextmanager
def _quiet_quilt3() -> Iterator[None]:
    """Keep quilt3's progress bars out of the output, which it reads when it is imported, and its telemetry at home."""
    before = dict(os.environ)
    os.environ.update({**QUIET_ENVIRONMENT, **before})
    try:
        yield
    finally:
        for name in QUIET_ENVIRONMENT.keys() - before.keys():
            os.environ.pop(name, None)
