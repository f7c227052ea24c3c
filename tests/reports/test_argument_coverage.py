"""Which ways of giving an argument a run tried, and which holes are left without a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from made_runs import made_outcome

from environment.driving.arguments import Variation
from environment.modes import Mode
from reports.argument_coverage import argument_coverage, arguments_of, load_reasons
from reports.documents import InvalidDocumentError
from reports.outcomes import Status
from reports.product import product_root

INTERFACE = """
class {name}:
    def update(self, name: str, copy: bool = False, fields: Optional[Dict[str, str]] = None) -> None: ...
    def _hidden(self, name: str) -> None: ...
"""


@pytest.fixture
def product(tmp_path: Path) -> Path:
    (tmp_path / "ops").mkdir()
    for name, file in (("QuiltOps", "quilt_ops"), ("AdminOps", "admin_ops")):
        (tmp_path / "ops" / f"{file}.py").write_text(INTERFACE.format(name=name))
    return tmp_path


def test_what_is_to_be_tried_follows_from_the_signature(product: Path) -> None:
    found = {each.full_name: each.promised for each in arguments_of(product)}
    assert list(found)[:3] == ["QuiltOps.update(name)", "QuiltOps.update(copy)", "QuiltOps.update(fields)"]
    assert len(found) == 6
    name, copy, fields = list(found.values())[:3]
    assert name == (Variation.GIVEN, Variation.EMPTY, Variation.NONE, Variation.OTHER_TYPE)
    assert copy == (Variation.TRUE, Variation.FALSE, Variation.LEFT_OUT, Variation.NONE, Variation.OTHER_TYPE)
    assert fields == (Variation.GIVEN, Variation.EMPTY, Variation.LEFT_OUT, Variation.NONE, Variation.OTHER_TYPE)


def test_what_no_check_tried_is_a_hole_of_its_mode_unless_there_is_a_reason(product: Path, tmp_path: Path) -> None:
    def made(mode: Mode, *ways: Variation):
        arguments = tuple(("QuiltOps.update", "name", way) for way in ways)
        return made_outcome("s", mode, Status.PASSED, arguments=arguments)

    reasons = tmp_path / "reasons.yaml"
    reasons.write_text("- {arguments: [QuiltOps.update(name)], ways: [None], modes: [local], reason: JSON has none}")
    runs = [
        made(Mode.LOCAL, Variation.GIVEN, Variation.EMPTY, Variation.OTHER_TYPE),
        made(Mode.LOCAL, Variation.GIVEN),
        made(Mode.MULTIUSER, Variation.GIVEN),
    ]
    name, *_ = argument_coverage(arguments_of(product), runs, load_reasons(reasons))

    assert (name.tried[Mode.LOCAL][Variation.GIVEN], name.tried[Mode.MULTIUSER][Variation.GIVEN]) == (2, 1)
    assert name.reason(Mode.LOCAL, Variation.NONE) == "JSON has none"
    assert name.unexplained == [
        "QuiltOps.update(name) empty in multiuser mode",
        "QuiltOps.update(name) None in multiuser mode",
        "QuiltOps.update(name) of another type in multiuser mode",
    ]


def test_reasons_name_arguments_that_there_are(tmp_path: Path) -> None:
    there = {each.full_name for each in arguments_of(product_root(tmp_path))}
    assert {name for each in load_reasons() for name in each.arguments} <= there


@pytest.mark.parametrize(
    "text", ["- {arguments: [a], ways: [sideways], reason: b}", "- {ways: [given]}", "a: [", "- b"]
)
def test_file_of_reasons_that_is_wrong_is_told_by_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "reasons.yaml"
    path.write_text(text)
    with pytest.raises(InvalidDocumentError, match=r"reasons\.yaml"):
        load_reasons(path)
