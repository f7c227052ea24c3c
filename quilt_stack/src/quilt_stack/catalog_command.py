"""``quilt-stack catalog``: install the compiled web catalog, or say whether it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from quilt_stack import bundle


def catalog(
    install: Annotated[
        bool, typer.Option("--install", help="take it out of the wheel on PyPI, without its code")
    ] = False,
    wheel: Annotated[
        Path | None, typer.Option(metavar="FILE", help=f"with --install: {bundle.WHEEL}, if it is at hand")
    ] = None,
) -> None:
    """The web catalog's pages, which 'up' serves when they are there; without options, says whether they are."""
    if install or wheel is not None:
        typer.echo(f"Installed {bundle.DISTRIBUTION} {bundle.VERSION} into {bundle.install(wheel)}.")
        return
    place = bundle.installed_catalog()
    if place is None:
        typer.echo("No web catalog is installed. 'quilt-stack catalog --install' installs it.")
        raise typer.Exit(1)
    typer.echo(f"{bundle.DISTRIBUTION} {bundle.VERSION} in {place}.")
