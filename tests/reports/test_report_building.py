"""The whole report: Allure's own part built by the real command line, the plain pages around it."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_runs import altered
from sample_runs import HEADLINE, SAMPLE, SampleRun

from environment.errors import SuiteError
from environment.product.graphql_operations import operations_of
from reports import build as building
from reports.build import HISTORY_LIMIT, ReportPlaces, build_report
from reports.counts import counts
from reports.documents import InvalidDocumentError
from reports.history import continued
from reports.known_defects import Ledger
from reports.outcomes import RunRecord, Status
from reports.pages import Background
from reports.performance import TimedRun
from reports.run_history import remember_run
from reports.summary import headline

PLAIN_PAGES = [
    "index.html",
    "summary.html",
    "requirements.html",
    "known-defects.html",
    "operations.html",
    "arguments.html",
    "performance.html",
    "changes.html",
    "features.html",
    "engineering.html",
]


@pytest.fixture
def places(report_places: ReportPlaces) -> ReportPlaces:
    return report_places


def results(places: ReportPlaces) -> dict[str, dict[str, object]]:
    folder = places.output / "awesome" / "data" / "test-results"
    return {each["name"]: each for each in (json.loads(path.read_bytes()) for path in folder.glob("*.json"))}


def test_allure_shows_every_scenario_in_its_mode(places: ReportPlaces) -> None:
    found = results(places)
    assert len(found) == 22
    assert found["Find a package by name [local]"]["environment"] == "local mode"
    assert (places.output / "dashboard" / "index.html").is_file()
    assert (places.output / "csv" / "results.csv").is_file()


def test_allure_shows_known_defects_as_issues_and_sorts_failures(places: ReportPlaces) -> None:
    found = results(places)
    known = found["Capitals make no difference [local]"]
    assert known["resolution"] == "issue"
    assert known["resolutionIssue"] == {"id": "QO-001", "type": "defect", "comment": "Search cares for capitals"}
    categories = {
        name: [each["name"] for each in result["categories"]]  # type: ignore[attr-defined]
        for name, result in found.items()
        if result["categories"]
    }
    assert categories["Capitals make no difference [local]"] == ["Known defects"]
    assert categories["Wildcards work [multiuser]"] == ["Fails differently than the ledger says"]
    assert categories["The details are complete [local]"] == ["No longer occurs: take it off the ledger"]
    assert categories["Everything is listed [local]"] == ["Broke now"]
    assert categories["Lee follows [local]"] == ["Could not be judged"]
    assert found["Wildcards work [multiuser]"].get("resolution") is None
    shown = json.loads((places.output / "awesome" / "widgets" / "categories.json").read_bytes())
    assert [shown["nodes"][root]["name"] for root in shown["roots"]] == [
        "No longer occurs: take it off the ledger",
        "Fails differently than the ledger says",
        "Broke now",
        "Could not be judged",
        "Known defects",
    ]


def test_allure_counts_what_the_pages_count_and_says_the_same_verdict(
    places: ReportPlaces, run_record: RunRecord
) -> None:
    page = counts(run_record.scenarios)
    assert Counter(each["status"] for each in results(places).values()) == {
        "passed": page["passed"],
        "failed": page["failed"] + page["known_defects"],
        "broken": page["broken"],
        "skipped": page["skipped"],
    }
    shown = json.loads((places.output / "awesome" / "widgets" / "variables.json").read_bytes())
    assert headline(run_record) in json.dumps(shown)


def test_allure_sorts_by_name(places: ReportPlaces) -> None:
    options = (places.output / "awesome" / "index.html").read_text(encoding="utf-8")
    assert '"defaultSortBy":"name,asc"' in options


def test_history_is_kept_and_bounded(places: ReportPlaces) -> None:
    assert len(places.history.read_text().splitlines()) == HISTORY_LIMIT


def test_a_report_that_is_built_again_counts_its_run_once(tmp_path: Path) -> None:
    history, started = tmp_path / "allure.jsonl", datetime(2026, 1, 2, tzinfo=UTC)
    for run, line in ((started, "first"), (started, "first again"), (started + timedelta(days=1), "second")):
        with continued(history, run), history.open("a") as file:
            file.write(f"{line}\n")
    assert history.read_text() == "first again\nsecond\n"


class _Outline(HTMLParser):
    """What a page holds: headings, links, ids, table headers without a scope."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.headers_without_scope = 0
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.tags.append(tag)
        self.links += [attributes["href"] or ""] if "href" in attributes else []
        self.ids += [attributes["id"] or ""] if "id" in attributes else []
        self.headers_without_scope += tag == "th" and "scope" not in attributes


