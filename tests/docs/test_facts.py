"""Facts and rules: every section that is cited exists, and what a citation says of it agrees with the page's marks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shown_commands import files, name_of

from environment.settings import ROOT

FACTS = ROOT / "docs" / "facts"
PAGES = {"registry facts": "registry.md", "foundations": "foundations.md", "rule": "rules.md", "rules": "rules.md"}
CITING = {".py", ".md", ".yaml", ".yml", ".feature", ".toml", ".mjs", ".tf", ".html"}
MARKS = {"open": "[OPEN]", "inferred": "[INF]", "recorded otherwise": "[REC]"}
"""What a citation may say before the page, and the mark that each cited section has then."""

_HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?) (?:.*\n)", re.M)
_LINE_END = re.compile(r"[ \t]*\n[ \t]*(?:# ?)?")
_CITATION = re.compile(
    rf"(?:\b(?P<claim>{'|'.join(MARKS)}): )?\b(?P<page>{'|'.join(PAGES)}) "
    r"(?P<sections>\d+(?:\.\d+)?(?:, \d+(?:\.\d+)?)*)(?P<rest>(?:,? and | to | ?[-\u2013] ?)\d)?"
)
_MENTION = re.compile(r"registry\s.{0,99}facts|foundations|\brules?\s.{0,99}\d", re.S)
_NO_SECTION = re.compile(r"\bregistry facts\b(?! \d)")


@dataclass(frozen=True)
class Citation:
    """One section that a text cites; ``claim`` is what it says of it, if anything."""

    page: str
    section: str
    claim: str | None


def sections(page: str) -> dict[str, str]:
    """Number and text of each section of a page, in their order."""
    text = (FACTS / page).read_text(encoding="utf-8")
    headings = [*_HEADING.finditer(text)]
    ends = [*(each.start() for each in headings[1:]), len(text)]
    return {each[1]: text[each.start() : end] for each, end in zip(headings, ends, strict=True)}


KNOWN: Mapping[str, Mapping[str, str]] = {page: sections(page) for page in set(PAGES.values())}


def citations(text: str) -> Iterator[Citation]:
    """All citations of a text, also those that go over the end of a line or a comment's line."""
    for found in _CITATION.finditer(_LINE_END.sub(" ", text)):
        for section in found["sections"].split(", "):
            yield Citation(PAGES[found["page"]], section, found["claim"])


def wrong(text: str) -> list[str]:
    """What is wrong with the citations of a text."""
    problems = [
        f"'{found[0]}': name each section, with commas"
        for found in _CITATION.finditer(_LINE_END.sub(" ", text))
        if found["rest"]
    ]
    for cited in citations(text):
        section = KNOWN[cited.page].get(cited.section)
        if section is None:
            problems.append(f"{cited.page} has no section {cited.section}")
        elif cited.claim and MARKS[cited.claim] not in section:
            problems.append(f"{cited.page} {cited.section} has nothing with the mark {MARKS[cited.claim]}")
    return problems


@pytest.fixture(scope="module")
def texts() -> dict[Path, str]:
    """The files that mention a page of facts at all."""
    read = {path: path.read_text(encoding="utf-8") for path in files() if path.suffix in CITING}
    return {path: text for path, text in read.items() if _MENTION.search(text)}


def test_what_is_cited_exists_and_is_marked_as_the_citation_says(texts: dict[Path, str]) -> None:
    found = {name_of(path): wrong(text) for path, text in texts.items()}
    assert {page: problems for page, problems in found.items() if problems} == {}


def test_many_places_cite_each_page(texts: dict[Path, str]) -> None:
    """Otherwise the check above would hold of nothing."""
    cited = [each.page for path, text in texts.items() if path.suffix == ".py" for each in citations(text)]
    assert cited.count("registry.md") >= 150
    assert cited.count("foundations.md") >= 15
    assert cited.count("rules.md") >= 10


def test_code_names_the_section(texts: dict[Path, str]) -> None:
    tests = ROOT / "tests"
    code = {path: text for path, text in texts.items() if path.suffix in {".py", ".yaml"} and tests not in path.parents}
    assert [name_of(path) for path, text in code.items() if _NO_SECTION.search(_LINE_END.sub(" ", text))] == []


@pytest.mark.parametrize("page", sorted(KNOWN))
def test_sections_are_numbered_without_gaps(page: str) -> None:
    numbers = [tuple(map(int, number.split("."))) for number in _HEADING.findall((FACTS / page).read_text("utf-8"))]
    assert numbers[0] == (1,)
    for before, after in pairwise(numbers):
        following = (
            [(*before, 1), (before[0] + 1,)] if len(before) == 1 else [(before[0], before[1] + 1), (before[0] + 1,)]
        )
        assert after in following, f"{page}: {after} after {before}"


def test_no_heading_is_without_a_number() -> None:
    for page in KNOWN:
        text = (FACTS / page).read_text(encoding="utf-8")
        assert len(re.findall(r"^#{2,3} ", text, re.M)) == len(_HEADING.findall(text)), page


@given(
    st.sampled_from(sorted(PAGES)),
    st.from_regex(r"[1-9][0-9]?(\.[1-9][0-9]?)?", fullmatch=True),
    st.sampled_from(
        ["({} {})", "# text ({}\n    # {}).", '"""Text ({} 1, {})."""', "see {}\n  {}; more", "(open: {} {})"]
    ),
)
def test_a_planted_citation_is_found_if_its_section_is_not_there(page: str, section: str, form: str) -> None:
    problems = [each for each in wrong(form.format(page, section)) if "has no section" in each]
    assert problems == ([] if section in KNOWN[PAGES[page]] else [f"{PAGES[page]} has no section {section}"])


@pytest.mark.parametrize("joined", ["3.1 and 3.2", "3.1 to 3.4", "3.1-3.4", "3.1, and 3.2"])
def test_sections_are_joined_by_commas_alone(joined: str) -> None:
    page = "registry facts"
    assert wrong(f"({page} {joined})") == [f"'{page} {joined[:-2]}': name each section, with commas"]


def test_a_claim_that_the_page_does_not_bear_out_is_found() -> None:
    page = "registry facts"
    assert wrong(f"(open: {page} 7.4)") == ["registry.md 7.4 has nothing with the mark [OPEN]"]
    assert wrong(f"(recorded otherwise: {page} 7.4)") == ["registry.md 7.4 has nothing with the mark [REC]"]
