"""A run that is killed in mid-scenario: clean-up leaves what was there before, and nothing else."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from acceptance_process import Workshop, pytest_command

import quilt_stack
from environment.observers.registry import RegistryObserver
from environment.observers.storage import POINTERS, StorageObserver
from environment.targets.embedded import EmbeddedTarget
from environment.waiting import wait_until
from quilt_stack import DEPLOYMENT_FILE, Latency
from quilt_stack.state_files import DeploymentRecord

SCENARIO = "features/packages/creation.feature::A package cannot be created under a name that is taken"
MANIFESTS = ".quilt/packages/"
LIMIT_SECONDS = 120
USERS = "query { admin { user { list { name isActive } } } }"


def holdings(target: EmbeddedTarget) -> dict[str, list[str]]:
    """What the deployment holds: objects by bucket, but manifests, which undoing leaves, and users."""
    buckets = target.buckets
    found = {
        bucket: StorageObserver(target.client("s3", target.region_of(bucket))).keys(bucket)
        for bucket in (buckets.data, buckets.scratch, buckets.packages, buckets.restricted, buckets.remote)
    }
    objects = {name: [key for key in keys if not key.startswith(MANIFESTS)] for name, keys in found.items()}
    users = RegistryObserver(target.graphql_endpoint, target.token("admin")).ask(USERS)["admin"]["user"]["list"]
    return {**objects, "users": sorted(f"{user['name']} {user['isActive']}" for user in users)}


@contextmanager
def running(workshop: Workshop, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = workshop.start(pytest_command(*arguments))
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_clean_up_after_a_kill_leaves_what_was_there_before(
    standing_workshop: Workshop, standing: EmbeddedTarget
) -> None:
    assert standing.control is not None
    packages, s3 = standing.buckets.packages, standing.client("s3")
    for key in (f"{POINTERS}foreign/package/latest", "foreign/package/file.csv"):
        s3.put_object(Bucket=packages, Key=key, Body=b"somebody else's")
    # The reference data that scenarios share is uploaded once and stays.
    first = standing_workshop.pytest(SCENARIO, "--backend", "multiuser")
    assert first.exit_code == 0, first.text
    before = holdings(standing)

    standing.control.set_fault("registry", Latency(seconds=1), path="^/graphql", count=None)
    with running(standing_workshop, SCENARIO, "--backend", "multiuser") as run:
        wait_until(
            lambda: holdings_of_packages(standing) != before[packages], limit_seconds=LIMIT_SECONDS, what="a package"
        )
        run.send_signal(signal.SIGKILL)
        run.wait()
    standing.control.clear_faults()
    assert holdings(standing) != before
    assert list((standing_workshop.state / "undo-logs").glob("*.jsonl"))

    shown = standing_workshop.acceptance("clean-up", "--dry-run")
    assert "would undo" in shown.output
    assert holdings(standing) != before
    cleaned = standing_workshop.acceptance("clean-up")

    assert cleaned.exit_code == 0, cleaned.text
    assert holdings(standing) == before
    assert not list((standing_workshop.state / "undo-logs").glob("*.jsonl"))
    assert not list((standing_workshop.state / "runs").iterdir())
    assert standing_workshop.acceptance("status").exit_code == 0
    assert standing_workshop.acceptance("clean-up").output.endswith("0 undone, 0 gone already, 0 failed.\n")


def holdings_of_packages(target: EmbeddedTarget) -> list[str]:
    keys = StorageObserver(target.client("s3")).keys(target.buckets.packages)
    return [key for key in keys if not key.startswith(MANIFESTS)]


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "2"], ids=["one process", "two workers"])
def test_the_deployment_of_a_killed_run_ends_and_clean_up_removes_its_state(workers: str, workshop: Workshop) -> None:
    def started() -> Path | None:
        found = sorted((workshop.state / "runs").glob(f"*/deployment/{DEPLOYMENT_FILE}"))
        return found[0] if found else None

    with running(workshop, SCENARIO, "--backend", "local", "-n", workers) as run:
        record = DeploymentRecord.read(wait_until(started, limit_seconds=LIMIT_SECONDS, what="a deployment"))
        assert record is not None
        processes = {
            each: each.cmdline()
            for each in (psutil.Process(record.pid), *psutil.Process(run.pid).children(recursive=True))
        }
        run.send_signal(signal.SIGKILL)
        run.wait()
        _, alive = psutil.wait_procs(processes, timeout=60)

    assert [processes[each] for each in alive] == []
    assert quilt_stack.attach(record.settings.state_directory) is None
    assert workshop.acceptance("clean-up").exit_code == 0
    assert not list((workshop.state / "runs").iterdir())
