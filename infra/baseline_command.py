"""``acceptance baseline``: create and verify the packages that every test environment holds."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.console import Console

from environment.modes import Mode
from environment.observers.registry import RegistryObserver
from environment.sessions.stage import open_stage
from environment.targets.target import Target
from infra.baseline import BASELINE, BaselinePackage, create_baseline, verify_baseline
from infra.deployment import TargetKind, deployment
from infra.package_access import ManifestReader, ProductWriter, RegistryWriter
from infra.upload import arrange_dataset

baseline = typer.Typer(help="The packages that every test environment holds.", no_args_is_help=True)
_console = Console()

Where = Annotated[TargetKind, typer.Option(help="deployment whose registry is meant")]
Only = Annotated[list[str] | None, typer.Option("--package", help="packages; all of them unless named")]


@baseline.command("create")
def create(
    target: Where = TargetKind.EMBEDDED,
    mode: Annotated[Mode, typer.Option(help="mode in which the product creates them")] = Mode.LOCAL,
    package: Only = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be created")] = False,
) -> None:
    """Create what is missing, through QuiltOps where it can, and verify the result; exit 1 if it is not right."""
    packages = _chosen(package)
    with deployment(target) as opened:
        reader = _reader(opened)
        if dry_run:
            for finding in verify_baseline(reader, packages):
                _console.print(f"would put right: {finding}", markup=False, highlight=False)
            return
        names = dict.fromkeys(chosen.dataset_name for chosen in packages)
        with _console.status("uploading the datasets"):
            datasets = {name: arrange_dataset(name, opened.client("s3"), opened.buckets.data) for name in names}
        with TemporaryDirectory() as home, open_stage(opened, mode, Path(home)) as stage:
            session = stage.session("Dana")
            session.sign_in()
            registry = RegistryObserver(opened.graphql_endpoint, opened.token("user"))
            writer = ProductWriter(session.ops, opened.registry, RegistryWriter(registry, opened.buckets.packages))
            created = create_baseline(writer, reader, datasets, packages)
        for name, hashes in created.written.items():
            _console.print(f"created {name}: {', '.join(hashes)}", highlight=False)
        for name, reason in writer.written_otherwise.items():
            _console.print(f"{name} was made through the registry: {reason}", highlight=False)
        _console.print(f"{len(created.kept)} packages were there already")
        _report(reader, packages)


@baseline.command("verify")
def verify(target: Where = TargetKind.EMBEDDED, package: Only = None) -> None:
    """Compare the packages with the pinned checksums; exit 1 if anything differs."""
    with deployment(target) as opened:
        _report(_reader(opened), _chosen(package))


def _reader(target: Target) -> ManifestReader:
    return ManifestReader(target.client("s3"), target.buckets.packages)


def _report(reader: ManifestReader, packages: list[BaselinePackage]) -> None:
    findings = verify_baseline(reader, packages)
    for finding in findings:
        _console.print(str(finding), markup=False, highlight=False)
    if findings:
        raise typer.Exit(1)
    _console.print(f"{len(packages)} packages are as they should be")


def _chosen(names: list[str] | None) -> list[BaselinePackage]:
    from environment.errors import unknown

    known = {package.name: package for package in BASELINE}
    for name in names or []:
        if name not in known:
            raise unknown("baseline package", name, known)
    return [known[name] for name in names] if names else list(BASELINE)
