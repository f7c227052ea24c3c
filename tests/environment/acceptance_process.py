"""Runs the suite as its users do, in a process of its own, with state and results in a folder of the test's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LIMIT_SECONDS = 180


@dataclass(frozen=True)
class Result:
    """What a process ended with."""

    exit_code: int
    output: str
    errors: str

    @property
    def text(self) -> str:
        """All that its user saw."""
        return self.output + self.errors


@dataclass(frozen=True)
class Workshop:
    """A place where commands keep state and results apart from the user's own and from other tests'."""

    path: Path
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.path / "state"

    @property
    def build(self) -> Path:
        return self.path / "build"

    @property
    def environment(self) -> dict[str, str]:
        """The caller's environment without settings of the suite and of its targets."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUILT_", "AWS_", "PYTEST_"))}
        places = {"QUILT_ACCEPTANCE_STATE": str(self.state), "QUILT_ACCEPTANCE_BUILD": str(self.build)}
        # A wide terminal: lines are compared as they are meant.
        return {**kept, **places, "COLUMNS": "400", "AWS_CONFIG_FILE": os.devnull, **self.extra}

    def start(self, command: Sequence[str]) -> subprocess.Popen[str]:
        """Start a command; its outputs are to be read by the caller."""
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, command: Sequence[str]) -> Result:
        """Run a command to its end."""
        with self.start(command) as process:
            try:
                output, errors = process.communicate(timeout=LIMIT_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return Result(process.returncode, output, errors)

    def pytest(self, *arguments: str) -> Result:
        """Run pytest over features."""
        return self.run(pytest_command(*arguments))

    def acceptance(self, *arguments: str) -> Result:
        """Run the command line."""
        return self.run([sys.executable, "-m", "environment.command.main", *arguments])

    def with_settings(self, settings: Mapping[str, str]) -> Workshop:
        """The same place with more environment variables."""
        return Workshop(self.path, {**self.extra, **settings})


def pytest_command(*arguments: str) -> list[str]:
    """pytest over features, as a command line."""
    return [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
