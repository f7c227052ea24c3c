"""``acceptance doctor``: whether the live test environment is fit for a run, and what to do if it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from rich.text import Text

from environment.console import console, say, working
from environment.modes import Mode
from infra.doctor import BOTH, CheckResult, CheckState, examine, exit_code, fit_modes

doctor = typer.Typer(help="Check the settings, the catalog and AWS for a live run.")
_STYLES = {
    CheckState.FINE: "green",
    CheckState.NOTE: "yellow",
    CheckState.WRONG: "bold red",
    CheckState.NOT_CHECKED: "dim",
}


@doctor.callback(invoke_without_command=True)
def diagnose(
    mode: Annotated[Mode | None, typer.Option(help="judge this mode alone")] = None,
) -> None:
    """Say of each check what is wrong and what to do; exit 0 if both modes can run, 1 if one can, 2 if none."""
    # Late, so that the command line need not load the AWS clients to show its help.
    from environment.secrecy.redaction import redact
    from environment.settings import Accounts, Buckets, LiveSettings
    from infra.doctor_checks import CHECKS
    from infra.live_environment import LiveEnvironment

    with working("looking"):
        results = examine(LiveEnvironment(LiveSettings(), Buckets(), Accounts()), CHECKS)
    for result in results:
        console.print(line_of(result, redact), soft_wrap=True)
    say(verdict(results))
    raise typer.Exit(exit_code(results, BOTH if mode is None else frozenset({mode})))


def line_of(result: CheckResult, redact: Callable[[str], str]) -> Text:
    """A result in one line, or two if there is something to do."""
    modes = "" if result.modes == BOTH else f" ({', '.join(sorted(result.modes))} mode)"
    line = Text(f"{result.state:>11}", style=_STYLES[result.state])
    line.append(f"  {result.check}{modes}: {redact(result.what)}", style="default")
    if result.advice:
        line.append(f"\n{'':>11}  → {redact(result.advice)}", style="default")
    return line


def verdict(results: Sequence[CheckResult]) -> str:
    """One line: what can run."""
    fit = fit_modes(results)
    can = [f"{mode} mode {'can' if mode in fit else 'cannot'} run" for mode in Mode]
    return "; ".join(can) + "."
