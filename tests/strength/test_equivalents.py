"""The list of faults that nobody can notice: it is of this product, and no fault is in it twice."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from environment.errors import SuiteError
from strength.equivalents import Equivalent, equivalent_of, read_equivalents
from strength.project import Project

ROOT = Path(__file__).resolve().parents[2]


def test_every_pattern_names_faults_of_the_product_and_none_is_named_twice() -> None:
    ids = [fault.id for fault in Project.read(ROOT).faults()]
    listed = read_equivalents(ROOT)
    patterns = [pattern for each in listed for pattern in each.faults]

    assert [pattern for pattern in patterns if not any(fnmatchcase(each, pattern) for each in ids)] == []
    named = [each for each in ids for pattern in patterns if fnmatchcase(each, pattern)]
    assert sorted(named) == sorted(set(named))
    run = [each for each in named if not getattr(equivalent_of(each, listed), "never_run", False)]
    assert len(run) < (len(ids) - len(named) + len(run)) / 5


def test_the_entry_is_that_of_the_pattern_that_fits() -> None:
    dead = Equivalent(reason="dead", faults=("a.py::f::*",), never_run=True)
    unread = Equivalent(reason="unread", faults=("a.py::g::x::1",))

    assert equivalent_of("a.py::f::string::2", [dead, unread]) == dead
    assert equivalent_of("a.py::g::x::1", [dead, unread]) == unread
    assert equivalent_of("a.py::g::x::11", [dead, unread]) is None


def test_a_wrong_list_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "strength").mkdir()
    (tmp_path / "strength" / "equivalents.yaml").write_text("- reason: dead\n", encoding="utf-8")

    with pytest.raises(SuiteError, match="faults"):
        read_equivalents(tmp_path)


def test_a_suite_without_a_list_has_none(tmp_path: Path) -> None:
    assert read_equivalents(tmp_path) == []
