"""`acceptance language-server`: what an editor starts, and talks to over standard input and output."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from environment.settings import ROOT
from reports.node import become_node
from steps.language_server.installation import ensure_language_server

language_server = typer.Typer(help="Tell an editor the sentences: editors start this, see docs/writing-scenarios.md.")


@language_server.callback(invoke_without_command=True)
def language_server_command(
    install: Annotated[bool, typer.Option("--install", help="install it from npm, and stop")] = False,
) -> None:
    """Become the language server of Cucumber; it speaks its protocol on standard input and output."""
    package = ensure_language_server()
    if install:
        typer.echo(f"Installed {package.relative_to(ROOT)}")
        return
    # The server finds files below the folder of its client, but reads them as if below its own (NodeFiles of 1.7.0).
    os.chdir(ROOT)
    become_node([str(package / "bin" / "cucumber-language-server.cjs"), "--stdio"], "Started the language server")
