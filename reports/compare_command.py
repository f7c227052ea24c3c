"""`acceptance compare A B`: two products, or two recorded runs, held against each other."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from environment.errors import SuiteError
from environment.settings import BUILD
from reports.build import ReportPlaces
from reports.comparison import Change, Changed, Comparison, compare_runs, endings
from reports.comparison_page import write_comparison_page
from reports.dates import when
from reports.documents import InvalidDocumentError, shown
from reports.known_defects import Ledger, load_ledger
from reports.living_documentation import documented_features
from reports.outcomes import OUTCOMES_NAME, RunRecord, read_run
from reports.parity import load_parity
from reports.requirements import load_requirements

PLACE = "compare"
"""The folder below build/ for the runs that a comparison makes, and for its page."""
_STYLES = {Change.FAILING: "red", Change.FIXED: "green", Change.DIFFERENT: "yellow"}
_RAN = (0, 1)

compare = typer.Typer(
    help="Compare two versions of quilt-mcp, or two runs: what newly fails, is fixed or otherwise changed.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": True},
)
console = Console()


@compare.callback(invoke_without_command=True)
def compare_command(
    before: Annotated[str, typer.Argument(help="a version, a checkout, or the build folder of a run")],
    after: Annotated[str, typer.Argument(help="the same, to be held against it")],
    arguments: Annotated[
        list[str] | None, typer.Argument(help="for pytest, if the suite has to run: a feature, -m smoke…")
    ] = None,
) -> None:
    """Say what changed from the first to the second, here and as a page.

    What is no recorded run is a product, on which the suite runs first, with the same seed for both. Exit code: 0
    nothing is newly failing, 1 something is, 2 one of the two cannot be used.
    """
    place = BUILD / PLACE
    seed = random.SystemRandom().randrange(2**32)
    records, reports = [], {}
    for product, name in ((before, "before"), (after, "after")):
        path = _recorded_path(product) or _run(product, place / name, seed, arguments or ())
        records.append(_record(path))
        report = ReportPlaces.below(path.parent).front_page.parent
        if report.is_dir():
            reports[name] = Path(os.path.relpath(report, place)).as_posix()
    comparison, ledger = compare_runs(records[0], records[1]), load_ledger()
    print_comparison(comparison, ledger)
    documented = documented_features([each for record in records for each in record.scenarios])
    page = write_comparison_page(place, comparison, ledger, documented, load_requirements(), load_parity(), reports)
    console.print(Text(f"Page: {shown(page)}"), soft_wrap=True)
    if comparison.by_change[Change.FAILING]:
        raise typer.Exit(1)


def _recorded_path(name: str) -> Path | None:
    """The folder of a recorded run: the folder itself, or that of its outcomes.json; None if it names a product."""
    path = Path(name)
    if path.is_file() and path.suffix == ".json":
        return path
    return path / OUTCOMES_NAME if (path / OUTCOMES_NAME).is_file() else None


def _record(path: Path) -> RunRecord:
    """The run recorded in this file.

    Raises:
        SuiteError: if it is not one of this version of the suite, or if it lost scenarios.
    """
    tried = f"Read the run {shown(path)}"
    try:
        record = read_run(path)
    except InvalidDocumentError as error:
        first = error.problems[0].removeprefix(f"{shown(path)}: ").partition(";")[0]
        more = f" and {len(error.problems) - 1} more" if len(error.problems) > 1 else ""
        raise SuiteError(
            tried, f"it is broken, or of another version of the suite ({first}{more})", "Run the features again"
        ) from error
    assert record is not None
    lost = record.counts.collected - record.counts.reported
    if lost or not record.ran:
        came_back = f"{lost} of its scenarios left no result" if lost else "no scenario ran"
        raise SuiteError(tried, came_back, "Run the features again")
    return record


def _run(product: str, folder: Path, seed: int, arguments: Sequence[str]) -> Path:
    """Run the suite on a product, with its results and report in a folder of its own; returns its outcomes.json."""
    console.print(Text(f"\nJudging {product}", style="bold"), soft_wrap=True)
    command = [sys.executable, "-m", "environment.command.main", "run", "--product", product]
    command += ["--seed", str(seed), *arguments]
    environment = {**os.environ, "QUILT_ACCEPTANCE_BUILD": str(folder)}
    code = subprocess.run(command, env=environment, check=False).returncode
    if code not in _RAN:
        raise SuiteError(f"Judged {product}", f"its run ended with exit code {code}", "See above what it said")
    return folder / OUTCOMES_NAME


def print_comparison(comparison: Comparison, ledger: Ledger) -> None:
    """Say on the terminal what changed, the worst first."""
    console.print()
    for name, record in (("before", comparison.before), ("after", comparison.after)):
        console.print(Text(f"{name}: {record.product}, run of {when(record.started)}"), soft_wrap=True)
    for change, found in comparison.by_change.items():
        if found:
            console.print(Text(f"\n{change}: {len(found)}", style=f"bold {_STYLES.get(change, '')}"))
        for each in found:
            _print_changed(each)
    entries = comparison.entries(ledger)
    if entries:
        table = Table(
            Column("entry", overflow="fold"), "met before", "met after", "its scenario runs", box=None, pad_edge=False
        )
        for entry in entries:
            table.add_row(Text(f"{entry.id}: {entry.title}"), str(entry.met_before), str(entry.met_after), entry.text)
        console.print()
        console.print(table)
    style = "bold red" if comparison.by_change[Change.FAILING] else "bold green"
    console.print(Text(f"\n{comparison.headline}", style=style), soft_wrap=True)


def _print_changed(changed: Changed) -> None:
    scenario = changed.scenario
    console.print(Text(f"  {scenario.title}\n    {scenario.location}"), soft_wrap=True)
    for name, outcome in (("before", changed.before), ("after", changed.after)):
        for line in endings(outcome) if outcome is not None else ():
            console.print(Text(f"    {name}: {line}"), soft_wrap=True)
