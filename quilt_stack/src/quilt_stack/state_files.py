"""What a deployment writes into its state directory for those who start, attach to and stop it."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from quilt_stack.errors import DeploymentError
from quilt_stack.settings import DeploymentSettings
from quilt_stack.wire.masking import redact

SETTINGS_FILE = "settings.json"
DEPLOYMENT_FILE = "deployment.json"
OPERATOR_FILE = "operator.json"
DATABASE_FILE = "registry.sqlite"
LOG_FILE = "deployment.log"
PRIVATE_DIRECTORY = "private"
SNAPSHOTS_DIRECTORY = "snapshots"
CA_BUNDLE_FILE = "ca-bundle.pem"
CERTIFICATE_FILE = f"{PRIVATE_DIRECTORY}/certificate.pem"
BLUEPRINT_FILE = f"{PRIVATE_DIRECTORY}/blueprint.json"

KEPT_RECORD_FILE = "kept.json"

CONTROL_TOKEN_HEADER = "X-Control-Token"

_SHOWN_LOG_LINES = 15


class StateFile(BaseModel):
    """A file of a state directory, in JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """What the file says; None if it is not there.

        Raises:
            pydantic.ValidationError: if it is not such a file.
        """
        try:
            return cls.model_validate_json(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            return None


class DeploymentRecord(StateFile):
    """deployment.json: where a deployment answers. Holds no secret.

    ``started_at`` is seconds since the epoch; an ``owned`` one ends with the process that started it.
    """

    pid: int
    aws_url: str
    catalog_url: str
    registry_url: str
    control_url: str
    region: str
    started_at: float
    owned: bool
    settings: DeploymentSettings


class OperatorRecord(StateFile):
    """operator.json (mode 0600): the operator's AWS keys and the token of the control port."""

    access_key_id: str
    secret_access_key: str
    control_token: str


def make_private(state_directory: Path) -> None:
    """Make the directory, or close it to others: keys, passwords and tokens lie in it.

    Raises:
        DeploymentError: if others can read it and it holds something else, so that it must not be closed.
        OSError: if it cannot be made.
    """
    state_directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if state_directory.stat().st_mode & 0o077:
        names = {path.name for path in state_directory.iterdir()}
        if names and not names & {SETTINGS_FILE, DEPLOYMENT_FILE, KEPT_RECORD_FILE}:
            raise DeploymentError(
                f"{state_directory} is open to others and holds more than a deployment's state."
                " Choose a directory of its own, or close it (chmod 700)."
            )
        state_directory.chmod(0o700)


def write_atomically(path: Path, text: str, *, mode: int = 0o644) -> None:
    """Write a file that readers see whole or not at all, never with a wider mode than asked for."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        temporary.chmod(mode)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def remove_run_files(state_directory: Path) -> None:
    """Remove what one run of a deployment leaves behind; log, settings and what others put there stay."""
    database = (DATABASE_FILE, f"{DATABASE_FILE}-wal", f"{DATABASE_FILE}-shm")
    for name in (DEPLOYMENT_FILE, OPERATOR_FILE, CA_BUNDLE_FILE, CERTIFICATE_FILE, *database):
        (state_directory / name).unlink(missing_ok=True)


def remove_run(state_directory: Path) -> None:
    """Remove the same, and the private directory with what libraries wrote."""
    remove_run_files(state_directory)
    shutil.rmtree(state_directory / PRIVATE_DIRECTORY, ignore_errors=True)


def last_log_lines(state_directory: Path) -> str:
    """The end of the log, for an error's message; says so if there is none."""
    path = state_directory / LOG_FILE
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
    if not lines:
        return f"It wrote nothing to its log {path}."
    return f"The end of its log {path}:\n" + "\n".join(redact(line) for line in lines[-_SHOWN_LOG_LINES:])
