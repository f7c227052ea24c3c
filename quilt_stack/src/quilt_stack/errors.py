"""Errors for whoever starts and stops a deployment: what was tried, what came back, what to do next."""

from __future__ import annotations

from pathlib import Path


class DeploymentError(Exception):
    """A deployment could not be started or stopped; the message says what was tried and what to look at."""


class UnusableFileError(DeploymentError):
    """A file of settings or a blueprint cannot be used; the message is one line, without the file's values."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be used: {reason}")
