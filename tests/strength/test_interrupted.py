"""Ctrl-C, and a second command in the same folder."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import pytest
from fault_shop import Shop

from environment.waiting import wait_until
from strength.verdicts import FaultVerdict


@pytest.fixture
def measuring(shop: Shop) -> Iterator[subprocess.Popen[str]]:
    """A measurement that has judged a fault, and has others left."""
    with measurement(shop) as process:
        yield process


@contextmanager
def measurement(shop: Shop) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        shop.command("--faults", "27"),
        cwd=shop.folder,
        env=shop.variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: len(verdicts(shop)) > 0 or process.poll() is not None, limit_seconds=60, what="a first verdict")
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


@pytest.mark.slow
def test_ctrl_c_ends_every_process_and_the_next_run_goes_on(shop: Shop, measuring: subprocess.Popen[str]) -> None:
    lanes = psutil.Process(measuring.pid).children(recursive=True)
    assert lanes
    measuring.send_signal(signal.SIGINT)
    _, message = measuring.communicate(timeout=30)
    assert measuring.returncode not in (0, 1)
    assert "Traceback" not in message
    psutil.wait_procs(lanes, timeout=10)
    assert not [each for each in lanes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]
    assert not (shop.build / "strength.json").exists(), "nothing half-done"
    before = [each.id for each in verdicts(shop)]
    done = shop.strength("--faults", "27")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(before)} of 27 faults were judged before." in done.stdout
    assert [each.id for each in verdicts(shop)][: len(before)] == before


@pytest.mark.slow
def test_a_command_that_is_killed_leaves_nothing_running(shop: Shop) -> None:
    shop.change("shop_steps.py", "from typing import Any", "from pathlib import Path\nfrom typing import Any")
    hanging = '    while Path("hang").exists():\n        Path("hanging").touch()\n'
    shop.change("shop_steps.py", "    found = counter()", f"{hanging}    found = counter()")
    with measurement(shop) as measuring:
        (shop.folder / "hang").touch()
        wait_until((shop.folder / "hanging").exists, limit_seconds=30, what="a scenario that hangs")
        left = psutil.Process(measuring.pid).children(recursive=True)
        assert len(left) > 1
        measuring.kill()
        _, running = psutil.wait_procs(left, timeout=15)
        for each in running:
            each.kill()
        assert not running


@pytest.mark.slow
def test_a_second_command_in_the_same_folder_is_one_line(shop: Shop, measuring: subprocess.Popen[str]) -> None:
    second = shop.strength("--faults", "5")
    assert second.returncode == 2
    assert "another process has its lanes there. Wait for it, or name --build" in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1
    assert measuring.poll() is None


def verdicts(shop: Shop) -> list[FaultVerdict]:
    file = shop.build / "verdicts-seed-11-27.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines()[1:] if file.is_file() else []
    return [FaultVerdict.model_validate_json(line) for line in lines]
