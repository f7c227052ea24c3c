"""build/summary.json and the closing words of a run.

The shape of summary.json is a contract with scripts: counts of scenarios (times modes), the same for each mode, where
the seconds went, what was judged, and where.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from environment.modes import Mode
from reports import ledger_state
from reports.changes import FIRST_RUN, NOTHING_IN_COMMON, Changes, changes_sentence
from reports.counts import COUNTED, counts
from reports.documents import shown
from reports.failing_sentences import failing_sentences, likeness, looks_known
from reports.features import listed_scenarios
from reports.fitness import by_harm, fitness, tolerated
from reports.gate import Gate
from reports.known_defects import Ledger
from reports.likely_causes import causes_sentence, likely_causes
from reports.message_record import changed_messages, read_messages
from reports.messages import comparable
from reports.methods import unproven
from reports.outcomes import RunRecord, ScenarioCounts, ScenarioOutcome, Status
from reports.run_history import is_whole

SUMMARY_NAME = "summary.json"
_MOST_NAMED = 3
_MOST_SENTENCES = 5
_NOT_CLAIMED = "not claimed by the ledger for this scenario"


def summary(record: RunRecord) -> dict[str, Any]:
    """The content of summary.json."""
    return {
        "scenarios": _part(record.counts, record.scenarios),
        "by_mode": {
            mode.value: _part(accounting, [each for each in record.scenarios if each.scenario.mode is mode])
            for mode, accounting in record.counts_by_mode.items()
        },
        "seconds": {
            "total": round(record.seconds, 2),
            "suite_overhead": round(suite_overhead(record), 2),
            "stack_start": round(record.stack_start_seconds, 2),
        },
        "product": {"name": record.product_name, "version": record.product_version},
        "methods_without_passing_scenario": {mode.value: found for mode, found in unproven(record.scenarios).items()},
        "target": record.target,
        "seed": record.seed,
        "order": record.order,
        "gate": record.gate.value,
        "accepted": record.accepted,
        "chosen": list(record.chosen),
    }


def _part(accounted: ScenarioCounts, scenarios: Iterable[ScenarioOutcome]) -> dict[str, int]:
    return {**accounted.model_dump(), **counts(scenarios)}


def suite_overhead(record: RunRecord) -> float:
    """Seconds of wall time outside the product and its network.

    Workers are in the product side by side, so that their time there is divided among them.
    """
    in_product = sum(each.product_seconds or 0.0 for each in record.scenarios)
    return max(0.0, record.seconds - in_product / max(1, record.workers))


def write_summary(record: RunRecord, folder: Path) -> Path:
    """Write summary.json into the folder; returns the file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / SUMMARY_NAME
    path.write_text(json.dumps(summary(record), indent=2) + "\n", encoding="utf-8")
    return path


def headline(record: RunRecord) -> str:
    """The run in one sentence."""
    if record.objection is not None:
        return f"Not accepted: {record.objection}.{_likeness_of_part(record)}"
    known = known_defects_by_id(record.scenarios)
    accepted = "Accepted, as far as it ran" if record.is_part else "Accepted"
    if not known:
        return f"{accepted}: nothing fails."
    blockers = [each for each in record.scenarios if each.severity == "blocker" and each.status.is_judged]
    failing = sum(each.status is Status.KNOWN for each in blockers)
    if failing and not record.is_part and record.gate is Gate.REGRESSIONS:
        return (
            f"No new failures, so the gate “{record.gate}” accepts it. "
            f"Not fit to release: {failing} of {len(blockers)} blocker checks fail because of known defects."
        )
    those = f"{len(known)} known {'defect' if len(known) == 1 else 'defects'}"
    worst = f", which make {failing} of {len(blockers)} blocker checks fail" if failing else ""
    return f"{accepted}: nothing fails except {those}{worst}."


def _likeness_of_part(record: RunRecord) -> str:
    """How the failures of a part compare with the ledger; of a whole run that is for developers."""
    return f" {said}" if record.is_part and (said := likeness(record)) else ""


def verdict(record: RunRecord, ledger: Ledger, changes: Changes | str) -> tuple[str, str, str, str]:
    """The run in four sentences, the same wherever it is reported.

    Accepted or not; what works; what changed (`reports.changes.since_last_run`); by which rule it is accepted,
    and what that rule tolerates.
    """
    rule = f"{record.gate.rule} {tolerated(record, by_harm(record, ledger))}".strip()
    flaky = changes.flaky if isinstance(changes, Changes) else ()
    return headline(record), fitness(record, ledger, flaky), changes_sentence(changes), rule


