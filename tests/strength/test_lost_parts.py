"""Parts of a measurement, one of which is lost, in the shell of the job that reports on them."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from workflows import RUNS, run_step, workflow

from environment.settings import ROOT
from strength.measuring import MEASUREMENT_NAME
from strength.verdicts import FaultVerdict, Measurement, Plan, Result

pytestmark = pytest.mark.slow
JOBS = workflow("nightly")["jobs"]
PLAN = Plan(
    seed=11,
    faults=150,
    product="quilt-mcp",
    product_version="0.22.0",
    product_digest="d" * 12,
    suite="s" * 12,
    limit_seconds=120,
)


def part(number: int, result: Result = Result.NOTICED) -> Measurement:
    """The 50 faults of one of three parts, all with the same verdict."""
    verdicts = [
        FaultVerdict(
            id=f"a.py::f::string::{number}{index:02}",
            file="a.py",
            name="f",
            line=1,
            kind="string",
            before="'a'",
            after="'b'",
            result=result,
        )
        for index in range(50)
    ]
    return Measurement(plan=PLAN, verdicts=tuple(verdicts), shard=f"{number}/3")


@dataclass(frozen=True)
class Reported:
    """What the job that reports came to."""

    exit_code: int
    printed: str
    complete: bool
    page: str
    remembered: bool


def report(folder: Path, *parts: Measurement) -> Reported:
    """Let the job report on what the jobs of these parts left: kept below a wildcard, fetched into one folder."""
    [kept] = [step["with"]["path"] for step in JOBS["strength"]["steps"] if "Keep" in step.get("name", "")]
    [planting] = [step["run"] for step in JOBS["strength"]["steps"] if "--shard" in step.get("run", "")]
    [fetched] = [step["with"] for step in JOBS["strength-report"]["steps"] if "download" in step.get("uses", "")]
    assert (kept, fetched["merge-multiple"]) == (f"build/*/{MEASUREMENT_NAME}", True)
    assert '--build "$FOLDER"' in planting
    for each in parts:
        assert each.shard is not None
        place = JOBS["strength"]["env"]["FOLDER"].replace("${{ matrix.part }}", each.shard.partition("/")[0])
        unpacked = folder / fetched["path"] / Path(place).relative_to("build") / MEASUREMENT_NAME
        unpacked.parent.mkdir(parents=True)
        unpacked.write_text(each.model_dump_json(), encoding="utf-8")
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / ".venv" / "bin" / "acceptance").symlink_to(Path(sys.executable).with_name("acceptance"))
    (folder / ".github").mkdir()
    shutil.copy(ROOT / ".github" / "strength-floor.json", folder / ".github")
    output = folder / "output"
    output.touch()
    [merging] = [step for step in RUNS if "strength merge" in step.content["run"]]
    done = run_step(merging, folder, {"PATH": os.environ["PATH"], "HOME": str(folder), "GITHUB_OUTPUT": str(output)})
    page = folder / "build" / "report" / "index.html"
    return Reported(
        done.returncode,
        done.stdout + done.stderr,
        "complete=true" in output.read_text(),
        page.read_text(encoding="utf-8") if page.exists() else "",
        (folder / "build" / "history" / "strength.jsonl").exists(),
    )


def test_all_parts_make_the_whole(tmp_path: Path) -> None:
    reported = report(tmp_path, part(1), part(2), part(3))
    assert (reported.exit_code, reported.complete, reported.remembered) == (0, True, True), reported.printed
    assert "150 of 150 are noticed" in reported.page


def test_a_whole_below_the_floor_is_complete(tmp_path: Path) -> None:
    reported = report(tmp_path, part(1), part(2), part(3, Result.UNNOTICED))
    assert (reported.exit_code, reported.complete, reported.remembered) == (1, True, True), reported.printed


def test_a_part_that_is_lost_costs_that_part_alone(tmp_path: Path) -> None:
    """It is not held against the floor: of what is missing nobody knows what it would have noticed."""
    reported = report(tmp_path, part(1), part(3, Result.UNNOTICED))
    assert (reported.exit_code, reported.complete, reported.remembered) == (2, False, False), reported.printed
    lack = "Not measured to the end: strength-2 left no result, 100 of 150 faults were judged."
    assert lack in reported.page and lack in reported.printed
    assert "50 of 100 are noticed: 50.0 %" in reported.page
    assert "The floor is" not in reported.printed


def test_without_any_part_there_is_nothing_to_show(tmp_path: Path) -> None:
    reported = report(tmp_path)
    assert (reported.exit_code, reported.complete, reported.page) == (2, False, "")
    assert "there is no measurement" in reported.printed


def test_what_is_not_complete_is_not_published_over_what_is() -> None:
    assert JOBS["strength-report"]["outputs"] == {"complete": "${{ steps.merge.outputs.complete }}"}
    assert "needs.strength-report.outputs.complete == 'true'" in JOBS["publish-strength"]["if"]
    assert JOBS["strength-report"]["if"] == "always() && needs.strength.result != 'skipped'"
