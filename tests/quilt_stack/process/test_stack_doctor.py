"""``quilt-stack doctor``: each thing that can be wrong is planted, and has to be told with what to do."""

from __future__ import annotations

import importlib.metadata
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import certifi
import psutil
import pytest
from stack_wire import WireDeployment

import quilt_stack
from quilt_stack import DeploymentSettings, Latency, bundle, patches
from quilt_stack.doctor import machine, standing
from quilt_stack.doctor.command import examine
from quilt_stack.doctor.diagnosis import Diagnosis, Health
from quilt_stack.state_files import DEPLOYMENT_FILE, LOG_FILE


def only(found: list[Diagnosis]) -> Diagnosis:
    """The one finding there is."""
    [finding] = found
    return finding


def told(finding: Diagnosis, state: Health, *words: str) -> None:
    """A finding of this kind, with these words and advice, in one line."""
    line = str(finding)
    assert finding.health is state, line
    assert (state is Health.FINE) is (finding.advice == ""), line
    assert [word for word in words if word not in line] == [], line
    assert "\n" not in line


def test_a_machine_that_is_fit_is_told_so() -> None:
    settings = DeploymentSettings(state_directory=Path("anywhere"))
    for found in (machine.versions(), machine.memory(), machine.ports(settings), machine.certificate(settings)):
        told(only(list(found)), Health.FINE)


def test_a_library_of_another_version_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    installed = importlib.metadata.version
    monkeypatch.setattr(machine, "version", lambda name: "4.0.0" if name == "moto" else installed(name))

    told(only(list(machine.versions())), Health.WRONG, "moto 4.0.0 is installed, and ~=5.2.5 is needed", "install")


def test_a_library_that_was_changed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = patches.Patch(__name__, "moto", reason="x", bodies={"json:dumps": "0" * 12}, fence="x", until="x")
    patches.DECLARED.remove(changed)
    monkeypatch.setattr(machine, "declared", lambda modules: (changed,))

    told(only(list(machine.versions())), Health.WRONG, "json:dumps is another one", "a newer quilt-stack")


def test_too_little_memory_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "NEEDED_BYTES", psutil.virtual_memory().total * 2)

    told(only(list(machine.memory())), Health.WRONG, "MB are free", "end something")


def test_a_port_that_is_taken_is_told_with_who_has_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        settings = DeploymentSettings(state_directory=Path("anywhere"), registry_port=port)
        told(only(list(machine.ports(settings))), Health.WRONG, f"process {os.getpid()} ", f"registry_port {port}")


def test_an_address_that_is_not_this_machines_is_told() -> None:
    settings = DeploymentSettings(state_directory=Path("anywhere"), host="192.0.2.1")
    told(only(list(machine.ports(settings))), Health.WRONG, "192.0.2.1 cannot be used")


def test_a_certificate_that_cannot_be_made_is_told() -> None:
    settings = DeploymentSettings(state_directory=Path("anywhere"), host="no host at all")
    told(only(list(machine.certificate(settings))), Health.WRONG, "cannot be made", "serve without TLS")


