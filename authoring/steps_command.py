"""Commands for those who write scenarios: `acceptance steps`, `acceptance lint`, `acceptance new`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from authoring.editor_settings import settings_of_editor
from authoring.finding_sentences import about as about_words
from authoring.finding_sentences import suggested, suggestions
from authoring.sentence_list import TYPES, Chapter, ListedSentence, fixtures, page, sentence_list, vocabulary
from environment.errors import SuiteError
from environment.gherkin.checks import check_features
from environment.gherkin.document import FeatureSyntaxError, feature_files, read_feature
from environment.gherkin.findings import Finding
from environment.gherkin.following import needs_and_gives
from environment.gherkin.references import readable
from environment.gherkin.style import style_findings
from environment.gherkin.wishes import Wish, wishes
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
    about: Annotated[str | None, typer.Option(help="only sentences about this, by meaning: one line each")] = None,
    meant: Annotated[
        str | None, typer.Option("--for", help="the sentences nearest to this wording, with the blanks filled in")
    ] = None,
    where: Annotated[bool, typer.Option("--where", help="with file and line of each definition")] = False,
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
    entries = _entries_of(chapters)
    if meant is not None:
        exact = _said_exactly(meant, entries)
        if exact:
            console.print("You can say that:")
        for entry in exact:
            _print_line(entry, re.sub(_KEYWORD, "", meant), where=where)
        found = [each for each in suggestions(meant, entries) if each.entry not in exact]
        if not found and not exact:
            raise SuiteError(
                f'Looked for a sentence for "{meant}"',
                "none comes near",
                "Say it in other words, or write it as you mean it in a scenario tagged @wish",
            )
        if exact and found:
            console.print("Near it:")
        if not exact and not found[0].is_sure:
            console.print("If none of these says it, write it as you mean it, and tag the scenario @wish:")
        for suggestion in found:
            _print_line(suggestion.entry, suggestion.text, where=where)
        return
    if about is not None:
        for entry in _entries_about(about, entries):
            _print_line(entry, readable(entry.shown), where=where)
        return
    for chapter in chapters:
        console.print(Text(f"\n{chapter.title}", style="bold"), Text(chapter.introduction, style="dim"))
        for entry in chapter.entries:
            _print(entry)
    console.print(Text("\nWhat the words in braces stand for", style="bold"))
    kinds = {kind: choices for entry in entries for kind, choices in entry.choices.items()}
    for kind, choices in sorted(kinds.items()):
        console.print(Text(f"  {kind}: {', '.join(choices)}"), soft_wrap=True)


@lint.callback(invoke_without_command=True)
def lint_command(
    files: Annotated[list[Path] | None, typer.Argument(help="features to check (default: all)")] = None,
    paths: Annotated[list[Path] | None, typer.Option("--path", help="the same as files")] = None,
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
        suggest=lambda step: suggested(f"{step.type.capitalize()} {step.text}", _entries()),
    )
    findings = sorted({*found, *_style(places)})
    for finding in findings:
        typer.echo(finding.text(ROOT))
    _print_wishes(wishes(places, vocabulary()))
    if findings:
        raise typer.Exit(1)
    console.print("No findings.")


def _entries_of(chapters: Sequence[Chapter]) -> list[ListedSentence]:
    return [entry for chapter in chapters for entry in chapter.entries]


@cache
def _entries() -> list[ListedSentence]:
    return _entries_of(sentence_list(FEATURES))


def _print_wishes(found: Sequence[Wish]) -> None:
    for wish in found:
        place = f"{wish.path.relative_to(ROOT) if wish.path.is_relative_to(ROOT) else wish.path}"
        typer.echo(f'{place}:{wish.line}: wished for: "{wish.name}"')
        for sentence in wish.missing:
            nearest = sentence.near_miss or suggested(sentence.text, _entries(), wished=True)
            typer.echo(f'{place}:{sentence.line}: "{sentence.text}" does not exist yet; {nearest}')


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
        f"Wrote {path.relative_to(ROOT)}. 'acceptance steps' lists the sentences, 'acceptance lint' checks the file.",
        highlight=False,
    )


_SKELETON = """Feature: {title}
  For whom is this, and why does it matter to them? Two or three lines.

  Background:
    Given Dana, a data scientist, is signed in

  Rule: What must always hold

    @CREA-1 @severity:normal
    Scenario: One behaviour, and an outcome that someone cares about
      When she publishes a package from the "simple-csv" dataset
      Then the package holds exactly the "simple-csv" dataset, byte for byte
"""


def _style(places: list[Path]) -> list[Finding]:
    findings: list[Finding] = []
    for path in feature_files(places):
        try:
            findings += style_findings(read_feature(path))
        except FeatureSyntaxError:
            continue  # told by the check itself
    return findings


def _entries_about(words: str, entries: Sequence[ListedSentence]) -> list[ListedSentence]:
    """The sentences about these words.

    Raises:
        SuiteError: there is none; the message says what comes nearest.
    """
    found = about_words(words, entries)
    if not found:
        known = sorted({word for entry in entries for word in re.findall(r"[a-z]{3,}", entry.shown.lower())})
        close = nearest(words, known, least_score=75.0)
        what_next = f'Did you mean "{close[0]}"?' if close else f'Try: acceptance steps --for "{words}"'
        raise SuiteError(f'Looked for sentences about "{words}"', "there is none", what_next)
    return found


_KEYWORD = r"^(?:Given|When|Then|And|But) "


def _said_exactly(words: str, entries: Sequence[ListedSentence]) -> list[ListedSentence]:
    """The sentences that these words are already, with or without a keyword in front."""
    text = re.sub(_KEYWORD, "", words)
    found = {match.definition.callback for kind in TYPES for match in vocabulary().matches(kind, text)}
    return [entry for entry in entries if entry.definition.callback in found]


def _print_line(entry: ListedSentence, text: str, *, where: bool) -> None:
    one = entry.definition
    place = f"  {one.path.relative_to(ROOT)}:{one.line}" if where else ""
    line = Text.assemble((entry.keywords, "bold"), f" {text}", (place, "dim"))
    console.print(line, soft_wrap=True, highlight=False)


def _print(entry: ListedSentence) -> None:
    one = entry.definition
    console.print(Text(f"  {entry.keywords} {readable(entry.shown)}", style="cyan"), soft_wrap=True)
    console.print(Text(f"      {' '.join(one.description.split())}"), soft_wrap=True)
    for label, nouns in needs_and_gives(one):
        console.print(Text(f"      {label.lower()}: {nouns}", style="dim"), soft_wrap=True)
    if one.columns:
        console.print(Text(f"      table: {one.columns}", style="dim"), soft_wrap=True)
    if entry.example:
        console.print(Text(f"      e.g. {entry.example.text}", style="green"), soft_wrap=True)
