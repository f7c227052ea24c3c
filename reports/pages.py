"""The plain pages of the report: front page and summary, requirements traced, known defects, GraphQL, performance.

Semantic HTML with autoescape, readable without colours and scripts; the summary also as Markdown, for the summary of a
job in CI.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from environment.gherkin.sharding import once
from environment.gherkin.tags import SEVERITIES
from environment.modes import Mode
from quilt_stack import PackageSearchForm
from reports.allure_links import AllureLinks
from reports.answers import answers, harms_by_impact
from reports.argument_coverage import ArgumentCoverage
from reports.capabilities import Standing, capability_rows, feature_rows, standing, through_the_server
from reports.changes import FIRST_RUN, Changes, changes_sentence, flaky_over_runs, trend_lines
from reports.charts import CHART_HEIGHT, CHART_WIDTH
from reports.comparison import endings
from reports.defect_export import CSV_NAME, reproduction, steps_to_reproduce, write_csv
from reports.failing_sentences import failing_sentences
from reports.fitness import by_harm, first_to_fix, journeys, met_sentence, tiles, worst_unseen
from reports.flakes import flaky, repeated
from reports.grounds import Grounds
from reports.known_defects import Impact, Ledger
from reports.living_documentation import PAGES_FOLDER, DocumentedFeature, case_addresses, listed_in
from reports.methods import MethodCoverage
from reports.never_judged import never_judged
from reports.new_failures import failures_by_cause, new_failures, no_longer_broken
from reports.not_run import not_run, not_run_sentence
from reports.operations import CheckedEverywhere, invalid, refused_sentence
from reports.outcomes import RunRecord, Status
from reports.page_templates import page_templates
from reports.parity import Parity
from reports.performance import Slowdown, TimedRun, series, slowdowns
from reports.run_history import TrendPoint
from reports.sightings import Seen
from reports.summary import headline, summary
from reports.time_spent import time_spent
from reports.timed_scenarios import timed_scenarios
from reports.trace import Trace, areas, totals

SUMMARY_PAGE = "summary.md"
SUMMARY_BYTES = 900_000
"""GitHub shows no summary of a job over 1 MiB, and other steps add theirs."""
_PAGES = {
    "summary.html.j2": ("index.html", "summary.html"),
    "requirements.html.j2": ("requirements.html",),
    "known-defects.html.j2": ("known-defects.html",),
    "operations.html.j2": ("operations.html",),
    "arguments.html.j2": ("arguments.html",),
    "performance.html.j2": ("performance.html",),
    "changes.html.j2": ("changes.html",),
    "features.html.j2": ("features.html",),
    "engineering.html.j2": ("engineering.html",),
    "summary.md.j2": (SUMMARY_PAGE,),
}
_SLOWEST = 10
MOST_SHOWN = 10
"""Of a list on a page whose rest is folded away, or on a page of its own."""
_IN_A_STRIP = 10
"""Runs that the map of capabilities shows beside this one."""
MOST_IN_A_JOB = 100
"""Lines of each kind in summary.md."""


@dataclass(frozen=True)
class Background:
    """What the pages tell besides the outcomes of the run.

    variables: what was judged, with what; changes, since_version: what changed since the last run, and since the
    last one of another version of the product, or why that is not known; trend: the fitness of whole runs up to
    this one; grounds: what checks rest on that no live run validated; seen: when each known defect was met first
    and last; runs: the history of timed scenarios, oldest first, with this run if it timed any; problems: what
    could not be found out about the product's methods and operations, and why.
    """

    traced: Trace
    variables: Mapping[str, str]
    changes: Changes | str = FIRST_RUN
    since_version: Changes | str | None = None
    trend: Sequence[TrendPoint] = ()
    seen: Mapping[str, Seen] = field(default_factory=dict)
    documented: Sequence[DocumentedFeature] = ()
    parity: Parity = field(default_factory=Parity)
    grounds: Grounds | None = None
    runs: Sequence[TimedRun] = ()
    methods: Sequence[MethodCoverage] = ()
    arguments: Sequence[ArgumentCoverage] = ()
    operations: Sequence[CheckedEverywhere] = ()
    problems: Sequence[str] = ()


def compile_templates() -> None:
    """Make the templates ready, which takes as long as filling them; only the first time in a process."""
    for name in (*_PAGES, "feature.html.j2"):
        page_templates().get_template(name)


def write_pages(folder: Path, record: RunRecord, ledger: Ledger, background: Background) -> list[Path]:
    """Write all pages into the folder; returns the files."""
    templates = page_templates()
    often, again = flaky_over_runs(background.trend, record), flaky(record)
    listed = listed_in(background.documented)
    harms = by_harm(record, ledger, listed)
    walked = journeys(record, ledger, {*often, *(each.nodeid for each in again)}, listed)
    unrun = not_run(background.documented)
    left_out, groups = sum(map(len, unrun.values())), failures_by_cause(record)
    live = background.parity.sentence([each.scenario for each in record.scenarios])
    capabilities = capability_rows(record.scenarios, listed)
    refused = refused_sentence(background.operations)
    beside = through_the_server(capabilities)
    open_ends = (not_run_sentence(unrun), live)
    content = {
        **_navigation(folder),
        "allure": AllureLinks(folder),
        "cases": case_addresses(background.documented),
        "slower": _slower(record, background.runs),
        **_performance(background.runs),
        "compared": [each for each in (background.changes, background.since_version) if isinstance(each, Changes)],
        "changes": background.changes,
        "entries_of": lambda comparison: comparison.entries(ledger),
        "endings": endings,
        "failing_sentences": failing_sentences,
        "trend": trend_lines(background.trend),
        "trend_points": background.trend,
        "strip": [each for each in background.trend if each.capabilities][-_IN_A_STRIP:],
        "standing_of": standing,
        "standings": list(Standing)[:3],
        "flaky_over_runs": often,
        "title_of": _titles(record),
        "methods": background.methods,
        "argument_coverage": background.arguments,
        "arguments_recorded": any(each.arguments for each in record.scenarios),
        "promised_ways": len(Mode) * sum(len(each.argument.promised) for each in background.arguments),
        "unexplained": [way for each in background.arguments for way in each.unexplained],
        "operations": background.operations,
        "invalid": invalid(background.operations),
        "refused": refused,
        "beside_journeys": beside,
        "forms": list(PackageSearchForm),
        "problems": background.problems,
        "repeated": repeated(record),
        "flaky": again,
        "record": record,
        "headline": headline(record),
        "changed": changes_sentence(background.changes),
        "answers": answers(record, harms, walked, background.changes, groups, open_ends, beside, left_out),
        "unrun": unrun,
        "met": met_sentence(harms),
        "unseen": worst_unseen(harms),
        "to_pass": [each for each in harms if each.counts_for(record.gate)],
        "requirements": {each.requirement.id: each.requirement for each in background.traced.requirements},
        "light": Impact.least(),
        "new_failures": new_failures(record),
        "failures_by_cause": groups,
        "no_longer_broken": no_longer_broken(record),
        "kinds": harms_by_impact(harms),
        "most_shown": MOST_SHOWN,
        "numbers": summary(record),
        "variables": background.variables,
        "modes": list(Mode),
        "features": feature_rows(record.scenarios),
        "capabilities": capabilities,
        "most": MOST_IN_A_JOB,
        "broke": sorted(record.broke, key=lambda each: SEVERITIES.index(each.severity)),  # of summary.md
        "skipped": [each for each in record.scenarios if each.status is Status.SKIPPED],
        "not_judged": [each for each in record.scenarios if each.not_judged],
        "defects": harms,
        "seen": background.seen,
        "reproduction": reproduction,
        "steps_to_reproduce": steps_to_reproduce,
        "csv_name": CSV_NAME,
        "first_to_fix": first_to_fix(harms),
        "seen_defects": sum(bool(each.met) for each in harms),
        "tiles": tiles(record),
        "journeys": walked,
        "spent": time_spent(record),
        "slowest": sorted(record.scenarios, key=lambda each: -each.seconds)[:_SLOWEST],
        "live_sentence": live,
        "contradictions": list(background.parity.contradicted.items()),
        "documented": background.documented,
        "tags": sorted({tag for each in background.documented for one in each.scenarios for tag in one.tags}),
        "parity": background.parity,
        "grounds": background.grounds,
        "checks_by_ground": background.grounds and background.grounds.count(record.scenarios),
        "checks_by_section": background.grounds.checks_by_section(record.scenarios) if background.grounds else [],
        "wishes": background.traced.wishes,
        "never_judged": never_judged(record),
        "areas": areas(background.traced),
        "totals": totals(background.traced),
        "timed": timed_scenarios(background.documented),
    }
    folder.mkdir(parents=True, exist_ok=True)
    written = [write_csv(folder / CSV_NAME, harms, background.seen)]
    for template, names in _PAGES.items():
        text = templates.get_template(template).render(content, current=names[0])
        if names == (SUMMARY_PAGE,):
            text = within_limit(text)
        for name in names:
            (folder / name).write_text(text, encoding="utf-8")
            written.append(folder / name)
    return [*written, *_write_features(folder, background.documented, content)]


def _titles(record: RunRecord) -> Callable[[str], str]:
    """Titles with modes by node id; what did not run this time keeps its id."""
    found = {once(each.nodeid): f"{each.scenario.title} [{each.scenario.mode}]" for each in record.scenarios}
    return lambda nodeid: found.get(nodeid, nodeid)


def _write_features(
    folder: Path, documented: Sequence[DocumentedFeature], content: Mapping[str, object]
) -> Iterator[Path]:
    template = page_templates().get_template("feature.html.j2")
    (folder / PAGES_FOLDER).mkdir(exist_ok=True)
    for feature in documented:
        page = folder / feature.page
        page.write_text(
            template.render(content, feature=feature, root="../", current="features.html"), encoding="utf-8"
        )
        yield page


def write_performance_page(folder: Path, runs: Sequence[TimedRun]) -> Path:
    """Write the page with the series of timed scenarios alone; returns the file."""
    content = {**_navigation(folder), "record": None, "timed": (), "modes": list(Mode), **_performance(runs)}
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "performance.html"
    page.write_text(page_templates().get_template("performance.html.j2").render(content), encoding="utf-8")
    return page


def write_nothing_page(folder: Path, reason: str) -> Path:
    """Write a front page and a summary that say why there is nothing to report.

    Otherwise those of an older run could be taken for this one's.
    """
    text = page_templates().get_template("nothing.html.j2").render(pages=(), record=None, reason=reason)
    folder.mkdir(parents=True, exist_ok=True)
    for name in _PAGES["summary.html.j2"]:
        (folder / name).write_text(text, encoding="utf-8")
    (folder / SUMMARY_PAGE).write_text(f"# Not accepted: nothing was judged\n\n{reason}\n", encoding="utf-8")
    return folder / _PAGES["summary.html.j2"][0]


def within_limit(text: str) -> str:
    """As many whole lines as a summary may have."""
    encoded = text.encode()
    if len(encoded) <= SUMMARY_BYTES:
        return text
    whole_lines = encoded[: encoded.rindex(b"\n", 0, SUMMARY_BYTES)].decode()
    return f"{whole_lines}\n\nThe report has the rest.\n"


def _performance(runs: Sequence[TimedRun]) -> dict[str, object]:
    return {"series": series(runs), "chart": (CHART_WIDTH, CHART_HEIGHT), "runs": runs}


def _navigation(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Every page of the report, as address and name: by the questions that are asked, then what engineers open.

    Allure's only where Allure wrote them.
    """
    pages = [
        ("index.html", "Can we ship?"),
        ("index.html#broken", "What is broken"),
        ("changes.html", "What changed"),
        ("index.html#journeys", "Journeys"),
        ("index.html#fix-first", "Fix first"),
        ("known-defects.html", "Known defects"),
        ("features.html", "Features"),
        ("requirements.html", "Requirements"),
        ("performance.html", "Speed"),
    ]
    engineering = [
        ("engineering.html", "How it ran"),
        ("operations.html", "Requests to the registry"),
        ("arguments.html", "Arguments"),
        ("awesome/index.html", "Every step and call (Allure)"),
        ("dashboard/index.html", "Trends (Allure)"),
    ]
    there = [(page, name) for page, name in engineering if "/" not in page or (folder / page).is_file()]
    return {"pages": pages, "engineering": there}


def _slower(record: RunRecord, runs: Sequence[TimedRun]) -> list[Slowdown]:
    """What got slower in this very run; the history may end with an earlier one."""
    return slowdowns(runs) if runs and runs[-1].started == record.started.isoformat() else []
