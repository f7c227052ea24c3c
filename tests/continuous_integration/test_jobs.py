"""What the jobs judge, when, and with what: held against the commands and settings that there are."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command
from workflows import RUNS, set_ups, workflow

from environment.settings import ROOT, Buckets, LiveSettings
from environment.targets.starting import REGION
from quilt_stack import DeploymentSettings
from strength.command_line import strength
from strength.trend import read_floor


def test_the_supply_chain_is_looked_at_on_every_change_and_each_week() -> None:
    content = workflow("supply-chain")
    assert {"push", "pull_request", "schedule"} <= set(content[True])  # YAML reads the key `on` as true
    runs = [step["run"].split()[1] for step in content["jobs"]["look"]["steps"] if "run" in step]
    assert runs == ["bill-of-materials", "templates", "terraform", "audit"]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert "pip-audit --strict" in makefile, "what PyPI does not know of would count as good"
    assert "-r requirements.lock -r requirements-build.lock" in makefile
    assert set(makefile.partition("\nNPM := ")[2].partition("\n")[0].split()) == {
        str(path.parent) for path in packages_of_npm()
    }


def packages_of_npm() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "*package-lock.json"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [Path(line) for line in listed.stdout.split()]


@pytest.mark.slow
def test_the_bill_of_materials_of_npm_has_every_package_of_the_lock(tmp_path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    [command] = [line.strip() for line in makefile.splitlines() if "npm sbom" in line]
    program, _, file = command.partition(" > ")
    done = subprocess.run(program.split(), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    bill = {(each["name"], each["version"]) for each in json.loads(done.stdout)["components"]}
    lock = json.loads((ROOT / "reports" / "allure" / "package-lock.json").read_text("utf-8"))["packages"]
    locked = {(name.rpartition("node_modules/")[2], each["version"]) for name, each in lock.items() if name}
    assert bill == locked and len(locked) > 50
    kept = [step.get("with", {}).get("path") for step in workflow("supply-chain")["jobs"]["look"]["steps"]]
    assert Path(file).match(kept[-1])


def test_the_night_walks_the_journeys_on_every_deployment_that_is_set_up_otherwise() -> None:
    settings = workflow("nightly")["jobs"]["settings"]
    [run] = [step["run"] for step in settings["steps"] if "deployment-settings" in step.get("run", "")]
    assert '-m "journey or smoke"' in run
    folder = ROOT / run.partition('settings="')[2].partition("/$DEPLOYMENT")[0]
    files = {path.stem: path for path in folder.iterdir()}
    assert sorted(files) == settings["strategy"]["matrix"]["deployment"]
    usual = DeploymentSettings(state_directory=ROOT, region=REGION).model_dump()
    found = {name: DeploymentSettings.load(path, state_directory=ROOT).model_dump() for name, path in files.items()}
    assert all(each != usual for each in found.values())
    assert any(each["tls"] for each in found.values()), (
        "what holds over TLS, as on every real stack, is judged nowhere else"
    )
    changed = {field for each in found.values() for field, value in each.items() if value != usual[field]}
    assert {"region", "account_id", "stack_prefix"} <= changed


def test_the_night_judges_everything_three_times_and_measures_the_strength() -> None:
    content = workflow("nightly")
    assert content[True]["schedule"] == [{"cron": "30 0 * * *"}]
    assert "workflow_dispatch" in content[True]
    runs = {
        job: " ".join(step["run"] for step in each["steps"] if "run" in step) for job, each in content["jobs"].items()
    }
    assert "--everything --repeat 3 --random-order" in runs["features"]
    assert content["jobs"]["strength"] and "--floor" in runs["strength-report"]
    assert "acceptance report durations" in runs["report"]
    assert runs["publish-durations"] == ".github/scripts/propose-durations.sh"


@pytest.mark.parametrize("name", ["embedded", "live", "nightly"])
def test_a_part_keeps_its_run_log_and_what_was_not_undone(name: str) -> None:
    given = [step.get("with", {}) for step in workflow(name)["jobs"]["features"]["steps"]]
    paths = [line for each in given for line in each.get("path", "").splitlines()]
    assert {"build/*/outcomes.jsonl", ".acceptance/undo-logs/"} <= set(paths)


def test_a_report_of_some_parts_is_not_published_over_a_good_one_nor_that_of_a_branch_or_a_selection() -> None:
    for name in ("embedded", "live", "nightly"):
        jobs = workflow(name)["jobs"]
        assert jobs["report"]["outputs"]["complete"] == "${{ steps.merge.outputs.complete }}"
        [merging] = [step for step in jobs["report"]["steps"] if step.get("id") == "merge"]
        assert "report merge" in merging["run"]
        condition = jobs["publish"]["if"]
        assert "needs.report.outputs.complete == 'true'" in condition
        assert "github.ref_name == github.event.repository.default_branch" in condition
    assert "!inputs.select" in workflow("live")["jobs"]["publish"]["if"]


def test_the_embedded_deployment_is_judged_on_every_push_and_pull_request_without_secrets() -> None:
    text = (ROOT / ".github" / "workflows" / "embedded.yml").read_text("utf-8")
    on = workflow("embedded")[True]  # YAML reads the key `on` as true
    assert {"push", "pull_request"} <= set(on)
    assert on["push"] == {"branches": ["main"]}, "a branch with a pull request would run twice"
    assert re.findall(r"secrets\.(\w+)", text) == ["SLACK_WEBHOOK_URL"]


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


LIVE_PARTS = {f"part-{mode}-{part}" for mode in ("local", "multiuser") for part in (1, 2, 3)}


def test_the_live_deployment_is_judged_at_two_each_night_in_both_modes_after_the_doctor() -> None:
    content = workflow("live")
    assert content[True]["schedule"] == [{"cron": "0 2 * * *"}]
    assert "workflow_dispatch" in content[True]
    job = content["jobs"]["features"]
    runs = " ".join(step["run"] for step in job["steps"] if "run" in step)
    commands = re.findall(r"(?:make|\.venv/bin/acceptance) ([\w-]+)", runs)
    assert commands == ["doctor", "run", "clean-up"]


def test_live_parts_run_at_the_same_time_but_for_the_exclusive_scenarios_which_run_after_them() -> None:
    """One mode after the other; `--exclusive-last` makes them the last part."""
    jobs = workflow("live")["jobs"]
    first, last = jobs["features"], jobs["exclusive"]
    assert "max-parallel" not in first["strategy"]
    assert last["strategy"]["max-parallel"] == 1 and last["needs"] == "features"
    matrices = [job["strategy"]["matrix"] for job in (first, last)]
    folders = {f"part-{mode}-{part}" for each in matrices for mode in each["mode"] for part in each["part"]}
    assert folders == LIVE_PARTS
    for job in (first, last):
        [running] = [step["run"] for step in job["steps"] if "acceptance run" in step.get("run", "")]
        assert '--backend "$MODE" --shard "$PART/3" --exclusive-last' in running
        assert job["env"]["QUILT_ACCEPTANCE_BUILD"] == "build/part-${{ matrix.mode }}-${{ matrix.part }}"
    assert last["strategy"]["matrix"]["part"] == [3]
    same = ("env", "steps", "environment", "permissions", "runs-on", "timeout-minutes", "name")
    assert {key: first[key] for key in same} == {key: last[key] for key in same}


def test_live_parts_that_left_nothing_are_named() -> None:
    [merging] = [step["run"] for step in workflow("live")["jobs"]["report"]["steps"] if step.get("id") == "merge"]
    told = subprocess.run(["bash", "-c", f"echo {merging.split()[-1]}"], capture_output=True, text=True, check=True)
    assert set(told.stdout.split()) == {f"parts/{name}" for name in LIVE_PARTS}


def test_machines_of_one_live_run_share_its_lock() -> None:
    for job in ("features", "exclusive"):
        assert "${{ github.run_id }}" in workflow("live")["jobs"][job]["env"]["QUILT_TEST_RUN"]


def test_the_night_spends_nothing_over_the_budget_and_that_is_told() -> None:
    jobs = workflow("live")["jobs"]
    assert jobs["cost"]["if"] == "github.event_name == 'schedule'"
    assert jobs["features"]["needs"] == "cost"
    assert "needs.cost.outputs.over != 'true'" in jobs["features"]["if"]
    assert "cost" in jobs["report"]["needs"] and jobs["report"]["if"] == "always()"
    [telling] = [step for step in jobs["report"]["steps"] if "SLACK_WEBHOOK_URL" in step.get("env", {})]
    for result in ("needs.cost.result == 'failure'", "needs.exclusive.result != 'success'"):
        assert result in telling["if"]


@pytest.mark.parametrize(("name", "job"), [("embedded", "features"), ("nightly", "features"), ("live", "features")])
def test_a_part_comes_with_its_folder_also_if_it_comes_alone(name: str, job: str) -> None:
    """Of artefacts that a pattern finds, a single one is unpacked without a folder of its name.

    Source: actions/download-artifact, README of version 8 ("v5 - What's new"); actions/upload-artifact, README, "Upload
    using a Wildcard Pattern": what is kept of a path begins at its first wildcard.
    """
    jobs = workflow(name)["jobs"]
    folder = jobs[job]["env"]["QUILT_ACCEPTANCE_BUILD"]
    [kept] = [step["with"] for step in jobs[job]["steps"] if "junit" in step.get("with", {}).get("path", "")]
    assert folder == f"build/{kept['name']}"
    assert all(line.startswith("build/*/") for line in kept["path"].split())
    [fetched] = [step["with"] for step in jobs["report"]["steps"] if "download-artifact" in step.get("uses", "")]
    assert (fetched["path"], fetched["merge-multiple"]) == ("parts", True)


def test_the_history_is_taken_with_the_token_of_the_job_which_the_clone_does_not_have() -> None:
    taking = [step for step in RUNS if "take-history" in step.content["run"]]
    assert [step.workflow for step in taking] == ["embedded", "live", "nightly", "nightly"]
    assert all(step.content["env"] == {"GH_TOKEN": "${{ github.token }}"} for step in taking)


def test_clean_up_always_runs_on_the_target_of_the_run() -> None:
    cleaning = {f"{step.workflow} {step.job}": step.content for step in RUNS if "clean-up" in step.content["run"]}
    assert {name: step["run"].split()[1:] for name, step in cleaning.items()} == {
        "embedded features": ["clean-up"],
        "nightly features": ["clean-up"],
        "live features": ["clean-up", "--target", "live"],
        "live exclusive": ["clean-up", "--target", "live"],
    }
    assert all(step["if"] == "always()" for step in cleaning.values())


def test_the_live_job_hands_over_settings_that_there_are_and_all_that_are_needed() -> None:
    given = {name for name in workflow("live")["jobs"]["features"]["env"] if name.startswith("QUILT_TEST_")}
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
