"""Runs the sample features (tests/reports/sample) in a process of their own, and reads what they left."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from environment.settings import ROOT
from reports.outcomes import RunRecord, ScenarioOutcome, read_run

SAMPLE = Path(__file__).parent / "sample"
HEADLINE = "Not accepted: 6 new failures; 1 known defect no longer occurs; 3 checks could not be judged (of 22 checks)."


@dataclass(frozen=True)
class SampleRun:
    """A run of the sample: its exit code, what it printed, and the folder that it wrote."""

    exit_code: int
    printed: str
    build: Path

    @property
    def record(self) -> RunRecord:
        record = read_run(self.build)
        assert record is not None, self.printed
        return record

    def outcome(self, name: str) -> ScenarioOutcome:
        """Of the item with that name (`Scenario[mode]`)."""
        [found] = [each for each in self.record.scenarios if each.nodeid.endswith(f"::{name}")]
        return found

    def results(self) -> list[dict[str, Any]]:
        """Allure's results."""
        return [json.loads(path.read_bytes()) for path in (self.build / "allure-results").glob("*-result.json")]

    def result(self, name: str) -> dict[str, Any]:
        """Allure's result of that name."""
        [found] = [each for each in self.results() if each["name"] == name]
        return found


def run_sample(folder: Path, *arguments: str, ledger: Path | None = None, results: bool = True) -> SampleRun:
    """Run a copy of the sample features with pytest arguments."""
    project, build = folder / "project", folder / "build"
    shutil.copytree(SAMPLE, project, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
    command = [sys.executable, "-m", "pytest", "-c", "pytest.ini"]
    command += [f"--alluredir={build / 'allure-results'}", f"--junitxml={build / 'junit.xml'}"] if results else []
    command += [f"--known-defects={ledger or project / 'known_defects.yaml'}", *arguments]
    done = subprocess.run(
        command,
        cwd=project,
        env={
            # a worker of the tests' own run must not be taken for one of the sample's
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST_XDIST_")},
            "PYTHONPATH": f"{project}{os.pathsep}{ROOT}",
            "COLUMNS": "200",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    return SampleRun(done.returncode, done.stdout + done.stderr, build)
