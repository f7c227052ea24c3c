"""`acceptance report changes`: what changed between two runs that the history keeps."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from environment.errors import SuiteError
from environment.settings import BUILD
from reports.changes import FIRST_RUN, changes_between
from reports.compare_command import PLACE, print_comparison
from reports.comparison import Change
from reports.comparison_page import write_comparison_page
from reports.documents import shown
from reports.known_defects import load_ledger
from reports.living_documentation import documented_features
from reports.outcomes import RunRecord, read_run
from reports.parity import load_parity
from reports.requirements import load_requirements
from reports.run_history import HISTORY_FOLDER, runs_before

_END = datetime.max.replace(tzinfo=UTC)
console = Console()


def changes_command(
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="compare with the last run before that day (UTC)")
    ] = None,
    before: Annotated[
        str | None, typer.Option("--from", metavar="VERSION", help="with the last run of that version of the product")
    ] = None,
    after: Annotated[
        str | None,
        typer.Option("--to", metavar="VERSION", help="compare that version's last run, not the last one"),
    ] = None,
    folder: Annotated[Path, typer.Option("--build", help="folder with the results of a run")] = BUILD,
) -> None:
    """Say what changed since the last whole run, a day or a version, as a page too; exit 1 if anything newly fails."""
    history = folder / HISTORY_FOLDER
    later = read_run(folder) if after is None else _kept(history, _END, _of_version(after), f"of {after}")
    if later is None:
        raise SuiteError("Compared runs", f"there is no run in {shown(folder)}", "Run the features: `acceptance run`")
    earlier: RunRecord | None
    if before is not None:
        earlier = _kept(history, later.started, _of_version(before), f"of {before}")
    elif since is not None:
        moment = min(since.replace(tzinfo=UTC), later.started)
        earlier = _kept(history, moment, lambda _: True, f"from before {since:%Y-%m-%d}")
    else:
        earlier = next(runs_before(history, later.started), None)
    if earlier is None:
        console.print(FIRST_RUN)
        return
    ledger = load_ledger()
    changes = changes_between(earlier, later, ledger)
    print_comparison(changes.comparison, ledger)
    console.print(Text(changes.sentence), soft_wrap=True)
    documented = documented_features([*earlier.scenarios, *later.scenarios])
    page = write_comparison_page(
        folder / PLACE, changes.comparison, ledger, documented, load_requirements(), load_parity()
    )
    console.print(Text(f"Page: {shown(page)}"), soft_wrap=True)
    if changes.comparison.by_change[Change.FAILING]:
        raise typer.Exit(1)


def _of_version(version: str) -> Callable[[RunRecord], bool]:
    return lambda record: record.product_version == version


def _kept(history: Path, moment: datetime, wanted: Callable[[RunRecord], bool], description: str) -> RunRecord:
    found = next(filter(wanted, runs_before(history, moment)), None)
    if found is None:
        raise SuiteError(
            "Compared runs", f"the history keeps no whole run {description}", f"Look into {shown(history)}"
        )
    return found
