"""The workflows: valid, pinned, careful with secrets and rights, and what linters find in them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from workflows import RUNS, SCRIPTS, SET_UP, WORKFLOWS, Step, set_ups, steps, workflow

from environment.settings import ROOT

RUN_LOCK = "requirements-run.lock"


def test_workflows_are_valid_by_the_published_schema() -> None:
    """check-jsonschema brings the schema with it."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    done = subprocess.run([*command, *map(str, WORKFLOWS)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def actionlint(*workflows: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / ".github" / "actionlint" / "check.py"), *map(str, workflows)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_actionlint_finds_nothing() -> None:
    done = actionlint()
    assert (done.returncode, done.stderr) == (0, "")


def test_actionlint_would_find_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    right = (ROOT / ".github" / "workflows" / "embedded.yml").read_text("utf-8")
    wrong.write_text(right.replace("${{ matrix.part }}", "${{ matrix.parts }}"), "utf-8")
    done = actionlint(wrong)
    assert done.returncode == 1
    assert re.search(r'wrong\.yml:\d+: property "parts" is not defined', done.stderr)


def zizmor(place: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("zizmor")), "--offline", "--no-progress", "--color=never", str(place)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_zizmor_finds_nothing() -> None:
    done = zizmor(ROOT / ".github")
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor_would_find_what_is_unsafe(tmp_path: Path) -> None:
    right = (ROOT / ".github" / "workflows" / "embedded.yml").read_text("utf-8")
    (tmp_path / "wrong.yml").write_text(
        right.replace("        with:\n          persist-credentials: false\n", ""), "utf-8"
    )
    done = zizmor(tmp_path / "wrong.yml")
    assert done.returncode != 0
    assert "artipacked" in done.stdout


def test_there_are_four_workflows() -> None:
    assert [path.stem for path in WORKFLOWS] == ["embedded", "live", "nightly", "supply-chain"]


def shellcheck(*scripts: Path) -> str:
    program = str(Path(sys.executable).with_name("shellcheck"))
    return subprocess.run([program, *map(str, scripts)], capture_output=True, text=True, check=False).stdout


def test_shellcheck_finds_nothing_in_scripts() -> None:
    listed = subprocess.run(["git", "grep", "-lE", "^#!.*sh$"], cwd=ROOT, capture_output=True, text=True, check=True)
    scripts = [ROOT / name for name in listed.stdout.split()]
    assert {ROOT / ".ci/run", *SCRIPTS} <= set(scripts)
    assert shellcheck(*scripts) == ""


def test_shellcheck_finds_nothing_in_steps(tmp_path: Path) -> None:
    for number, step in enumerate(RUNS):
        (tmp_path / f"{number}.sh").write_text(
            f"#!/bin/bash\n# {step}\nset -eo pipefail\n{step.content['run']}\n", "utf-8"
        )
    assert shellcheck(*sorted(tmp_path.iterdir())) == ""


def test_shellcheck_would_find_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.sh"
    wrong.write_text("#!/bin/bash\nrm $1/*\n", "utf-8")
    assert "SC2086" in shellcheck(wrong)


def test_foreign_actions_are_pinned_to_a_commit() -> None:
    own = "uses: ./.github/actions/set-up"
    lines = [line for path in (*WORKFLOWS, SET_UP) for line in re.findall(r"uses: .*", path.read_text("utf-8"))]
    assert own in lines
    for line in lines:
        assert line == own or re.fullmatch(r"uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_set_up_takes_from_caches_what_the_locks_name() -> None:
    steps = yaml.safe_load(SET_UP.read_text("utf-8"))["runs"]["steps"]
    [cache] = [step["with"] for step in steps if step.get("uses", "").startswith("actions/cache@")]
    assert set(cache["path"].split()) == {"~/.cache/uv", "~/.cache/pip", "~/.npm"}
    assert "hashFiles(inputs.lock, '**/package-lock.json')" in cache["key"]
    assert steps[-1]["run"] == 'make setup "LOCK=$LOCK"'


def test_only_the_projects_own_tests_are_set_up_with_what_developers_need() -> None:
    full = {
        (path.stem, name)
        for path in WORKFLOWS
        for name, job in workflow(path.stem)["jobs"].items()
        if any(given.get("lock") != RUN_LOCK for given in set_ups(job))
    }
    assert full == {("embedded", "tests")}


@pytest.mark.parametrize("step", RUNS, ids=str)
def test_no_expression_is_pasted_into_a_shell(step: Step) -> None:
    """A value that somebody else chose would become a command; it goes through the environment instead."""
    assert "${{" not in step.content["run"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_job_has_a_limit_and_only_the_rights_it_needs(path: Path) -> None:
    content = workflow(path.stem)
    assert content["permissions"] == {"contents": "read"}
    assert all(job["timeout-minutes"] <= 60 for job in content["jobs"].values())


def test_results_are_kept_for_90_days() -> None:
    kept = [step.content for step in steps() if step.content.get("uses", "").startswith("actions/upload-artifact")]
    assert len(kept) == 18
    assert all(step["with"]["retention-days"] == 90 and step["if"] == "always()" for step in kept)


def test_results_of_a_job_that_is_run_again_take_the_place_of_the_first() -> None:
    kept = [step.content for step in steps() if step.content.get("uses", "").startswith("actions/upload-artifact")]
    assert all(step["with"]["overwrite"] is True for step in kept)


@pytest.mark.parametrize(
    ("name", "job"),
    [
        ("embedded", "publish"),
        ("live", "publish"),
        ("nightly", "publish"),
        ("nightly", "publish-strength"),
        ("nightly", "publish-durations"),
    ],
)
def test_only_a_job_of_its_own_may_write_and_it_runs_nothing_else(name: str, job: str) -> None:
    jobs = workflow(name)["jobs"]
    more = {"pull-requests": "write"} if job == "publish-durations" else {}
    assert jobs[job]["permissions"] == {"contents": "write", **more}
    [published] = [step["run"].split()[0] for step in jobs[job]["steps"] if "run" in step]
    assert published == f".github/scripts/{'propose-durations' if more else 'publish-report'}.sh"
    assert set_ups(jobs[job]) == []
    others = [each for key, each in jobs.items() if not key.startswith("publish")]
    assert all(each.get("permissions", {}).get("contents", "read") == "read" for each in others)
    checkouts = [s for each in others for s in each["steps"] if s.get("uses", "").startswith("actions/checkout")]
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
