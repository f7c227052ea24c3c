"""Whatever a table holds, each row is an item with a name of its own; each line belongs to what stands there."""

from __future__ import annotations

from hypothesis import given, strategies

from environment.gherkin.cases import cases_of
from environment.gherkin.document import read_feature
from environment.gherkin.selection import at_line

CELLS = strategies.text(
    strategies.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp"), exclude_characters="|\\"), max_size=60
)
TABLES = strategies.lists(strategies.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=4)


@given(tables=TABLES)
def test_rows_have_names_of_their_own_and_lines_lead_to_them(tables, tmp_path_factory):
    path = tmp_path_factory.mktemp("features") / "x.feature"
    lines = ["Feature: F", ""]
    expected: dict[int, str] = {}
    for number, cells in enumerate(tables):
        lines += ["  @AUTH-1", f"  Scenario Outline: S{number}", "    Given <cell>", "    Examples:", "      | cell |"]
        for cell in cells:
            lines.append(f"      | {cell} |")
            expected[len(lines)] = f"S{number}"
        lines.append("")
    path.write_text("\n".join(lines), encoding="utf-8")
    document = read_feature(path)
    cases = cases_of(document, ("local",))
    names = [case.item_name for case in cases]
    assert len(set(names)) == len(names) == sum(map(len, tables))
    assert all(name.isascii() and name.isprintable() and len(name) < 80 and name.count("[") == 1 for name in names)
    for line, scenario in expected.items():
        assert [(one.name, row) for one, row in at_line(document, line, "x.feature")] == [(scenario, line)]
