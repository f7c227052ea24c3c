"""The workflows, read: their jobs, and their steps by the names under which GitHub shows them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from environment.settings import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
SET_UP = ROOT / ".github" / "actions" / "set-up" / "action.yml"
SCRIPTS = sorted((ROOT / ".github" / "scripts").glob("*.sh"))
# As on a runner, and -u beside.
SHELL = ("bash", "--noprofile", "--norc", "-eo", "pipefail", "-u", "-c")


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


def set_ups(job: dict[str, Any]) -> list[dict[str, str]]:
    """What each set-up of a job is given."""
    return [step.get("with", {}) for step in job["steps"] if step.get("uses") == "./.github/actions/set-up"]


def run_step(step: Step, folder: Path, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a step's shell in that folder, with these variables and the path alone."""
    return subprocess.run(
        [*SHELL, step.content["run"]],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        check=False,
    )
