"""A worker whose main process was killed ends, whatever it waits for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from environment.running.interruption import ORPHAN_SECONDS
from environment.waiting import wait_until

WAITING = """
import os
import threading
import time
from pathlib import Path


def test_that_leaves_a_thread():
    threading.Thread(target=threading.Event().wait).start()
    Path("worker").write_text(str(os.getpid()))
    time.sleep(600)
"""


KILLING = """
import os
import signal
import threading
import time
from pathlib import Path

if "PYTEST_XDIST_WORKER" in os.environ:
    threading.Thread(target=threading.Event().wait).start()
    Path("worker").write_text(str(os.getpid()))
    main_process = os.getppid()
    os.kill(main_process, signal.SIGKILL)
    while os.getppid() == main_process:
        time.sleep(0.01)
"""


@pytest.mark.slow
@pytest.mark.parametrize("when", ["during a test", "before the worker is configured"])
def test_a_worker_whose_thread_never_ends_ends_after_its_main_process(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for variable in [name for name in os.environ if name.startswith("PYTEST_XDIST_")]:
        monkeypatch.delenv(variable)
    pytester.makepyfile(WAITING, killing=KILLING if when == "before the worker is configured" else "")
    command = (sys.executable, "-m", "pytest", "-p", "environment.running.interruption", "-p", "xdist", "-n", "1")
    command += ("-p", "killing")
    main_process = pytester.popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    told = pytester.path / "worker"
    try:
        worker = psutil.Process(int(wait_until(lambda: _text(told), limit_seconds=60, what="a worker")))
    finally:
        main_process.kill()
        main_process.wait()

    _, alive = psutil.wait_procs([worker], timeout=ORPHAN_SECONDS + 30)
    for process in alive:
        process.kill()
    assert alive == []


def _text(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") or None if path.exists() else None