def print_closing_words(
    record: RunRecord, ledger: Ledger, changes: Changes | str, report: Path | None, console: Console | None = None
) -> None:
    """Counts for each mode, known defects, what broke, where the time went, where the report is."""
    console = console or Console()
    console.print()
    accepted, *more = verdict(record, ledger, changes)
    console.print(Text(accepted, style=_style(record)), soft_wrap=True)
    for sentence in more:
        if not sentence or (sentence in (FIRST_RUN, NOTHING_IN_COMMON) and record.is_part):
            continue  # there is nothing to say
        console.print(Text(sentence), soft_wrap=True)
    console.print(_mode_table(record))
    _print_known_defects(record, ledger, console)
    for line in _ledger_lines(record, ledger):
        console.print(Text(f"  {line}", style="yellow"), soft_wrap=True)
    _print_broke(record, console)
    seconds = summary(record)["seconds"]
    console.print(
        f"{seconds['total']} s ({seconds['suite_overhead']} s of them in the suite); {record.target} target ready "
        f"after {seconds['stack_start']} s; {record.product_name} {record.product_version}, seed {record.seed}, "
        f"order {record.order}",
        highlight=False,
        soft_wrap=True,
    )
    if record.chosen:
        console.print(Text(f"Chosen: {' '.join(record.chosen)}"), soft_wrap=True)
    if report:
        console.print(Text(f"Report: {shown(report)}"), soft_wrap=True)


def _style(record: RunRecord) -> str:
    if not record.accepted:
        return "bold red"
    return "bold yellow" if any(each.status is Status.KNOWN for each in record.scenarios) else "bold green"


def _print_broke(record: RunRecord, console: Console) -> None:
    """What broke; one cause that broke many scenario runs is said once."""
    if causes := causes_sentence(likely_causes(record.scenarios)):
        console.print(Text(f"  {causes}", style="red"), soft_wrap=True)
    groups: dict[tuple[Status, str], list[ScenarioOutcome]] = {}
    for scenario in (each for each in record.broke if each.status is not Status.GONE):  # said with their entry
        groups.setdefault((scenario.status, comparable(scenario.message)), []).append(scenario)
    for (status, _), scenarios in groups.items():
        label = _NOT_CLAIMED if status is Status.FAILED and looks_known(scenarios[0]) else status.in_words
        for scenario in scenarios[:_MOST_NAMED]:
            console.print(Text(f"  {label}: {scenario.scenario.title}", style="red"), soft_wrap=True)
            for line in _failing_lines(scenario) if scenario is scenarios[0] else _the_same(scenario):
                console.print(Text(f"    {line}"), soft_wrap=True)
        more = len(scenarios) - _MOST_NAMED
        if more > 0:
            console.print(
                Text(f"  and {more} more, {status.in_words}, for the same reason", style="red"), soft_wrap=True
            )


def _failing_lines(outcome: ScenarioOutcome) -> list[str]:
    """Each failing sentence of a check: where it stands, what happened, and what of the ledger it looks like."""
    failing = failing_sentences(outcome)
    lines = []
    for each in failing[:_MOST_SENTENCES]:
        lines.append(f"{each.place} [{outcome.scenario.mode}]  {each.said}")
        differs = each.ended.status is Status.DIFFERENT
        note = each.ended.message.partition("\n")[0] if differs else each.hint
        lines += [f"  {note}"] if note else []
    more = len(failing) - _MOST_SENTENCES
    return [*lines, *([f"and {more} more failing {'sentence' if more == 1 else 'sentences'}"] if more > 0 else [])]


def _the_same(outcome: ScenarioOutcome) -> list[str]:
    return [f"{failing_sentences(outcome)[0].place} [{outcome.scenario.mode}]  the same"]


def _ledger_lines(record: RunRecord, ledger: Ledger) -> list[str]:
    """What the run says about the ledger: what of it can go, what fails in new words, what nobody saw to hold."""
    return [
        *ledger_state.lines(record, ledger, listed_scenarios),
        *ledger_state.notes(record, ledger),
        *changed_messages(record, read_messages()),
        *(
            f"{mode} mode: no scenario that passes calls {', '.join(methods)}, so nobody has seen "
            f"{'them' if len(methods) > 1 else 'it'} work"
            for mode, methods in unproven(record.scenarios).items()
            if methods and is_whole(record)
        ),
    ]


def _mode_table(record: RunRecord) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("mode")
    for heading in ("collected", *COUNTED):
        table.add_column(heading.replace("_", " "), justify="right")
    for mode, accounting in record.counts_by_mode.items():
        found = counts(each for each in record.scenarios if each.scenario.mode is mode)
        table.add_row(mode.value, str(accounting.collected), *(str(found[name]) for name in COUNTED))
    return table


def _print_known_defects(record: RunRecord, ledger: Ledger, console: Console) -> None:
    for defect, modes in known_defects_by_id(record.scenarios).items():
        entry = ledger.entry(defect)
        per_mode = ", ".join(f"{number} x {mode}" for mode, number in modes.items())
        title = entry.title if entry else ""
        console.print(Text(f"  known defect {defect} ({per_mode}): {title}"), soft_wrap=True)


def known_defects_by_id(scenarios: Iterable[ScenarioOutcome]) -> dict[str, dict[Mode, int]]:
    """How often each known defect was met, by id and mode."""
    found: dict[str, dict[Mode, int]] = {}
    for scenario in scenarios:
        for defect in scenario.defects if scenario.status is Status.KNOWN else ():
            modes = found.setdefault(defect, {})
            mode = scenario.scenario.mode
            modes[mode] = modes.get(mode, 0) + 1
    return dict(sorted(found.items()))
