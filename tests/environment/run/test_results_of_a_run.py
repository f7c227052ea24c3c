"""Where a run's results go: what is refused, what is replaced, what stays of the run before."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance_process import Workshop
from filelock import FileLock

from environment.command.process import run_to_its_end
from environment.command.results import results_of_a_run
from environment.errors import SuiteError

SCENARIO = "features/identity/signing_in.feature"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with 20 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(place)], check=False)
    if mounted.returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def read_only_disk(small_disk: Path) -> Path:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    return small_disk


def must_be_one_line(workshop: Workshop, build: Path, *words: str) -> None:
    elsewhere = workshop.with_settings({"QUILT_ACCEPTANCE_BUILD": str(build)})
    for result in (
        elsewhere.acceptance("run", SCENARIO),
        workshop.pytest(SCENARIO, f"--alluredir={build / 'allure-results'}", f"--junitxml={build / 'junit.xml'}"),
    ):
        assert result.exit_code in (2, 4), result.text
        [line] = [line for line in result.errors.splitlines() if line]
        assert "Prepared" in line and all(word in line for word in words), line


@pytest.mark.slow
def test_a_build_folder_that_is_a_file_is_told_in_one_line(workshop: Workshop, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file", encoding="utf-8")
    must_be_one_line(workshop, tmp_path / "file" / "build", "Not a directory", "name another folder")


@pytest.mark.slow
def test_a_build_folder_that_is_read_only_is_told_in_one_line(workshop: Workshop, read_only_disk: Path) -> None:
    must_be_one_line(workshop, read_only_disk / "build", "Read-only file system", "Make it writable")


@pytest.mark.slow
def test_a_build_folder_on_a_full_disk_is_told_in_one_line(workshop: Workshop, small_disk: Path) -> None:
    (small_disk / "big").write_bytes(bytes(19 * 1024 * 1024))
    elsewhere = workshop.with_settings({"QUILT_ACCEPTANCE_BUILD": str(small_disk / "build")})
    result = elsewhere.acceptance("run", SCENARIO)
    assert result.exit_code == 2, result.text
    [line] = [line for line in result.errors.splitlines() if line]
    assert "its disk has 0 MB left, a run needs 16. Make room" in line


def test_a_second_run_in_one_checkout_is_refused_in_one_line(workshop: Workshop) -> None:
    workshop.build.mkdir()
    (workshop.build / "running.pid").write_text("4711", encoding="utf-8")
    with FileLock(workshop.build / "running.lock"):
        result = workshop.acceptance("run", SCENARIO)
    assert result.exit_code == 2, result.text
    [line] = [line for line in result.errors.splitlines() if line]
    assert f"Started a run: another one (process 4711) writes to {workshop.build}. Wait for it" in line


def test_results_take_the_place_of_earlier_ones_whose_report_stays(tmp_path: Path) -> None:
    for name in ("outcomes.json", "junit.xml", "report/index.html", "allure-results/old-result.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("old", encoding="utf-8")
    with results_of_a_run(tmp_path) as results:
        assert not results.recorded
        assert (tmp_path / "outcomes.json").read_text() == "old"
        with pytest.raises(SuiteError, match=rf"another one \(process {os.getpid()}\)"), results_of_a_run(tmp_path):
            pass
        results.allure.mkdir()
        (results.allure / "new-result.json").write_text("new", encoding="utf-8")
        (results.folder / "outcomes.json").write_text("new", encoding="utf-8")
        assert results.recorded
        results.replace_earlier()
    assert (tmp_path / "outcomes.json").read_text() == "new"
    assert [path.name for path in (tmp_path / "allure-results").iterdir()] == ["new-result.json"]
    assert not (tmp_path / "junit.xml").exists()
    assert (tmp_path / "report" / "index.html").read_text() == "old"
    assert not (tmp_path / "running").exists()


@pytest.mark.parametrize(("ending", "code"), [("exit 3", 3), ("kill -9 $$", 137), ("exit 139", 139)])
def test_a_process_that_a_signal_ends_has_the_exit_code_of_a_shell(tmp_path: Path, ending: str, code: int) -> None:
    assert run_to_its_end(["sh", "-c", ending], tmp_path, os.environ) == code
