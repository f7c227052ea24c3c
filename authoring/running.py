"""Runs one scenario in one mode to see what it does, without the ledger: its failure is what is wanted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from authoring.scenario_record import RecordedScenario
from environment.errors import SuiteError
from environment.settings import ROOT

_EMPTY_LEDGER = "[]\n"
_LAST_LINES = 3


def run_scenario(place: str, mode: str) -> list[RecordedScenario]:
    """What the scenario at that place (`path:line` or `path::name`) does in a mode; several for an outline's rows.

    Raises:
        SuiteError: if nothing ran; it says what pytest said.
    """
    return run_scenarios([place], mode)


def run_scenarios(places: Sequence[str], mode: str) -> list[RecordedScenario]:
    """What the scenarios at these places do in a mode, one after the other.

    Raises:
        SuiteError: if nothing ran; it says what pytest said.
    """
    with TemporaryDirectory(prefix="scenario-") as directory:
        folder = Path(directory)
        ledger = folder / "no_known_defects.yaml"
        ledger.write_text(_EMPTY_LEDGER, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), *places, "--backend", mode]
        command += ["-p", "authoring.recording", "--record-scenarios", str(folder / "records")]
        command += ["--known-defects", str(ledger), "-q", "--tb=no", "--no-header", "-p", "no:cacheprovider"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        records = sorted((folder / "records").glob("*.json"))
        found = [RecordedScenario.model_validate_json(path.read_bytes()) for path in records]
    if not found:
        said = "; ".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-_LAST_LINES:])
        raise SuiteError(
            f"Ran {' and '.join(places)} in {mode} mode", said or "it left nothing", "Name a scenario that runs in it"
        )
    return sorted(found, key=lambda each: each.nodeid)
