"""What lasts beyond a deployment's process, in a directory that its settings name with ``keep``.

The state as it was at the last orderly stop, and what lets a client of then go on: the ports, the operator's keys and
the token of the control port. The blueprint is kept for a reset.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from quilt_stack.blueprint import Blueprint
from quilt_stack.errors import DeploymentError
from quilt_stack.state_files import KEPT_RECORD_FILE, OperatorRecord, StateFile, make_private, write_atomically

if TYPE_CHECKING:
    from quilt_stack.settings import DeploymentSettings

_STATE_FILE = "kept.snapshot"
_BLUEPRINT_FILE = "blueprint.json"


class KeptRecord(StateFile):
    """kept.json (mode 0600): ports by the name of their setting, and the operator's keys."""

    ports: Mapping[str, int]
    operator: OperatorRecord


@dataclass(frozen=True)
class Kept:
    """One such directory."""

    directory: Path

    @property
    def state(self) -> Path:
        """The file with the state; it is not there before the first stop."""
        return self.directory / _STATE_FILE

    def record(self) -> KeptRecord | None:
        """What lets clients go on; None before the first start.

        Raises:
            DeploymentError: the file is damaged.
        """
        path = self.directory / KEPT_RECORD_FILE
        try:
            return KeptRecord.read(path)
        except ValidationError:
            raise DeploymentError(f"{path} is damaged: delete it, and ports and keys will be new ones") from None

    def write_record(self, ports: Mapping[str, int], operator: OperatorRecord) -> None:
        """Keep where it answers, and the operator's keys."""
        text = KeptRecord(ports=ports, operator=operator).model_dump_json(indent=2)
        write_atomically(self.directory / KEPT_RECORD_FILE, text, mode=0o600)

    def prepare(
        self, settings: DeploymentSettings, blueprint: Blueprint | None
    ) -> tuple[DeploymentSettings, Blueprint]:
        """Make the directory or look whether it can be used; returns the settings with the ports of then.

        The blueprint is the one given, which is kept, or else the one kept.

        Raises:
            DeploymentError: others can read the directory, or what is in it is damaged or of another version.
            OSError: it cannot be made or written.
        """
        if self.directory == settings.state_directory:
            raise DeploymentError(
                f"{self.directory} cannot be both the state directory and the one to keep: choose another one for one."
            )
        make_private(self.directory)
        with self.sole_use():
            pass
        if self.state.exists():
            from quilt_stack.snapshot import archive  # late, for those who keep nothing

            archive.check(self.state)
        record = self.record()
        if record is not None:
            free = {name: port for name, port in record.ports.items() if name not in settings.model_fields_set}
            settings = settings.model_copy(update=free)
        path = self.directory / _BLUEPRINT_FILE
        if blueprint is not None:
            write_atomically(path, blueprint.with_passwords(), mode=0o600)
        elif path.exists():
            blueprint = Blueprint.load(path)
        return settings, blueprint or Blueprint()

    @contextmanager
    def sole_use(self) -> Iterator[None]:
        """Hold the directory against other deployments.

        Raises:
            DeploymentError: another one has it.
        """
        descriptor = os.open(self.directory, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError:
            raise DeploymentError(
                f"Another deployment keeps its state in {self.directory}: use that one, or another directory."
            ) from None
        finally:
            os.close(descriptor)

    def forget(self) -> None:
        """Keep nothing of what was; the blueprint stays."""
        for path in (self.state, self.directory / KEPT_RECORD_FILE):
            path.unlink(missing_ok=True)

    def saved_at(self) -> int:
        """When the state was saved, in nanoseconds since the epoch; 0 if it never was."""
        return self.state.stat().st_mtime_ns if self.state.exists() else 0
