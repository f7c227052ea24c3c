"""The workflows, read: their jobs, and their steps by the names under which GitHub shows them."""

from __future__ import annotations

import os
import re
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


def holds(condition: str, needs: Mapping[str, Mapping[str, str]], *, status: str = "success", **names: str) -> bool:
    """Whether a condition of a job or step holds.

    `needs` has `result` and outputs (`outputs.NAME`) of each job that is needed, `status` is what became so far of that
    which status functions ask for (the jobs needed, or the steps before), `names` the rest, with _ for each dot.
    Source: GitHub's page "Evaluate expressions in workflows and actions", of the part that the workflows use.
    """
    python = condition.removeprefix("${{").removesuffix("}}").strip()
    python = python.replace("needs.*.result", "results").replace("&&", " and ").replace("||", " or ")
    python = re.sub(r"!(?!=)", " not ", python)
    python = re.sub(r"needs\.([\w-]+)\.([\w.]+)", r"needs['\1'].get('\2', '')", python)
    python = re.sub(r"(?<![\w'])(github|inputs)((?:\.\w+)+)", lambda found: found[0].replace(".", "_"), python)
    functions = {
        "always": lambda: True,
        "success": lambda: status == "success",
        "failure": lambda: status == "failure",
        "cancelled": lambda: status == "cancelled",
        "contains": lambda found, wanted: wanted in found,
    }
    results = [each["result"] for each in needs.values()]
    return bool(eval(python, {"__builtins__": {}, **functions, "needs": needs, "results": results, **names}))
