"""The plain pages of the report: front page and summary, requirements traced, known defects, GraphQL, performance.

Semantic HTML with autoescape, readable without colours and scripts; the summary also as Markdown, for the summary of a
job in CI.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from environment.gherkin.tags import SEVERITIES
from environment.modes import Mode
from quilt_stack import PackageSearchForm
from reports.allure_links import AllureLinks
from reports.comparison import Comparison, endings
from reports.features import capability, capability_order
from reports.fitness import by_harm, first_to_fix, fitness, journeys, tiles
from reports.flakes import flaky, repeated
from reports.known_defects import Impact, Ledger
from reports.methods import MethodCoverage
from reports.operations import CheckedEverywhere, invalid
from reports.outcomes import Outcome, RunRecord, ScenarioOutcome
from reports.parity import Parity
from reports.performance import CHART_HEIGHT, CHART_WIDTH, Figures, Slowdown, series, slowdowns
from reports.summary import counts, headline, summary
from reports.trace import Trace

_PAGES = {
    "summary.html.j2": ("index.html", "summary.html"),
    "requirements.html.j2": ("requirements.html",),
    "known-defects.html.j2": ("known-defects.html",),
    "operations.html.j2": ("operations.html",),
    "performance.html.j2": ("performance.html",),
    "summary.md.j2": ("summary.md",),
}
_SLOWEST = 10


@dataclass(frozen=True)
class FeatureRow:
    """One feature in the table of capabilities: its counts in each mode, None where it did not run."""

    capability: str
    feature: str
    modes: dict[Mode, dict[str, int] | None]


@dataclass(frozen=True)
class Background:
    """What the pages tell besides the outcomes of the run.

    variables: what was judged, with what; runs: the history of timed scenarios, oldest first, with this run if it timed
    any; problems: what could not be found out about the product's methods and operations, and why.
    """

    traced: Trace
    variables: Mapping[str, str]
    parity: Parity = field(default_factory=Parity)
    runs: Sequence[Figures] = ()
    methods: Sequence[MethodCoverage] = ()
    operations: Sequence[CheckedEverywhere] = ()
    problems: Sequence[str] = ()


def write_pages(folder: Path, record: RunRecord, ledger: Ledger, background: Background) -> list[Path]:
    """Write all pages into the folder; returns the files."""
    templates = _templates()
    harms = by_harm(record, ledger)
    content = {
        "pages": navigation(folder),
        "allure": AllureLinks(folder),
        "slower": _slower(record, background.runs),
        **_performance(background.runs),
        "methods": background.methods,
        "operations": background.operations,
        "invalid": invalid(background.operations),
        "forms": list(PackageSearchForm),
        "problems": background.problems,
        "repeated": repeated(record),
        "flaky": flaky(record),
        "record": record,
        "headline": headline(record),
        "numbers": summary(record),
        "variables": background.variables,
        "modes": list(Mode),
        "features": feature_rows(record.scenarios),
        "broke": sorted(record.broke, key=lambda each: SEVERITIES.index(each.severity)),
        "skipped": [each for each in record.scenarios if each.outcome is Outcome.SKIPPED],
        "not_judged": [each for each in record.scenarios if each.not_judged],
        "defects": harms,
        "impacts": [impact.value for impact in Impact],
        "first_to_fix": first_to_fix(harms),
        "fitness": fitness(record, ledger),
        "tiles": tiles(record),
        "journeys": journeys(record, ledger),
        "slowest": sorted(record.scenarios, key=lambda each: -each.seconds)[:_SLOWEST],
        "live": background.parity.told([each.scenario for each in record.scenarios]),
        "contradictions": list(background.parity.contradicted.items()),
        "areas": [
            (area, list(rows))
            for area, rows in groupby(background.traced.requirements, key=lambda each: each.requirement.area)
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for template, names in _PAGES.items():
        text = templates.get_template(template).render(content)
        for name in names:
            (folder / name).write_text(text, encoding="utf-8")
            written.append(folder / name)
    return written


def write_performance_page(folder: Path, runs: Sequence[Figures]) -> Path:
    """Write the page with the series of timed scenarios alone; returns the file."""
    content = {"pages": navigation(folder), "record": None, **_performance(runs)}
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "performance.html"
    page.write_text(_templates().get_template("performance.html.j2").render(content), encoding="utf-8")
    return page


def write_comparison_page(folder: Path, comparison: Comparison, ledger: Ledger) -> Path:
    """Write the page that tells what changed between two runs; returns the file."""
    content = {
        "pages": (),
        "record": None,
        "comparison": comparison,
        "entries": comparison.entries(ledger),
        "endings": endings,
    }
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "index.html"
    page.write_text(_templates().get_template("comparison.html.j2").render(content), encoding="utf-8")
    return page


def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("reports"),
        autoescape=select_autoescape(enabled_extensions=("html", "html.j2"), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["cell"] = markdown_cell
    templates.filters["groupby_in_order"] = _grouped
    return templates


def _grouped(rows: Sequence[FeatureRow], attribute: str) -> list[tuple[str, list[FeatureRow]]]:
    """Jinja's own filter `groupby` sorts, which would put journeys after the rest."""
    return [(name, list(those)) for name, those in groupby(rows, key=attrgetter(attribute))]


def _performance(runs: Sequence[Figures]) -> dict[str, object]:
    return {"series": series(runs), "chart": (CHART_WIDTH, CHART_HEIGHT), "runs": runs}


def navigation(folder: Path) -> list[tuple[str, str]]:
    """Every page of the report that people open, as address and name; Allure's only where Allure wrote them."""
    there = [
        ("index.html", "Summary"),
        ("awesome/index.html", "Every scenario (Allure)"),
        ("dashboard/index.html", "Trends (Allure)"),
        ("requirements.html", "Requirements"),
        ("known-defects.html", "Known defects"),
        ("operations.html", "GraphQL operations"),
        ("performance.html", "Performance"),
    ]
    return [(page, name) for page, name in there if "/" not in page or (folder / page).is_file()]


def _slower(record: RunRecord, runs: Sequence[Figures]) -> list[Slowdown]:
    """What got slower in this very run; the history may end with an earlier one."""
    return slowdowns(runs) if runs and runs[-1].started == record.started.isoformat() else []


def feature_rows(scenarios: Sequence[ScenarioOutcome]) -> list[FeatureRow]:
    """A row for each feature that ran: journeys first, then by capability."""
    names = {(capability(each.scenario.feature_path), each.scenario.feature) for each in scenarios}
    rows = []
    for name in sorted(names, key=lambda pair: (capability_order(pair[0]), pair[1])):
        mine = [each for each in scenarios if (capability(each.scenario.feature_path), each.scenario.feature) == name]
        by_mode = {mode: [each for each in mine if each.scenario.mode is mode] for mode in Mode}
        rows.append(FeatureRow(*name, {mode: counts(those) if those else None for mode, those in by_mode.items()}))
    return rows


def markdown_cell(text: str) -> str:
    """Text that stays what it is in a table cell or a list of Markdown."""
    escaped = text.replace("\\", "\\\\").replace("<", "&lt;")
    for character in "|*_`[]":
        escaped = escaped.replace(character, f"\\{character}")
    return " ".join(escaped.split())
