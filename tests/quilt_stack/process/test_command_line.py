"""``quilt-stack``: a stack that stays, and errors for people in one line."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import boto3
import psutil
import pytest
from typer.testing import CliRunner

import quilt_stack
from quilt_stack import command_line

ROOT = Path(__file__).resolve().parents[3]
LIMIT_SECONDS = 120
BLUEPRINT = """
buckets: [{name: data}]
policies: [{title: write data, permissions: {data: READ_WRITE}}]
roles: [{name: writer, policies: [write data]}]
users: [{name: dana, email: dana@example.org, role: writer, password: at least eight characters}]
"""
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Runs ``python -m quilt_stack`` or another program for a user whose home is the test's folder."""
    homes = {name: str(tmp_path / name.lower()) for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    environment = {**os.environ, **homes, "COLUMNS": "200", "AWS_CONFIG_FILE": os.devnull}

    def command(
        *arguments: str, program: tuple[str, ...] = ("-m", "quilt_stack"), **variables: str
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *program, *arguments],
            cwd=tmp_path,
            env={**environment, **variables},
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
            check=False,
        )

    return command


@pytest.mark.slow
def test_a_stack_is_brought_up_used_reset_and_taken_down(command: Command, tmp_path: Path) -> None:
    (tmp_path / "blueprint.yaml").write_text(BLUEPRINT, encoding="utf-8")
    (tmp_path / "settings.yaml").write_text("stack_prefix: shop\n", encoding="utf-8")
    none = command("status")
    assert (none.returncode, none.stdout) == (1, "No stack is up. 'quilt-stack up' starts one.\n")

    up = command("up", "--blueprint", "blueprint.yaml", "--settings", "settings.yaml")
    assert up.returncode == 0, up.stdout + up.stderr
    try:
        running = quilt_stack.attach(tmp_path / "xdg_state_home" / "quilt-stack")
        assert running is not None
        status = command("status")
        assert (status.returncode, status.stdout) == (0, running.summary() + "\n")
        assert status.stdout in up.stdout
        for url in (running.catalog_url, running.registry_url, running.aws_url, running.control_url):
            assert url in status.stdout

        again = command("up")
        assert again.returncode == 2 and again.stdout == ""
        assert again.stderr.count("\n") == 1 and f"process {running.pid} already runs there" in again.stderr

        shown = up.stdout.split("in the environment:\n")[1].replace("\n  ", "\n").strip()
        assert shown.count("\n") == 2
        script = tmp_path / "use.py"
        script.write_text(
            f"import pathlib, boto3, quilt3, quilt_stack\n{shown}\n"
            's3.put_object(Bucket="data", Key="late.txt", Body=b"x")\n'
            'print(quilt3.logged_in(), list(quilt3.list_packages(registry="s3://data")))\n',
            encoding="utf-8",
        )
        used = command(program=(str(script),), AWS_ENDPOINT_URL=running.aws_url)
        assert used.stdout == f"{running.catalog_url} []\n", used.stderr

        taken = command("snapshot", "monday")
        file = running.state_directory / "snapshots" / "monday.snapshot"
        assert taken.returncode == 0 and taken.stdout.endswith(f" s: {file}\n"), taken.stdout + taken.stderr
        client = boto3.client("s3", **running.boto3_arguments)
        client.delete_object(Bucket="data", Key="late.txt")
        refused = command("restore", "tuesday")
        assert refused.returncode == 2 and refused.stderr.count("\n") == 1
        assert "there is no snapshot 'tuesday'; there are: monday" in refused.stderr
        handed_on = tmp_path / "handed-on.snapshot"
        file.rename(handed_on)
        restored = command("restore", str(handed_on))
        assert restored.returncode == 0 and restored.stdout.startswith("Restored handed-on of "), restored.stderr
        assert client.get_object(Bucket="data", Key="late.txt")["Body"].read() == b"x"
        assert command("snapshots").stdout == ""

        rule = "faults: [{surface: aws, path: late.txt, count: null, action: {kind: status, code: 503}}]"
        (tmp_path / "faults.yaml").write_text(rule, encoding="utf-8")
        assert command("faults", "faults.yaml").stdout == "aws: path late.txt: status code 503; 0 hit\n"
        examined = command("doctor")
        assert f"fine   stack         process {running.pid} stands" in examined.stdout, examined.stderr
        assert "note   faults        1 in force" in examined.stdout

        reset = command("reset")
        assert reset.returncode == 0, reset.stdout + reset.stderr
        anew = quilt_stack.attach(running.state_directory)
        assert anew is not None and anew.pid != running.pid
        urls = ("catalog_url", "registry_url", "aws_url", "control_url")
        assert [getattr(anew, url) for url in urls] == [getattr(running, url) for url in urls]
        s3 = boto3.client("s3", **anew.boto3_arguments)
        assert {bucket["Name"] for bucket in s3.list_buckets()["Buckets"]} == {
            "data",
            "shop-analyticsbucket-1a2b3c",
            "shop-servicebucket-1a2b3c",
        }
        assert s3.list_objects_v2(Bucket="data")["KeyCount"] == 0
        assert anew.control.issue_token("dana")
    finally:
        down = command("down")
    assert (down.returncode, down.stdout) == (0, "Stopped.\n"), down.stderr
    assert command("down").stdout == "No stack is up.\n"
    assert command("reset").returncode == 1


