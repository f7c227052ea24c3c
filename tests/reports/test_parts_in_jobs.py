"""Parts of a run on their way through the jobs: kept, fetched, merged and shown by the shells of the workflow."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sample_runs import SampleRun
from workflows import RUNS, run_step, workflow

from reports.outcomes import RunRecord, read_run, write_run
from reports.run_history import is_whole

pytestmark = pytest.mark.slow
JOBS = workflow("embedded")["jobs"]


def given(job: str, action: str, text: str) -> dict[str, Any]:
    """What the step of a job that uses that action, and says that text, is given."""
    [found] = [
        step["with"] for step in JOBS[job]["steps"] if action in step.get("uses", "") and text in str(step["with"])
    ]
    return found


@dataclass(frozen=True)
class Reported:
    """What the job that reports came to."""

    exit_code: int
    printed: str
    build: Path
    complete: str
    summary: str

    @property
    def heading(self) -> str:
        return self.summary.partition("\n")[0]

    @property
    def record(self) -> RunRecord:
        record = read_run(self.build)
        assert record is not None, self.printed
        return record


def report(folder: Path, parts: Mapping[str, Path]) -> Reported:
    """Let the job report on the parts whose jobs left these build folders, by the names of their artefacts.

    What is kept of a path begins at its first wildcard, and artefacts are unpacked into one folder
    (`test_a_part_comes_with_its_folder_also_if_it_comes_alone` has the sources).
    """
    kept = given("features", "upload-artifact", "junit")["path"].split()
    fetched = folder / given("report", "download-artifact", "part-")["path"]
    for name, build in parts.items():
        workspace = folder / "runners" / name
        shutil.copytree(build, workspace / "build" / name)
        root = workspace / kept[0].partition("*")[0]
        for found in (path for pattern in kept for path in workspace.glob(pattern.rstrip("/"))):
            (shutil.copytree if found.is_dir() else _copy)(found, fetched / found.relative_to(root))
    (folder / ".venv" / "bin").mkdir(parents=True, exist_ok=True)
    program = folder / ".venv" / "bin" / "acceptance"
    program.unlink(missing_ok=True)
    program.symlink_to(Path(sys.executable).with_name("acceptance"))
    output, summary = folder / "output", folder / "summary.md"
    for path in (output, summary):
        path.unlink(missing_ok=True)
    variables = {
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
        "GATE": "regressions",
        "GITHUB_OUTPUT": str(output),
        "GITHUB_STEP_SUMMARY": str(summary),
        "QUILT_ACCEPTANCE_BUILD": str(folder / "build"),
    }
    merging, showing = (
        step
        for step in RUNS
        if (step.workflow, step.job) == ("embedded", "report") and "history" not in step.content["run"]
    )
    merged = run_step(merging, folder, variables)
    shown = run_step(showing, folder, variables)
    assert output.exists() and shown.returncode == 0, merged.stdout + merged.stderr + shown.stderr
    return Reported(merged.returncode, merged.stdout, folder / "build", output.read_text().strip(), summary.read_text())


def _copy(source: Path, destination: Path) -> None:
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, destination)


def test_parts_that_fail_make_a_complete_report_all_the_same(parts: list[SampleRun], tmp_path: Path) -> None:
    assert [part.exit_code for part in parts] == [1, 1]
    reported = report(tmp_path, {f"part-{number}": part.build for number, part in enumerate(parts, 1)})
    assert (reported.exit_code, reported.complete) == (1, "complete=true")
    assert "left no result" not in reported.heading
    assert len(reported.record.scenarios) == sum(len(part.record.scenarios) for part in parts)


def test_a_part_that_is_missing_costs_that_part_alone(parts: list[SampleRun], tmp_path: Path) -> None:
    """The other one comes alone."""
    reported = report(tmp_path, {"part-1": parts[0].build})
    assert (reported.exit_code, reported.complete) == (1, "complete=false")
    assert ": Not accepted: part 2 of 2 left no result;" in reported.heading
    assert (reported.build / "report" / "index.html").is_file()
    assert {each.nodeid for each in reported.record.scenarios} == {each.nodeid for each in parts[0].record.scenarios}
    assert not is_whole(reported.record)


def test_a_part_that_left_next_to_nothing_counts_as_missing(parts: list[SampleRun], tmp_path: Path) -> None:
    (tmp_path / "empty" / "stacks").mkdir(parents=True)
    (tmp_path / "empty" / "stacks" / "deployment.log").write_text("ended early\n")
    reported = report(tmp_path, {"part-1": parts[0].build, "part-2": tmp_path / "empty"})
    assert ": Not accepted: part 2 of 2 left no result;" in reported.heading
    assert "part-2 has no outcomes.json" in reported.printed
    assert (reported.exit_code, reported.complete) == (1, "complete=false")


def test_results_of_a_part_that_was_cancelled_are_in_the_report(parts: list[SampleRun], tmp_path: Path) -> None:
    cancelled = tmp_path / "cancelled" / "allure-results"
    shutil.copytree(parts[1].build / "allure-results", cancelled)
    (cancelled / "cut-short-result.json").write_text('{"name": "cut sh')
    reported = report(tmp_path, {"part-1": parts[0].build, "part-2": tmp_path / "cancelled"})
    assert ": Not accepted: part 2 of 2 left no result;" in reported.heading
    there = {path.name for path in (reported.build / "allure-results").glob("*-result.json")}
    assert {path.name for path in cancelled.glob("*-result.json")} - there == {"cut-short-result.json"}


def test_no_part_at_all_is_a_page_that_says_so_and_not_the_report_of_the_run_before(
    parts: list[SampleRun], tmp_path: Path
) -> None:
    report(tmp_path, {"part-1": parts[0].build})
    shutil.rmtree(tmp_path / "parts")
    reported = report(tmp_path, {})
    assert (reported.exit_code, reported.complete) == (3, "complete=false")
    assert reported.heading == "# Not accepted: nothing was judged"
    assert read_run(reported.build) is None


def test_a_part_that_is_there_twice_is_told_and_counts_once(parts: list[SampleRun], tmp_path: Path) -> None:
    builds = {"part-1": parts[0].build, "part-2": parts[1].build, "part-3": parts[0].build}
    reported = report(tmp_path, builds)
    assert ": Not accepted: part 1 of 2 is there twice;" in reported.heading
    assert (reported.exit_code, reported.complete) == (1, "complete=false")
    assert len(reported.record.scenarios) == sum(len(part.record.scenarios) for part in parts)


def test_a_part_that_was_run_again_takes_the_place_of_the_first_without_the_pause_before_it(
    parts: list[SampleRun], tmp_path: Path
) -> None:
    """Its artefact is overwritten."""
    assert given("features", "upload-artifact", "junit")["overwrite"] is True
    shutil.copytree(parts[0].build, tmp_path / "again")
    first, second = (part.record for part in parts)
    write_run(first.model_copy(update={"started": first.started + timedelta(hours=5)}), tmp_path / "again")
    reported = report(tmp_path, {"part-1": tmp_path / "again", "part-2": parts[1].build})
    assert reported.complete == "complete=true"
    assert reported.record.seconds == pytest.approx(first.seconds + second.seconds)
    summary = json.loads((reported.build / "summary.json").read_text())
    assert summary["scenarios"]["collected"] == len(reported.record.scenarios)
