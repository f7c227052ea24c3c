"""A scenario that hangs is broken, its stacks are in the evidence, and the others go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from losing_runs import losing_run
from sample_runs import SampleRun
from test_lost_scenarios import WELL, must_tell_everywhere, outcomes

LIMITS = ("-o", "scenario_limit_seconds=1", "-o", "scenario_grace_seconds=8")
NO_GRACE = ("-o", "scenario_limit_seconds=1", "-o", "scenario_grace_seconds=1")


def must_have_stacks(run: SampleRun, function: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in (run.build / "allure-results").glob("*-attachment*")]
    assert any("most recent call first" in text and f" in {function}" in text for text in texts), texts
    assert not (run.build / "stacks").exists()


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_product_that_hangs_in_a_socket_is_interrupted(tmp_path: Path, workers: str) -> None:
    scenarios = {"One": WELL, "Hangs": "the product hangs in a socket", "Last": WELL}
    run = losing_run(tmp_path, scenarios, "-n", workers, *LIMITS)

    assert run.exit_code == 1, run.printed
    found = outcomes(run.record)
    assert found["Hangs"][0] == "broken"
    assert found["Hangs"][1].startswith("it took longer than its limit of 1 s; it was in project/conftest.py:")
    assert (found["One"], found["Last"]) == (("passed", ""), ("passed", ""))
    must_have_stacks(run, "hang")


@pytest.mark.slow
def test_a_product_that_waits_for_a_thread_that_hangs_is_interrupted(tmp_path: Path) -> None:
    scenarios = {"Hangs": "the product waits for a thread that hangs", "Last": WELL}
    run = losing_run(tmp_path, scenarios, "-n", "1", *LIMITS)

    assert run.exit_code == 1, run.printed
    found = outcomes(run.record)
    assert found["Hangs"][0] == "broken" and found["Hangs"][1].startswith("it took longer than its limit of 1 s; ")
    assert found["Last"] == ("passed", "")
    must_have_stacks(run, "hang")


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["0", "1"])
def test_what_does_not_let_go_is_ended_with_its_process(tmp_path: Path, workers: str) -> None:
    scenarios = {"One": WELL, "Hangs": "the product hangs where no signal reaches it", "Last": WELL}
    run = losing_run(tmp_path, scenarios, "-n", workers, *NO_GRACE)

    assert run.exit_code == 1, run.printed
    must_tell_everywhere(run, lost=1 if workers == "1" else 2, passed=2 if workers == "1" else 1)
    found = outcomes(run.record)
    message = "it took longer than its limit of 1 s and did not let go, so its process was ended"
    assert found["Hangs"] == ("broken", message)
    assert found["Last"] == (("passed", "") if workers == "1" else ("broken", "pytest's process died before this ran"))
    must_have_stacks(run, "hang")


def test_scenarios_tagged_slow_have_a_limit_of_their_own(tmp_path: Path) -> None:
    hangs = {"Hangs": "the product hangs in a socket"}
    run = losing_run(tmp_path, hangs, "-o", "long_scenario_limit_seconds=1", tags="@slow")

    assert run.exit_code == 1, run.printed
    assert outcomes(run.record)["Hangs"][1].startswith("it took longer than its limit of 1 s")
