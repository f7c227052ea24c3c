"""The command ``quilt-stack``: a stack that stays until it is taken down."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import psutil
import typer
from platformdirs import user_state_path

import quilt_stack
from quilt_stack import Blueprint, ControlError, DeploymentError, DeploymentSettings, RunningDeployment, Snapshot
from quilt_stack.blueprint import FIRST_ADMINISTRATOR
from quilt_stack.bundle import installed_catalog
from quilt_stack.catalog_command import catalog
from quilt_stack.doctor.command import examine
from quilt_stack.fault_file import FaultFile, in_words
from quilt_stack.patches_command import patches
from quilt_stack.state_files import last_log_lines

application = typer.Typer(
    help="A Quilt stack on this machine: catalog, registry, S3, Athena, for real clients.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

StateDirectory = Annotated[
    Path,
    typer.Option("--state-directory", metavar="DIRECTORY", help="where it keeps its state; one for each stack"),
]
Port = Annotated[int | None, typer.Option(min=0, max=65535, help="default: as the settings say, else any free one")]
HOME = user_state_path("quilt-stack")


@application.command()
def up(
    state_directory: StateDirectory = HOME,
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="its settings, YAML or JSON: region, delays, forms of search…")
    ] = None,
    blueprint: Annotated[
        Path | None, typer.Option(metavar="FILE", help="what it holds when it opens, YAML or JSON: buckets, users…")
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option(metavar="DIRECTORY", help="let all that it holds last beyond it, there; default: it ends with it"),
    ] = None,
    tls: Annotated[
        bool, typer.Option("--tls", help="serve over TLS, by an authority made for it; 'up' says how to trust it")
    ] = False,
    foreground: Annotated[
        bool,
        typer.Option("--foreground", help="stay with it, and let it end with Ctrl-C or SIGTERM, as in a container"),
    ] = False,
    host: Annotated[str | None, typer.Option(metavar="ADDRESS", help="where it listens; default: 127.0.0.1")] = None,
    reachable_by_others: Annotated[
        bool, typer.Option("--reachable-by-others", help="needed, too, for an address that other machines can reach")
    ] = False,
    catalog_port: Port = None,
    registry_port: Port = None,
    aws_port: Port = None,
    control_port: Port = None,
) -> None:
    """Start a stack that stays, and say where it answers."""
    if foreground:
        signal.signal(signal.SIGTERM, _interrupt)
    options = {
        "keep": keep,
        "tls": tls or None,
        "host": host,
        "reachable_by_others": reachable_by_others or None,
        "catalog_port": catalog_port,
        "registry_port": registry_port,
        "aws_port": aws_port,
        "control_port": control_port,
    }
    given: dict[str, object] = {name: value for name, value in options.items() if value is not None}
    given["state_directory"] = state_directory
    chosen = DeploymentSettings.load(settings, **given)
    if chosen.catalog_bundle is None:
        chosen = chosen.model_copy(update={"catalog_bundle": installed_catalog()})
    running = quilt_stack.start(chosen, None if blueprint is None else Blueprint.load(blueprint), owned=foreground)
    _show_started(running)
    if chosen.keep is not None:
        typer.echo(f"\nWhat it holds is saved in {chosen.keep.resolve()} when it stops.")
    if foreground:
        _stay_with(running)


@application.command()
def down(state_directory: StateDirectory = HOME) -> None:
    """Stop the stack; what it held is gone, unless it was told to keep it. Its log and settings stay."""
    running = quilt_stack.attach(state_directory)
    if running is None:
        typer.echo("No stack is up.")
        return
    kept_in = running.kept_in
    running.stop()
    typer.echo("Stopped." if kept_in is None else f"Stopped; what it held is kept in {kept_in}.")


@application.command()
def status(state_directory: StateDirectory = HOME) -> None:
    """Say where the stack answers; exit 1 if none is up."""
    typer.echo(_running(state_directory).summary())


@application.command()
def reset(state_directory: StateDirectory = HOME) -> None:
    """Bring the stack back to its blueprint: same settings and ports, new keys, nothing that was stored since."""
    _show_started(quilt_stack.reset(_running(state_directory)))


application.command("catalog")(catalog)


@application.command()
def snapshot(
    name: Annotated[str, typer.Argument(metavar="NAME", help="letters, digits, _ and -; one of this name is replaced")],
    state_directory: StateDirectory = HOME,
) -> None:
    """Save all that the stack holds by a name, in one file that can be handed on."""
    began = time.perf_counter()
    taken = _running(state_directory).control.snapshot(name)
    typer.echo(f"Saved {_size(taken)} in {time.perf_counter() - began:.1f} s: {taken.file}")


@application.command()
def restore(
    name: Annotated[str, typer.Argument(metavar="NAME", help="of a snapshot, or a file with one")],
    state_directory: StateDirectory = HOME,
) -> None:
    """Let the stack hold what a snapshot does, and nothing else; ports and keys stay."""
    began = time.perf_counter()
    restored = _running(state_directory).control.restore(name)
    made = restored.made_at.astimezone().isoformat(" ", "seconds")
    typer.echo(f"Restored {restored.name} of {made} in {time.perf_counter() - began:.1f} s.")


@application.command()
def snapshots(state_directory: StateDirectory = HOME) -> None:
    """List the stack's snapshots, with their files."""
    for each in _running(state_directory).control.snapshots():
        typer.echo(f"{each.name}  {each.made_at.astimezone().isoformat(' ', 'seconds')}  {_size(each)}  {each.file}")


