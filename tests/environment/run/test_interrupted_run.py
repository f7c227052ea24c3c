"""Ctrl-C and SIGTERM on `acceptance run`: undone, reported, and the run before is kept until there is something new."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from acceptance_process import LIMIT_SECONDS, Workshop

from environment.settings import ROOT
from environment.targets.embedded import EmbeddedTarget
from environment.waiting import wait_until
from quilt_stack import Latency

SCENARIOS = "features/packages/creation.feature"


def start(workshop: Workshop, *arguments: str) -> subprocess.Popen[str]:
    return workshop.start([sys.executable, "-m", "environment.command.main", "run", *arguments])


def earlier_run(workshop: Workshop) -> None:
    for name in ("report/index.html", "outcomes.json", "summary.json"):
        path = workshop.build / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("of the run before", encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(("number", "workers"), [(signal.SIGTERM, "1"), (signal.SIGINT, "2")])
def test_an_interrupted_run_is_undone_and_reported(
    standing_workshop: Workshop, standing: EmbeddedTarget, empty_ledger: Path, number: signal.Signals, workers: str
) -> None:
    assert standing.control is not None
    earlier_run(standing_workshop)
    standing.control.set_fault("registry", Latency(seconds=1), path="^/graphql", count=None)
    options = ("--backend", "multiuser", "--known-defects", str(empty_ledger), "--workers", workers)
    run = start(standing_workshop, SCENARIOS, *options)
    ledgers = standing_workshop.state / "undo-logs"
    try:
        wait_until(
            lambda: any(path.stat().st_size > 1000 for path in ledgers.glob("*.jsonl")),
            limit_seconds=LIMIT_SECONDS,
            what="something to undo",
        )
        assert (standing_workshop.build / "report" / "index.html").read_text() == "of the run before"
        standing.control.clear_faults()
        run.send_signal(number)
        output, errors = run.communicate(timeout=LIMIT_SECONDS)
    finally:
        run.kill()
        run.communicate()

    assert run.returncode == 2, output + errors
    assert "Traceback" not in output + errors
    assert not list(ledgers.glob("*.jsonl")), output
    scenarios = json.loads((standing_workshop.build / "outcomes.json").read_text())["scenarios"]
    messages = {each["message"] for each in scenarios if each["status"] == "broken"}
    assert messages >= {"the run was interrupted before this ran"}, messages
    assert messages <= {"the run was interrupted before this ran", "the run was interrupted while this ran"}
    assert "Not accepted:" in output and "could not be judged" in output
    assert "of the run before" not in (standing_workshop.build / "report" / "index.html").read_text()


def test_an_interruption_while_pytest_imports_its_plugins_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "importing.py").write_text("raise KeyboardInterrupt")
    command = [sys.executable, "-m", "environment.command.pytest_process", "-p", "importing"]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(ROOT)])}
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "")


@pytest.mark.slow
def test_a_run_that_is_interrupted_before_its_scenarios_keeps_the_run_before(workshop: Workshop) -> None:
    earlier_run(workshop)
    run = start(workshop, SCENARIOS)
    wait_until(lambda: psutil.Process(run.pid).children(), limit_seconds=LIMIT_SECONDS, what="pytest's process")
    run.send_signal(signal.SIGTERM)
    output, errors = run.communicate(timeout=LIMIT_SECONDS)

    assert run.returncode in (2, 130), output + errors
    for name in ("report/index.html", "outcomes.json", "summary.json"):
        assert (workshop.build / name).read_text() == "of the run before"
    assert "still has the results of the run before" in output
    assert not list((workshop.state / "runs").glob("*")) if (workshop.state / "runs").exists() else True
