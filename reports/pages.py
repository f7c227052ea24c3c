"""The plain pages of the report: the front page and summary, the requirements traced, the known defects.

Semantic HTML with autoescape, readable without colours and scripts; the summary also as Markdown, for the summary of a
job in CI.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path, PurePosixPath

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from environment.modes import Mode
from reports.allure_links import AllureLinks
from reports.features import capability
from reports.known_defects import KnownDefect, Ledger
from reports.outcomes import Outcome, RunRecord, ScenarioOutcome
from reports.parity import Parity
from reports.performance import Slowdown
from reports.summary import counts, headline, summary
from reports.trace import Trace

_PAGES = {
    "summary.html.j2": ("index.html", "summary.html"),
    "requirements.html.j2": ("requirements.html",),
    "known-defects.html.j2": ("known-defects.html",),
    "summary.md.j2": ("summary.md",),
}
_SLOWEST = 10
_FIRST = "Journeys"


@dataclass(frozen=True)
class FeatureRow:
    """One feature in the table of capabilities: its counts in each mode, None where it did not run."""

    capability: str
    feature: str
    modes: dict[Mode, dict[str, int] | None]


@dataclass(frozen=True)
class DefectRow:
    """A ledger entry with the scenarios in which this run met it."""

    entry: KnownDefect
    met: tuple[ScenarioOutcome, ...]


def write_pages(
    folder: Path,
    record: RunRecord,
    ledger: Ledger,
    traced: Trace,
    variables: Mapping[str, str],
    parity: Parity | None = None,
    slower: Sequence[Slowdown] = (),
) -> list[Path]:
    """Write all pages into the folder; returns the files."""
    templates = Environment(
        loader=PackageLoader("reports"),
        autoescape=select_autoescape(enabled_extensions=("html", "html.j2"), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["cell"] = markdown_cell
    content = {
        "allure": AllureLinks(folder),
        "slower": slower,
        "record": record,
        "headline": headline(record),
        "numbers": summary(record),
        "variables": variables,
        "modes": list(Mode),
        "features": feature_rows(record.scenarios),
        "broke": record.broke,
        "skipped": [each for each in record.scenarios if each.outcome is Outcome.SKIPPED],
        "defects": defect_rows(record, ledger),
        "slowest": sorted(record.scenarios, key=lambda each: -each.seconds)[:_SLOWEST],
        "live": (parity or Parity()).told(record.scenarios),
        "contradictions": list((parity or Parity()).contradicted.items()),
        "areas": [
            (area, list(rows)) for area, rows in groupby(traced.requirements, key=lambda each: each.requirement.area)
        ],
        "has_allure": (folder / "awesome" / "index.html").is_file(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for template, names in _PAGES.items():
        text = templates.get_template(template).render(content)
        for name in names:
            (folder / name).write_text(text, encoding="utf-8")
            written.append(folder / name)
    return written


def feature_rows(scenarios: Sequence[ScenarioOutcome]) -> list[FeatureRow]:
    """A row for each feature that ran: journeys first, then by capability."""
    names = {(capability(PurePosixPath(each.feature_path)), each.feature) for each in scenarios}
    rows = []
    for name in sorted(names, key=lambda pair: (pair[0] != _FIRST, pair)):
        mine = [each for each in scenarios if (capability(PurePosixPath(each.feature_path)), each.feature) == name]
        by_mode = {mode: [each for each in mine if each.mode is mode] for mode in Mode}
        rows.append(FeatureRow(*name, {mode: counts(those) if those else None for mode, those in by_mode.items()}))
    return rows


def defect_rows(record: RunRecord, ledger: Ledger) -> list[DefectRow]:
    """Every entry of the ledger; those that this run did not meet have no scenarios."""
    return [
        DefectRow(
            entry,
            tuple(each for each in record.scenarios if each.defect == entry.id and each.outcome is Outcome.KNOWN),
        )
        for entry in ledger.entries
    ]


def markdown_cell(text: str) -> str:
    """Text that stays what it is in a table cell or a list of Markdown."""
    escaped = text.replace("\\", "\\\\").replace("<", "&lt;")
    for character in "|*_`[]":
        escaped = escaped.replace(character, f"\\{character}")
    return " ".join(escaped.split())
