"""Clean-up after crashes: what orphaned undo logs name goes, everything else stays."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fake_deployment import EMBEDDED, LIVE, FakeDeployment
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from environment.undo import actions
from environment.undo.clean_up import DeploymentGone, clean_up
from environment.undo.log import UndoLog, UndoLogFile
from environment.undo.process import is_alive, this_process
from environment.undo.records import OwnerProcess, TargetReference, read
from environment.undo.undoing import undo_all

DEAD = OwnerProcess(pid=2**22 + 1, started=1.0)


def orphan(directory: Path, *names: str, target: TargetReference = LIVE) -> UndoLogFile:
    """An undo log of a process that is gone."""
    file = UndoLogFile(directory, owner=DEAD)
    undo_log = UndoLog(file, target, "creation.feature::Publish[local]")
    for name in names:
        undo_log.book("thing", name, name=name)
    return file


def test_orphans_are_undone_newest_first_and_removed(tmp_path: Path, deployment: FakeDeployment) -> None:
    orphan(tmp_path, "a", "b")
    deployment.things = {"a", "b", "foreign"}
    told: list[str] = []
    result = clean_up(tmp_path, lambda _reference: deployment, say=told.append)
    assert deployment.asked == ["b", "a"]
    assert deployment.things == {"foreign"}
    assert result.complete
    assert [thing.description for thing in result.undone] == ["b", "a"]
    assert told[0].startswith("undid thing 'b' on https://catalog.example.com")
    assert not list(tmp_path.glob("*.jsonl"))


def test_a_dry_run_says_what_it_would_do_and_does_nothing(tmp_path: Path, deployment: FakeDeployment) -> None:
    file = orphan(tmp_path, "a")
    before = file.path.read_bytes()
    told: list[str] = []
    clean_up(tmp_path, lambda _reference: deployment, dry_run=True, say=told.append)
    assert (deployment.asked, file.path.read_bytes()) == ([], before)
    assert told[0].startswith("would undo thing 'a'")


def test_undo_logs_of_running_processes_are_left_alone(tmp_path: Path, deployment: FakeDeployment) -> None:
    file = UndoLogFile(tmp_path)
    UndoLog(file, LIVE, "running").book("thing", "mine", name="mine")
    result = clean_up(tmp_path, lambda _reference: deployment)
    assert (deployment.asked, result.alive) == ([], [file.path])
    assert file.path.exists()


def test_a_later_process_with_the_same_number_does_not_keep_a_undo_log_alive() -> None:
    mine = this_process()
    assert is_alive(mine)
    assert not is_alive(OwnerProcess(pid=mine.pid, started=mine.started - 60))


def test_what_fails_stays_and_is_undone_next_time(tmp_path: Path, deployment: FakeDeployment) -> None:
    file = orphan(tmp_path, "a", "stuck", "c")
    deployment.things, deployment.stuck = {"a", "stuck", "c"}, {"stuck"}
    result = clean_up(tmp_path, lambda _reference: deployment)
    assert not result.complete
    assert [thing.description for thing in read(file.path).open_things] == ["stuck"]
    deployment.stuck.clear()
    assert clean_up(tmp_path, lambda _reference: deployment).complete
    assert deployment.things == set()
    assert not file.path.exists()


def test_an_embedded_deployment_that_is_gone_took_its_things_with_it(tmp_path: Path) -> None:
    def gone(reference: TargetReference) -> object:
        raise DeploymentGone(f"{reference.url} no longer runs")

    orphan(tmp_path, "a", target=EMBEDDED)
    result = clean_up(tmp_path, gone)
    assert (len(result.vacuous), result.complete) == (1, True)
    assert not list(tmp_path.glob("*.jsonl"))


def test_a_live_deployment_is_never_gone(tmp_path: Path) -> None:
    def gone(_reference: TargetReference) -> object:
        raise DeploymentGone("it did not answer")

    file = orphan(tmp_path, "a")
    assert not clean_up(tmp_path, gone).complete
    assert file.path.exists()


def test_no_credentials_for_a_target_keeps_its_bookings(tmp_path: Path, deployment: FakeDeployment) -> None:
    def only_embedded(reference: TargetReference) -> object:
        if reference.kind == "live":
            raise PermissionError("no credentials")
        return deployment

    live = orphan(tmp_path, "a")
    orphan(tmp_path, "b", target=EMBEDDED)
    result = clean_up(tmp_path, only_embedded)
    assert (len(result.failed), deployment.asked) == (1, ["b"])
    assert list(tmp_path.glob("*.jsonl")) == [live.path]


def test_a_line_that_was_cut_short_is_reported(tmp_path: Path, deployment: FakeDeployment) -> None:
    file = orphan(tmp_path, "a", "b")
    file.path.write_bytes(file.path.read_bytes()[:-20])
    told: list[str] = []
    result = clean_up(tmp_path, lambda _reference: deployment, say=told.append)
    assert (result.torn, deployment.asked) == ([(file.path, 3)], ["a"])
    assert "cut short" in told[0]
    assert not file.path.exists()


def test_no_directory_is_nothing_to_do(tmp_path: Path) -> None:
    assert clean_up(tmp_path / "none", lambda _reference: None).complete


PROGRAM = """
import sys, time
from pathlib import Path
from environment.undo.actions import undoes
from environment.undo.log import UndoLog, UndoLogFile
from environment.undo.records import TargetReference
undoes("file")(lambda target, *, name: None)
log = UndoLog(UndoLogFile(Path(sys.argv[1])), TargetReference(kind="live", url="file:///"), "scenario")
for name in ("a", "b"):
    log.book("file", name, name=name)
    (Path(sys.argv[2]) / name).touch()
