"""``acceptance strength``: plants faults in a copy of the product, and says which of them the suite notices."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import pytest
import typer
from rich.table import Column, Table
from rich.text import Text

from environment.console import console, say
from environment.errors import SuiteError
from environment.gherkin.sharding import Shard
from environment.gherkin.sharding import shard as read_shard
from environment.settings import BUILD, ROOT
from reports.documents import shown
from reports.job_output import say_complete
from strength.measuring import MEASUREMENT_NAME, Wish, measure, read_measurement, record_anew
from strength.page import write_page
from strength.project import Project
from strength.trend import (
    HISTORY_NAME,
    by_kind,
    must_be_of,
    point,
    raise_floor,
    read_floor,
    read_history,
    remember,
    rows,
)
from strength.verdicts import Measurement, Result, merge

strength = typer.Typer(help="Plant faults in a copy of the product: which of them does the suite notice?")
_FOLDER = BUILD / "strength"
LANES = os.cpu_count() or 1

ProjectFolder = Annotated[Path, typer.Option("--project", hidden=True, help="folder whose pyproject.toml says what")]
BuildFolder = Annotated[Path, typer.Option("--build", help="folder for what is recorded, verdicts and the page")]
Lanes = Annotated[int, typer.Option(min=1, help="sessions at once, each with a deployment of its own")]
FloorFile = Annotated[
    Path | None, typer.Option("--floor", metavar="FILE", help="exit with 1 if less is noticed than this file says")
]
RaiseFloor = Annotated[bool, typer.Option("--raise-floor", help="write what was reached into that file, if it is more")]


@strength.callback(invoke_without_command=True)
def run(
    context: typer.Context,
    seed: Annotated[int, typer.Option(help="which faults are drawn")] = 11,
    faults: Annotated[int, typer.Option(min=1, help="how many")] = 150,
    fault: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="this fault instead, as the page names it; may be repeated")
    ] = None,
    shard: Annotated[str | None, typer.Option(metavar="I/N", help="the I-th of N parts of them")] = None,
    lanes: Lanes = LANES,
    limit_seconds: Annotated[
        float, typer.Option(min=1, help="what the scenarios of one fault may take together, the quickest first")
    ] = 120.0,
    fresh: Annotated[bool, typer.Option("--fresh", help="forget the verdicts of a run that was broken off")] = False,
    floor: FloorFile = None,
    raise_the_floor: RaiseFloor = False,
    folder: BuildFolder = _FOLDER,
    project: ProjectFolder = ROOT,
) -> None:
    """Plant faults, run the scenarios that reach them, say what is noticed. A run that was broken off goes on.

    Exit code: 0 measured, 1 less was noticed than the floor says, 2 it could not be measured.
    """
    if context.invoked_subcommand is not None:
        return
    if floor is not None:
        read_floor(floor)  # a wrong one is said before hours are spent
    wish = Wish(seed, faults, tuple(fault or ()), _shard(shard), lanes, limit_seconds, fresh)
    measured = measure(Project.read(project.absolute()), folder.absolute(), wish)
    whole = not wish.ids and wish.shard is None
    _conclude(measured, folder.absolute(), floor, whole=whole, higher=raise_the_floor)


@strength.command()
def record(lanes: Lanes = LANES, folder: BuildFolder = _FOLDER, project: ProjectFolder = ROOT) -> None:
    """Run all scenarios on the unchanged product: how they end, how long they take, which lines of it they run."""
    reference = record_anew(Project.read(project.absolute()), folder.absolute(), lanes)
    unreliable = len(reference.scenarios) - len(reference.judges)
    say(f"{len(reference.scenarios)} scenarios recorded, of which {unreliable} judge no fault.")


@strength.command("merge")
def merge_command(
    parts: Annotated[list[Path], typer.Argument(help="folders that parts of one measurement were written to")],
    folder: BuildFolder = _FOLDER,
    floor: FloorFile = None,
    raise_the_floor: RaiseFloor = False,
) -> None:
    """Make the parts of a measurement one, and hold it against the floor.

    Of parts that left no result the page says so, and neither trend nor floor takes account of it. In a job of GitHub,
    its output `complete` says whether the page is of all parts.

    Exit code: 0 measured, 1 less was noticed than the floor says, 2 a part is missing.
    """
    read, lost = _read_parts(parts)
    whole = merge(read)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MEASUREMENT_NAME).write_text(whole.model_dump_json(indent=1) + "\n", encoding="utf-8")
    lack = ""
    if not whole.complete:
        without = " and ".join(lost) or "a part that was not named"
        judged = f"{len(whole.verdicts)} of {whole.plan.faults} faults were judged"
        lack = f"Not measured to the end: {without} left no result, {judged}."
    say_complete(whole.complete)
    _conclude(whole, folder.absolute(), floor, lack=lack, whole=whole.complete, higher=raise_the_floor)
    if lack:
        say(lack)
        raise typer.Exit(2)


def _read_parts(parts: Sequence[Path]) -> tuple[list[tuple[str, Measurement]], list[str]]:
    """The measurements of the parts, and the names of those that left none.

    Raises:
        SuiteError: if all left none.
    """
    read: list[tuple[str, Measurement]] = []
    lost: dict[str, SuiteError] = {}
    for each in parts:
        try:
            read.append((shown(each), read_measurement(each)))
        except SuiteError as error:
            lost[each.name] = error
    if not read:
        raise next(iter(lost.values()))
    return read, list(lost)


def _conclude(
    measured: Measurement, folder: Path, floor: Path | None, *, whole: bool, higher: bool, lack: str = ""
) -> None:
    history = folder.parent / HISTORY_NAME
    points = remember(history, point(measured)) if whole else read_history(history)
    page = write_page(folder, measured, points, lack)
    _print(measured)
    say(f"{measured.noticed} of {len(measured.judged)} faults are noticed: {measured.percent} %. {shown(page)}")
    if floor is None or not whole:
        return
    lowest = read_floor(floor)
    must_be_of(lowest, measured)
    if measured.percent < lowest.percent:
        say(f"The floor is {lowest.percent:g} %: the suite has become weaker, or the product is another one.")
        raise typer.Exit(1)
    if higher:
        say(f"The floor is {raise_floor(floor, lowest, measured).percent:g} %.")


def _print(measured: Measurement) -> None:
    table = Table(Column("kind", overflow="fold"), "noticed", *(result.value for result in Result), box=None)
    for row in rows(measured, by_kind):
        numbers = (str(row.results.get(result, 0)) for result in Result)
        table.add_row(row.name, f"{row.share.percent} %", *numbers)
    console.print(table)
    for verdict in measured.verdicts:
        if verdict.result in (Result.UNNOTICED, Result.NEVER_REACHED, Result.HANGS):
            console.print(Text(f"{verdict.result.value}: {verdict.text}"), soft_wrap=True)


def _shard(text: str | None) -> Shard | None:
    try:
        return None if text is None else read_shard(text)
    except pytest.UsageError as error:
        raise SuiteError("Read --shard", str(error).removeprefix("--shard: "), "Say 1/1 for all") from error
