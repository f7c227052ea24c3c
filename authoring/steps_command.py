"""Commands for those who write scenarios: `acceptance steps`, `acceptance lint`, `acceptance new`."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from authoring.editor_settings import settings_of_editor
from authoring.sentence_list import Chapter, ListedSentence, fixtures, page, sentence_list, vocabulary
from environment.errors import SuiteError
from environment.gherkin.checks import check_features
from environment.gherkin.document import FeatureSyntaxError, feature_files, read_feature
from environment.gherkin.findings import Finding
from environment.gherkin.style import style_findings
from environment.nearest import nearest
from environment.settings import ROOT
from reports.requirements import load_requirements

FEATURES = ROOT / "features"
PAGE = ROOT / "docs" / "steps.md"
EDITOR = ROOT / ".vscode" / "settings.json"

steps = typer.Typer(help="The sentences that exist: print them, or write docs/steps.md and what editors need.")
# Options may stand after the words, although typer makes a group of each of these.
_ANY_ORDER = {"allow_interspersed_args": True}
lint = typer.Typer(
    help="Check features: sentences, tags, names, style. One line per finding: file:line: message.",
    context_settings=_ANY_ORDER,
)
new = typer.Typer(help="Write the skeleton of a feature.", context_settings=_ANY_ORDER)
console = Console()


@steps.callback(invoke_without_command=True)
def steps_command(
    about: Annotated[str | None, typer.Option(help="only sentences about this")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="write docs/steps.md and the settings of VS Code, and stop")
    ] = False,
) -> None:
    """Print every sentence with its meaning, its values and an example."""
    chapters = sentence_list(FEATURES)
    if write:
        written = {PAGE: page(chapters), EDITOR: settings_of_editor(EDITOR, vocabulary().definitions)}
        for path, content in written.items():
            path.write_text(content, encoding="utf-8")
            console.print(f"Wrote {path.relative_to(ROOT)}", highlight=False)
        return
    if about is not None:
        chapters = _chapters_about(about, chapters)
    for chapter in chapters:
        console.print(Text(f"\n{chapter.title}", style="bold"), Text(chapter.introduction, style="dim"))
        for entry in chapter.entries:
            _print(entry)


@lint.callback(invoke_without_command=True)
def lint_command(
    files: Annotated[list[Path] | None, typer.Argument(help="features to check (default: all)")] = None,
    paths: Annotated[list[Path] | None, typer.Option("--path", help="the same, named")] = None,
) -> None:
    """Check features as a run does, and their style; exit 1 if there is a finding."""
    places = [path.resolve() for path in [*(files or ()), *(paths or ())] or [FEATURES]]
    missing = [path for path in places if not path.exists()]
    if missing:
        raise SuiteError(f"Looked for {missing[0]}", "there is no such file", "Give a feature file or a folder")
    found = check_features(
        places,
        vocabulary().definitions,
        root=ROOT,
        requirements=[each.id for each in load_requirements()],
        fixtures=fixtures(),
        complete=places == [FEATURES],
    )
    findings = sorted({*found, *_style(places)})
    for finding in findings:
        typer.echo(finding.text(ROOT))
    if findings:
        raise typer.Exit(1)
    console.print("No findings.")


@new.callback(invoke_without_command=True)
def new_command(
    title: Annotated[str, typer.Argument(help="what the feature is about: 'Sharing a package'")],
    folder: Annotated[str, typer.Option(help="folder below features")] = "packages",
) -> None:
    """Write a feature with one scenario to fill in."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    path = (FEATURES / folder / f"{name}.feature").resolve()
    if not name:
        raise SuiteError(f'Named a file after "{title}"', "it has no letter of a to z", "Give a title in English")
    if not path.is_relative_to(FEATURES):
        raise SuiteError(f"Wrote {path}", "features lie below features/", "Name a folder there")
    if path.exists():
        raise SuiteError(f"Wrote {path.relative_to(ROOT)}", "there is one already", "Choose another title or folder")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_SKELETON.format(title=title), encoding="utf-8")
    console.print(
        f"Wrote {path.relative_to(ROOT)}. 'acceptance steps' lists the sentences, 'acceptance lint' checks it.",
        highlight=False,
    )


_SKELETON = """Feature: {title}
  For whom is this, and why does it matter to them? Two or three lines.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: What must always hold

    @CREA-1 @severity:normal
    Scenario: One behaviour, and an outcome that someone cares about
      When she creates a package from the "simple-csv" dataset
      Then the package holds those 5 files, byte for byte
"""


def _style(places: list[Path]) -> list[Finding]:
    findings: list[Finding] = []
    for path in feature_files(places):
        try:
            findings += style_findings(read_feature(path))
        except FeatureSyntaxError:
            continue  # told by the check itself
    return findings


def _chapters_about(about: str, chapters: list[Chapter]) -> list[Chapter]:
    """The chapters with those sentences alone whose words or meaning hold the text.

    Raises:
        SuiteError: there is no such sentence; the message has the nearest word of one.
    """
    found = [
        replace(chapter, entries=tuple(entry for entry in chapter.entries if about.lower() in _words(entry)))
        for chapter in chapters
    ]
    if not any(chapter.entries for chapter in found):
        texts = (_words(entry) for chapter in chapters for entry in chapter.entries)
        close = nearest(about, sorted({word for text in texts for word in re.findall(r"[a-z]+", text)}))
        what_next = f'Did you mean "{close[0]}"?' if close else f"Try another word, or read {PAGE.relative_to(ROOT)}"
        raise SuiteError(f'Looked for sentences about "{about}"', "there is none", what_next)
    return [chapter for chapter in found if chapter.entries]


def _words(entry: ListedSentence) -> str:
    return f"{entry.definition.pattern} {entry.definition.description}".lower()


def _print(entry: ListedSentence) -> None:
    one = entry.definition
    console.print(Text(f"  {one.type.capitalize()} {one.pattern}", style="cyan"), soft_wrap=True)
    console.print(Text(f"      {' '.join(one.description.split())}"), soft_wrap=True)
    if one.columns:
        console.print(Text(f"      table: {one.columns}", style="dim"), soft_wrap=True)
    for name, choices in entry.choices.items():
        console.print(Text(f"      {name}: {', '.join(choices)}", style="dim"), soft_wrap=True)
    if entry.example:
        console.print(Text(f"      e.g. {entry.example.text}", style="green"), soft_wrap=True)
