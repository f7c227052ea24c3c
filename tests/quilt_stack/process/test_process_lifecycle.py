"""Starting, finding and stopping a deployment, also when its owner is killed."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from pathlib import Path

import boto3
import psutil
import pytest
import requests
from stack_wire import OPEN_BUCKET, WireDeployment, wire_blueprint

from quilt_stack import lifecycle
from quilt_stack.blueprint import Blueprint, RoleBlueprint
from quilt_stack.control_client import ControlError
from quilt_stack.errors import DeploymentError
from quilt_stack.running import RunningDeployment, attach
from quilt_stack.settings import DeploymentSettings
from quilt_stack.wire.faults import Latency

READY_LIMIT_SECONDS = 6.0
ROOT = Path(__file__).resolve().parents[3]


def buckets(running: RunningDeployment) -> set[str]:
    s3 = boto3.client("s3", **running.boto3_arguments)
    return {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]}


def test_a_deployment_is_ready_soon(wire: WireDeployment, record_property: Callable[[str, object], None]) -> None:
    record_property("start_seconds", round(wire.start_seconds, 2))

    # Processor time, since the machine may be busy with other things: a start waits for nothing else.
    process = psutil.Process(wire.running.pid)
    times = process.cpu_times()
    assert min(wire.start_seconds, times.user + times.system) < READY_LIMIT_SECONDS


def test_its_secrets_are_for_its_owner_alone(wire: WireDeployment) -> None:
    state = wire.running.state_directory

    assert stat.S_IMODE((state / "operator.json").stat().st_mode) == 0o600
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    public = (state / "deployment.json").read_text()
    assert wire.running.operator_secret_access_key not in public
    assert json.loads(public)["pid"] == wire.running.pid
    assert wire.running.operator_secret_access_key not in repr(wire.running)


def test_attaching_finds_the_running_deployment(wire: WireDeployment) -> None:
    attached = attach(wire.running.state_directory)

    assert attached is not None
    assert attached.pid == wire.running.pid
    assert attached.registry_url == wire.running.registry_url
    assert not attached.owned
    assert attached.control.status() == wire.running.control.status()


def test_nothing_runs_in_an_empty_directory(tmp_path: Path) -> None:
    assert attach(tmp_path) is None


def test_a_second_deployment_in_the_same_directory_is_refused(wire: WireDeployment) -> None:
    with pytest.raises(DeploymentError, match=f"process {wire.running.pid} already runs there"):
        lifecycle.start(DeploymentSettings(state_directory=wire.running.state_directory), owned=True)

    assert wire.running.control.status()["pid"] == wire.running.pid


@pytest.mark.slow
def test_a_standing_deployment_beside_another(
    wire: WireDeployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Own ports, own state, nothing of the caller's environment; it can be attached to, killed and started again."""
    settings = DeploymentSettings(state_directory=tmp_path / "state")
    with monkeypatch.context() as callers:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "QUILT_CATALOG_URL", "HTTP_PROXY", "https_proxy"):
            callers.setenv(name, "http://the-callers.example")
        first = lifecycle.start(settings, owned=False)
    try:
        environment = psutil.Process(first.pid).environ()
        assert "http://the-callers.example" not in environment.values()
        ours = {first.aws_url, first.catalog_url, first.registry_url, first.control_url}
        others = {wire.running.aws_url, wire.running.catalog_url, wire.running.registry_url, wire.running.control_url}
        assert len(ours | others) == 8
        assert OPEN_BUCKET in buckets(wire.running)
        assert OPEN_BUCKET not in buckets(first)

        psutil.Process(first.pid).kill()
        first.stop()
        assert attach(settings.state_directory) is None
        second = lifecycle.start(settings, owned=False)
        try:
            assert second.pid != first.pid
        finally:
            found = attach(settings.state_directory)
            assert found is not None
            found.stop()
            second.stop()
        assert not psutil.pid_exists(second.pid)
        assert sorted(path.name for path in settings.state_directory.iterdir()) == ["deployment.log", "settings.json"]
    finally:
        first.stop()


