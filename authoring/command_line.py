"""`acceptance defect`: entries of the known-defects ledger (entry-point group `acceptance.commands`)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import pytest
import typer

from authoring.from_last_run import recorded_failures
from authoring.ledger_text import Part, appended, without
from authoring.reproduction import reproduction
from authoring.running import run_scenario
from authoring.scenario_record import RecordedScenario, RecordedStep
from authoring.skeleton import Facts, FailedSentence, facts_of, failed_sentences, next_id, skeleton
from environment.console import say, working
from environment.errors import SuiteError, unknown
from environment.gherkin.selection import chosen_modes
from environment.settings import BUILD
from reports.documents import shown
from reports.features import listed_scenarios
from reports.known_defects import LEDGER_FILE, KnownDefect, Ledger, load_ledger
from reports.message_record import MESSAGES_FILE, write_messages
from reports.outcomes import read_run

defect = typer.Typer(help="Entries of the known-defects ledger: write, show, remove.", no_args_is_help=True)
_LATE = frozenset({"slow", "large", "exclusive"})

LedgerFile = Annotated[Path, typer.Option("--ledger", help="the ledger")]
BuildFolder = Annotated[Path, typer.Option("--build", help="folder with the results of a run")]
OneMode = Annotated[str | None, typer.Option("--mode", help="local or multiuser")]
OneScenario = Annotated[str | None, typer.Option("--scenario", help="name of the scenario")]


@defect.command("new")
def new(
    place: Annotated[str, typer.Argument(help="a scenario that fails: features/….feature:14, or path::name")],
    backend: Annotated[str, typer.Option(help="local, multiuser or both")] = "both",
    from_last_run: Annotated[
        bool, typer.Option("--from-last-run", help="take the failure from build/outcomes.json instead of running it")
    ] = False,
    only_print: Annotated[bool, typer.Option("--print", help="print the entry, and leave the ledger as it is")] = False,
    ledger: LedgerFile = LEDGER_FILE,
    build: BuildFolder = BUILD,
) -> None:
    """Write the skeleton of an entry from a scenario that fails, to the end of the ledger."""
    entries = load_ledger(ledger)
    modes = _modes(backend)
    failed, facts, path = _last_run(place, modes, build) if from_last_run else _fresh_run(place, modes)
    if not failed:
        raise SuiteError(f"Looked for what fails in {place}", "every sentence holds", "An entry needs a failure")
    identifier = next_id(entries, path, listed_scenarios())
    text = skeleton(identifier, failed, facts)
    if only_print:
        typer.echo(text, nl=False)
        return
    ledger.write_text(appended(ledger.read_text(encoding="utf-8"), text), encoding="utf-8")
    say(f"Wrote {identifier} to the end of {shown(ledger)}: fill in what says TODO.")


@defect.command("show")
def show(
    identifier: Annotated[str, typer.Argument(help="QO-017")],
    mode: OneMode = None,
    scenario: OneScenario = None,
    ledger: LedgerFile = LEDGER_FILE,
) -> None:
    """Print a Python script that shows the defect: quilt-mcp and a URL, nothing of this suite."""
    entry = _entry(load_ledger(ledger), identifier)
    claimed = [
        each
        for each in listed_scenarios()
        if any(entry.claims_on(each))
        and (mode is None or each.mode == mode)
        and (scenario is None or each.name == scenario)
    ]
    if not claimed:
        asked = " with ".join(filter(None, (scenario, mode and f"{mode} mode"))) or "a scenario"
        raise SuiteError(f"Looked for {asked} in {entry.id}", "it claims none", "Leave --scenario and --mode out")
    chosen = min(claimed, key=lambda each: bool(_LATE.intersection(each.tags)))
    with working(f"running {chosen.name} in {chosen.mode} mode"):
        records = run_scenario(f"{chosen.feature_path}:{chosen.example_line or chosen.line}", chosen.mode)
    record = next((each for each in records if each.scenario.example == chosen.example), records[0])
    typer.echo(reproduction(entry, record, _sentence(entry, record)))


@defect.command("remove")
def remove(
    identifier: Annotated[str, typer.Argument(help="QO-017")],
    scenario: OneScenario = None,
    mode: OneMode = None,
    sentence: Annotated[str | None, typer.Option("--sentence", help="its text without the keyword")] = None,
    example: Annotated[list[str] | None, typer.Option("--example", help="column=value of an outline's row")] = None,
    ledger: LedgerFile = LEDGER_FILE,
) -> None:
    """Take an entry, or a part of it, off the ledger; all else in the file stays as it is."""
    part = Part(scenario, mode, sentence, dict(_cell(each) for each in example or ()))
    rows: dict[str, list[dict[str, str]]] = {}
    for each in listed_scenarios() if part.example else ():
        if each.example is not None:
            rows.setdefault(each.name, []).append(each.example)
    before = ledger.read_text(encoding="utf-8")
    after = without(before, identifier.upper(), part, rows)
    ledger.write_text(after, encoding="utf-8")
    gone = before.count("\n") - after.count("\n")
    say(f"Took {identifier.upper()}{'' if part.whole else f' ({part})'} off {shown(ledger)}: {gone} lines less.")


@defect.command("record")
def record(
    build: BuildFolder = BUILD,
    messages: Annotated[Path, typer.Option("--messages", help="where to")] = MESSAGES_FILE,
) -> None:
    """Record how each known defect failed in the last run; a run warns when a message changes."""
    run = read_run(build)
    if run is None:
        raise SuiteError("Looked for the last run", f"there is none in {shown(build)}", "Run `acceptance run` first")
    claimed = {claim.scenario.rpartition("::")[2] for entry in load_ledger().entries for claim in entry.claims}
    changed, added = write_messages(run, messages, claimed)
    say(f"Wrote {shown(messages)}: {changed} messages changed, {added} new.")


def _fresh_run(place: str, modes: Sequence[str]) -> tuple[list[FailedSentence], Facts, str]:
    records: list[RecordedScenario] = []
    for mode in modes:
        with working(f"running {place} in {mode} mode"):
            try:
                records += run_scenario(place, mode)
            except SuiteError:
                if mode == modes[-1] and not records:
                    raise
    failed = failed_sentences(records)
    return failed, facts_of(records, failed), records[0].scenario.feature_path


def _last_run(place: str, modes: Sequence[str], build: Path) -> tuple[list[FailedSentence], Facts, str]:
    run = read_run(build)
    if run is None:
        raise SuiteError("Looked for the last run", f"there is none in {shown(build)}", "Leave --from-last-run out")
    return recorded_failures(run, place, modes)


def _modes(backend: str) -> tuple[str, ...]:
    try:
        return chosen_modes(backend)
    except pytest.UsageError as error:
        raise SuiteError("Read --backend", str(error), "Say local, multiuser or both") from error


def _entry(ledger: Ledger, identifier: str) -> KnownDefect:
    found = ledger.entry(identifier.upper())
    if found is None:
        raise unknown("entry of the ledger", identifier, (each.id for each in ledger.entries))
    return found


def _sentence(entry: KnownDefect, record: RecordedScenario) -> RecordedStep | None:
    """The first sentence that does not hold and that the entry claims."""
    claimed = {sentence for claim in entry.claims for sentence in claim.sentence}
    return next((step for step in record.failed if claimed & {step.sentence.text, step.sentence.written}), None)


def _cell(text: str) -> tuple[str, str]:
    column, equals, value = text.partition("=")
    if not equals:
        raise SuiteError(f"Read --example '{text}'", "it is not column=value", "Copy it from the closing words")
    return column, value
