"""Exclusive scenarios run alone across workers."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from multiprocessing.context import SpawnProcess
from pathlib import Path

import pytest

from environment.running.exclusive import NotAloneError, ScenarioLock

SUITE = """
import time
from pathlib import Path
import pytest

RUNNING = Path({directory!r})

@pytest.fixture(autouse=True)
def presence(request):
    mine = RUNNING / request.node.name.replace("/", "-")
    mine.touch()
    others = [path.name for path in RUNNING.iterdir() if path != mine]
    yield others
    mine.unlink()

@pytest.mark.parametrize("n", range(12))
def test_ordinary(presence, n):
    assert not any("alone" in name for name in presence)
    time.sleep(0.03)
    assert not any("alone" in path.name for path in RUNNING.iterdir())

@pytest.mark.exclusive
@pytest.mark.parametrize("n", range(4))
def test_alone(presence, n):
    assert presence == []
    time.sleep(0.05)
    assert len(list(RUNNING.iterdir())) == 1
"""


@pytest.fixture
def run(pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    running = tmp_path / "running"
    running.mkdir()
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    pytester.makeini(
        "[pytest]\naddopts = -p environment.running.exclusive -p environment.session --strict-markers -p xdist"
    )
    pytester.makepyfile(SUITE.format(directory=str(running)))
    return pytester


@pytest.mark.slow
def test_exclusive_scenarios_run_alone_across_workers(run: pytest.Pytester) -> None:
    run.runpytest_subprocess("-n", "2", "--dist", "load").assert_outcomes(passed=16)


def test_exclusive_scenarios_come_last_in_each_worker(run: pytest.Pytester, tmp_path: Path) -> None:
    order = tmp_path / "order"
    order.mkdir()
    run.makepyfile(
        f"""
        from pathlib import Path
        import pytest

        @pytest.mark.exclusive
        @pytest.mark.parametrize("n", range(8))
        def test_alone(n, worker_id):
            _note(worker_id, "alone")

        @pytest.mark.parametrize("n", range(8))
        def test_ordinary(n, worker_id):
            _note(worker_id, "ordinary")

        def _note(worker, kind):
            with (Path({str(order)!r}) / worker).open("a") as file:
                print(kind, file=file)
        """
    )
    run.runpytest_subprocess("-n", "2").assert_outcomes(passed=16)
    for of_worker in order.iterdir():
        kinds = of_worker.read_text().split()
        assert kinds == sorted(kinds, reverse=True)


def test_without_workers_nothing_is_locked(run: pytest.Pytester) -> None:
    result = run.runpytest_inprocess()
    result.assert_outcomes(passed=16)


def hold(directory: Path, ready: str) -> None:
    with ScenarioLock(directory, "gw1").held("features/a.feature::Slow one", alone=False):
        Path(ready).touch()
        time.sleep(60)  # until it is killed


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[SpawnProcess]:
    """Another process that holds the lock with an ordinary scenario."""
    ready = tmp_path / "ready"
    process = multiprocessing.get_context("spawn").Process(target=hold, args=(tmp_path, str(ready)))
    process.start()
    deadline = time.monotonic() + 30
    while not ready.exists():
        assert time.monotonic() < deadline, "the other process did not get the lock"
        process.join(0.02)
    yield process
    process.kill()
    process.join()


@pytest.mark.usefixtures("holder")
def test_waiting_has_a_limit_and_says_who_holds_it(tmp_path: Path) -> None:
    lock = ScenarioLock(tmp_path, "gw0", limit_seconds=0.2)
    waited = pytest.raises(NotAloneError, match=r"waited .* to run alone.*a\.feature::Slow one on gw1")
    with waited, lock.held("features/b.feature::Alone", alone=True):
        pass
    with lock.held("features/b.feature::Ordinary", alone=False):
        pass


def test_the_lock_of_a_worker_that_was_killed_is_free(tmp_path: Path, holder: SpawnProcess) -> None:
    holder.kill()
    holder.join()
    with ScenarioLock(tmp_path, "gw0", limit_seconds=1).held("features/b.feature::Alone", alone=True):
        pass


@pytest.mark.usefixtures("holder")
@pytest.mark.parametrize("workers", ["0", "1"])
def test_runs_on_one_deployment_share_the_lock(run: pytest.Pytester, tmp_path: Path, workers: str) -> None:
    run.makeconftest(f"""
        from pathlib import Path
        import pytest
        from environment.running.exclusive import SHARED

        @pytest.hookimpl(tryfirst=True)
        def pytest_sessionstart(session):
            session.config.stash[SHARED] = Path({str(tmp_path)!r})
    """)
    result = run.runpytest_subprocess("-n", workers, "-o", "exclusive_limit_seconds=0.2", "-k", "ordinary or alone[0]")
    result.assert_outcomes(passed=12, errors=1)
    result.stdout.fnmatch_lines(["*waited * to run alone. Running: features/a.feature::Slow one on gw1 *"])


def test_with_a_deployment_each_only_timed_scenarios_are_alone(run: pytest.Pytester, tmp_path: Path) -> None:
    run.makeconftest(
        """
        import pytest
        from environment.running.exclusive import HAS_ITS_OWN

        def pytest_configure(config):
            config.addinivalue_line("markers", "requirement(id): which")

        @pytest.hookimpl(optionalhook=True)
        def pytest_configure_node(node):
            node.workerinput[HAS_ITS_OWN] = True
        """
    )
    running = tmp_path / "running"
    run.makepyfile(
        f"""
        import time
        from pathlib import Path
        import pytest
        from environment.waiting import wait_until

        RUNNING = Path({str(running)!r})

        @pytest.mark.exclusive
        @pytest.mark.parametrize("n", range(4))  # each worker gets two at first
        def test_meets_another(n):
            (RUNNING / f"met-{{n}}").touch()
            wait_until(lambda: len(list(RUNNING.glob("met-*"))) > 1, limit_seconds=20, what="another one")

        @pytest.mark.exclusive
        @pytest.mark.requirement(id="PERF-1")
        @pytest.mark.parametrize("n", range(4))
        def test_alone(n):
            mine = RUNNING / f"timed-{{n}}"
            mine.touch()
            time.sleep(0.1)
            assert list(RUNNING.glob("timed-*")) == [mine]
            mine.unlink()
        """
    )
    run.runpytest_subprocess("-n", "2", "--dist", "load").assert_outcomes(passed=8)
