"""Nobody but its own machine reaches a deployment, no web page of another origin, and nobody else reads its state."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import requests
from stack_wire import WireDeployment
from typer.testing import CliRunner

import quilt_stack
from quilt_stack import DeploymentError, DeploymentSettings
from quilt_stack.command_line import application
from quilt_stack.wire.exposure import check_exposure


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "::", "build.example.org", ""])
def test_an_address_that_others_reach_has_to_be_said_twice(host: str, tmp_path: Path) -> None:
    settings = DeploymentSettings(state_directory=tmp_path, host=host)
    with pytest.raises(DeploymentError, match="can be reached from other machines"):
        quilt_stack.start(settings, owned=True)
    check_exposure(settings.model_copy(update={"reachable_by_others": True}))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "localhost"])
def test_loopback_need_not(host: str, tmp_path: Path) -> None:
    check_exposure(DeploymentSettings(state_directory=tmp_path, host=host))


def test_the_command_refuses_it_too(tmp_path: Path) -> None:
    up = CliRunner().invoke(application, ["up", "--state-directory", str(tmp_path), "--host", "0.0.0.0"])
    assert isinstance(up.exception, DeploymentError)


@pytest.mark.parametrize("server", ["catalog", "registry", "aws", "control"])
def test_a_host_that_is_none_of_this_machines_is_refused(deployment: WireDeployment, server: str) -> None:
    url = getattr(deployment.running, f"{server}_url")
    port = url.rpartition(":")[2]

    def status(host: str) -> int:
        return requests.get(url, headers={"Host": host}, timeout=10).status_code

    usual = status(f"127.0.0.1:{port}")
    assert usual != 400
    assert [status(f"localhost:{port}"), status(f"data.localhost:{port}") != 400] == [usual, True]
    for foreign in (
        f"rebound.example.org:{port}",
        "rebound.example.org",
        f"127.0.0.1.example.org:{port}",
        "evillocalhost",
    ):
        assert status(foreign) == 400, foreign


@pytest.mark.slow
def test_a_state_directory_that_is_there_is_closed_to_others(tmp_path: Path) -> None:
    directory = tmp_path / "state"
    directory.mkdir(mode=0o755)
    directory.chmod(0o755)
    running = quilt_stack.start(DeploymentSettings(state_directory=directory), owned=False)
    try:
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    finally:
        running.stop()


def test_a_directory_that_holds_something_else_is_not_taken_and_not_closed(tmp_path: Path) -> None:
    directory = tmp_path / "shared"
    directory.mkdir()
    directory.chmod(0o755)
    (directory / "somebody's").touch()
    with pytest.raises(DeploymentError, match="Choose a directory of its own"):
        quilt_stack.start(DeploymentSettings(state_directory=directory), owned=True)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o755