def test_the_container_file_runs_a_command_that_there_is() -> None:
    described = (ROOT / "quilt_stack" / "Containerfile").read_text(encoding="utf-8")
    for instruction in ("ENTRYPOINT", "HEALTHCHECK [^[]* CMD"):
        [(program, *arguments)] = map(json.loads, re.findall(rf"^{instruction} (\[.*\])$", described, re.MULTILINE))
        done = CliRunner().invoke(command_line.application, [*arguments, "--help"])
        assert (program, done.exit_code) == ("quilt-stack", 0), done.output


@pytest.mark.slow
def test_a_stack_in_the_foreground_ends_with_its_command(tmp_path: Path) -> None:
    place = tmp_path / "state"
    command = [sys.executable, "-m", "quilt_stack", "up", "--foreground", "--state-directory", str(place)]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        assert served.stdout.readline().endswith("it stays until Ctrl-C.\n")
        running = quilt_stack.attach(place)
        assert running is not None
        running.control.snapshot("monday")
        served.send_signal(signal.SIGTERM)
        said, problems = served.communicate(timeout=LIMIT_SECONDS)
    assert (served.returncode, problems) == (0, "") and said.endswith("Stopped.\n")
    assert not psutil.pid_exists(running.pid)
    assert {path.name for path in place.iterdir()} >= {"deployment.log", "snapshots"}

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        served.stdout.readline()
        other = quilt_stack.attach(place)
        assert other is not None and [each.name for each in other.control.snapshots()] == ["monday"]
        psutil.Process(other.pid).kill()
        said, problems = served.communicate(timeout=LIMIT_SECONDS)
    assert served.returncode == 2 and f"The stack (process {other.pid}) ended by itself." in problems


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        (
            "settings.yaml",
            "catalog_prot: 80",
            "settings.yaml cannot be used: catalog_prot: Extra inputs are not",
        ),
        ("settings.yaml", "region: [", "settings.yaml cannot be used: it is neither YAML nor JSON (line 1)"),
        ("settings.yaml", "- region", "settings.yaml cannot be used: it is no mapping of names to values"),
        ("settings.yaml", None, "settings.yaml cannot be used: No such file or directory"),
        (
            "blueprint.yaml",
            "users: [{name: 7}]",
            "blueprint.yaml cannot be used: users.0.name: Input should be",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line(
    name: str, content: str | None, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")

    must_fail(capsys, told, "up", f"--{path.stem}", str(path), "--state-directory", str(tmp_path / "state"))
    assert not (tmp_path / "state").exists()


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = f"registry_port {port} on 127.0.0.1 cannot be used: address already in use. Stop what listens there"
        must_fail(capsys, told, "up", "--registry-port", port, "--state-directory", str(tmp_path))


def test_a_state_directory_that_cannot_be_one_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "state"
    place.write_text("a file", encoding="utf-8")

    told = f"{place} cannot be a state directory: file exists. Choose another one."
    must_fail(capsys, told, "up", "--state-directory", str(place))


def must_fail(capsys: pytest.CaptureFixture[str], told: str, *arguments: str) -> None:
    with pytest.raises(SystemExit) as ended, pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["quilt-stack", *arguments])
        command_line.main()
    output, problems = capsys.readouterr()
    assert (ended.value.code, output) == (2, "")
    assert problems.startswith("quilt-stack: ") and told in problems
    assert problems.count("\n") == 1


@pytest.mark.slow
def test_a_stack_that_somebody_owns_is_theirs_to_reset(tmp_path: Path) -> None:
    settings = quilt_stack.DeploymentSettings(state_directory=tmp_path / "state")
    owned = quilt_stack.start(settings, owned=True)
    try:
        found = quilt_stack.attach(settings.state_directory)
        assert found is not None
        with pytest.raises(quilt_stack.DeploymentError, match="belongs to the process that started it"):
            quilt_stack.reset(found)
        assert owned.control.status()["pid"] == owned.pid

        boto3.client("s3", **owned.boto3_arguments).create_bucket(Bucket="late")
        owned = quilt_stack.reset(owned)

        assert owned.owned
        buckets = boto3.client("s3", **owned.boto3_arguments).list_buckets()["Buckets"]
        assert "late" not in {bucket["Name"] for bucket in buckets}
    finally:
        owned.stop()
    assert not settings.state_directory.exists()
