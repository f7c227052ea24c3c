"""A project of a few lines, with a product of its own, through the whole command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from environment.settings import ROOT
from strength.verdicts import FaultVerdict, Measurement

SAMPLE = Path(__file__).with_name("sample")


@dataclass(frozen=True)
class Shop:
    """A copy of the sample, in which tests may change what they like."""

    folder: Path

    @property
    def build(self) -> Path:
        return self.folder / "build" / "strength"

    def command(self, *arguments: str, lanes: int = 1) -> list[str]:
        """The command line of ``acceptance strength`` on it."""
        command = [sys.executable, "-m", "environment.command.main", "strength", *arguments]
        command += ["--project", str(self.folder), "--lanes", str(lanes)] if arguments[:1] != ("merge",) else []
        return [*command, "--build", str(self.build)]

    @property
    def variables(self) -> dict[str, str]:
        """The environment of that command."""
        path = f"{self.folder}{os.pathsep}{ROOT}"
        return {**os.environ, "PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "COLUMNS": "200"}

    def strength(self, *arguments: str, lanes: int = 1) -> subprocess.CompletedProcess[str]:
        """Run it."""
        return subprocess.run(
            self.command(*arguments, lanes=lanes),
            cwd=self.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def measurement(self) -> Measurement:
        return Measurement.model_validate_json((self.build / "strength.json").read_bytes())

    def verdict(self, name: str, kind: str, number: int = 1) -> FaultVerdict:
        [found] = [
            each
            for each in self.measurement.verdicts
            if each.id == f"counter.py::{name}::{kind.replace(' ', '-')}::{number}"
        ]
        return found

    def change(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


def new_shop(folder: Path) -> Shop:
    shutil.copytree(SAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return Shop(folder)


def number_of_faults() -> int:
    from strength.project import Project

    return len(Project.read(SAMPLE).faults())
