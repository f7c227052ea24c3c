"""Parts of a run cut by `--shard`, run for real, and merged into one."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_runs import SampleRun

from environment.errors import SuiteError
from environment.gherkin.sharding import Shard, cut, recorded_seconds, shard
from environment.settings import ROOT
from reports.gate import Gate
from reports.merging import merge_runs, merged_record, read_parts
from reports.outcomes import RunRecord, read_run
from reports.pages import within_limit

SECONDS = st.dictionaries(st.text(min_size=1, max_size=4), st.floats(0, 1000), max_size=30)


@given(SECONDS, st.sets(st.text(min_size=1, max_size=4), max_size=30), st.integers(1, 7), st.randoms())
def test_every_scenario_is_in_exactly_one_part(
    seconds: dict[str, float], scenarios: set[str], count: int, random: object
) -> None:
    names = sorted(scenarios)
    parts = cut(names, seconds, count)
    assert len(parts) == count
    assert sorted(name for part in parts for name in part) == names
    shuffled = list(names)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert cut(shuffled, seconds, count) == parts


def test_parts_take_about_the_same_time() -> None:
    seconds = {"a": 60.0, "b": 30.0, "c": 20.0, "d": 10.0}
    assert cut("abcd", seconds, 2) == [{"a"}, {"b", "c", "d"}]


def test_a_scenario_without_a_time_counts_as_a_usual_one() -> None:
    assert cut(["a", "b", "new"], {"a": 10.0, "b": 10.0}, 3) == [{"a"}, {"b"}, {"new"}]


def test_scenarios_that_take_next_to_no_time_are_shared_out_too() -> None:
    assert cut("abcd", dict.fromkeys("abcd", 0.0), 2) == [{"a", "c"}, {"b", "d"}]


@pytest.mark.parametrize("text", ["", "1", "0/3", "4/3", "1/0", "a/b", "-1/3", "1/3 "])
def test_a_part_that_cannot_be_is_told_in_one_line(text: str) -> None:
    with pytest.raises(pytest.UsageError, match=r"is no part of a run; say 1/3, 2/3 or 3/3"):
        shard(text)
    assert shard("2/3") == Shard(2, 3)


@pytest.mark.parametrize("arguments", [["--exclusive-last"], ["--exclusive-last", "--shard=1/1"]])
def test_a_last_part_of_exclusive_scenarios_needs_parts_before_it(arguments: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run([*command, "features/catalog"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, "no last part of several" in done.stderr) == (4, True), done.stdout + done.stderr


@pytest.mark.slow
def test_the_last_part_has_the_exclusive_scenarios_and_the_others_have_the_rest() -> None:
    def collected(*arguments: str) -> set[str]:
        command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *arguments]
        done = subprocess.run([*command, "features/catalog"], cwd=ROOT, capture_output=True, text=True, check=True)
        return {line for line in done.stdout.splitlines() if ".feature::" in line}

    parts = [collected("--exclusive-last", "--shard", f"{number}/3") for number in (1, 2, 3)]
    assert parts[2] == collected("-m", "exclusive") != set()
    assert parts[0] | parts[1] == collected("-m", "not exclusive")
    assert not parts[0] & parts[1] and all(parts)


def test_recorded_seconds_that_are_not_ours_are_told(tmp_path: Path) -> None:
    path = tmp_path / "seconds.json"
    assert recorded_seconds(path) == {}
    path.write_text('["a"]')
    with pytest.raises(pytest.UsageError, match="acceptance report durations"):
        recorded_seconds(path)


def builds(parts: list[SampleRun]) -> list[Path]:
    return [part.build for part in parts]


@pytest.mark.slow
def test_the_parts_together_are_the_whole_run(parts: list[SampleRun], run_record: RunRecord, tmp_path: Path) -> None:
    whole = merge_runs(read_parts(builds(parts)), tmp_path)
    assert whole is not None and whole.missing == ()
    assert {each.nodeid: each.status for each in whole.scenarios} == {
        each.nodeid: each.status for each in run_record.scenarios
    }
    assert whole.counts == run_record.counts
    assert whole.counts_by_mode == run_record.counts_by_mode
    assert whole.accepted is run_record.accepted is False
    assert read_run(tmp_path) == whole
    assert len(list((tmp_path / "allure-results").glob("*-result.json"))) == len(run_record.scenarios)
    assert json.loads((tmp_path / "summary.json").read_text())["scenarios"]["failed"] == 7
    cases = ElementTree.parse(tmp_path / "junit.xml").getroot().iter("testcase")
    assert len(list(cases)) >= len(run_record.scenarios)


def test_the_whole_is_accepted_by_the_strictest_gate_of_its_parts(run_record: RunRecord) -> None:
    """Each part has scenarios of its own."""
    gates = (Gate.REGRESSIONS, Gate.EVERYTHING, Gate.BLOCKERS)
    parts = [
        run_record.model_copy(update={"scenarios": run_record.scenarios[each : each + 1], "gate": gate})
        for each, gate in enumerate(gates)
    ]
    assert merged_record(parts).gate is Gate.EVERYTHING


@pytest.mark.parametrize("content", ["", '{"format": 3', '{"format": 2}'])
def test_a_record_that_cannot_be_read_costs_its_part_alone(
    content: str, parts: list[SampleRun], tmp_path: Path
) -> None:
    (tmp_path / "part-2").mkdir()
    (tmp_path / "part-2" / "outcomes.json").write_text(content)
    read = read_parts([parts[0].build, tmp_path / "part-2"])
    assert "outcomes.json" in read[1].problem
    whole = merge_runs(read, tmp_path / "merged")
    assert whole is not None and whole.missing == ("part 2 of 2 left no result",)


def test_a_named_mode_that_left_nothing_is_named(run_record: RunRecord) -> None:
    assert merged_record([run_record], ["part-multiuser"]).missing == ("part-multiuser left no result",)


def test_of_a_part_that_is_there_twice_the_newer_counts(parts: list[SampleRun]) -> None:
    first = parts[0].record
    again = first.model_copy(update={"started": first.started + timedelta(days=1), "seed": 77})
    newer = merged_record([again, first])
    assert (newer.seed, newer.seconds) == (77, pytest.approx(again.seconds))
    assert "part 1 of 2 is there twice" in newer.missing


def test_the_pause_before_a_part_that_was_run_again_does_not_count(parts: list[SampleRun]) -> None:
    first, second = (part.record for part in parts)
    beside = second.model_copy(update={"started": first.started, "seconds": first.seconds / 2})
    assert merged_record([first, beside]).seconds == pytest.approx(first.seconds)
    later = second.model_copy(update={"started": first.started + timedelta(hours=5)})
    assert merged_record([first, later]).seconds == pytest.approx(first.seconds + second.seconds)


def test_parts_that_judged_different_products_are_no_run(run_record: RunRecord) -> None:
    other = run_record.model_copy(update={"product_version": "0.23.0"})
    with pytest.raises(SuiteError, match=r"its parts judged .*0\.23\.0"):
        merged_record([run_record, other])


def test_a_summary_is_cut_to_what_github_shows_at_the_end_of_a_line() -> None:
    line = "- ein Prüfling äöü"
    cut = within_limit(f"{line}\n" * 60_000)
    assert len(cut.encode()) < 1024 * 1024
    assert set(cut.splitlines()) == {line, "", "The report has the rest."}
    assert within_limit(f"{line}\n") == f"{line}\n"
