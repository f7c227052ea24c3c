"""Finding one's way in the report: search, filters and their state in the address, links from answer to evidence."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from reports.build import ReportPlaces
from reports.known_defects import Impact

pytestmark = pytest.mark.slow


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
    expect(page.locator("#QO-001").get_by_text("prints a script that needs only quilt-mcp")).to_be_visible()
    expect(page.locator("#QO-002").get_by_text("prints a script that needs only quilt-mcp")).to_be_hidden()


@pytest.mark.parametrize("page", ["desk"], indirect=True)
def test_the_five_answers_fit_into_the_first_window_and_lead_to_what_they_rest_on(page: Page, address: str) -> None:
    for name in ("summary.html", "comparison/index.html"):
        page.goto(f"{address}/{name}")
        answers = page.locator(".answers > div")
        expect(answers).to_have_count(5)
        expect(answers.last).to_be_in_viewport(ratio=1)
        page.get_by_role("link", name="What to fix first?").click()
        expect(page.get_by_role("heading", name="What to fix first?")).to_be_in_viewport()


def test_what_broke_leads_to_the_promise_and_what_happened_from_disk_too(
    page: Page, report_places: ReportPlaces
) -> None:
    page.goto(report_places.front_page.as_uri())
    page.locator("article", has_text="Everything is listed").first.locator("summary").click()
    page.get_by_role("link", name=re.compile("All sentences of “Everything is listed”.* in local mode")).click()
    case = page.locator("article:target")
    expect(case.get_by_role("heading", name="Everything is listed")).to_be_in_viewport()
    expect(case.get_by_role("cell").get_by_text("Then the search fails saying")).to_be_visible()
    expect(case.locator(".reason").filter(has_text="the search fails saying").first).to_be_visible()
    case.locator("summary", has_text="local mode").click()
    expect(case.get_by_text("AssertionError").filter(visible=True).first).to_be_visible()


def test_a_journey_leads_to_its_sentences_from_disk_too(page: Page, report_places: ReportPlaces) -> None:
    page.goto(report_places.front_page.as_uri())
    page.locator(".board").get_by_role("link", name=re.compile("its steps in")).first.click()
    expect(page.locator("article:target")).to_be_in_viewport()


def test_on_a_web_server_a_case_leads_on_to_allure(page: Page, address: str) -> None:
    page.goto(f"{address}/features/packages-discovery.html")
    case = page.locator("article", has_text="Everything is listed")
    case.locator("summary", has_text="local mode").click()
    case.get_by_role("link", name=re.compile("Steps and calls of “Everything is listed” in local")).click()
    expect(page.get_by_text("Everything is listed [local]").filter(visible=True).first).to_be_visible()
    expect(page.get_by_text("Then the search fails saying").filter(visible=True).first).to_be_visible()
    expect(page.get_by_text("AssertionError").filter(visible=True).first).to_be_visible()


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


def test_the_navigation_follows_the_questions(page: Page, address: str) -> None:
    page.goto(address)
    names = page.locator("nav ul").first.get_by_role("link").all_inner_texts()
    assert names[:5] == ["Can we ship?", "What is broken", "What changed", "Journeys", "Fix first"]
    page.get_by_role("navigation").get_by_role("link", name="Fix first").click()
    expect(page.get_by_role("heading", name="What to fix first?")).to_be_in_viewport()


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
    new = rows.first.locator("td.number").inner_text()
    assert new == f"{page.locator('article.failure').count()} scenarios"
    for index in range(1, rows.count()):
        number = int(rows.nth(index).locator("td.number").inner_text())
        rows.nth(index).get_by_role("link").first.click()
        expect(page.locator("article:visible")).to_have_count(number)
        page.goto(address)


def test_scenarios_are_found_by_tag_and_the_choice_can_be_sent(page: Page, address: str) -> None:
    page.goto(f"{address}/features.html")
    tags = page.get_by_role("combobox", name="Tag", exact=True)
    assert "@severity:critical" in tags.locator("option").all_inner_texts()
    tags.select_option("@severity:critical")
    wanted = page.locator("[data-tags~='@severity:critical']")
    assert 0 < wanted.count() < page.locator("[data-words]").count()
    expect(page.locator("[data-words]:visible")).to_have_count(wanted.count())
    page.reload()
    expect(tags).to_have_value("@severity:critical")
    expect(page.locator("[data-words]:visible")).to_have_count(wanted.count())