@application.command()
def faults(
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="rules to put in force, YAML or JSON")] = None,
    clear: Annotated[bool, typer.Option("--clear", help="take out what is in force, before that")] = False,
    state_directory: StateDirectory = HOME,
) -> None:
    """Let requests fail as a file says, and list the faults in force; without a file, only list them."""
    rules = [] if file is None else FaultFile.load(file).faults
    control = _running(state_directory).control
    if clear:
        control.clear_faults()
    for rule in rules:
        control.set_rule(rule)
    found = control.faults()
    typer.echo("\n".join(map(in_words, found)) if found else "No fault is in force.")


@application.command()
def doctor(
    state_directory: StateDirectory = HOME,
    settings: Annotated[
        Path | None, typer.Option(metavar="FILE", help="those that 'up' would get: their ports are looked at")
    ] = None,
) -> None:
    """Look what is wrong on this machine or with the stack, a line each with what to do; exit 1 if something is."""
    if not examine(state_directory, settings):
        raise typer.Exit(1)


application.command("patches")(patches)


def main() -> None:
    """Entry point: run a command, and show errors for people as one line."""
    try:
        application(prog_name="quilt-stack")
    except (DeploymentError, ControlError) as error:
        typer.echo(f"quilt-stack: {error}", err=True)
        sys.exit(2)


def _running(state_directory: Path) -> RunningDeployment:
    running = quilt_stack.attach(state_directory)
    if running is None:
        typer.echo("No stack is up. 'quilt-stack up' starts one.")
        raise typer.Exit(1)
    return running


def _size(snapshot: Snapshot) -> str:
    return f"{snapshot.size_bytes / 1_000_000:.1f} MB"


def _interrupt(signal_number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _stay_with(running: RunningDeployment) -> None:
    """Wait for Ctrl-C or SIGTERM, and stop the stack then; its log, settings and snapshots stay.

    Raises:
        DeploymentError: the stack ended by itself.
    """
    sys.stdout.flush()
    try:
        psutil.Process(running.pid).wait()
    except KeyboardInterrupt:
        running.stop(keep_log=True)
        typer.echo("Stopped.")
        return
    raise DeploymentError(
        f"The stack (process {running.pid}) ended by itself. {last_log_lines(running.state_directory)}"
    )


def _show_started(running: RunningDeployment) -> None:
    users = running.blueprint.users
    user = users[0].name if users else FIRST_ADMINISTRATOR
    until = "Ctrl-C" if running.owned else "'quilt-stack down'"
    typer.echo(f"Started in {running.start_seconds:.1f} s; it stays until {until}.")
    typer.echo(running.summary())
    variables = " ".join(f"{name}={value}" for name, value in running.client_environment.items())
    typer.echo(
        f"\nFrom Python, with {variables} in the environment:\n"
        f"  stack = quilt_stack.attach(pathlib.Path({str(running.state_directory)!r}))\n"
        f"  quilt3.config(stack.catalog_url); quilt3.session.login_with_token(stack.control.issue_token({user!r}))\n"
        '  s3 = boto3.client("s3", **stack.boto3_arguments)'
    )
