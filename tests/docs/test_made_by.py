"""docs/reading-the-report.md: it says of each page of the report, and each part of the front page, what makes it."""

from __future__ import annotations

import re

import pytest

from environment.settings import ROOT

PAGE = ROOT / "docs" / "reading-the-report.md"
HEADINGS = ("| page | answers | made by |", "| part of the front page | made by |")
_LINK = re.compile(r"\[`([^`]+)`\]\(\.\./([^)]+)\)")


def made_by(heading: str) -> dict[str, list[tuple[str, str]]]:
    """The first cell of each row of a table, and of its last cell the paths as they are shown and linked."""
    table = PAGE.read_text(encoding="utf-8").split(f"{heading}\n")[1].split("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[1:]]
    return {cells[0]: _LINK.findall(cells[-1]) for cells in rows}


@pytest.mark.parametrize("heading", HEADINGS)
def test_what_makes_a_page_is_there(heading: str) -> None:
    rows = made_by(heading)
    assert len(rows) > 5
    for page, paths in rows.items():
        assert paths, f"{page}: nothing is named that makes it"
        for shown, linked in paths:
            assert shown == linked
            assert (ROOT / shown).is_file(), f"{page}: there is no {shown}"


def test_each_template_makes_a_page_that_is_told() -> None:
    """Those that begin with an underscore, and the base of all, are parts of others."""
    named = {shown for paths in made_by(HEADINGS[0]).values() for shown, _ in paths}
    templates = {path for path in (ROOT / "reports" / "templates").glob("[!_]*.j2") if path.name != "base.html.j2"}
    assert {path.relative_to(ROOT).as_posix() for path in templates} <= named
