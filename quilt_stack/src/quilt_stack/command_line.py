"""The command ``quilt-stack``: a stack that stays until it is taken down."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from platformdirs import user_state_path

import quilt_stack
from quilt_stack import Blueprint, DeploymentError, DeploymentSettings, RunningDeployment
from quilt_stack.blueprint import FIRST_ADMINISTRATOR
from quilt_stack.bundle import installed_catalog
from quilt_stack.catalog_command import catalog
from quilt_stack.patches_command import patches

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
    options = {
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
    running = quilt_stack.start(chosen, None if blueprint is None else Blueprint.load(blueprint), owned=False)
    _show_started(running)


@application.command()
def down(state_directory: StateDirectory = HOME) -> None:
    """Stop the stack; what it held is gone, its log and settings stay."""
    running = quilt_stack.attach(state_directory)
    if running is None:
        typer.echo("No stack is up.")
        return
    running.stop()
    typer.echo("Stopped.")


@application.command()
def status(state_directory: StateDirectory = HOME) -> None:
    """Say where the stack answers; exit 1 if none is up."""
    typer.echo(_running(state_directory).summary())


@application.command()
def reset(state_directory: StateDirectory = HOME) -> None:
    """Bring the stack back to its blueprint: same settings and ports, new keys, nothing that was stored since."""
    _show_started(quilt_stack.reset(_running(state_directory)))


application.command("catalog")(catalog)
application.command("patches")(patches)


def main() -> None:
    """Entry point: run a command, and show errors for people as one line."""
    try:
        application(prog_name="quilt-stack")
    except DeploymentError as error:
        typer.echo(f"quilt-stack: {error}", err=True)
        sys.exit(2)


def _running(state_directory: Path) -> RunningDeployment:
    running = quilt_stack.attach(state_directory)
    if running is None:
        typer.echo("No stack is up. 'quilt-stack up' starts one.")
        raise typer.Exit(1)
    return running


def _show_started(running: RunningDeployment) -> None:
    users = running.blueprint.users
    user = users[0].name if users else FIRST_ADMINISTRATOR
    typer.echo(f"Started in {running.start_seconds:.1f} s; it stays until 'quilt-stack down'.")
    typer.echo(running.summary())
    typer.echo(
        f"\nFrom Python, with AWS_ENDPOINT_URL={running.aws_url} in the environment:\n"
        f"  stack = quilt_stack.attach(pathlib.Path({str(running.state_directory)!r}))\n"
        f"  quilt3.config(stack.catalog_url); quilt3.session.login_with_token(stack.control.issue_token({user!r}))\n"
        '  s3 = boto3.client("s3", **stack.boto3_arguments)'
    )
