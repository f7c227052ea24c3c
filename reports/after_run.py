"""What follows a run: the report and the closing words (entry-point group `acceptance.after_run`)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.text import Text

from environment.errors import SuiteError
from reports.build import ReportPlaces, build_report, has_results
from reports.changes import since_last_run
from reports.flakes import flake_table, flaky
from reports.known_defects import load_ledger
from reports.outcomes import RunRecord
from reports.pages import write_nothing_page
from reports.performance import HISTORY_NAME, Slowdown, remember, slowdowns, timed_run
from reports.run_history import HISTORY_FOLDER, remember_run
from reports.run_log import recovered_run
from reports.sightings import remember_sightings
from reports.summary import print_closing_words

NOT_ACCEPTED = 1
REPORT_FAILED = 3
FLAKY = 4


def after_run(build: Path, *, report: bool = True) -> int:
    """Build the report of the run whose results are in that folder, unless none is wanted, and say what came of it.

    The report of the run before stays until this one's is there. Returns 0 if the run is accepted, 1 if it is not, 3 if
    there is no report, 4 if a scenario that ran several times did not end the same way each time.
    """
    console = Console()
    places = ReportPlaces.below(build)
    record = recovered_run(build)
    if not has_results(places):
        only_wishes = record is not None and not record.counts.parsed
        reason = "There is nothing to report." if only_wishes else "No scenario left a result, so there is no report."
        console.print(reason, style="red")
        if report:
            write_nothing_page(places.output, reason)
        return REPORT_FAILED
    front_page: Path | None = None
    slower: list[Slowdown] = []
    if record:
        slower = _remember(record, build, console)
    try:
        if report:
            with console.status("Building the report"):
                front_page = _replace_report(places)
    except (SuiteError, OSError) as error:  # a full disk, or one that is read only
        console.print(Text(str(error), style="red"), soft_wrap=True)
    if record is not None:
        ledger = load_ledger()
        changes = since_last_run(build / HISTORY_FOLDER, record, ledger)
        print_closing_words(record, ledger, changes, front_page, console)
        _report_slowdowns(slower, console)
        table = flake_table(record)
        if table is not None:
            console.print(table)
        if flaky(record):
            return FLAKY
    if report and not front_page:
        return REPORT_FAILED
    return 0 if record is None or record.accepted else NOT_ACCEPTED


def _replace_report(places: ReportPlaces) -> Path:
    """Build the report beside the one that is there, and put it in its place."""
    new = replace(places, output=places.output.with_name("report.new"))
    try:
        build_report(new)
    finally:
        if new.front_page.exists():
            shutil.rmtree(places.output, ignore_errors=True)
            new.output.rename(places.output)
        shutil.rmtree(new.output, ignore_errors=True)
    return places.front_page


def _remember(record: RunRecord, build: Path, console: Console) -> list[Slowdown]:
    """Add the run to each history, before the report is built; returns what got slower.

    What cannot be read or written keeps nobody from the report: it is said here, and on the page.
    """
    slower: list[Slowdown] = []

    def timed() -> None:
        run = timed_run(record)
        slower.extend(slowdowns(remember(build / HISTORY_NAME, run)) if run.ratios else [])

    history = build / HISTORY_FOLDER
    for add in (timed, lambda: remember_run(history, record), lambda: remember_sightings(history, record)):
        try:
            add()
        except (SuiteError, OSError) as error:  # half written, or a full disk, or one that is read only
            console.print(Text(str(error), style="red"), soft_wrap=True)
    return slower


def _report_slowdowns(slower: Sequence[Slowdown], console: Console) -> None:
    """Raise a hand, in CI as an annotation; the exit code does not change."""
    for each in slower:
        console.print(Text(f"Slower: {each.text}", style="yellow"), soft_wrap=True)
        if os.environ.get("GITHUB_ACTIONS"):
            console.print(
                f"::warning title=Slower than before::{each.text}", markup=False, highlight=False, soft_wrap=True
            )