@pytest.mark.parametrize("name", PLAIN_PAGES)
def test_plain_pages_are_well_formed_for_everybody(places: ReportPlaces, name: str) -> None:
    page = _Outline(places.output / name)
    assert page.tags.count("h1") == page.tags.count("main") == page.tags.count("title") == 1
    assert page.headers_without_scope == 0
    assert len(page.ids) == len(set(page.ids))
    filters = name in ("known-defects.html", "features.html", "requirements.html")
    assert page.tags.count("script") == 1 + filters  # each looks whether a web server is there
    for link in page.links:
        target, _, anchor = link.partition("#")
        file = places.output / (target or name)
        assert file.is_file(), link
        if file.parent.name == "awesome":
            assert not anchor or (file.parent / "data" / "test-results" / f"{anchor}.json").is_file(), link
            continue  # Allure's own pages find their way by script
        assert not anchor or "=" in anchor or anchor in _Outline(file).ids, link  # a choice of the filter has "="


def test_every_page_is_reachable_from_the_navigation_of_every_page(places: ReportPlaces) -> None:
    written = {page.name for page in places.output.glob("*.html")} - {"summary.html"}
    for name in PLAIN_PAGES:
        reachable = {link.partition("#")[0] for link in _Outline(places.output / name).links}
        assert written | {"awesome/index.html", "dashboard/index.html"} <= reachable


def test_every_graphql_operation_of_the_product_is_held_against_both_forms_of_the_schema(places: ReportPlaces) -> None:
    operations = operations_of("quilt_mcp")
    page = (places.output / "operations.html").read_text(encoding="utf-8")
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", page)
    assert len(rows) == len(operations) > 20
    verdicts = [re.findall(r"<td[^>]*>.*?(?=</td>)", row)[2:] for row in rows]
    assert {len(both) for both in verdicts} == {2}
    one_form_alone = [both for both in verdicts if ("not valid" in both[0]) != ("not valid" in both[1])]
    assert one_form_alone, "the forms of the package search differ, so that no operation can be valid in both"
    assert "GraphQL operations)</a> that a registry understands" in (places.output / "engineering.html").read_text(
        encoding="utf-8"
    )


def test_each_feature_says_how_many_of_its_scenarios_fail(places: ReportPlaces) -> None:
    page = (places.output / "features.html").read_text(encoding="utf-8")
    told = [
        (int(all_), failing) for all_, failing in re.findall(r"<small>(\d+) scenarios?, (\w+) fails?</small>", page)
    ]
    assert sum(each for each, _ in told) == page.count("data-words=")
    assert sum(0 if failing == "none" else int(failing) for _, failing in told) == page.count('" data-fails>') > 0


def test_what_newly_fails_leads_to_its_scenario(
    sample_run: SampleRun, run_record: RunRecord, sample_ledger: Ledger, tmp_path: Path
) -> None:
    places = replace(ReportPlaces.below(tmp_path / "build"), features=SAMPLE / "features")
    shutil.copytree(sample_run.build, places.records)
    passed = tuple(each.model_copy(update={"status": Status.PASSED, "sentences": ()}) for each in run_record.scenarios)
    before = {"scenarios": passed, "started": run_record.started - timedelta(days=1)}
    remember_run(places.history.parent, run_record.model_copy(update=before))
    build_report(places, sample_ledger)
    page = (places.output / "changes.html").read_text(encoding="utf-8")
    assert re.search(r'<a href="features/[^"]+#line-\d+">“[^”]+”, sentence by sentence', page)


def test_the_methods_that_the_run_called_are_told(places: ReportPlaces) -> None:
    page = (places.output / "requirements.html").read_text(encoding="utf-8")
    assert "QuiltOps.<wbr>search_packages" in page
    assert "not called" in page


def test_a_case_leads_to_its_place_on_the_page_of_its_feature_which_needs_no_web_server(
    places: ReportPlaces, run_record: RunRecord
) -> None:
    anchors = {link.partition("#")[2] for link in _Outline(places.front_page).links if link.startswith("features/")}
    assert {f"line-{each.scenario.line}" for each in run_record.broke} <= anchors
    for page in ("index.html", "known-defects.html"):
        assert [link for link in _Outline(places.output / page).links if "awesome/index.html#" in link] == []


def test_links_of_results_lead_to_rows_of_the_same_report(places: ReportPlaces) -> None:
    for result in results(places).values():
        for link in result["links"]:  # type: ignore[attr-defined]
            target, _, anchor = link["url"].partition("#")
            page = (places.output / "awesome" / target).resolve()
            assert anchor in _Outline(page).ids, link


QUESTIONS = (
    "Can we ship?",
    "What is broken, and how badly?",
    "What changed?",
    "Which journeys work?",
    "What to fix first?",
)


def test_summary_says_what_matters(places: ReportPlaces) -> None:
    for name in ("summary.html", "summary.md"):
        text = re.sub(r"<[^>]+>|\s+", " ", (places.output / name).read_text(encoding="utf-8"))
        text = re.sub(r" +", " ", text)
        assert HEADLINE in text
        order = [text.index(each) for each in QUESTIONS]
        assert order == sorted(order)
        assert "Journeys that work: " in text
        assert "Wildcards work" in text


