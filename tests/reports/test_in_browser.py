"""The report in a real browser: accessible by axe, at the width of a desk and of a phone, with the keyboard alone.

Needs a Chromium or Chrome that the system brings; no browser is downloaded. GitHub's machines have one, and there its
absence is a failure.
"""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from sample_runs import SAMPLE

from reports.build import ReportPlaces
from reports.command_line import report_server
from reports.comparison import compare_runs
from reports.known_defects import Impact, load_ledger
from reports.outcomes import Status, read_run
from reports.pages import write_comparison_page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}
PAGES = (
    "summary.html",
    "features.html",
    "features/packages-discovery.html",
    "changes.html",
    "requirements.html",
    "known-defects.html",
    "operations.html",
    "engineering.html",
    "performance.html",
    "comparison/index.html",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A headless browser; the tests here are skipped where the system has none."""
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if executable is None:
        reason = f"no browser on the path; install one of {', '.join(BROWSERS)} to look at the report"
        if os.environ.get("GITHUB_ACTIONS"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def address(report_places: ReportPlaces) -> Iterator[str]:
    """Where `acceptance report open` would serve the report of the sample run, with a comparison of two runs in it."""
    record, ledger = read_run(report_places.records), load_ledger(SAMPLE / "known_defects.yaml")
    assert record is not None
    passed = [each.model_copy(update={"status": Status.PASSED, "sentences": ()}) for each in record.scenarios]
    before = record.model_copy(update={"scenarios": tuple(passed)})
    write_comparison_page(report_places.output / "comparison", compare_runs(before, record), ledger)
    with report_server(report_places.output, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(params=WIDTHS)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = WIDTHS[request.param]
    page = browser.new_page(viewport={"width": width, "height": height})
    yield page
    page.close()


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_nothing_on_the_summary(page: Page, address: str, colours: str) -> None:
    page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
    page.goto(f"{address}/summary.html")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    _expect_no_finding(page)


@pytest.mark.parametrize("name", PAGES[1:])
@pytest.mark.parametrize("colours", ["light", "dark"])
@pytest.mark.parametrize("page", ["desk"], indirect=True)
def test_axe_finds_nothing_on_the_other_pages(page: Page, address: str, name: str, colours: str) -> None:
    """At one width: they are made of the same parts as the summary, and axe takes its time over long tables."""
    page.emulate_media(color_scheme="dark" if colours == "dark" else "light")
    page.goto(f"{address}/{name}")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    _expect_no_finding(page)


def _expect_no_finding(page: Page) -> None:
    found = Axe().run(page)
    assert found.response["violations"] == [], found.generate_report()


def test_axe_would_find_what_is_serious(page: Page) -> None:
    page.set_content('<html lang="en"><title>Bad</title><img src="x.png"><input></html>')
    found = {each["id"] for each in Axe().run(page).response["violations"] if each["impact"] == "critical"}
    assert {"image-alt", "label"} <= found


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_the_window(page: Page, address: str, name: str) -> None:
    """A wide table scrolls in its own frame."""
    page.goto(f"{address}/{name}")
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0


def test_everything_is_reached_with_the_keyboard_alone(page: Page, address: str) -> None:
    page.goto(f"{address}/known-defects.html")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a[href], input, select, button, summary, [tabindex="0"]')]
            .filter(each => each.checkVisibility()).length"""
    )
    visited = []
    for _ in range(wanted):
        page.keyboard.press("Tab")
        visited.append(page.evaluate("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))
    assert len(set(visited)) == wanted, "the focus is caught or skips something"
    assert visited == sorted(visited), "the focus jumps about"


def test_the_defects_are_found_by_word_and_impact_and_the_choice_can_be_sent(page: Page, address: str) -> None:
    page.goto(f"{address}/known-defects.html")
    everything = page.locator("article:visible").count()
    page.get_by_label("Search").fill("capitals")
    found = page.locator("article:visible")
    expect(found).to_have_count(1)
    expect(found).to_contain_text("A query in capitals finds nothing at all.")
    expect(page.get_by_text(f"1 of {everything}", exact=True)).to_be_visible()

    sent = page.url
    page.goto("about:blank")
    page.goto(sent)
    expect(page.get_by_label("Search")).to_have_value("capitals")
    expect(page.locator("article:visible")).to_have_count(1)

    page.get_by_label("Search").fill("")
    page.get_by_label("Sort by").select_option("id")
    numbers = page.locator("article").evaluate_all("all => all.map(each => each.id)")
    assert numbers == sorted(numbers) and "sort=id" in page.url
    page.get_by_role("combobox", name="Harm", exact=True).select_option("cosmetic")
    assert page.locator("article:visible").count() < everything
    page.goto(f"{address}/known-defects.html#QO-001")
    expect(page.locator("article:visible")).to_have_count(everything)


def test_scenarios_are_found_by_their_sentences_and_the_words_can_be_sent(page: Page, address: str) -> None:
    page.goto(f"{address}/features.html")
    page.get_by_label("Search all sentences").fill("fails saying page")
    found = page.locator("li[data-words]:visible")
    assert found.count() >= 1
    page.goto("about:blank")
    page.go_back()
    expect(page.get_by_label("Search all sentences")).to_have_value("fails saying page")
    found.first.get_by_role("link").click()
    expect(page.get_by_text('the search fails saying "a page is missing"').first).to_be_visible()


def test_a_link_to_a_defect_shows_all_of_it(page: Page, address: str) -> None:
    page.goto(f"{address}/known-defects.html#QO-001")
    expect(page.locator("#QO-001").get_by_text("prints a script that needs quilt-mcp alone")).to_be_visible()
    expect(page.locator("#QO-002").get_by_text("prints a script that needs quilt-mcp alone")).to_be_hidden()


@pytest.mark.parametrize("page", ["desk"], indirect=True)
def test_the_five_answers_fit_into_the_first_window_and_lead_to_what_they_rest_on(page: Page, address: str) -> None:
    for name in ("summary.html", "comparison/index.html"):
        page.goto(f"{address}/{name}")
        answers = page.locator(".answers > div")
        expect(answers).to_have_count(5)
        expect(answers.last).to_be_in_viewport(ratio=1)
        page.get_by_role("link", name="What to fix first?").click()
        expect(page.get_by_role("heading", name="What to fix first?")).to_be_in_viewport()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("page", ["desk"], indirect=True)
def test_no_page_asks_for_anything_outside_its_folder_or_complains(
    page: Page, report_places: ReportPlaces, name: str
) -> None:
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(report_places.output.joinpath(name).as_uri())
    assert all(url.startswith(report_places.output.as_uri()) for url in asked), asked
    assert complaints == []


def test_the_first_key_leads_past_the_navigation(page: Page, address: str) -> None:
    page.goto(f"{address}/summary.html")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    assert page.url.endswith("#content")


def test_what_broke_leads_to_the_promise_and_what_happened_from_disk_too(
    page: Page, report_places: ReportPlaces
) -> None:
    page.goto(report_places.front_page.as_uri())
    page.locator("article", has_text="Everything is listed").first.locator("summary").click()
    page.get_by_role("link", name=re.compile("All sentences of “Everything is listed”.* in local mode")).click()
    case = page.locator("article:target")
    expect(case.get_by_role("heading", name="Everything is listed")).to_be_in_viewport()
    expect(case.get_by_text("Then the search fails saying")).to_be_visible()
    case.locator("summary", has_text="local mode").click()
    expect(case.get_by_text("AssertionError").filter(visible=True).first).to_be_visible()


def test_a_journey_leads_to_its_sentences_from_disk_too(page: Page, report_places: ReportPlaces) -> None:
    page.goto(report_places.front_page.as_uri())
    page.locator(".board").get_by_role("link", name=re.compile("its steps in")).first.click()
    expect(page.locator("article:target")).to_be_in_viewport()


def test_allure_is_offered_only_where_it_can_work(page: Page, address: str, report_places: ReportPlaces) -> None:
    for name in PAGES[:-1]:
        page.goto(report_places.output.joinpath(name).as_uri())
        assert page.locator("a[href*='awesome/'], a[href*='dashboard/']").filter(visible=True).count() == 0, name
        expect(page.get_by_text("needs a web server")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("needs a web server")).to_be_hidden()
    expect(page.get_by_role("link", name="Every step and call (Allure)")).to_be_visible()


def test_on_a_web_server_a_case_leads_on_to_allure(page: Page, address: str) -> None:
    page.goto(f"{address}/features/packages-discovery.html")
    case = page.locator("article", has_text="Everything is listed")
    case.locator("summary", has_text="local mode").click()
    case.get_by_role("link", name=re.compile("Steps and calls of “Everything is listed” in local")).click()
    expect(page.get_by_text("Everything is listed [local]").filter(visible=True).first).to_be_visible()
    expect(page.get_by_text("Then the search fails saying").filter(visible=True).first).to_be_visible()
    expect(page.get_by_text("AssertionError").filter(visible=True).first).to_be_visible()


_READABLE = 200
"""Pixels of a cell that has a line of its own."""


def _is_in_its_frame(mark: Locator, *, stacked: bool) -> bool:
    """Whether it can be seen without scrolling anything sideways, and is not squeezed."""
    box = mark.bounding_box()
    frame = mark.evaluate("each => each.closest('.table, main').getBoundingClientRect().right")
    assert box is not None
    return bool(box["x"] + box["width"] <= frame + 1 and (not stacked or box["width"] > _READABLE))


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_on_a_phone_every_result_is_seen_without_scrolling_sideways(page: Page, address: str) -> None:
    results = {
        "features/packages-discovery.html": "td.result",
        "requirements.html": "table.stacked td",
        "operations.html": "table.stacked td",
        "engineering.html": "table.stacked td",
        "comparison/index.html": "table.stacked td",
    }
    for name, selector in results.items():
        page.goto(f"{address}/{name}")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
        found = page.locator(selector).all()
        assert found, name
        assert all(_is_in_its_frame(each, stacked="stacked" in selector) for each in found[:60]), name


@pytest.mark.parametrize(("name", "what"), [("features.html", "scenarios"), ("requirements.html", "requirements")])
def test_only_what_fails_can_be_shown_and_the_choice_can_be_sent(
    page: Page, address: str, name: str, what: str
) -> None:
    page.goto(f"{address}/{name}")
    rows, failing = page.locator("[data-words]").count(), page.locator("[data-fails]").count()
    assert 0 < failing < rows
    page.get_by_label("Only what fails").check()
    expect(page.locator("[data-words]:visible")).to_have_count(failing)
    expect(page.get_by_text(f"{failing} of {rows} {what}", exact=True)).to_be_visible()
    page.goto("about:blank")
    page.go_back()
    expect(page.get_by_label("Only what fails")).to_be_checked()
    expect(page.locator("[data-words]:visible")).to_have_count(failing)
    page.get_by_label("Only what fails").uncheck()
    expect(page.locator("[data-words]:visible")).to_have_count(0)  # the groups are closed again


def test_a_link_to_a_requirement_opens_its_area(page: Page, address: str) -> None:
    page.goto(f"{address}/requirements.html#DISC-1")
    expect(page.locator("#DISC-1")).to_be_in_viewport()
    page.goto(f"{address}/requirements.html#methods")
    expect(page.get_by_text("QuiltOps.search_packages").filter(visible=True).first).to_be_visible()


@pytest.mark.parametrize("page", ["desk"], indirect=True)
def test_the_long_pages_begin_with_totals_and_are_closed(page: Page, address: str) -> None:
    page.goto(f"{address}/requirements.html")
    expect(page.get_by_role("region", name="Table: totals")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollHeight") < 3000
    page.goto(f"{address}/known-defects.html")
    totals = page.get_by_role("list", name="Known defects by harm")
    expect(totals).to_be_in_viewport()
    expect(page.locator("article dl").filter(visible=True)).to_have_count(0)
    defects, met = page.locator("article").count(), page.locator("article[data-met]").count()
    assert 0 < met < defects
    totals.get_by_role("link", name="met by this run").click()
    expect(page.locator("article:visible")).to_have_count(met)
    expect(page.get_by_label("Only what this run met")).to_be_checked()


def test_the_navigation_follows_the_questions(page: Page, address: str) -> None:
    page.goto(address)
    names = page.locator("nav ul").first.get_by_role("link").all_inner_texts()
    assert names[:5] == ["Can we ship?", "What is broken", "What changed", "Journeys", "Fix first"]
    page.get_by_role("navigation").get_by_role("link", name="Fix first").click()
    expect(page.get_by_role("heading", name="What to fix first?")).to_be_in_viewport()


@pytest.mark.parametrize("name", PAGES[:-1])
def test_the_words_of_the_navigation_stand_on_one_line(page: Page, address: str, name: str) -> None:
    """What stands side by side ends at the same height, and the page that is open is marked."""
    page.goto(f"{address}/{name}")
    bottoms: dict[int, set[int]] = {}
    for top, bottom in page.evaluate(
        """() => [...document.querySelectorAll('nav li')].filter(each => each.checkVisibility()).map(each => {
            const words = document.createRange(); words.selectNodeContents(each.querySelector('a') ?? each);
            const box = words.getClientRects()[0]; return [Math.round(box.top / 16), Math.round(box.bottom)]; })"""
    ):
        bottoms.setdefault(top, set()).add(bottom)
    assert bottoms
    assert all(max(those) - min(those) <= 1 for those in bottoms.values()), bottoms
    expect(page.locator("nav [aria-current=page]")).to_have_count(1)


_BROKEN_NAMES = """() => [...document.querySelectorAll('td code, th code, li code')].flatMap(code =>
    [...code.childNodes].filter(each => each.nodeType === Node.TEXT_NODE && !/\\s/.test(each.data)).filter(each => {
        const part = document.createRange(); part.selectNode(each);
        return new Set([...part.getClientRects()].map(box => Math.round(box.top))).size > 1;
    })).map(each => each.data)"""


@pytest.mark.parametrize("name", PAGES)
def test_no_name_breaks_in_mid_word(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    assert page.evaluate(_BROKEN_NAMES) == []


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_no_caption_is_squeezed_on_a_phone(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/{name}")
    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })")
    squeezed = [
        each.inner_text() for each in page.locator("caption").all() if (each.bounding_box() or {})["width"] < 200
    ]
    assert squeezed == []


def test_the_defects_stand_below_the_harm_they_do_and_are_one_list_in_any_other_order(page: Page, address: str) -> None:
    page.goto(f"{address}/known-defects.html")
    kinds = [impact.value for impact in Impact]
    headings = page.locator("#defects h2")
    shown = [each.partition(":")[0].lower() for each in headings.all_inner_texts()]
    assert shown == [each for each in kinds if each in shown] and len(shown) > 1
    for section in page.locator("#defects section").all():
        title, number = section.locator("h2").inner_text().lower().split(": ")
        harms = section.locator("article").evaluate_all("all => all.map(each => each.dataset.impact)")
        assert harms == [title] * int(number)
        expect(section.get_by_text(Impact(title).meaning)).to_be_visible()

    page.get_by_role("combobox", name="Harm", exact=True).select_option(shown[0])
    expect(headings.filter(visible=True)).to_have_count(1)
    page.get_by_role("combobox", name="Harm", exact=True).select_option("")
    page.get_by_label("Sort by").select_option("id")
    expect(headings.filter(visible=True)).to_have_count(0)
    numbers = page.locator("article:visible").evaluate_all("all => all.map(each => each.id)")
    assert numbers == sorted(numbers)
    page.goto("about:blank")
    page.go_back()
    expect(headings.filter(visible=True)).to_have_count(0)
    page.get_by_label("Sort by").select_option("")
    expect(headings.filter(visible=True)).to_have_count(len(shown))


@pytest.mark.parametrize("page", ["desk"], indirect=True)
def test_a_number_on_the_front_page_is_the_one_it_leads_to(page: Page, address: str) -> None:
    page.goto(address)
    rows = page.get_by_role("region", name="Table: known defects, by harm").locator("tbody tr")
    for index in range(rows.count()):
        number = int(rows.nth(index).locator("td.number").inner_text())
        rows.nth(index).get_by_role("link").first.click()
        expect(page.locator("article:visible")).to_have_count(number)
        page.goto(address)


@pytest.mark.parametrize("page", ["desk"], indirect=True)
def test_what_is_closed_is_printed_too(page: Page, address: str) -> None:
    page.emulate_media(media="print")
    page.goto(f"{address}/known-defects.html")
    expect(page.locator("#QO-001").get_by_text("prints a script that needs quilt-mcp alone")).to_be_visible()