def test_pages_that_are_not_there_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(bundle.VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    catalog, browser = machine.pages()
    told(catalog, Health.NOTE, "'quilt-stack catalog --install'")
    told(browser, Health.NOTE, "it is not there")


def test_pages_of_an_unknown_version_and_a_browser_that_fails_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bundle.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv(bundle.VARIABLE, str(tmp_path))
    (tmp_path / "chromium").symlink_to("/bin/false" if Path("/bin/false").exists() else str(shutil.which("false")))
    monkeypatch.setenv("PATH", str(tmp_path))
    catalog, browser = machine.pages()
    told(catalog, Health.WRONG, "of an unknown version")
    told(browser, Health.WRONG, "does not start")


def test_a_proxy_is_told_unless_this_machine_is_excepted(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example.org:3128")
    told(only(list(standing.surroundings(None))), Health.WRONG, "a proxy for 127.0.0.1", "export NO_PROXY=")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    assert list(standing.surroundings(None)) == []


def test_a_stack_that_answers_is_told_so(deployment: WireDeployment) -> None:
    stack, said = standing.find(deployment.running.state_directory)
    assert stack is not None
    told(only(said), Health.FINE, f"process {stack.pid} stands", "MB")
    assert {each.about: each.health for each in standing.answers(stack)} == dict.fromkeys(
        ("catalog", "registry", "aws"), Health.FINE
    )
    assert list(standing.trust(stack)) == []


def test_what_a_shell_lacks_is_told(deployment: WireDeployment) -> None:
    stack = deployment.running
    told(only(list(standing.surroundings(stack, stack.client_environment))), Health.FINE)
    told(only(list(standing.surroundings(stack, {}))), Health.NOTE, "AWS_ENDPOINT_URL is not set", stack.aws_url)
    elsewhere = {"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}
    told(only(list(standing.surroundings(stack, elsewhere))), Health.NOTE, "is http://127.0.0.1:1", stack.aws_url)


def test_what_was_arranged_is_told(deployment: WireDeployment) -> None:
    control = deployment.running.control
    try:
        control.set_fault("registry", Latency(seconds=1), path="/nowhere")
        control.advance_clock(3600)
        control.set_conditions(subscription_valid=False, mail_accepted=False)
        found = {each.about: each for each in standing.arranged(deployment.running)}
    finally:
        control.set_conditions(subscription_valid=True, mail_accepted=True)
        control.reset_clock()
        control.clear_faults()
    told(found["faults"], Health.NOTE, "1 in force", "'quilt-stack faults --clear'")
    told(found["clock"], Health.NOTE, "3,600 s")
    told(found["licence"], Health.NOTE, "has ended")
    told(found["mail"], Health.NOTE, "takes none")
    assert not {"faults", "clock", "licence", "mail"} & {each.about for each in standing.arranged(deployment.running)}


def test_a_stack_elsewhere_is_told(deployment: WireDeployment, tmp_path: Path) -> None:
    pid = deployment.running.pid
    found = [each for each in machine.others(tmp_path) if f"process {pid} " in each.what]
    told(only(found), Health.NOTE, str(deployment.running.state_directory), "it ends with its owner")
    assert not any(f"process {pid} " in each.what for each in machine.others(deployment.running.state_directory))


@pytest.mark.slow
def test_a_stack_that_was_killed_or_is_lost_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    directory = tmp_path / "state"
    told(only(standing.find(directory)[1]), Health.NOTE, "'quilt-stack up' starts one")
    running = quilt_stack.start(DeploymentSettings(state_directory=directory, tls=True), owned=False)
    process = psutil.Process(running.pid)
    try:
        examine(directory, None)
        lines = capsys.readouterr().out.splitlines()
        # Other stacks come and go on a machine on which several people test.
        assert [line for line in lines if line.startswith("wrong") and "leftovers" not in line] == []
        assert any(line.startswith("fine   certificate   good for ") for line in lines), lines

        trusted = directory / "ca-bundle.pem"
        content = trusted.read_bytes()
        trusted.write_bytes(Path(certifi.where()).read_bytes())
        told(only(list(standing.trust(running))), Health.WRONG, "certificate verify failed")
        assert {each.health for each in standing.answers(running)} == {Health.WRONG}
        trusted.write_bytes(content)

        process.send_signal(signal.SIGSTOP)
        stack, said = standing.find(directory)
        assert stack is None
        told(only(said), Health.WRONG, "does not answer", str(directory / LOG_FILE), f"'kill {running.pid}'")
        process.send_signal(signal.SIGCONT)

        record = (directory / DEPLOYMENT_FILE).read_text(encoding="utf-8")
        (directory / DEPLOYMENT_FILE).write_text('{"pid": "x"}', encoding="utf-8")
        told(only(standing.find(directory)[1]), Health.WRONG, "is damaged", "delete it")
        (directory / DEPLOYMENT_FILE).unlink()
        assert not any(f"process {running.pid} " in each.what for each in machine.others(directory))  # it may yet start
        monkeypatch.setattr(machine, "START_LIMIT_SECONDS", 0)
        lost = [each for each in machine.others(directory) if f"process {running.pid} " in each.what]
        told(only(lost), Health.WRONG, f"{directory} does not know", f"'kill {running.pid}'")
        (directory / DEPLOYMENT_FILE).write_text(json.dumps({**json.loads(record), "pid": 1}), encoding="utf-8")
        replaced = [each for each in machine.others(directory) if f"process {running.pid} " in each.what]
        told(only(replaced), Health.WRONG, f"{directory} does not know", f"'kill {running.pid}'")
        (directory / DEPLOYMENT_FILE).write_text(record, encoding="utf-8")
    finally:
        process.kill()
        assert running._process is not None
        running._process.wait(30)  # psutil cannot reap it
        told(only(standing.find(directory)[1]), Health.NOTE, "was killed", "'quilt-stack up'")
        running.stop()


def test_the_command_ends_with_1_if_something_is_wrong(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        (tmp_path / "settings.yaml").write_text(f"aws_port: {taken.getsockname()[1]}\n", encoding="utf-8")
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "quilt_stack",
                "doctor",
                "--settings",
                "settings.yaml",
                "--state-directory",
                "state",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert done.returncode == 1 and done.stderr == "", done.stdout + done.stderr
    wrong = [line for line in done.stdout.splitlines() if line.startswith("wrong")]
    assert any("aws_port" in line and "stop it" in line for line in wrong), done.stdout
    assert not (tmp_path / "state").exists()
