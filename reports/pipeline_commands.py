"""The commands of `acceptance report` that pipelines call: merge, durations, announce, compare, perf."""

from __future__ import annotations

import json
import os
from collections import defaultdict
from pathlib import Path
from statistics import median
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from environment.errors import SuiteError
from environment.gherkin.sharding import SECONDS_FILE, once
from environment.settings import BUILD
from reports.after_run import REPORT_FAILED, after_run
from reports.agreement import compare, print_agreement
from reports.announcing import announce, findings_before, message
from reports.changes import FIRST_RUN, since_last_run
from reports.documents import shown
from reports.gate import Gate
from reports.job_output import say_complete
from reports.known_defects import load_ledger
from reports.merging import merge_runs, read_parts
from reports.outcomes import RunRecord, read_run
from reports.pages import write_performance_page
from reports.performance import HISTORY_NAME, read_history, series, slowdowns
from reports.run_history import HISTORY_FOLDER
from reports.time_spent import Share, time_spent

WEBHOOK = "SLACK_WEBHOOK_URL"
console = Console()

BuildFolder = Annotated[Path, typer.Option("--build", help="folder with the results of a run")]


def merge(
    parts: Annotated[list[Path] | None, typer.Argument(help="build folders of the parts of one run")] = None,
    folder: BuildFolder = BUILD,
    gate: Annotated[Gate | None, typer.Option(help="which run is accepted (default: as strict as a part)")] = None,
) -> None:
    """Make the parts of a run one, build its report; exit 0 only if the whole is accepted.

    Of a part that left no result the report says so. In a job of GitHub, its output `complete` says whether the report
    is of all parts and may take the place of the one before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    read = read_parts(parts or [])
    for part in read:
        if part.problem:
            console.print(Text(part.problem, style="red"), soft_wrap=True)
    whole = merge_runs(read, folder, gate)
    code = after_run(folder)
    say_complete(whole is not None and not whole.missing and code != REPORT_FAILED)
    raise typer.Exit(code)


def durations(folder: BuildFolder = BUILD) -> None:
    """Record how long each scenario of the last run took, for `--shard`: of repetitions, what one takes as a rule."""
    record = read_run(folder)
    if record is None:
        raise SuiteError("Recorded durations", f"there is no run in {shown(folder)}", "Run the features first")
    taken: defaultdict[str, list[float]] = defaultdict(list)
    for each in record.scenarios:
        taken[once(each.nodeid)].append(each.seconds)
    seconds = {nodeid: round(median(all_of_it), 1) for nodeid, all_of_it in taken.items()}
    SECONDS_FILE.write_text(json.dumps(dict(sorted(seconds.items())), indent=0, ensure_ascii=False) + "\n", "utf-8")
    console.print(Text(f"Wrote {shown(SECONDS_FILE)}: {len(seconds)} scenario runs"))


def compare_command(
    one: Annotated[Path, typer.Argument(help="folder with the results of a live run, or its rehearsal")],
    other: Annotated[Path, typer.Argument(help="folder with the results of an embedded run")],
) -> None:
    """Compare two runs scenario by scenario; exit 1 if one ended otherwise and no reason is given for it."""
    first, second = _recorded(one), _recorded(other)
    agreement = compare(first, second)
    print_agreement(agreement, first, second, console)
    if not agreement.complete:
        raise typer.Exit(1)


def _recorded(folder: Path) -> RunRecord:
    record = read_run(folder)
    if record is None:
        raise SuiteError("Compared two runs", f"there is no run in {shown(folder)}", "Name its build folder")
    return record


def announce_command(
    link: Annotated[str, typer.Option(help="where to read more")],
    folder: BuildFolder = BUILD,
    parts: Annotated[
        Path | None,
        typer.Option(help="folder of the parts: what the doctor found, and costs over the budget, are told, too"),
    ] = None,
) -> None:
    """Post what failed to the Slack channel of SLACK_WEBHOOK_URL; says so and does nothing if that is not set."""
    webhook = os.environ.get(WEBHOOK, "")
    if not webhook:
        console.print(f"{WEBHOOK} is not set: nothing was posted.")
        return
    record, ledger = read_run(folder), load_ledger()
    changes = FIRST_RUN if record is None else since_last_run(folder / HISTORY_FOLDER, record, ledger)
    findings = findings_before(parts) if parts else []
    announce(webhook, message(record, ledger, changes, link, findings))
    console.print("Posted to the Slack channel.")


def time_command(folder: BuildFolder = BUILD) -> None:
    """Show where the time of the last run went: by what its workers did, and the sentences that took most."""
    record = read_run(folder)
    if record is None:
        raise SuiteError("Looked for the last run", f"there is none in {shown(folder)}", "Run `acceptance run` first")
    spent = time_spent(record)
    several = "1 worker" if spent.workers == 1 else f"{spent.workers} workers"
    ratio = "" if spent.ratio is None else f", {spent.ratio:.1f} for each second in the product"
    console.print(f"{spent.wall:.0f} s with {several}: {spent.in_all:.0f} s of one worker{ratio}", highlight=False)
    shares = Table("what", Column("seconds", justify="right"), box=None)
    for each in (*spent.shares, Share("of all that, in the product and its network", spent.in_product)):
        shares.add_row(each.what, f"{each.seconds:.1f}")
    console.print(shares)
    sentences = Table("sentence", Column("times", justify="right"), Column("seconds", justify="right"), box=None)
    for one in spent.sentences:
        sentences.add_row(Text(one.sentence), str(one.uses), f"{one.seconds:.1f}")
    console.print(sentences)


def performance(folder: BuildFolder = BUILD) -> None:
    """Show what timed scenarios took over the last runs, here and as a page, and name those that got slower."""
    runs = read_history(folder / HISTORY_NAME)
    page = write_performance_page(folder / "report", runs)
    name = Column("timed scenario", overflow="fold")
    table = Table(name, "oldest to newest", "last ratio to the reference", box=None)
    for line in series(runs):
        table.add_row(Text(line.nodeid), line.bars, f"{line.ratios[-1]:.2f}")
    console.print(table)
    for each in slowdowns(runs):
        console.print(Text(f"Slower: {each.text}", style="yellow"), soft_wrap=True)
    console.print(Text(f"{len(runs)} runs: {shown(page)}"), soft_wrap=True)
