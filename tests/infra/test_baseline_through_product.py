"""The baseline, made by the real product on a real embedded deployment, in both modes, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

REPOSITORY = Path(__file__).parents[2]
_PROGRAM = """
import json, sys
from dataclasses import replace
from pathlib import Path
from environment.embedded.settings import DeploymentSettings
from environment.modes import Mode
from environment.targets.embedded import EmbeddedTarget
from infra.baseline import BASELINE, verify_baseline
from infra.baseline_creation import baseline_reader, create_through_product

small = [package for package in BASELINE if package.dataset_name not in ("large-package", "mixed-formats")]
target = EmbeddedTarget.start(DeploymentSettings(state_directory=Path(sys.argv[1])))
found = {}
try:
    for mode in Mode:
        packages = [replace(package, name=f"{package.name}-{mode}") for package in small]
        first = create_through_product(target, mode, packages)
        second = create_through_product(target, mode, packages)
        found[mode] = {
            "written": {name: len(hashes) for name, hashes in first.created.written.items()},
            "hashes": [hashes for hashes in first.created.written.values()],
            "otherwise": first.written_otherwise,
            "kept": len(second.created.kept),
            "findings": [str(finding) for finding in verify_baseline(baseline_reader(target), packages)],
        }
finally:
    target.close()
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    directory = tmp_path_factory.mktemp("deployment")
    completed = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(directory / "state")],
        cwd=REPOSITORY,
        env={**os.environ, "QUILT_DISABLE_CACHE": "true"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, completed.stderr
    return dict(json.loads(completed.stdout.splitlines()[-1]))


@pytest.mark.parametrize("mode", ["local", "multiuser"])
def test_is_complete_in_either_mode_and_made_once(found: dict[str, Any], mode: str) -> None:
    assert found[mode]["findings"] == []
    assert found[mode]["written"][f"test-user/versioned-data-{mode}"] == 2
    assert found[mode]["kept"] == len(found[mode]["written"]) == 8


def test_is_the_same_in_both_modes(found: dict[str, Any]) -> None:
    assert found["local"]["hashes"] == found["multiuser"]["hashes"]


@pytest.mark.parametrize("mode", ["local", "multiuser"])
def test_says_what_the_product_could_not_make(found: dict[str, Any], mode: str) -> None:
    reasons = {name.removesuffix(f"-{mode}"): reason for name, reason in found[mode]["otherwise"].items()}

    assert reasons["test-user/empty-package"] == "QuiltOps refuses a package without files (known defect QO-102)"
    assert "folders" in reasons["test-user/nested-structure"]
    assert "test-user/simple-csv" not in reasons
