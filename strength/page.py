"""The page of a measurement: build/strength/index.html."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined, select_autoescape

from strength.trend import Point, by_kind, by_module, rows
from strength.verdicts import Measurement, Result

PAGE_NAME = "index.html"


def write_page(folder: Path, measurement: Measurement, points: Sequence[Point], lack: str = "") -> Path:
    """Write the page into the folder, headed by what the measurement lacks, if anything; returns the file."""
    templates = Environment(
        loader=ChoiceLoader([PackageLoader("strength"), PackageLoader("reports")]),
        autoescape=select_autoescape(enabled_extensions=("html", "html.j2"), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    content = {
        "pages": [(PAGE_NAME, "Strength")],
        "record": None,
        "measurement": measurement,
        "lack": lack,
        "results": list(Result),
        "tables": [
            ("module", rows(measurement, by_module)),
            ("kind of change", rows(measurement, by_kind)),
        ],
        "groups": [
            (result, [each for each in measurement.verdicts if each.result is result])
            for result in (
                Result.UNNOTICED,
                Result.NEVER_REACHED,
                Result.HANGS,
                Result.IMPORT,
                Result.EQUIVALENT,
                Result.NOTICED,
            )
        ],
        "points": list(reversed(points)),
    }
    page = folder / PAGE_NAME
    folder.mkdir(parents=True, exist_ok=True)
    page.write_text(templates.get_template("strength.html.j2").render(content), encoding="utf-8")
    return page
