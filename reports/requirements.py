"""The requirements: what the suite must prove, as data.

`requirements.yaml` is written by people; docs/requirements.md is generated from it, with an anchor for each id, so that
the report can link from a scenario to the row that it proves.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError, field_validator

from environment.modes import Mode
from environment.record import Record
from environment.settings import ROOT
from reports.documents import InvalidDocumentError, findings, read_list, shown

REQUIREMENTS_FILE = ROOT / "reports" / "requirements.yaml"
REQUIREMENTS_PAGE = ROOT / "docs" / "requirements.md"
REQUIREMENT_ID = r"[A-Z]{2,5}-[1-9]\d*"

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3)]


class _Row(Record):
    id: Annotated[str, StringConstraints(pattern=f"^{REQUIREMENT_ID}$")]
    title: Line
    modes: tuple[Mode, ...] = Field(min_length=1)
    admin: bool
    acceptance: Line

    @field_validator("modes")
    @classmethod
    def _each_once(cls, modes: tuple[Mode, ...]) -> tuple[Mode, ...]:
        if len(set(modes)) != len(modes):
            raise ValueError("a mode is named twice")
        return modes


class Requirement(_Row):
    """One row: what has to hold, in which modes, and what a person must be able to rely on."""

    area: Line


class _Area(Record):
    area: Line
    requirements: list[dict[str, object]] = Field(min_length=1)


def load_requirements(path: Path = REQUIREMENTS_FILE) -> tuple[Requirement, ...]:
    """All requirements in the order of the file.

    Raises InvalidDocumentError that lists every problem at once: missing or unknown fields, malformed or repeated ids,
    unknown modes, an area that is there twice.
    """
    requirements: list[Requirement] = []
    problems: list[str] = []
    areas: set[str] = set()
    for number, entry in enumerate(read_list(path), start=1):
        try:
            area = _Area.model_validate(entry)
        except ValidationError as error:
            problems += [f"{shown(path)}: area {number}: {finding}" for finding in findings(error)]
            continue
        if area.area in areas:
            problems.append(f"{shown(path)}: the area {area.area!r} is there twice")
        areas.add(area.area)
        for row in area.requirements:
            try:
                requirements.append(Requirement.model_validate({**row, "area": area.area}))
            except ValidationError as error:
                name = row.get("id") or f"a row of {area.area!r}"
                problems += [f"{shown(path)}: {name}: {finding}" for finding in findings(error)]
    problems += [f"{shown(path)}: {name}: is there twice" for name in _repeated([each.id for each in requirements])]
    if problems:
        raise InvalidDocumentError(problems)
    return tuple(requirements)


def requirements_page(requirements: Sequence[Requirement]) -> str:
    """The Markdown of docs/requirements.md: a table for each area, an anchor for each id."""
    lines = [
        "# Requirements",
        "",
        "Generated from `reports/requirements.yaml` by `acceptance trace --write`; change that file, not this one.",
        "Scenarios carry the id as a tag (`@DISC-1`), and the report links back to the row here.",
    ]
    area = None
    for requirement in requirements:
        if requirement.area != area:
            area = requirement.area
            lines += ["", f"## {area}", "", "| Id | Requirement | What a person can rely on | Modes | Administrator |"]
            lines.append("|---|---|---|---|---|")
        cells = (
            f'<a id="{requirement.id}"></a>{requirement.id}',
            _cell(requirement.title),
            _cell(requirement.acceptance),
            ", ".join(requirement.modes),
            "yes" if requirement.admin else "no",
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Text as the cell of a Markdown table."""
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _repeated(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
