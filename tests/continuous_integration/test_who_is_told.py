"""No job ends badly in silence: also one that GitHub cancelled because it took too long, or that follows the report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from workflows import RUNS, holds, run_step, workflow

MAIN = {
    "github_event_name": "push",
    "github_ref_name": "main",
    "github_event_repository_default_branch": "main",
}
ANNOUNCED = ("embedded", "nightly")
BADLY = ("failure", "cancelled")
EACH_JOB = [(name, job) for name in ANNOUNCED for job in workflow(name)["jobs"] if job != "announce"]


def status_of(needs: dict[str, dict[str, str]]) -> str:
    """What status functions see of them."""
    results = {each["result"] for each in needs.values()}
    return next((bad for bad in BADLY if bad in results), "success")


def announces(name: str, results: dict[str, dict[str, str]], **names: str) -> bool:
    announce = workflow(name)["jobs"]["announce"]
    needs = {job: {"result": "success"} | results.get(job, {}) for job in announce["needs"]}
    return holds(announce["if"], needs, status=status_of(needs), **(MAIN | names))


@pytest.mark.parametrize("result", BADLY)
@pytest.mark.parametrize(("name", "job"), EACH_JOB)
def test_the_channel_is_told_of_each_job_that_failed_or_took_too_long(name: str, job: str, result: str) -> None:
    assert announces(name, {job: {"result": result}})
    assert not announces(name, {job: {"result": result}}, github_ref_name="a-branch")
    assert announces(name, {job: {"result": result}}, github_event_name="pull_request") == (name != "embedded")


@pytest.mark.parametrize("name", ANNOUNCED)
def test_nothing_is_told_of_what_is_well_or_was_not_wanted(name: str) -> None:
    assert not announces(name, {})
    assert not announces(name, {"publish": {"result": "skipped"}})
    assert not holds(workflow("live")["jobs"]["announce"]["if"], LIVE)


@pytest.mark.parametrize("name", ANNOUNCED)
@pytest.mark.parametrize(("result", "told"), [("failure", "is red"), ("cancelled", "took too long")])
def test_a_job_that_failed_and_one_that_took_too_long_are_told_apart(
    name: str, result: str, told: str, tmp_path: Path
) -> None:
    announce = workflow(name)["jobs"]["announce"]
    needs = {job: {"result": result} for job in announce["needs"]}
    parts = re.fullmatch(r"\$\{\{ (.+) && '(.+)' \|\| '(.+)' \}\}", announce["env"]["WHAT"])
    assert parts is not None
    choice, failed, other = parts.groups()
    assert told in (failed if holds(choice, needs) else other)
    [step] = [each for each in RUNS if (each.workflow, each.job) == (name, "announce")]
    post = tmp_path / ".github" / "scripts" / "post-to-slack.sh"
    post.parent.mkdir(parents=True)
    post.write_text('#!/bin/bash\necho "$1"\n', "utf-8")
    post.chmod(0o755)
    done = run_step(step, tmp_path, {"WHAT": told, "RUN_PAGE": "https://ci.invalid/1"})
    assert told in done.stdout and "<https://ci.invalid/1|See why>" in done.stdout


LIVE = {job: {"result": "success"} for job in ("cost", "features", "exclusive", "report", "publish")}


@pytest.mark.parametrize("result", BADLY)
@pytest.mark.parametrize("job", LIVE)
def test_the_channel_is_told_of_each_live_job_that_failed_or_took_too_long(job: str, result: str) -> None:
    """By the report, which says more; by a job of its own if the report, or what follows it, is what ended badly."""
    jobs = workflow("live")["jobs"]
    [tell] = [step for step in jobs["report"]["steps"] if step.get("id") == "tell"]
    needs = LIVE | {job: {"result": result}}
    told = holds(tell["if"], {each: needs[each] for each in jobs["report"]["needs"]})
    assert told == (job in jobs["report"]["needs"])
    assert holds(tell["if"], LIVE, status=result), "a step before it"
    assert told != holds(jobs["announce"]["if"], {each: needs[each] for each in jobs["announce"]["needs"]})
    by_the_report = needs["report"] | {"outputs.told": "success"}
    if job == "report":
        assert not holds(jobs["announce"]["if"], needs | {"report": by_the_report}), "nothing is told twice"
    assert jobs["report"]["outputs"]["told"] == "${{ steps.tell.outcome }}"
