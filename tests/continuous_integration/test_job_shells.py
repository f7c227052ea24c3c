"""The shells of all steps, run as on a runner: with stand-ins for what takes minutes, or with parts that are real."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from workflows import RUNS, SCRIPTS, Step, run_step

from environment.settings import ROOT

# Stands in for what takes minutes or a network; notes how it was called.
_STAND_IN = (
    '#!/bin/bash\nprintf "%s" "$(basename "$0")" >> "$CALLS"; printf " [%s]" "$@" >> "$CALLS"; echo >> "$CALLS"\n'
)


BUILD = "build/part-7"


def stand_in(folder: Path, name: str, content: str = _STAND_IN) -> None:
    """Put a program that does nothing of what it is named after below the folder."""
    program = folder / name
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(content, "utf-8")
    program.chmod(0o755)


def steps_with(text: str) -> list[Step]:
    return [step for step in RUNS if text in step.content["run"]]


@pytest.mark.parametrize("step", steps_with("acceptance doctor"), ids=str)
@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_doctor_is_heard_in_the_summary_and_his_exit_code_counts(step: Step, code: int, tmp_path: Path) -> None:
    stand_in(tmp_path, ".venv/bin/acceptance", f"#!/bin/bash\necho wrong  bucket; exit {code}\n")
    summary = tmp_path / "summary.md"
    variables = {"MODE": "local", "GITHUB_STEP_SUMMARY": str(summary), "QUILT_ACCEPTANCE_BUILD": BUILD}
    done = run_step(step, tmp_path, variables)
    assert (done.returncode, done.stdout) == (code, "wrong bucket\n")
    assert "## Doctor, local mode" in summary.read_text() and "wrong bucket" in summary.read_text()
    assert (tmp_path / BUILD / "doctor.txt").read_text() == "wrong bucket\n"


@pytest.mark.parametrize(("code", "over"), [(0, ""), (1, "over=true\n"), (2, "")])
def test_costs_beyond_the_budget_stop_the_night_and_costs_that_nobody_could_ask_for_do_not(
    code: int, over: str, tmp_path: Path
) -> None:
    [step] = steps_with("acceptance cost")
    stand_in(tmp_path, ".venv/bin/acceptance", f"#!/bin/bash\necho spent; echo failed >&2; exit {code}\n")
    summary, output = tmp_path / "summary.md", tmp_path / "output"
    output.touch()
    names = {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output), "QUILT_ACCEPTANCE_BUILD": BUILD}
    done = run_step(step, tmp_path, names)
    assert (done.returncode, output.read_text()) == (code, over)
    assert (tmp_path / BUILD / "cost.txt").read_text() == "spent\nfailed\n"
    assert "spent\nfailed" in summary.read_text()


@pytest.mark.parametrize("step", steps_with("--exclusive-last"), ids=str)
@pytest.mark.parametrize(
    ("select", "code", "ends_with"),
    [("", 0, 0), ("", 1, 1), ("", 5, 5), ("smoke", 0, 0), ("smoke", 1, 1), ("smoke", 5, 0)],
)
def test_only_a_selection_may_leave_nothing_for_a_part(
    step: Step, select: str, code: int, ends_with: int, tmp_path: Path
) -> None:
    stand_in(tmp_path, ".venv/bin/acceptance", f"#!/bin/bash\nexit {code}\n")
    done = run_step(step, tmp_path, {"MODE": "local", "PART": "3", "SELECT": select})
    assert done.returncode == ends_with


@pytest.mark.parametrize("step", RUNS, ids=str)
def test_the_shell_of_each_step_runs(step: Step, tmp_path: Path) -> None:
    """With `make`, `acceptance` and the scripts stood in for; the scripts have tests of their own."""
    called = re.search(r"make|\.venv/bin/acceptance|\.github/scripts/[\w-]+\.sh|cat", step.content["run"])
    assert called
    for path in ("bin/make", ".venv/bin/acceptance", *(str(path.relative_to(ROOT)) for path in SCRIPTS)):
        stand_in(tmp_path, path)
    for name in ("parts/part-1", "build/report"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "build/report/summary.md").write_text("# A summary\n", "utf-8")
    calls, summary = tmp_path / "calls", tmp_path / "job-summary.md"
    variables = {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "CALLS": str(calls),
        "GITHUB_STEP_SUMMARY": str(summary),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "QUILT_ACCEPTANCE_BUILD": BUILD,
        "PART": "2",
        "FOLDER": "build/strength-2",
        "DEPLOYMENT": "elsewhere",
        "MODE": "local",
        "SELECT": "smoke and not slow",
        "RUN_PAGE": "https://ci.invalid/1",
        "GATE": "blockers",
        "WHAT": "main is red",
    }
    done = run_step(step, tmp_path, variables)
    assert (done.returncode, done.stderr) == (0, "")
    if called[0] == "cat":
        assert summary.read_text("utf-8") == "# A summary\n"
    else:
        assert Path(called[0]).name in calls.read_text("utf-8")
    if "--shard" in step.content["run"]:
        parts = 6 if (step.workflow, step.job) == ("nightly", "features") else 3
        assert f"[--shard] [2/{parts}]" in calls.read_text("utf-8")
    if "$SELECT" in step.content["run"]:
        told = "[--target] [live] [--backend] [local] [--shard] [2/3] [--exclusive-last] [-m] [smoke and not slow]"
        assert told in calls.read_text("utf-8")


@pytest.mark.slow
def test_commands_of_the_workflows_exist() -> None:
    names = {name for step in RUNS for name in re.findall(r"\.venv/bin/acceptance ([\w-]+)", step.content["run"])}
    assert {"cost", "doctor", "clean-up", "lint", "run", "report", "strength"} == names
    for name in names:
        command = [sys.executable, "-m", "environment.command.main", name, "--help"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
