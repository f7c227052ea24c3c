"""How the report looks: accessible by axe, at the width of a desk and of a phone, with the keyboard alone, on paper."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from reports.build import ReportPlaces

pytestmark = pytest.mark.slow

PAGES = (
    "summary.html",
    "features.html",
    "features/packages-discovery.html",
    "changes.html",
    "requirements.html",
    "known-defects.html",
    "operations.html",
    "arguments.html",
    "engineering.html",
    "performance.html",
    "comparison/index.html",
)


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
    totals.get_by_role("link", name="seen by this run").click()
    expect(page.locator("article:visible")).to_have_count(met)
    expect(page.get_by_label("Only what this run saw")).to_be_checked()


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


@pytest.mark.parametrize("page", ["desk"], indirect=True)
def test_what_is_closed_is_printed_too(page: Page, address: str) -> None:
    page.emulate_media(media="print")
    page.goto(f"{address}/known-defects.html")
    expect(page.locator("#QO-001").get_by_text("prints a script that needs only quilt-mcp")).to_be_visible()


def test_allure_is_offered_only_where_it_can_work(page: Page, address: str, report_places: ReportPlaces) -> None:
    for name in PAGES[:-1]:
        page.goto(report_places.output.joinpath(name).as_uri())
        assert page.locator("a[href*='awesome/'], a[href*='dashboard/']").filter(visible=True).count() == 0, name
        expect(page.get_by_text("needs a web server")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("needs a web server")).to_be_hidden()
    expect(page.get_by_role("link", name="Every step and call (Allure)")).to_be_visible()


@pytest.mark.parametrize("page", ["phone"], indirect=True)
def test_on_a_phone_the_verdict_stands_before_the_menu(page: Page, address: str) -> None:
    page.goto(f"{address}/index.html")
    verdict = page.get_by_text("Can we ship?", exact=True).last.bounding_box()
    menu = page.get_by_role("navigation").bounding_box()
    assert verdict and menu and verdict["y"] < menu["y"] and verdict["y"] < 500
    page.get_by_role("link", name="All pages", exact=True).click()
    expect(page.get_by_role("link", name="Known defects", exact=True)).to_be_in_viewport()
