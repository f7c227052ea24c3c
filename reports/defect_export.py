"""Known defects for other tools: a table, or a file for each that becomes an issue on GitHub. Nothing is sent."""

from __future__ import annotations

import csv
import json
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from reports.fitness import Harm
from reports.outcomes import RunRecord, ScenarioOutcome, Status
from reports.sightings import Seen

CSV_NAME = "known-defects.csv"
_COLUMNS = (
    "id",
    "title",
    "impact",
    "affects",
    "severity",
    "modes",
    "journeys",
    "scenario runs",
    "requirement",
    "promised",
    "source",
    "observed",
    "first seen in",
    "first seen",
    "last seen",
    "reported",
    "reproduce",
)


def reproduction(harm: Harm) -> str:
    """What to type to see the defect: the scenarios that the ledger claims, by the entry or one alone."""
    commands = [f"acceptance run --defect {harm.entry.id}"]
    if harm.plainest:
        scenario = harm.plainest.scenario
        commands.append(f"pytest {shlex.quote(scenario.place)} --backend {scenario.mode}")
    return "\n".join(commands)


def steps_to_reproduce(outcome: ScenarioOutcome) -> str:
    """The scenario as it ran, each sentence with the row's values; those that did not hold are marked."""
    lines = [f"Scenario: {outcome.scenario.title}"]
    ended = [each.status for each in outcome.sentences] or [Status.NOT_JUDGED] * len(outcome.scenario.steps)
    for step, status in zip(outcome.scenario.steps, ended, strict=True):
        mark = "   # does not hold" if status not in (Status.PASSED, Status.NOT_JUDGED) else ""
        sentence, *below = step.lines
        lines += [f"  {sentence}{mark}", *(f"  {line}".rstrip() for line in below)]
    return "\n".join(lines)


def write_csv(path: Path, harms: Sequence[Harm], seen: Mapping[str, Seen]) -> Path:
    """Write all defects into one table, the most harmful first; returns the file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        writer.writerows(_row(harm, seen.get(harm.entry.id)) for harm in harms)
    return path


def _row(harm: Harm, seen: Seen | None) -> tuple[str, ...]:
    entry = harm.entry
    return (
        entry.id,
        entry.title,
        entry.impact.value,
        entry.affects,
        harm.severity,
        ", ".join(entry.modes),
        str(harm.journeys),
        str(len(harm.met)),
        entry.requirement,
        entry.promised.text,
        entry.promised.source,
        entry.observed,
        entry.since,
        str(seen.first) if seen else "",
        str(seen.last) if seen else "",
        str(entry.reported or ""),
        reproduction(harm),
    )


def write_github_issues(folder: Path, record: RunRecord, harms: Sequence[Harm], seen: Mapping[str, Seen]) -> list[Path]:
    """Write a file for each defect that was not reported yet, with title and labels at its head; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for harm in harms:
        if harm.entry.reported is None:
            path = folder / f"{harm.entry.id}.md"
            path.write_text(_issue(record, harm, seen.get(harm.entry.id)), encoding="utf-8")
            written.append(path)
    return written


def _issue(record: RunRecord, harm: Harm, seen: Seen | None) -> str:
    entry = harm.entry
    labels = [f"impact: {entry.impact.value}", *(f"mode: {mode}" for mode in entry.modes)]
    labels += [f"severity: {harm.severity}"] if harm.severity else []
    versions = f"First seen in {record.product_name} {entry.since}."
    if seen:
        versions += f" Runs met it first with {seen.first} and last with {seen.last}."
    steps = f"```gherkin\n{steps_to_reproduce(harm.plainest)}\n```\n\n" if harm.plainest else ""
    return (
        f"---\ntitle: {json.dumps(entry.title, ensure_ascii=False)}\nlabels: {json.dumps(labels)}\n---\n\n"
        f"Who is hit: {harm.why}.\n\n"
        f"## What should happen\n\n{entry.promised.text} ({entry.promised.source})\n\n"
        f"## What happens\n\n{entry.observed}\n\n{versions}\n\n"
        f"## How to see it\n\n{steps}```sh\n{reproduction(harm)}\n```\n\n"
        f"## Evidence\n\n{entry.evidence}\n\n"
        f"{entry.id} in the ledger of the acceptance suite; requirement {entry.requirement}.\n"
    )
