"""`acceptance report` and `acceptance trace` (entry-point group `acceptance.commands`)."""

from __future__ import annotations

import http.server
import webbrowser
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from environment.errors import SuiteError
from environment.settings import BUILD
from reports.argument_coverage import argument_coverage, arguments_of, load_reasons
from reports.build import ReportPlaces, build_report
from reports.changes_command import changes_command
from reports.defects_command import defects_command
from reports.documents import shown
from reports.features import listed_scenarios, wished_scenarios
from reports.methods import coverage, coverage_table, public_methods, uncovered
from reports.outcomes import read_run
from reports.parity import load_parity
from reports.pipeline_commands import announce_command, compare_command, durations, merge, performance, time_command
from reports.product import product_root
from reports.requirements import REQUIREMENTS_PAGE, load_requirements, requirements_page
from reports.trace import trace as trace_requirements
from reports.trace import trace_table

_LOOPBACK = "127.0.0.1"

report = typer.Typer(help="Build the report of the last run, or open it.", no_args_is_help=True)
trace = typer.Typer(help="Requirements, their scenarios, and how these ended last.")
report.command()(merge)
report.command()(durations)
report.command("announce")(announce_command)
report.command("compare")(compare_command)
report.command("perf")(performance)
report.command("time")(time_command)
report.command("changes")(changes_command)
report.command("defects")(defects_command)
console = Console()

BuildFolder = Annotated[Path, typer.Option("--build", help="folder with the results of a run")]


@report.command()
def build(folder: BuildFolder = BUILD) -> None:
    """Build the report anew from the results of the last run."""
    with console.status("Building the report"):
        front_page = build_report(ReportPlaces.below(folder))
    console.print(Text(f"Report: {shown(front_page)}"), soft_wrap=True)


@report.command("open")
def open_report(
    folder: BuildFolder = BUILD,
    port: Annotated[int, typer.Option(help="port of 127.0.0.1; 0 takes a free one")] = 0,
    browser: Annotated[bool, typer.Option(help="open a browser, too")] = True,
) -> None:
    """Serve the report on this machine alone until Ctrl-C (Allure's pages need HTTP)."""
    places = ReportPlaces.below(folder)
    if not places.front_page.is_file():
        raise SuiteError("Opened the report", f"{shown(places.front_page)} is not there", "Run `acceptance run` first")
    with report_server(places.output, port) as server:
        address = f"http://{_LOOPBACK}:{server.server_port}/"
        console.print(f"{address} (Ctrl-C ends it)", highlight=False)
        if browser:
            webbrowser.open(address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            console.print("Ended.")


class _QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: a line for each file of the report helps nobody."""


def report_server(folder: Path, port: int) -> http.server.ThreadingHTTPServer:
    """A server of that folder on the loopback interface. Raises SuiteError if the port is taken."""
    try:
        return http.server.ThreadingHTTPServer((_LOOPBACK, port), partial(_QuietHandler, directory=str(folder)))
    except OSError as error:
        raise SuiteError(f"Listened on port {port}", str(error), "Choose another port, or 0 for a free one") from error


@trace.callback(invoke_without_command=True)
def trace_command(
    folder: BuildFolder = BUILD,
    write: Annotated[bool, typer.Option("--write", help="write docs/requirements.md and stop")] = False,
) -> None:
    """Show each requirement with its scenarios and results, and each method of the product with what called it.

    Exit 1 if a requirement has no scenario, or a scenario no requirement. Methods that nothing called are named only,
    because the last run may have been of some scenarios.
    """
    requirements = load_requirements()
    if write:
        REQUIREMENTS_PAGE.write_text(requirements_page(requirements), encoding="utf-8")
        console.print(f"Wrote {shown(REQUIREMENTS_PAGE)}", highlight=False)
        return
    last_run = read_run(folder)
    found = trace_requirements(requirements, listed_scenarios(), last_run, load_parity(), wished_scenarios())
    console.print(trace_table(found))
    for wish in found.wishes:
        about = f"proposes: {wish.proposed}" if wish.proposed else ", ".join(wish.requirements)
        console.print(Text(f"wished for: {wish.name} ({wish.place}{about and f'; {about}'})"), soft_wrap=True)
    if last_run is not None:
        covered = coverage(public_methods(product_root(folder)), last_run.scenarios)
        console.print(coverage_table(covered))
        tried = argument_coverage(arguments_of(product_root(folder)), last_run.scenarios, load_reasons())
        for line in [*uncovered(covered), *(f"not tried: {way}" for each in tried for way in each.unexplained)]:
            console.print(Text(line, style="yellow"), soft_wrap=True)
    for problem in found.problems:
        console.print(Text(problem, style="red"), soft_wrap=True)
    if found.problems:
        raise typer.Exit(1)
