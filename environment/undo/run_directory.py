"""A directory for what one process of a run keeps on disk: personas' homes, caches, the state of its deployment.

It lies in the suite's state directory, is for its owner's eyes alone, and goes when the process ends. What a killed
process left is found by its owner's record and removed by ``acceptance clean-up``.
"""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from pydantic import ValidationError

from environment.console import Say
from environment.undo.process import is_alive, this_process
from environment.undo.records import OwnerProcess

RUNS = "runs"
OWNER_FILE = "owner.json"


class RunDirectory:
    """This process's directory below a state directory.

    Raises:
        OSError: if it cannot be made.
    """

    def __init__(self, state_directory: Path) -> None:
        self._kept = False
        parent = state_directory / RUNS
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = Path(mkdtemp(dir=parent))
        (self.path / OWNER_FILE).write_text(this_process().model_dump_json(), encoding="utf-8")

    def subdirectory(self, name: str) -> Path:
        """A directory in it, made if need be."""
        path = self.path / name
        path.mkdir(exist_ok=True, mode=0o700)
        return path

    def remove(self) -> None:
        """Remove it with all that is in it, unless `keep` was called."""
        if not self._kept:
            _remove(self.path)

    def keep(self) -> None:
        """Leave it when the process ends, for whoever is told to look into it; clean-up removes it later."""
        self._kept = True


def remove_orphans(
    state_directory: Path,
    *,
    before: datetime | None = None,
    dry_run: bool = False,
    say: Say = lambda _line: None,
) -> list[Path]:
    """Remove the directories of processes that no longer live, with ``before`` those made earlier alone; return them.

    A directory without its owner's record is left alone: its process may be about to write it.

    Raises:
        OSError: if one cannot be removed.
    """
    orphans = [path for path in sorted((state_directory / RUNS).glob("*")) if _is_orphan(path, before)]
    for path in orphans:
        say(f"{'would remove' if dry_run else 'removed'} {path}, which a killed run left")
        if not dry_run:
            _remove(path)
    return orphans


def _is_orphan(path: Path, before: datetime | None) -> bool:
    try:
        made = datetime.fromtimestamp((path / OWNER_FILE).stat().st_mtime, UTC)
        if before is not None and made >= before:
            return False
        return not is_alive(OwnerProcess.model_validate_json((path / OWNER_FILE).read_bytes()))
    except (OSError, ValidationError):
        return False


def _remove(path: Path) -> None:
    """Remove a directory, also when somebody who is about to end still writes a file there."""
    shutil.rmtree(path, ignore_errors=True)
    if path.exists():
        shutil.rmtree(path)
