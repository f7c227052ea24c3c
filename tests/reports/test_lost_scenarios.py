"""A run that loses something is not accepted: what died, what never ran and what did run are told."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from losing_runs import losing_run
from sample_runs import SampleRun

from reports.merging import merge_runs, read_parts
from reports.outcomes import RunRecord, Status
from reports.run_log import RUN_LOG_NAME, recovered_run

WELL = "Dana is signed in"


def outcomes(record: RunRecord) -> dict[str, tuple[str, str]]:
    return {each.scenario.name: (each.status.value, each.message) for each in record.scenarios}


def must_tell_everywhere(run: SampleRun, lost: int, passed: int) -> None:
    """Record, summary, JUnit, Allure's results and a merge say how many are broken and how many passed."""
    record = recovered_run(run.build)
    assert record is not None, run.printed
    assert not record.accepted
    [counts] = [json.loads((run.build / "summary.json").read_bytes())["scenarios"]]
    assert (counts["broken"], counts["passed"], counts["collected"]) == (lost, passed, lost + passed)
    assert counts["reported"] == passed
    cases = list(ElementTree.parse(run.build / "junit.xml").getroot().iter("testcase"))
    assert len([case for case in cases if case.find("error") is not None]) == lost
    assert len([case for case in cases if len(case) == 0]) == passed
    statuses = [result["status"] for result in run.results()]
    assert (statuses.count("broken"), statuses.count("passed")) == (lost, passed)
    whole = merge_runs(read_parts([run.build]), run.build.parent / "merged")
    assert whole is not None
    assert not whole.accepted
    assert whole.scenarios == record.scenarios
    assert not (run.build / RUN_LOG_NAME).exists()


@pytest.mark.slow
@pytest.mark.parametrize("sentence", ["its process ends with 139", "its process ends with 0", "its process is killed"])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_worker_that_dies_breaks_its_scenario_and_no_other(tmp_path: Path, sentence: str, workers: str) -> None:
    run = losing_run(tmp_path, {"One": WELL, "Dies": sentence, "Last": WELL}, "-n", workers)

    assert run.exit_code == 1, run.printed
    assert "Not accepted: 1 check could not be judged (of 3 checks)." in run.printed
    found = outcomes(run.record)
    assert found["Dies"][0] == "broken"
    assert found["Dies"][1].startswith("its worker gw") and found["Dies"][1].endswith(" died while this ran")
    assert (found["One"], found["Last"]) == (("passed", ""), ("passed", ""))
    must_tell_everywhere(run, lost=1, passed=2)


@pytest.mark.slow
def test_the_last_worker_that_dies_and_is_not_replaced(tmp_path: Path) -> None:
    scenarios = {"One": WELL, "Dies": "its process is killed", "Last": WELL}
    run = losing_run(tmp_path, scenarios, "-n", "1", "--max-worker-restart", "0")

    assert run.exit_code == 1, run.printed
    found = outcomes(run.record)
    assert found["Dies"][1] == "its worker gw0 died while this ran"
    assert found["Last"] == ("broken", "no worker was left to run it")
    must_tell_everywhere(run, lost=2, passed=1)


@pytest.mark.slow
@pytest.mark.parametrize("sentence", ["its process ends with 139", "its process is killed"])
def test_without_workers_the_run_log_tells_what_was_lost(tmp_path: Path, sentence: str) -> None:
    run = losing_run(tmp_path, {"One": WELL, "Dies": sentence, "Last": WELL})

    assert run.exit_code in (139, -9), run.printed
    must_tell_everywhere(run, lost=2, passed=1)
    assert outcomes(run.record) == {
        "One": ("passed", ""),
        "Dies": ("broken", "pytest's process died while this ran"),
        "Last": ("broken", "pytest's process died before this ran"),
    }


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "2"])
def test_an_interrupted_run_tells_what_ran(tmp_path: Path, workers: str) -> None:
    run = losing_run(
        tmp_path, {"One": WELL, "Stops": "somebody interrupts the run", "Last": WELL, "Very last": WELL}, "-n", workers
    )

    assert run.exit_code == 2, run.printed
    found = outcomes(run.record)
    # That a worker began it may be news that the interruption overtakes.
    phases = ("while",) if workers == "0" else ("while", "before")
    assert found["Stops"] in [("broken", f"the run was interrupted {phase} this ran") for phase in phases]
    assert set(found.values()) <= {
        ("passed", ""),
        ("broken", "the run was interrupted while this ran"),
        ("broken", "the run was interrupted before this ran"),
    }
    lost = [each for each, _ in found.values() if each == "broken"]
    must_tell_everywhere(run, lost=len(lost), passed=4 - len(lost))


@pytest.mark.slow
def test_a_run_that_stops_at_the_first_failure_says_so(tmp_path: Path) -> None:
    run = losing_run(tmp_path, {"Breaks": "something that cannot be undone", "Last": WELL}, "-x")

    assert run.exit_code == 1, run.printed
    assert outcomes(run.record)["Last"] == ("broken", "the run was stopped (stopping after 1 failures) before this ran")


@pytest.mark.slow
def test_an_accepted_run_leaves_no_run_log(tmp_path: Path) -> None:
    run = losing_run(tmp_path, {"One": WELL})
    assert run.exit_code == 0, run.printed
    assert [each.status for each in run.record.scenarios] == [Status.PASSED]
    assert not (run.build / RUN_LOG_NAME).exists()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own with 20 MB."""
    place = tmp_path / "disk"
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(place)], check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_disk_that_gets_full_breaks_the_rest_and_is_recorded(small_disk: Path) -> None:
    run = losing_run(small_disk, {"One": WELL, "Fills": "the disk gets full", "Last": WELL})

    assert run.exit_code == 1, run.printed
    assert "Traceback" not in run.printed and "INTERNALERROR" not in run.printed
    found = outcomes(run.record)
    message = f"the disk of {run.build / 'allure-results'} is full"
    assert found["One"] == ("passed", "")
    assert found["Last"] == ("broken", message)
    assert found["Fills"][0] == "broken"
    assert json.loads((run.build / "summary.json").read_bytes())["scenarios"]["broken"] == 2
    cases = ElementTree.parse(run.build / "junit.xml").getroot().iter("testcase")
    assert len([case for case in cases if case.find("error") is not None]) == 2


FOLDER = "features/journeys"  # what is named by its file is collected whole, and left out only then


@pytest.mark.slow
@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_what_lf_leaves_out_is_not_lost(tmp_path: Path, workers: tuple[str, ...]) -> None:
    first = losing_run(tmp_path, {"One": WELL, "Mended": "something that cannot be undone"})
    assert first.exit_code == 1, first.printed
    again = losing_run(tmp_path, {"One": WELL, "Mended": WELL}, "--lf", *workers, chosen=FOLDER)

    assert again.exit_code == 0, again.printed
    assert outcomes(again.record) == {"Mended": ("passed", "")}
    assert re.search(r"1 collected, 1 reported, \d+ deselected by --lf\n", again.printed)


@pytest.mark.slow
def test_an_interruption_does_not_lose_what_lf_left_out(tmp_path: Path) -> None:
    losing_run(tmp_path, {"One": WELL, "Stops": "something that cannot be undone"})
    run = losing_run(tmp_path, {"One": WELL, "Stops": "somebody interrupts the run"}, "--lf", chosen=FOLDER)

    assert outcomes(run.record) == {"Stops": ("broken", "the run was interrupted while this ran")}
