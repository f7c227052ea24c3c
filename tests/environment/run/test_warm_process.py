"""The warm process: what it forks is what a fresh process would be, and nothing of a run is left for the next."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import snowballstemmer

from environment.command.warm import process as warm
from environment.command.warm.libraries import LEARNED
from environment.command.warm.messages import SOCKET
from environment.waiting import wait_until

LIMIT_SECONDS = 120
# Runs a module as `acceptance run` runs pytest.
DRIVER = """
import os, sys
from pathlib import Path
from environment.command.process import run_to_its_end
sys.exit(run_to_its_end([sys.executable, "-P", "-m", *sys.argv[1:]], Path.cwd(), os.environ))
"""
PROBE = """
import json, os, sys
before = sorted({name.partition(".")[0] for name in sys.modules})
import random, rich, snowballstemmer
import environment.errors
print(json.dumps({
    "parent": os.getppid(),
    "before": before,
    "arguments": sys.argv[1:],
    "folder": os.getcwd(),
    "variable": os.environ.get("PROBE"),
    "input": sys.stdin.read(),
    "left": getattr(snowballstemmer, "left", None),
    "random": random.random(),
    "path": sys.path,
    "loader": type(__spec__.loader).__name__,
    "word": "first",
}))
print("to errors", file=sys.stderr)
snowballstemmer.left = os.environ["LEFT"] = "something"
sys.exit(int(sys.argv[1]))
"""
WAITING = """
import sys, time
from pathlib import Path
try:
    Path("waits").write_text("")
    time.sleep(600)
except KeyboardInterrupt:
    Path("undone").write_text("")
    sys.exit(7)
