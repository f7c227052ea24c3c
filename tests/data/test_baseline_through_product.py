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
from quilt_stack.settings import DeploymentSettings
from environment.modes import Mode
from time import time
from environment.observers.registry import RegistryObserver
from environment.waiting import wait_until
from environment.observers.storage import StorageObserver
from environment.targets.embedded import EmbeddedTarget
from data.baseline import BASELINE, PackageRevision, verify_baseline
from data.baseline_creation import baseline_reader, create_through_product
from data.package_access import RegistryWriter
from data.upload import arrange_dataset

big = ("large-package", "mixed-formats")
small = {package.name: package for package in BASELINE if package.dataset_name not in big}
versioned, flat = small["test-user/versioned-data"], small["test-user/simple-csv"]
target = EmbeddedTarget.start(DeploymentSettings(state_directory=Path(sys.argv[1])))
files = {
    package.dataset_name: tuple(
        arrange_dataset(package.dataset_name, target.client("s3"), target.buckets.data).files_of("v1").values()
    )
    for package in (versioned, flat, small["test-user/single-file"])
}
writer = RegistryWriter(RegistryObserver(target.graphql_endpoint, target.token("user")), target.buckets.packages)


def write_before(package, name, files):
    message = package.message(package.revisions[0])
    return writer.write(PackageRevision(name, message, package.metadata, files, follows_another=False))


found = {}
try:
    for mode in Mode:
        packages = [replace(package, name=f"{package.name}-{mode}") for package in small.values()]
        packages += [replace(versioned, name=f"test-user/half-way-{mode}")]
        packages += [replace(flat, name=f"test-user/{state}-{mode}") for state in ("incomplete", "overfull")]
        by_registry = write_before(versioned, f"test-user/half-way-{mode}", files["versioned-data"])
        write_before(flat, f"test-user/incomplete-{mode}", files["simple-csv"][:2])
        write_before(flat, f"test-user/overfull-{mode}", files["simple-csv"] + files["single-file"])
        written = int(time())
        wait_until(lambda: int(time()) > written, limit_seconds=2, what="the next second")  # for a revision of its own
        told = []
        first = create_through_product(target, mode, packages, told.append)
        second = create_through_product(target, mode, packages)
        reader = baseline_reader(target)
        found[mode] = {
            "written": {name.removesuffix(f"-{mode}"): hashes for name, hashes in first.created.written.items()},
            "by_registry": by_registry,
            "with_quilt3": {name.removesuffix(f"-{mode}"): why for name, why in first.made_with_quilt3.items()},
            "told": told,
            "second": [second.created.written, second.made_with_quilt3, len(second.created.kept)],
            "revisions": {
                package.name.removesuffix(f"-{mode}"): len(reader.revisions(package.name)) for package in packages
            },
            "findings": [str(finding) for finding in verify_baseline(reader, packages)],
            "objects": StorageObserver(target.client("s3")).keys(target.buckets.packages),
        }
finally:
    target.close()
print(json.dumps(found))
"""
MODES = pytest.mark.parametrize("mode", ["local", "multiuser"])
IN_FOLDERS = {f"test-user/{name}" for name in ("nested-structure", "metadata-rich", "half-way")} | {
    f"test-user/versioned-data{suffix}" for suffix in ("", "-v1", "-v2")
}


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


@MODES
def test_is_complete_in_either_mode_and_made_once(found: dict[str, Any], mode: str) -> None:
    assert found[mode]["findings"] == []
    assert len(found[mode]["written"]) == 11
    assert found[mode]["second"] == [{}, {}, 11]
    made_once = set(found[mode]["revisions"]) - {f"test-user/{name}" for name in ("half-way", "incomplete", "overfull")}
    for name in made_once:
        assert found[mode]["revisions"][name] == len(found[mode]["written"][name]), name
    assert len(found[mode]["written"]["test-user/versioned-data"]) == 2


def test_is_the_same_in_both_modes(found: dict[str, Any]) -> None:
    assert found["local"]["written"] == found["multiuser"]["written"]


@MODES
def test_says_what_was_made_with_quilt3_and_why(found: dict[str, Any], mode: str) -> None:
    reasons = found[mode]["with_quilt3"]

    assert reasons["test-user/empty-package"] == "QuiltOps refuses a package without files (known defect QO-102)"
    assert {name for name, reason in reasons.items() if "in folders" in reason} == IN_FOLDERS
    assert "takes nothing out" in reasons["test-user/overfull"]
    assert reasons.keys() == IN_FOLDERS | {"test-user/empty-package", "test-user/overfull"}
    for name in found[mode]["written"]:
        how = "with quilt3" if name in reasons else "with QuiltOps"
        assert f"creating {name}-{mode} {how}" in found[mode]["told"]


@MODES
def test_goes_on_with_what_was_there(found: dict[str, Any], mode: str) -> None:
    for name in ("half-way", "incomplete", "overfull"):
        assert len(found[mode]["written"][f"test-user/{name}"]) == 1
        assert found[mode]["revisions"][f"test-user/{name}"] == 2


@MODES
def test_quilt3_writes_the_revision_that_the_registry_writes(found: dict[str, Any], mode: str) -> None:
    """Content, metadata and message make the top hash: both hands wrote the same."""
    assert found[mode]["written"]["test-user/versioned-data-v1"] == [found[mode]["by_registry"]]


@MODES
def test_copies_no_file(found: dict[str, Any], mode: str) -> None:
    assert [key for key in found[mode]["objects"] if not key.startswith(".quilt/")] == []
