"""Features run on a target in a process of their own, without anything of this machine's own AWS and Quilt settings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from environment.settings import ROOT, STATE_VARIABLE

_FOREIGN = ("AWS_", "QUILT_", "PYTEST_")


def command_of(arguments: Sequence[str]) -> list[str]:
    """The command line of a run of features."""
    return [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider", *arguments]


def environment_of(state: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """The environment of such a process: this one's, but for what is somebody else's AWS and Quilt."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(_FOREIGN)}
    return {**own, **variables, STATE_VARIABLE: str(state)}


def run_features(
    state: Path, *arguments: str, variables: Mapping[str, str] | None = None, limit_seconds: float = 240
) -> subprocess.CompletedProcess[str]:
    """Run features and wait for their end.

    Raises:
        subprocess.TimeoutExpired: if they take longer than the limit.
    """
    return subprocess.run(
        command_of(["-q", *arguments]),
        cwd=ROOT,
        env=environment_of(state, variables or {}),
        capture_output=True,
        timeout=limit_seconds,
        text=True,
        check=False,
    )
