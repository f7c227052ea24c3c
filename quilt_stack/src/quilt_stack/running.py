"""A deployment that runs: where it answers, and its end."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psutil
from pydantic import ValidationError

from quilt_stack.blueprint import Blueprint
from quilt_stack.control_client import ControlClient, ControlError
from quilt_stack.errors import DeploymentError
from quilt_stack.kept import Kept
from quilt_stack.state_files import (
    BLUEPRINT_FILE,
    CA_BUNDLE_FILE,
    DEPLOYMENT_FILE,
    LOG_FILE,
    OPERATOR_FILE,
    DeploymentRecord,
    OperatorRecord,
    last_log_lines,
    remove_run,
)

STOP_LIMIT_SECONDS = 20.0

_CONNECT_LIMIT_SECONDS = 5.0


@dataclass(frozen=True)
class RunningDeployment:
    """A deployment that answers. URLs are origins without a trailing slash.

    ``owned``: it ends with the process that started it, and `stop` removes its state directory. ``start_seconds``: from
    its process's start until it answered; 0 if somebody else started it. ``ca_bundle``: the authorities that a client
    has to trust, a file in PEM; None without TLS.
    """

    pid: int
    aws_url: str
    catalog_url: str
    registry_url: str
    control_url: str
    region: str
    operator_access_key_id: str
    operator_secret_access_key: str = field(repr=False)
    control: ControlClient = field(repr=False)
    state_directory: Path
    owned: bool = False
    start_seconds: float = 0.0
    ca_bundle: Path | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def boto3_arguments(self) -> dict[str, Any]:
        """What makes ``boto3.client("s3", **arguments)`` a client of the operator, who may do everything."""
        return {
            "endpoint_url": self.aws_url,
            "region_name": self.region,
            "aws_access_key_id": self.operator_access_key_id,
            "aws_secret_access_key": self.operator_secret_access_key,
            **({} if self.ca_bundle is None else {"verify": str(self.ca_bundle)}),
        }

    @property
    def client_environment(self) -> dict[str, str]:
        """What the environment of a client's process has to say: where AWS is and, with TLS, whom to trust."""
        trusted = ("AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
        bundle = {} if self.ca_bundle is None else dict.fromkeys(trusted, str(self.ca_bundle))
        return {"AWS_ENDPOINT_URL": self.aws_url, **bundle}

    @property
    def blueprint(self) -> Blueprint:
        """What it held when it opened, with the users' passwords.

        Raises:
            UnusableFileError: it has ended.
        """
        return Blueprint.load(self.state_directory / BLUEPRINT_FILE)

    def summary(self) -> str:
        """Where it answers, for people: a line for each name, aligned."""
        lines = {
            "catalog": self.catalog_url,
            "registry": self.registry_url,
            "AWS endpoint": self.aws_url,
            "control": self.control_url,
            "process": self.pid,
            "state and log": self.state_directory,
        }
        return "\n".join(f"{name:<13}  {value}" for name, value in lines.items())

    @property
    def kept_in(self) -> Path | None:
        """The directory in which its state lasts beyond it; None if it does not, or if it has ended."""
        record = DeploymentRecord.read(self.state_directory / DEPLOYMENT_FILE)
        return None if record is None else record.settings.keep

    def has_ended(self) -> bool:
        """Whether the process is gone, or about to go: nothing listens there any more.

        Whoever was forked from its owner may ask, too: only a parent could poll.
        """
        try:
            if psutil.Process(self.pid).status() == psutil.STATUS_ZOMBIE:
                return True
            address = urlsplit(self.control_url)
            socket.create_connection((address.hostname, address.port), timeout=_CONNECT_LIMIT_SECONDS).close()
        except (psutil.NoSuchProcess, ConnectionRefusedError):
            return True
        except OSError:
            return False  # it is there, and slow
        return False

    def stop(self, *, keep_log: bool = False) -> None:
        """Stop the process and wait until it is gone; does nothing if it is gone already.

        Args:
            keep_log: leave the log in the state directory, for whoever is told to look at it.

        Raises:
            DeploymentError: if it had to be killed, with the log's last lines, or did not save the state that it keeps.
        """
        keep = None if self.kept_in is None or self.has_ended() else Kept(self.kept_in)
        saved_before = 0 if keep is None else keep.saved_at()
        tidy = self._end()
        is_saved = keep is None or keep.saved_at() > saved_before
        keep_log = keep_log or not is_saved
        if self.owned and not keep_log:
            log = last_log_lines(self.state_directory)
            shutil.rmtree(self.state_directory, ignore_errors=False)
        else:
            log = f"Its log is {self.state_directory / LOG_FILE}"
            remove_run(self.state_directory)
        if not tidy:
            raise DeploymentError(
                f"Stopping the deployment (process {self.pid}): it did not end within {STOP_LIMIT_SECONDS:g} s"
                f" and was killed. {log}"
            )
        if keep is not None and not is_saved:
            raise DeploymentError(
                f"Stopping the deployment (process {self.pid}): its state was not saved in {keep.directory}, which has"
                f" that of the last stop. {log}"
            )

    def _end(self) -> bool:
        process = self._process
        if process is not None:
            process.terminate()
            try:
                process.wait(STOP_LIMIT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                return False
            finally:
                if process.stdin is not None:
                    process.stdin.close()
            return True
        try:
            other = psutil.Process(self.pid)
            if not _answers(self.control, self.pid):
                return True
            other.terminate()
            try:
                other.wait(STOP_LIMIT_SECONDS)
            except psutil.TimeoutExpired:
                other.kill()
                other.wait()
                return False
        except psutil.NoSuchProcess:
            return True
        return True


def attach(state_directory: Path) -> RunningDeployment | None:
    """The deployment whose state this is; None if it does not run, or something else has its process id or port."""
    directory = state_directory.resolve()
    try:
        running = read_running(directory, owned=False)
    except DeploymentError:
        return None
    return running if _answers(running.control, running.pid) else None


def read_running(directory: Path, *, owned: bool, process: subprocess.Popen[bytes] | None = None) -> RunningDeployment:
    """The deployment that a state directory tells of, whether it answers or not.

    Raises:
        DeploymentError: if the directory tells of none.
    """
    try:
        record = DeploymentRecord.read(directory / DEPLOYMENT_FILE)
        operator = OperatorRecord.read(directory / OPERATOR_FILE)
    except (ValidationError, json.JSONDecodeError) as error:
        raise DeploymentError(f"Reading the state of a deployment in {directory}: {error}") from None
    if record is None or operator is None:
        raise DeploymentError(f"Looked for a deployment in {directory}: it has no {DEPLOYMENT_FILE} or {OPERATOR_FILE}")
    ca_bundle = directory / CA_BUNDLE_FILE if record.settings.tls else None
    return RunningDeployment(
        pid=record.pid,
        aws_url=record.aws_url,
        catalog_url=record.catalog_url,
        registry_url=record.registry_url,
        control_url=record.control_url,
        region=record.region,
        operator_access_key_id=operator.access_key_id,
        operator_secret_access_key=operator.secret_access_key,
        control=ControlClient(record.control_url, operator.control_token, ca_bundle),
        state_directory=directory,
        owned=owned,
        ca_bundle=ca_bundle,
        _process=process,
    )


def _answers(control: ControlClient, pid: int) -> bool:
    if not psutil.pid_exists(pid):
        return False
    with contextlib.suppress(ControlError):
        return control.status().get("pid") == pid
    return False
