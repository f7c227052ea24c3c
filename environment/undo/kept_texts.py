"""Texts that are needed for undoing and that an undo log must not hold: CI keeps those logs where many can read them.

An undo log names a text by its digest and a number of its own; the text stays on this machine, for its owner's eyes
alone. Whoever keeps the same text at the same time, such as another worker of the run, forgets its own copy only.
"""

from __future__ import annotations

import os
import secrets
from hashlib import sha256
from pathlib import Path

from environment.settings import state_directory


def digest_of(text: str) -> str:
    """What an undo log says of a text."""
    return sha256(text.encode()).hexdigest()


def keep_text(text: str) -> str:
    """Keep a text until it is forgotten, and return its name. Raises OSError if it cannot be written."""
    path = _path(f"{digest_of(text)}-{secrets.token_hex(4)}")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(
        os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8", newline=""
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return path.name


def is_name_of(name: str, text: str) -> bool:
    """Whether a text was kept by that name."""
    return name.partition("-")[0] == digest_of(text)


def kept_text(name: str) -> str | None:
    """The text of this name; None if it was kept on another machine."""
    path = _path(name)
    return path.read_bytes().decode() if path.exists() else None


def forget_text(name: str) -> None:
    """Keep the text no longer."""
    _path(name).unlink(missing_ok=True)


def _path(name: str) -> Path:
    return state_directory() / "kept-texts" / name
