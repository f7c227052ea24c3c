"""`acceptance patches`: what the suite and the stack change in third parties, as docs/patches.md says it."""

from __future__ import annotations

from typing import Annotated

import typer

from environment.settings import ROOT
from quilt_stack.patches_command import patches_page

PAGE = ROOT / "docs" / "patches.md"
DECLARING = (
    "environment.evidence.wire",
    "environment.gherkin.expressions",
    "environment.gherkin.fixtures_taken",
    "environment.gherkin.plugin",
    "environment.observers.manifest",
    "environment.running.acceleration",
    "environment.running.losing",
    "environment.running.seed",
    "environment.secrecy.redacting",
    "environment.driving.process_state",
    "reports.plugin",
    "authoring.sentence_list",
)
"""Modules that declare what the suite changes, or import all that do."""

patches = typer.Typer(help="What is changed in third parties, and why; --write writes docs/patches.md.")


@patches.callback(invoke_without_command=True)
def patches_command(
    write: Annotated[bool, typer.Option("--write", help="write docs/patches.md, and stop")] = False,
) -> None:
    """Print the page, or write it."""
    page = patches_page(DECLARING)
    if write:
        PAGE.write_text(page, encoding="utf-8")
        typer.echo(f"Wrote {PAGE.relative_to(ROOT)}")
    else:
        typer.echo(page)
