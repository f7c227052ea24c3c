"""``acceptance doctor``: whether the live test environment is fit for a run, and what to do if it is not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated

import typer
from rich.text import Text

from environment.console import console, say, working
from environment.modes import Mode
from infra.doctor import BOTH, Finding, State, examine, exit_code, fit_modes

doctor = typer.Typer(help="Check the settings, the catalog and AWS for a live run.")
_STYLES = {State.FINE: "green", State.NOTE: "yellow", State.WRONG: "bold red", State.NOT_CHECKED: "dim"}


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
        findings = examine(LiveEnvironment(LiveSettings(), Buckets(), Accounts()), CHECKS)
    for finding in findings:
        console.print(told(finding, redact), soft_wrap=True)
    say(verdict(findings))
    raise typer.Exit(exit_code(findings, BOTH if mode is None else frozenset({mode})))


def told(finding: Finding, redact: Callable[[str], str]) -> Text:
    """A finding in one line, or two if there is something to do."""
    modes = "" if finding.modes == BOTH else f" ({', '.join(sorted(finding.modes))} mode)"
    line = Text(f"{finding.state:>11}", style=_STYLES[finding.state])
    line.append(f"  {finding.check}{modes}: {redact(finding.what)}", style="default")
    if finding.advice:
        line.append(f"\n{'':>11}  → {redact(finding.advice)}", style="default")
    return line


def verdict(findings: Sequence[Finding]) -> str:
    """One line: what can run."""
    fit = fit_modes(findings)
    can = [f"{mode} mode {'can' if mode in fit else 'cannot'} run" for mode in Mode]
    return "; ".join(can) + "."
