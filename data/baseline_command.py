"""``acceptance baseline``: create and verify the packages that every test environment holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from data.baseline import BASELINE, BaselinePackage, verify_baseline
from environment.console import say, working
from environment.errors import unknown
from environment.modes import Mode
from environment.targets.opening import TargetKind, deployment

if TYPE_CHECKING:
    from environment.targets.target import Target

baseline = typer.Typer(help="The packages that every test environment holds.", no_args_is_help=True)

Where = Annotated[TargetKind, typer.Option(help="deployment whose registry is meant")]
Only = Annotated[list[str] | None, typer.Option("--package", help="packages; all of them unless named")]


@baseline.command("create")
def create(
    target: Where = TargetKind.EMBEDDED,
    mode: Annotated[Mode, typer.Option(help="mode in which QuiltOps creates them")] = Mode.LOCAL,
    package: Only = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would be created")] = False,
) -> None:
    """Create what is missing, through QuiltOps where it can, else with quilt3, and verify it; exit 1 if it differs."""
    # Late, as in environment.targets.opening.
    from data.baseline_creation import baseline_reader, create_through_product, objects_to_upload

    packages = _chosen(package)
    with deployment(target) as opened:
        if dry_run:
            for uri in objects_to_upload(opened, packages):
                say(f"would write {uri}")
            for finding in verify_baseline(baseline_reader(opened), packages):
                say(f"would put right: {finding}")
            return
        with working("creating the baseline") as show:
            result = create_through_product(opened, mode, packages, show)
        for name, hashes in result.created.written.items():
            say(f"created {name}: {', '.join(hashes)}")
        for name, reason in result.made_with_quilt3.items():
            say(f"{name} was made with quilt3: {reason}")
        say(f"{len(result.created.kept)} of {len(packages)} packages were there already")
        _report(opened, packages)


@baseline.command("verify")
def verify(target: Where = TargetKind.EMBEDDED, package: Only = None) -> None:
    """Compare the packages with the pinned checksums; exit 1 if anything differs."""
    packages = _chosen(package)
    with deployment(target) as opened:
        _report(opened, packages)


def _report(target: Target, packages: list[BaselinePackage]) -> None:
    from data.baseline_creation import baseline_reader

    findings = verify_baseline(baseline_reader(target), packages)
    for finding in findings:
        say(str(finding))
    if findings:
        raise typer.Exit(1)
    say(f"{len(packages)} packages are as they should be")


def _chosen(names: list[str] | None) -> list[BaselinePackage]:
    known = {package.name: package for package in BASELINE}
    for name in names or []:
        if name not in known:
            raise unknown("baseline package", name, known)
    return [known[name] for name in names] if names else list(BASELINE)