def test_each_failing_sentence_is_shown_with_what_the_ledger_has_of_it(places: ReportPlaces) -> None:
    page = next(
        each for each in (places.output / "features").iterdir() if "Two promises are broken" in each.read_text("utf-8")
    )
    for path in (places.output / "summary.md", places.output / "index.html", page):
        text = re.sub(r"<[^>]+>|\s+", " ", path.read_text(encoding="utf-8"))
        for words in ("it looks like QO-006", "nothing in the ledger looks like it"):
            assert words in re.sub(r" +", " ", text), path


def test_what_matters_most_comes_first(run_record: RunRecord, sample_ledger: Ledger, tmp_path: Path) -> None:
    broken = run_record.broke[0]
    severities = ("trivial", "blocker", "critical")
    scenarios = tuple(altered(broken, name=each, tags=(f"severity:{each}",), example=None) for each in severities)
    record = run_record.model_copy(update={"scenarios": scenarios})
    building.write_pages(tmp_path, record, sample_ledger, Background(building.trace((), (), record), {}))
    headings = re.findall(r"<h4>.*</span> “(\w+)” .*</h4>", (tmp_path / "summary.html").read_text(encoding="utf-8"))
    assert headings[:3] == ["blocker", "critical", "trivial"]


def test_the_summary_of_a_job_stays_small_whatever_fails(
    run_record: RunRecord, sample_ledger: Ledger, tmp_path: Path
) -> None:
    broken = next(each for each in run_record.scenarios if each.status.breaks_the_run)
    many = tuple(altered(broken, name=f"Scenario {number}", message="| x " * 5000) for number in range(2000))
    record = run_record.model_copy(update={"scenarios": many})
    building.write_pages(tmp_path, record, sample_ledger, Background(building.trace((), (), record), {}))
    summary = tmp_path / "summary.md"
    assert summary.stat().st_size < 2**20 / 4
    assert "and 1900 more" in summary.read_text(encoding="utf-8")


def test_without_allure_the_results_and_the_plain_pages_stay(
    sample_run: SampleRun, sample_ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(sample_run.build, tmp_path / "build")
    script = tmp_path / "cli.js"
    script.write_text("process.exit(1)")
    monkeypatch.setattr(building, "ensure_allure", lambda: script)
    places = ReportPlaces.below(tmp_path / "build")
    with pytest.raises(SuiteError, match=r"Ran allure generate: node ended with code 1"):
        build_report(places, sample_ledger)
    assert len(list(places.results.glob("*-result.json"))) == 22
    assert "Every step and call (Allure)" not in places.front_page.read_text(encoding="utf-8")
    assert (places.output / "summary.md").is_file()


def test_without_results_there_is_one_clear_line(tmp_path: Path, sample_ledger: Ledger) -> None:
    with pytest.raises(SuiteError, match=r"there are no results in .*allure-results. Run the features"):
        build_report(ReportPlaces.below(tmp_path), sample_ledger)
    page = ReportPlaces.below(tmp_path).front_page.read_text(encoding="utf-8")
    assert "Nothing was judged" in page and "there are no results" in page


def test_results_of_an_older_version_are_named_on_the_front_page(
    sample_run: SampleRun, sample_ledger: Ledger, tmp_path: Path
) -> None:
    shutil.copytree(sample_run.build, tmp_path, dirs_exist_ok=True)
    outcomes = tmp_path / "outcomes.json"
    outcomes.write_text(outcomes.read_text(encoding="utf-8").replace('"format":3', '"format":2'), encoding="utf-8")
    with pytest.raises(InvalidDocumentError, match="written in format 2"):
        build_report(ReportPlaces.below(tmp_path), sample_ledger)
    assert "written in format 2" in ReportPlaces.below(tmp_path).front_page.read_text(encoding="utf-8")


def test_pages_escape_what_scenarios_say(run_record: RunRecord, sample_ledger: Ledger, tmp_path: Path) -> None:
    evil = "<script>alert('1')</script> | _a_ `b`"
    broken = next(each for each in run_record.scenarios if each.status.breaks_the_run)
    record = run_record.model_copy(update={"scenarios": (altered(broken, name=evil, message=evil, feature=evil),)})
    building.write_pages(tmp_path, record, sample_ledger, Background(building.trace((), (), record), {"x": evil}))
    for page in tmp_path.glob("*.html"):
        assert "<script>alert" not in page.read_text(encoding="utf-8")
    assert "<script" not in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_what_got_slower_is_on_the_summary(run_record: RunRecord, sample_ledger: Ledger, tmp_path: Path) -> None:
    name = "features/a.feature::Quick[local]"
    started = [*(f"2026-11-0{day}T02:00:00+00:00" for day in (1, 2, 3)), run_record.started.isoformat()]
    runs = [
        TimedRun(started=each, product_version="0.22.0", reference_seconds=(0.1,), ratios={name: ratio})
        for each, ratio in zip(started, (10.0, 10.0, 10.0, 12.0), strict=True)
    ]
    background = Background(building.trace((), (), run_record), {}, runs=runs)
    building.write_pages(tmp_path, run_record, sample_ledger, background)
    for name in ("summary.html", "summary.md"):
        assert "took 20 % longer than the median" in (tmp_path / name).read_text(encoding="utf-8")