def test_one_state_directory_is_for_one_process(wire: WireDeployment) -> None:
    """Also when it is started by hand, past `lifecycle.start`."""
    started = subprocess.run(
        [
            sys.executable,
            "-m",
            "quilt_stack.stack",
            "--settings",
            str(wire.running.state_directory / "settings.json"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (started.returncode, started.stdout) == (1, "")
    assert started.stderr.startswith("Another deployment runs in ")
    assert wire.running.control.status()["pid"] == wire.running.pid


def test_stale_files_of_a_killed_deployment_are_no_deployment(wire: WireDeployment, tmp_path: Path) -> None:
    for name in ("deployment.json", "operator.json"):
        content = json.loads((wire.running.state_directory / name).read_text())
        if "pid" in content:
            # Alive, but not a deployment.
            content["pid"] = os.getpid()
        (tmp_path / name).write_text(json.dumps(content))

    assert attach(tmp_path) is None


@pytest.mark.parametrize("port", ["aws_port", "registry_port"])
def test_a_port_in_use_is_told_in_one_clear_line(port: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        settings = DeploymentSettings(state_directory=tmp_path, **{port: number})

        with pytest.raises(DeploymentError, match=rf"^{port} {number} on 127\.0\.0\.1 cannot be used.*in use"):
            lifecycle.start(settings, owned=True)

    assert not list(tmp_path.iterdir())


def test_a_blueprint_that_cannot_be_used_is_told_without_its_passwords(tmp_path: Path) -> None:
    blueprint = tmp_path / "blueprint.yaml"
    blueprint.write_text("users: [{name: dana, email: dana@example.org, role: reader, pasword: Plain-Secret-9}]")

    with pytest.raises(DeploymentError, match=r"users\.0\.pasword") as error:
        Blueprint.load(blueprint)

    assert "Plain-Secret-9" not in str(error.value)


@pytest.mark.slow
def test_a_blueprint_that_contradicts_itself_is_told(tmp_path: Path) -> None:
    blueprint = Blueprint(roles=[RoleBlueprint(name="reader", policies=["read all"])])

    with pytest.raises(DeploymentError, match="The role reader names policies that the blueprint lacks: read all"):
        lifecycle.start(DeploymentSettings(state_directory=tmp_path), blueprint, owned=True)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["deployment.log", "settings.json"]


@pytest.mark.slow
def test_a_deployment_dies_with_an_owner_that_is_killed(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [
            sys.executable,
            "-c",
            textwrap.dedent(
                """
                import pathlib, sys
                from quilt_stack import lifecycle
                from quilt_stack.settings import DeploymentSettings
                settings = DeploymentSettings(state_directory=pathlib.Path(sys.argv[1]))
                print(lifecycle.start(settings, owned=True).pid, flush=True)
                sys.stdin.read()
                """
            ),
            str(tmp_path),
        ],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with owner:
        assert owner.stdout is not None
        deployment = psutil.Process(int(owner.stdout.readline()))
        owner.send_signal(signal.SIGKILL)

        deployment.wait(timeout=20)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["deployment.log", "settings.json"]
    assert "Traceback" not in (tmp_path / "deployment.log").read_text()


@pytest.mark.slow
def test_whoever_is_told_that_it_is_ready_may_stop_it_at_once() -> None:
    """The signal must find who waits for it, or it ends the process without taking anything down."""
    stopped_at_once = """
        import os, signal
        from contextlib import ExitStack
        from quilt_stack.stack.deployment import Deployment
        taking_down = ExitStack()
        taking_down.callback(print, "taken down")
        Deployment(None, taking_down).run_until_stopped(None, lambda: os.kill(os.getpid(), signal.SIGTERM))
        """
    command = [sys.executable, "-P", "-c", textwrap.dedent(stopped_at_once)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (done.returncode, done.stdout) == (0, "taken down\n"), done.stderr


@pytest.mark.slow
def test_stopping_does_not_wait_for_latencies_and_leaves_nothing(tmp_path: Path) -> None:
    directory = tmp_path / "state"
    passwords: dict[str, str] = {}
    running = lifecycle.start(DeploymentSettings(state_directory=directory), wire_blueprint(passwords), owned=True)
    running.control.set_fault("registry", Latency(seconds=300))
    running.control.set_fault("aws", Latency(seconds=300), count=None)
    slow = [
        threading.Thread(target=requests.get, args=(url,), kwargs={"timeout": 60}, daemon=True)
        for url in (f"{running.registry_url}/healthcheck", f"{running.aws_url}/")
    ]
    for thread in slow:
        thread.start()
    deadline = time.monotonic() + 10
    while sum(fault.applied for fault in running.control.faults()) < 2:
        assert time.monotonic() < deadline, "the slow requests did not arrive"

    started = time.monotonic()
    running.stop()

    assert time.monotonic() - started < 10
    assert not directory.exists()
    assert not psutil.pid_exists(running.pid)
    with pytest.raises(ControlError, match="Is the deployment still running"):
        running.control.status()
    for thread in slow:
        thread.join(10)