print("made", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def file_action() -> Iterator[None]:
    def remove(directory: Path, *, name: str) -> None:
        (directory / name).unlink(missing_ok=True)

    actions.undoes("file")(remove)
    yield
    actions.forget("file")


@pytest.mark.usefixtures("file_action")
def test_after_kill_nothing_that_was_booked_remains(tmp_path: Path) -> None:
    undo_logs, things = tmp_path / "undo-logs", tmp_path / "things"
    things.mkdir()
    (things / "foreign").touch()
    command = [sys.executable, "-c", PROGRAM, str(undo_logs), str(things)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "made\n"
        assert clean_up(undo_logs, lambda _reference: things).undone == []
        process.send_signal(signal.SIGKILL)
        process.wait(timeout=10)
        assert len(clean_up(undo_logs, lambda _reference: things).undone) == 2
    assert [path.name for path in things.iterdir()] == ["foreign"]


class Crashes(RuleBasedStateMachine):
    """Processes that book, make, undo, and die at any point; now and then a clean-up from beside."""

    @initialize()
    def begin(self) -> None:
        self.temporary = TemporaryDirectory()
        self.directory = Path(self.temporary.name)
        self.deployment = FakeDeployment()
        self.foreign: set[str] = set()
        self.count = 0
        self.processes = 0
        self.start_process()

    def start_process(self) -> None:
        self.processes += 1
        self.owner = OwnerProcess(pid=self.processes, started=float(self.processes))
        self.file = UndoLogFile(self.directory, owner=self.owner)
        self.start_scenario()

    def start_scenario(self) -> None:
        self.undo_log = UndoLog(self.file, LIVE, f"scenario of process {self.processes}")

    def new_name(self) -> str:
        self.count += 1
        return f"thing-{self.count}"

    def mine(self) -> set[str]:
        return {str(entry.thing.parameters["name"]) for entry in self.undo_log.open_entries()}

    def clean(self) -> None:
        clean_up(self.directory, lambda _reference: self.deployment, alive=lambda process: process == self.owner)

    @rule()
    def make(self) -> None:
        name = self.new_name()
        self.undo_log.book("thing", name, name=name)
        self.deployment.things.add(name)

    @rule()
    def somebody_else_makes(self) -> None:
        name = self.new_name()
        self.foreign.add(name)
        self.deployment.things.add(name)

    @rule()
    def end_scenario(self) -> None:
        undo_all(self.undo_log, self.deployment)
        self.start_scenario()

    @rule()
    def die(self) -> None:
        self.start_process()

    @rule()
    def die_between_booking_and_making(self) -> None:
        name = self.new_name()
        self.undo_log.book("thing", name, name=name)
        self.start_process()

    @rule(lost=st.integers(min_value=1, max_value=400))
    def die_while_booking(self, lost: int) -> None:
        name = self.new_name()
        self.undo_log.book("thing", name, name=name)
        whole = self.file.path.read_bytes()
        begin = whole[:-1].rfind(b"\n") + 1
        self.file.path.write_bytes(whole[: max(begin, len(whole) - lost)])
        self.start_process()

    @precondition(lambda self: self.undo_log.open_entries())
    @rule(data=st.data())
    def die_while_undoing(self, data: st.DataObject) -> None:
        entries = self.undo_log.open_entries()
        undone = data.draw(st.integers(min_value=0, max_value=len(entries) - 1))
        for entry in entries[len(entries) - undone :]:
            self.deployment.things.discard(str(entry.thing.parameters["name"]))
            entry.done()
        # gone, but not yet written down as gone
        self.deployment.things.discard(str(entries[len(entries) - undone - 1].thing.parameters["name"]))
        self.start_process()

    @rule()
    def clean_up_beside_a_running_process(self) -> None:
        self.clean()
        assert self.deployment.things == self.foreign | self.mine()

    def teardown(self) -> None:
        self.start_process()
        self.clean()
        assert self.deployment.things == self.foreign
        assert not list(self.directory.glob("*.jsonl"))
        self.temporary.cleanup()


TestCrashes = Crashes.TestCase
TestCrashes.settings = settings(
    max_examples=40,
    stateful_step_count=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
