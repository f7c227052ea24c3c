"""``acceptance data``: generate, verify and upload the reference datasets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from data.datasets import generation, pins
from data.datasets.dataset_list import DATASETS, dataset, definitions
from data.datasets.manifest import READMES, readme
from data.datasets.model import MEBIBYTE, Dataset
from data.datasets.verification import verify
from data.sample_table import KEY, upload_sample_table
from data.upload import GENERATED, arrange_dataset, differing
from environment.console import console, say
from environment.targets.opening import TargetKind, deployment

data = typer.Typer(help="The reference datasets.", no_args_is_help=True)

Names = Annotated[list[str] | None, typer.Argument(help="datasets; all of them unless named")]
Folder = Annotated[Path, typer.Option(help="folder with a folder for each dataset")]
Where = Annotated[TargetKind, typer.Option(help="deployment whose data bucket is meant")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="only say what would be done")]


@data.command("list")
def list_datasets() -> None:
    """Name the datasets with their revisions and sizes."""
    table = Table("dataset", "revision", "files", "MB", "description")
    for found in DATASETS.values():
        for revision in found.revisions:
            size = f"{revision.size / MEBIBYTE:.1f}"
            table.add_row(found.name, revision.name, str(len(revision.files)), size, found.description)
    console.print(table)


@data.command("describe")
def describe(
    names: Names = None,
    write: Annotated[bool, typer.Option("--write", help="write them into the repository instead")] = False,
) -> None:
    """Print the README of datasets: what they are, their files, sizes and digests."""
    for found in _chosen(names):
        if write:
            (READMES / f"{found.name}.md").write_text(readme(found), encoding="utf-8")
        else:
            say(readme(found))


@data.command("generate")
def generate(names: Names = None, directory: Folder = GENERATED) -> None:
    """Make datasets; files that are right already are left alone."""
    chosen = _chosen(names)
    with _progress("generating", chosen) as advance:
        for found in chosen:
            made = generation.generate(found, directory / found.name, advance)
            say(f"{found.name}: {len(made.written)} files written, {len(made.kept)} kept")


@data.command("verify")
def verify_datasets(names: Names = None, directory: Folder = GENERATED) -> None:
    """Read every file and name what is changed, missing or extra; exit 1 if there is anything."""
    chosen = _chosen(names)
    findings = 0
    with _progress("verifying", chosen) as advance:
        for found in chosen:
            for finding in verify(found, directory / found.name, advance):
                findings += 1
                say(f"{found.name}: {finding}")
    if findings:
        raise typer.Exit(1)
    say(f"{len(chosen)} datasets are as they should be")


@data.command("upload")
def upload(
    names: Names = None, target: Where = TargetKind.EMBEDDED, directory: Folder = GENERATED, dry_run: DryRun = False
) -> None:
    """Put datasets into the data bucket: only the objects that differ, and the rows of the sample table."""
    chosen = _chosen(names)
    with deployment(target) as opened:
        client, bucket = opened.client("s3"), opened.buckets.data
        if dry_run:
            keys = [key for found in chosen for key in differing(found, client, bucket)]
            keys += [KEY] if upload_sample_table(client, bucket, dry_run=True) else []
            for key in keys:
                say(f"would write s3://{bucket}/{key}")
            return
        with _progress("uploading", chosen) as advance:
            for found in chosen:
                arranged = arrange_dataset(found.name, client, bucket, directory / found.name, advance)
                written = sum(len(revision.written) for revision in arranged.revisions.values())
                say(f"{found.name}: {written} objects written to s3://{bucket}/{found.name}/")
        state = "written" if upload_sample_table(client, bucket) else "there already"
        say(f"s3://{bucket}/{KEY}: {state}")


@data.command("pin")
def pin() -> None:
    """Write the digests of all files anew, after a change of a dataset on purpose."""
    pins.pin(definitions())
    say(f"{pins.PATH.name} is written: commit it together with the higher data_version")


def _chosen(names: list[str] | None) -> list[Dataset]:
    return [dataset(name) for name in names] if names else list(DATASETS.values())


@contextmanager
def _progress(what: str, chosen: list[Dataset]) -> Iterator[generation.Progress]:
    columns = (TextColumn(what), BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    # Where nobody looks, a bar that goes away would leave an empty line.
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=sum(found.size for found in chosen))
        yield lambda path, size: bar.advance(task, size)
