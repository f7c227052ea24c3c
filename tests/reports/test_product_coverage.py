"""The record of which scenarios run which lines of the product."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.errors import SuiteError
from reports.product_coverage import (
    CoverageRecord,
    ProductVersion,
    contracted,
    expanded,
    product_version,
    read_coverage,
    write_coverage,
)

PRODUCT = ProductVersion(version="1.0.0", modules={"a.py": "1", "b/c.py": "2"})
RECORD = CoverageRecord(
    product=PRODUCT,
    lines={"f.feature::One[local]": {"a.py": "3-5,9"}, "f.feature::Two[local]": {"a.py": "4", "b/c.py": "1"}},
)


@given(st.sets(st.integers(1, 5000)))
def test_lines_survive_being_written_as_text(lines: set[int]) -> None:
    assert expanded(contracted(lines)) == sorted(lines)


def test_lines_that_follow_each_other_are_written_as_one_range() -> None:
    assert contracted([9, 3, 4, 5]) == "3-5,9"


def test_a_scenario_reaches_the_lines_that_it_ran() -> None:
    assert RECORD.scenarios_reaching("a.py", [4]) == {"f.feature::One[local]", "f.feature::Two[local]"}
    assert RECORD.scenarios_reaching("a.py", [9, 100]) == {"f.feature::One[local]"}
    assert RECORD.scenarios_reaching("b/c.py", [2]) == RECORD.scenarios_reaching("d.py", [1]) == set()


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = tmp_path / "coverage.json"
    write_coverage(RECORD, file)
    assert read_coverage(file, PRODUCT) == RECORD


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "No such file"), ("{", "Invalid JSON"), ('{"lines": {}}', "product: is missing"), ("", "Invalid JSON")],
)
def test_a_record_that_cannot_be_read_is_one_line(tmp_path: Path, content: str | None, message: str) -> None:
    file = tmp_path / "coverage.json"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    with pytest.raises(SuiteError, match=message) as caught:
        read_coverage(file)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith("acceptance strength record")


def test_a_record_of_another_product_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "coverage.json"
    write_coverage(RECORD, file)
    other = ProductVersion(version="1.1.0", modules={"a.py": "1", "b/c.py": "changed", "d.py": "new"})
    with pytest.raises(SuiteError, match=r"it is of version 1\.0\.0 .* this is 1\.1\.0 .*: b/c\.py and 1 more differ"):
        read_coverage(file, other)
    assert read_coverage(file).product.differences(other) == ["b/c.py", "d.py"]


def test_the_modules_of_a_product_are_told_apart_by_what_is_in_them(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "c.py").write_text("x = 1\n", encoding="utf-8")
    before = product_version(tmp_path, "1")
    assert list(before.modules) == ["b/c.py"]
    (tmp_path / "b" / "c.py").write_text("x = 2\n", encoding="utf-8")
    assert product_version(tmp_path, "1").digest != before.digest
