"""Starts deployments, from another process.

Of a deployment that runs (`quilt_stack.running`) it needs nothing before one has been started: that module is imported
while it starts, which takes longer.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from quilt_stack.blueprint import Blueprint
from quilt_stack.errors import DeploymentError
from quilt_stack.kept import Kept
from quilt_stack.settings import DeploymentSettings
from quilt_stack.state_files import (
    BLUEPRINT_FILE,
    DEPLOYMENT_FILE,
    LOG_FILE,
    PRIVATE_DIRECTORY,
    SETTINGS_FILE,
    DeploymentRecord,
    last_log_lines,
    make_private,
    remove_run,
    remove_run_files,
    write_atomically,
)
from quilt_stack.wire.exposure import check_exposure
from quilt_stack.wire.ports import check_ports

if TYPE_CHECKING:
    from quilt_stack.running import RunningDeployment

START_LIMIT_SECONDS = 60.0
_END_LIMIT_SECONDS = 20.0
# What must not reach the process: the caller's AWS and Quilt settings, and proxies, since it talks to itself only.
_WITHHELD_PREFIXES = ("AWS_", "QUILT_", "BOTO_", "MOTO_")
_WITHHELD_SUFFIXES = ("_PROXY",)


class StartingDeployment:
    """A deployment whose process was started: wait for it, or give it up."""

    def __init__(self, process: subprocess.Popen[bytes], state_directory: Path, *, owned: bool) -> None:
        self.state_directory = state_directory
        self._process = process
        self._owned = owned
        self._began = time.perf_counter()

    def wait(self) -> RunningDeployment:
        """Return when everything answers.

        Raises:
            DeploymentError: if the process ends or is not ready in time.
        """
        try:
            from quilt_stack.running import read_running

            _wait_until_ready(self._process, self.state_directory)
            running = read_running(self.state_directory, owned=self._owned, process=self._process)
            return replace(running, start_seconds=time.perf_counter() - self._began)
        except BaseException:
            self.give_up()
            remove_run(self.state_directory)
            raise
        finally:
            if self._process.stdout is not None:
                self._process.stdout.close()

    def give_up(self) -> None:
        """Kill the process; does nothing if it has ended."""
        self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()


def start(settings: DeploymentSettings, blueprint: Blueprint | None = None, *, owned: bool) -> RunningDeployment:
    """Start a deployment in a process of its own and return when everything answers.

    Raises:
        DeploymentError: if the state directory or a port cannot be used, or the process ends or is not ready in time.
    """
    return begin(settings, blueprint, owned=owned).wait()


def begin(settings: DeploymentSettings, blueprint: Blueprint | None = None, *, owned: bool) -> StartingDeployment:
    """Start a deployment in a process of its own, and do not wait for it.

    Args:
        settings: where it listens and keeps its state; the state directory is created.
        blueprint: what it holds when it opens; by default, what a fresh stack does.
        owned: let it end when this process ends, however that happens.

    Raises:
        DeploymentError: if others could reach it unasked, the state directory is in use, others' or cannot be made, a
            port cannot be had, or the web catalog is of an unknown version.
    """
    directory = settings.state_directory.resolve()
    settings = settings.model_copy(update={"state_directory": directory})
    check_exposure(settings)
    if settings.catalog_bundle is not None:
        from quilt_stack import bundle  # late, for those who serve none

        settings = settings.model_copy(update={"catalog_bundle": bundle.check(settings.catalog_bundle)})
    try:
        make_private(directory)
        _take_over(directory)
        if settings.keep is not None:
            kept = Kept(settings.keep.resolve())
            settings = settings.model_copy(update={"keep": kept.directory})
            settings, blueprint = kept.prepare(settings, blueprint)
        check_ports(settings)
        (directory / PRIVATE_DIRECTORY / "temporary").mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(directory / SETTINGS_FILE, settings.model_dump_json(indent=2))
        write_atomically(directory / BLUEPRINT_FILE, (blueprint or Blueprint()).with_passwords(), mode=0o600)
    except OSError as error:
        place = f"{directory} cannot be a state directory"
        if settings.keep is not None and str(error.filename or "").startswith(str(settings.keep)):
            place = f"{settings.keep} cannot keep the state"
        raise DeploymentError(f"{place}: {(error.strerror or str(error)).lower()}. Choose another one.") from error
    command = [sys.executable, "-P", "-m", "quilt_stack.stack"]
    command += ["--settings", str(directory / SETTINGS_FILE), "--blueprint", str(directory / BLUEPRINT_FILE)]
    command += ["--owned"] if owned else []
    return StartingDeployment(_spawn(command, directory, owned=owned), directory, owned=owned)


def reset(running: RunningDeployment) -> RunningDeployment:
    """Bring a deployment back to its blueprint: stop it, and start it with the same settings and on the same ports.

    What was stored since is gone, and so are tokens and keys: the operator's and the control token are new ones.

    Raises:
        DeploymentError: if another process owns it, or it does not stop or start.
    """
    record = DeploymentRecord.read(running.state_directory / DEPLOYMENT_FILE)
    if record is None:
        raise DeploymentError(f"Resetting the deployment in {running.state_directory}: it has ended")
    if record.owned and not running.owned:
        raise DeploymentError(
            f"Resetting the deployment in {running.state_directory}: it belongs to the process that started it,"
            " and ends with that one"
        )
    urls = {name: getattr(record, f"{name}_url") for name in ("aws", "catalog", "registry", "control")}
    ports = {f"{name}_port": urlsplit(url).port for name, url in urls.items()}
    blueprint = running.blueprint
    running.stop(keep_log=True)
    if record.settings.keep is not None:
        Kept(record.settings.keep).forget()
    return start(record.settings.model_copy(update=ports), blueprint, owned=running.owned)


def process_environment(caller: Mapping[str, str], state_directory: Path) -> dict[str, str]:
    """The environment of a deployment's process: the caller's without its AWS, Quilt and proxy settings.

    Directories that libraries write to are put into the state directory. A caller who keeps Python from writing
    bytecode beside the sources gets it in his cache directory: without any, a start takes three times as long.
    """
    private = state_directory / PRIVATE_DIRECTORY
    kept = {
        name: value
        for name, value in caller.items()
        if not name.upper().startswith(_WITHHELD_PREFIXES) and not name.upper().endswith(_WITHHELD_SUFFIXES)
    }
    if kept.pop("PYTHONDONTWRITEBYTECODE", ""):
        cache = caller.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        kept.setdefault("PYTHONPYCACHEPREFIX", str(Path(cache) / "quilt-stack" / "bytecode"))
    return kept | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "QUILT_DISABLE_USAGE_METRICS": "true",
        "XDG_DATA_HOME": str(private / "data"),
        "XDG_CACHE_HOME": str(private / "cache"),
        "TMPDIR": str(private / "temporary"),
    }


def _spawn(command: list[str], directory: Path, *, owned: bool) -> subprocess.Popen[bytes]:
    with (directory / LOG_FILE).open("ab") as log:
        return subprocess.Popen(
            command,
            cwd=directory,
            env=process_environment(os.environ, directory),
            # Its end closes when this process ends, however that happens.
            stdin=subprocess.PIPE if owned else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            # A Ctrl-C is for the caller, who stops the deployment when it is done with it.
            start_new_session=True,
        )


def _take_over(directory: Path) -> None:
    """Make sure that no other deployment has the directory, and clear what a killed one left."""
    if (directory / DEPLOYMENT_FILE).exists():
        from quilt_stack.running import attach

        running = attach(directory)
        if running is not None:
            raise DeploymentError(
                f"Starting a deployment in {directory}: process {running.pid} already runs there. "
                "Use that one, stop it, or choose another state directory."
            )
    remove_run_files(directory)


def _wait_until_ready(process: subprocess.Popen[bytes], directory: Path) -> None:
    assert process.stdout is not None
    deadline = time.monotonic() + START_LIMIT_SECONDS
    said = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while not said.endswith(b"\n"):
            if not selector.select(max(deadline - time.monotonic(), 0)):
                raise _start_error(directory, f"it was not ready within {START_LIMIT_SECONDS:g} s")
            chunk = os.read(process.stdout.fileno(), 65536)
            if not chunk:
                code = process.wait(_END_LIMIT_SECONDS)
                raise _start_error(directory, f"its process ended with code {code} before it was ready")
            said += chunk
    if not said.startswith(b"READY "):
        raise _start_error(directory, f"it said {said[:200]!r} instead of READY")


def _start_error(directory: Path, what: str) -> DeploymentError:
    return DeploymentError(f"Starting a deployment in {directory}: {what}. {last_log_lines(directory)}")
