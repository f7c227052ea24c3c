"""`acceptance report defects`: the known defects as files for other tools."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from environment.errors import SuiteError
from environment.settings import BUILD
from reports.defect_export import CSV_NAME, write_csv, write_github_issues
from reports.documents import shown
from reports.fitness import by_harm
from reports.known_defects import load_ledger
from reports.outcomes import read_run
from reports.run_history import HISTORY_FOLDER
from reports.sightings import seen_defects

console = Console()


class ExportFormat(StrEnum):
    """What the files are for."""

    CSV = "csv"
    GITHUB_ISSUES = "github-issues"


def defects_command(
    as_: Annotated[ExportFormat, typer.Option("--as", help="a table, or a file for each issue")] = ExportFormat.CSV,
    folder: Annotated[Path, typer.Option("--build", help="folder with the results of a run")] = BUILD,
) -> None:
    """Write the known defects as files, the most harmful first; nothing is sent."""
    record = read_run(folder)
    if record is None:
        raise SuiteError("Exported the defects", f"there is no run in {shown(folder)}", "Run the features first")
    harms, seen, place = by_harm(record, load_ledger()), seen_defects(folder / HISTORY_FOLDER), folder / "defects"
    if as_ is ExportFormat.CSV:
        path = write_csv(place / CSV_NAME, harms, seen)
        console.print(Text(f"Wrote {shown(path)}: {len(harms)} defects"), soft_wrap=True)
        return
    written = write_github_issues(place, record, harms, seen)
    words = f"Wrote {len(written)} issues to {shown(place)}; {len(harms) - len(written)} were reported already"
    console.print(Text(words), soft_wrap=True)
