"""Texts that are needed for undoing and that an undo log must not hold: CI keeps those logs where many can read them.

An undo log names a text by its digest; the text stays on this machine, for its owner's eyes alone.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from environment.settings import state_directory


def digest_of(text: str) -> str:
    """What an undo log says of a text."""
    return sha256(text.encode()).hexdigest()


def keep_text(text: str) -> str:
    """Keep a text until it is forgotten, and return its digest. Raises OSError if it cannot be written."""
    path = _path(digest_of(text))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8", newline=""
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return path.name


def kept_text(digest: str) -> str | None:
    """The text of this digest; None if it was kept on another machine."""
    path = _path(digest)
    return path.read_bytes().decode() if path.exists() else None


def forget_text(digest: str) -> None:
    """Keep the text no longer."""
    _path(digest).unlink(missing_ok=True)


def _path(digest: str) -> Path:
    return state_directory() / "kept-texts" / digest
