"""``acceptance`` on a stand-in for a live environment, each command in a process of its own as people run it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from environment.settings import ROOT
from infra.rehearsal.running import environment_of
from infra.rehearsal.stand_in import StandIn

LIMIT_SECONDS = 120


def started(live: StandIn, state: Path, *arguments: str) -> subprocess.Popen[str]:
    """A command under way, with its state in that directory; standard error goes where the output goes."""
    command = [sys.executable, "-m", "environment.command.main", *arguments]
    variables = environment_of(state, {**live.variables, "COLUMNS": "300"})
    return subprocess.Popen(
        command, cwd=ROOT, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def ended(live: StandIn, state: Path, *arguments: str, code: int = 0) -> str:
    """What a command printed that ended with this exit code."""
    with started(live, state, *arguments) as process:
        output, _ = process.communicate(timeout=LIMIT_SECONDS)
    assert process.returncode == code, output
    return output
