"""``quilt-stack up --keep``: what a stack held is there again after a restart, for clients of before."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest
import requests

import quilt_stack
from environment.waiting import wait_until
from quilt_stack import DeploymentError, DeploymentSettings, RunningDeployment

BLUEPRINT = """
buckets: [{name: data}]
policies: [{title: write data, permissions: {data: READ_WRITE}}]
roles: [{name: writer, policies: [write data]}]
users: [{name: dana, email: dana@example.org, role: writer, password: at least eight characters}]
"""
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(tmp_path: Path) -> Iterator[Command]:
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "quilt_stack", *arguments, "--state-directory", str(tmp_path / "state")],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    yield command
    command("down")


def attached(tmp_path: Path) -> RunningDeployment:
    running = quilt_stack.attach(tmp_path / "state")
    assert running is not None
    return running


@pytest.mark.slow
def test_what_is_kept_is_there_after_a_restart(command: Command, tmp_path: Path) -> None:
    up = command("up", "--keep", "kept", "--blueprint", "blueprint.yaml")
    assert up.returncode == 0, up.stderr
    assert f"What it holds is saved in {tmp_path / 'kept'} when it stops." in up.stdout
    before = attached(tmp_path)
    s3 = boto3.client("s3", **before.boto3_arguments)
    versions = [s3.put_object(Bucket="data", Key="a", Body=body)["VersionId"] for body in (b"one", b"two")]
    token = before.control.issue_token("dana")
    before.control.advance_clock(100)
    presigned = s3.generate_presigned_url("get_object", Params={"Bucket": "data", "Key": "a"})

    down = command("down")
    assert (down.returncode, down.stdout) == (0, f"Stopped; what it held is kept in {tmp_path / 'kept'}.\n")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "kept").iterdir()}
    assert modes == {"kept.snapshot": 0o600, "kept.json": 0o600, "blueprint.json": 0o600}
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700
    again = command("up", "--keep", "kept")
    assert again.returncode == 0, again.stderr

    after = attached(tmp_path)
    urls = ("catalog_url", "registry_url", "aws_url", "control_url")
    assert [getattr(after, url) for url in urls] == [getattr(before, url) for url in urls]
    assert after.boto3_arguments == before.boto3_arguments
    bodies = [s3.get_object(Bucket="data", Key="a", VersionId=each)["Body"].read() for each in versions]
    assert bodies == [b"one", b"two"]
    assert requests.get(presigned, timeout=10).text == "two"
    assert before.control.clock() - after.control.reset_clock() > 90
    answer = requests.post(
        f"{after.registry_url}/graphql",
        json={"query": "{ me { name } }"},
        headers={"Authorization": f"Bearer {token}"},
        timeout=10,
    )
    assert answer.json() == {"data": {"me": {"name": "dana"}}}
    body = {"username": "dana", "password": "at least eight characters"}
    assert requests.post(f"{after.registry_url}/api/login", json=body, timeout=10).status_code == 200

    # A signal, as a machine that goes down sends it, is an orderly stop, too.
    s3.delete_object(Bucket="data", Key="a")
    process = psutil.Process(after.pid)
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    assert command("up", "--keep", "kept").returncode == 0
    assert s3.list_objects_v2(Bucket="data")["KeyCount"] == 0

    # A reset goes back to the blueprint, with new keys.
    assert command("reset").returncode == 0
    fresh = attached(tmp_path)
    assert fresh.operator_access_key_id != before.operator_access_key_id
    s3 = boto3.client("s3", **fresh.boto3_arguments)
    assert "Versions" not in s3.list_object_versions(Bucket="data")
    assert fresh.control.issue_token("dana")


@pytest.mark.slow
def test_a_killed_stack_leaves_what_its_last_stop_kept(tmp_path: Path) -> None:
    settings = DeploymentSettings(state_directory=tmp_path / "state", keep=tmp_path / "kept")
    running = quilt_stack.start(settings, owned=True)
    boto3.client("s3", **running.boto3_arguments).create_bucket(Bucket="early")
    running.stop()
    running = quilt_stack.start(settings, owned=True)
    boto3.client("s3", **running.boto3_arguments).create_bucket(Bucket="late")
    psutil.Process(running.pid).kill()
    wait_until(running.has_ended, limit_seconds=30, what="the process to end")
    running.stop()

    running = quilt_stack.start(settings, owned=True)
    try:
        assert buckets(running) == {"early"}
    finally:
        running.stop()


def buckets(running: RunningDeployment) -> set[str]:
    """Names of the buckets that are not the stack's own."""
    found: list[Any] = boto3.client("s3", **running.boto3_arguments).list_buckets()["Buckets"]
    return {bucket["Name"] for bucket in found if not bucket["Name"].startswith("local-")}


def test_what_cannot_be_kept_is_told_before_anything_starts(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    settings = DeploymentSettings(state_directory=tmp_path / "state", keep=kept)
    running = quilt_stack.start(settings, owned=True)
    other = settings.model_copy(update={"state_directory": tmp_path / "other"})
    try:
        with pytest.raises(DeploymentError, match=f"^Another deployment keeps its state in {kept}: use that one"):
            quilt_stack.start(other, owned=True)
    finally:
        running.stop()

    content = (kept / "kept.snapshot").read_bytes()
    (kept / "kept.snapshot").write_bytes(content[:-100])
    with pytest.raises(DeploymentError, match=r"kept\.snapshot is no snapshot, or a damaged one: take it anew[^\n]*$"):
        quilt_stack.start(other, owned=True)
    assert (kept / "kept.snapshot").read_bytes() == content[:-100]
    (kept / "kept.snapshot").write_bytes(content)
    (kept / "kept.json").write_text("{}", encoding="utf-8")
    with pytest.raises(
        DeploymentError, match=r"kept\.json is damaged: delete it, and ports and keys will be new ones$"
    ):
        quilt_stack.start(other, owned=True)
    both = settings.model_copy(update={"keep": settings.state_directory})
    with pytest.raises(DeploymentError, match="cannot be both the state directory and the one to keep"):
        quilt_stack.start(both, owned=True)
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DeploymentError, match="file cannot keep the state: file exists"):
        quilt_stack.start(settings.model_copy(update={"keep": tmp_path / "file"}), owned=True)


def test_a_state_that_cannot_be_saved_is_told_when_the_stack_stops(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    settings = DeploymentSettings(state_directory=tmp_path / "state", keep=kept)
    running = quilt_stack.start(settings, owned=True)
    for path in kept.iterdir():
        path.unlink()
    kept.rmdir()
    kept.write_text("in the way", encoding="utf-8")
    with pytest.raises(DeploymentError, match=r"its state was not saved in .*kept, which has that of the last stop"):
        running.stop()
    assert "kept.snapshot cannot be written: not a directory" in (tmp_path / "state" / "deployment.log").read_text(
        "utf-8"
    )
