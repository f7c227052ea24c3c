"""The requirements: the project's own list, its page, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from environment.modes import Mode
from reports.documents import InvalidDocumentError
from reports.requirements import REQUIREMENTS_PAGE, load_requirements, requirements_page

ROW = """
    - id: {id}
      title: Find a package
      modes: [local]
      admin: false
      acceptance: It is found.
"""


def problems(path: Path, text: str) -> list[str]:
    path.write_text(text)
    with pytest.raises(InvalidDocumentError) as caught:
        load_requirements(path)
    return [line.removeprefix(f"{path}: ") for line in caught.value.problems]


def test_list_of_the_project_is_complete() -> None:
    requirements = {each.id: each for each in load_requirements()}
    assert len(requirements) == 154
    areas = {each.id.partition("-")[0] for each in requirements.values()}
    for area in areas:
        numbers = [int(each.partition("-")[2]) for each in requirements if each.startswith(f"{area}-")]
        assert numbers == list(range(1, len(numbers) + 1)), area
    assert requirements["AUTH-1"].modes == (Mode.LOCAL,)
    assert requirements["CAT-3"].modes == (Mode.MULTIUSER,)
    assert requirements["DISC-1"].modes == (Mode.LOCAL, Mode.MULTIUSER)
    assert requirements["ROLE-2"].admin and not requirements["SEC-1"].admin


def test_page_is_in_step_with_the_list() -> None:
    assert REQUIREMENTS_PAGE.read_text(encoding="utf-8") == requirements_page(load_requirements()), (
        "docs/requirements.md is out of date: run `acceptance trace --write`"
    )


def test_page_has_an_anchor_for_each_id() -> None:
    page = requirements_page(load_requirements())
    for requirement in load_requirements():
        assert page.count(f'<a id="{requirement.id}"></a>') == 1


def test_what_is_malformed_is_refused_in_one_line_each(tmp_path: Path) -> None:
    text = (
        "- area: Discovery\n  requirements:" + ROW.format(id="DISC-1") + ROW.format(id="DISC-1") + ROW.format(id="D1")
    )
    text += ROW.format(id="DISC-3").replace("[local]", "[local, local]") + "      owner: me\n"
    text += "- area: Discovery\n  requirements:" + ROW.format(id="DISC-4").replace("      admin: false\n", "")
    assert problems(tmp_path / "requirements.yaml", text) == [
        "D1: id: String should match pattern '^[A-Z]{2,5}-[1-9]\\d*$'",
        "DISC-3: modes: a mode is named twice",
        "DISC-3: owner: is not a field that is known here",
        "the area 'Discovery' is there twice",
        "DISC-4: admin: is missing",
        "DISC-1: is there twice",
    ]