"""


@dataclass(frozen=True)
class Place:
    """A folder with modules to run, and the state directory of a warm process."""

    folder: Path
    environment: dict[str, str]

    @property
    def state(self) -> Path:
        return self.folder / "state" / "warm"

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", DRIVER, *arguments],
            cwd=self.folder,
            env={**self.environment, **variables},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **variables: str) -> tuple[int, str, str]:
        with self.start(*arguments, **variables) as process:
            output, errors = process.communicate("typed", timeout=LIMIT_SECONDS)
        return process.returncode, output, errors

    def probe(self, code: int = 0, **variables: str) -> dict[str, object]:
        ended, output, errors = self.run("probe", str(code), **variables)
        assert ended == code, output + errors
        *said, last = output.splitlines()
        return {**json.loads(last), "errors": errors, "said": said}

    @property
    def server(self) -> psutil.Process:
        [found] = [each for each in psutil.process_iter(["cmdline"]) if str(self.state) in (each.info["cmdline"] or ())]
        return found

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            connection = warm.greeted()
            if connection is not None:
                connection.close()
            return connection is not None

        wait_until(ready, limit_seconds=LIMIT_SECONDS, what="a warm process that is ready")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A warm process that has learned from one run."""
    folder = tmp_path_factory.mktemp("warm")
    (folder / "probe.py").write_text(PROBE, encoding="utf-8")
    (folder / "waiting.py").write_text(WAITING, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("QUILT_ACCEPTANCE_STATE", str(folder / "state"))
        patch.delenv(warm.SWITCH, raising=False)
        place = Place(folder, {**os.environ, "PYTHONPATH": str(folder)})
        started = warm.start()
        assert started is not None
        place.wait_until_ready()
        place.probe()
        wait_until((place.state / LEARNED).exists, limit_seconds=LIMIT_SECONDS, what="what a run has taught")
        place.wait_until_ready()
        yield place
        warm.stop()
        started.wait(LIMIT_SECONDS)


def test_a_child_is_what_a_fresh_process_would_be(place: Place) -> None:
    told = place.probe(5, PROBE="passed on")
    fresh = place.probe(5, PROBE="passed on", QUILT_ACCEPTANCE_WARM="off")

    assert told["parent"] == place.server.pid != fresh["parent"]
    assert {"rich", "snowballstemmer"} <= set(told["before"])  # type: ignore[call-overload]
    assert not {"rich", "snowballstemmer", "environment"} & set(fresh["before"])  # type: ignore[call-overload]
    assert "environment" not in told["before"], "this project's own modules are imported anew"  # type: ignore[operator]
    same = ("arguments", "folder", "variable", "input", "left", "path", "loader", "errors", "said")
    assert [told[each] for each in same] == [fresh[each] for each in same]
    assert told["input"] == "typed" and told["variable"] == "passed on"


def test_nothing_of_a_run_is_left_for_the_next(place: Place) -> None:
    one, other = place.probe(), place.probe()

    assert one["parent"] == other["parent"] == place.server.pid
    assert (one["left"], other["left"]) == (None, None)
    assert one["random"] != other["random"]


def test_it_has_one_thread_and_no_connection(place: Place) -> None:
    assert place.server.num_threads() == 1
    assert {each.status for each in place.server.net_connections("unix")} == {psutil.CONN_NONE}
    assert place.server.net_connections("inet") == []
    assert place.state.stat().st_mode & 0o777 == 0o700


def test_a_module_that_is_no_library_is_read_as_it_is_now(place: Place) -> None:
    probe = place.folder / "probe.py"
    assert place.probe()["word"] == "first"
    probe.write_text(PROBE.replace('"first"', '"second"'), encoding="utf-8")
    try:
        told = place.probe()
    finally:
        probe.write_text(PROBE, encoding="utf-8")
    assert (told["word"], told["parent"]) == ("second", place.server.pid)


def test_a_library_that_was_changed_is_imported_anew(place: Place) -> None:
    """As an upgrade changes it: its files are others, also where the version is the same."""
    library = Path(snowballstemmer.__file__)
    found = library.stat()
    try:
        os.utime(library, ns=(found.st_atime_ns, found.st_mtime_ns + 1_000_000_000))
        told = place.probe()
        assert told["parent"] != place.server.pid, "the run that finds it out takes a fresh process"
        place.wait_until_ready()
        assert place.probe()["parent"] == place.server.pid
    finally:
        os.utime(library, ns=(found.st_atime_ns, found.st_mtime_ns))
        place.probe()
        place.wait_until_ready()
    assert f"{library} has changed: imports all anew" in (place.state / "warm.log").read_text()


@pytest.mark.parametrize("name", ["PYTHONWARNINGS", "RICH_SOMETHING", "_ARGCOMPLETE", "PYTHONHASHSEED"])
def test_a_variable_that_libraries_read_makes_it_a_fresh_process(place: Place, name: str) -> None:
    told = place.probe(**{name: "0"})

    assert told["parent"] != place.server.pid
    assert told["said"] == [f"Not run in the warm process: {name} is another one."]


@pytest.mark.parametrize("name", ["SSH_TTY", "COLUMNS", "AWS_PROFILE", "PYTEST_ADDOPTS", "PYTHONUNBUFFERED"])
def test_a_variable_that_nobody_reads_at_import_does_not(place: Place, name: str) -> None:
    assert place.probe(**{name: "0"})["parent"] == place.server.pid


@pytest.mark.parametrize("name", ["snowballstemmer.py", "sitecustomize.py"])
def test_a_folder_with_a_library_of_its_own_makes_it_a_fresh_process(place: Place, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('import sys\nsys.modules["taken_from_the_folder"] = None\n', encoding="utf-8")
    folders = os.pathsep.join((str(place.folder), str(tmp_path)))

    told = place.probe(PYTHONPATH=folders)

    assert told["parent"] != place.server.pid
    assert told["said"] == [f"Not run in the warm process: {tmp_path} has another {name.removesuffix('.py')}."]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_reaches_the_run(place: Place, number: signal.Signals) -> None:
    for name in ("waits", "undone"):
        (place.folder / name).unlink(missing_ok=True)
    with place.start("waiting") as process:
        wait_until((place.folder / "waits").exists, limit_seconds=LIMIT_SECONDS, what="a run that waits")
        process.send_signal(number)
        process.communicate(timeout=LIMIT_SECONDS)

    assert process.returncode == 7
    assert (place.folder / "undone").exists()


def test_a_run_whose_command_was_killed_is_interrupted(place: Place) -> None:
    for name in ("waits", "undone"):
        (place.folder / name).unlink(missing_ok=True)
    with place.start("waiting") as process:
        wait_until((place.folder / "waits").exists, limit_seconds=LIMIT_SECONDS, what="a run that waits")
        process.kill()
        process.communicate(timeout=LIMIT_SECONDS)

    wait_until((place.folder / "undone").exists, limit_seconds=LIMIT_SECONDS, what="a run that undoes")


def test_a_run_that_a_signal_ended_has_the_exit_code_of_a_shell(place: Place) -> None:
    (place.folder / "dying.py").write_text("import os\nos.kill(os.getpid(), 9)\n", encoding="utf-8")

    assert place.run("dying")[0] == 137


def test_two_runs_at_once(place: Place) -> None:
    both = [place.start("probe", str(code)) for code in (3, 4)]
    told = [json.loads(each.communicate("", timeout=LIMIT_SECONDS)[0]) for each in both]

    assert [each.returncode for each in both] == [3, 4]
    assert {each["parent"] for each in told} == {place.server.pid}


@pytest.fixture
def one_that_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Place, subprocess.Popen[bytes]]:
    """A warm process of the test's own, which the test ends; runs that wait do so for three seconds."""
    monkeypatch.setenv("QUILT_ACCEPTANCE_STATE", str(tmp_path / "state"))
    (tmp_path / "probe.py").write_text(PROBE, encoding="utf-8")
    (tmp_path / "waiting.py").write_text(WAITING.replace("600", "3"), encoding="utf-8")
    place = Place(tmp_path, {**os.environ, "PYTHONPATH": str(tmp_path)})
    started = warm.start()
    assert started is not None
    place.wait_until_ready()
    return place, started


def test_one_that_is_killed_in_mid_run_is_told_and_the_next_run_is_fresh(
    one_that_ends: tuple[Place, subprocess.Popen[bytes]],
) -> None:
    place, started = one_that_ends
    with place.start("waiting") as process:
        wait_until((place.folder / "waits").exists, limit_seconds=LIMIT_SECONDS, what="a run that waits")
        started.kill()
        started.wait()
        output, _ = process.communicate(timeout=LIMIT_SECONDS)

    assert process.returncode == 1
    assert "The warm process ended during the run, whose exit code is lost." in output
    assert place.probe()["parent"] != started.pid
    warm.stop()  # takes away what is left of it
    assert not (place.state / SOCKET).exists()


def test_it_ends_when_its_last_run_has(one_that_ends: tuple[Place, subprocess.Popen[bytes]]) -> None:
    place, started = one_that_ends
    with place.start("waiting") as process:
        wait_until((place.folder / "waits").exists, limit_seconds=LIMIT_SECONDS, what="a run that waits")
        warm.stop()
        assert started.poll() is None and process.poll() is None
        process.communicate(timeout=LIMIT_SECONDS)

    assert process.returncode == 0
    assert started.wait(LIMIT_SECONDS) == 0
