"""Parts of a run cut by `--shard`, run for real, and merged into one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_runs import SampleRun, run_sample

from environment.errors import SuiteError
from environment.gherkin.sharding import Shard, cut, recorded_seconds, shard
from environment.settings import ROOT
from reports.gate import Gate
from reports.merging import merge_runs, merged_record, read_parts
from reports.outcomes import RunRecord, read_run
from reports.pages import within_limit
from reports.run_history import is_whole

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


@pytest.mark.parametrize("text", ["", "1", "0/3", "4/3", "1/0", "a/b", "-1/3", "1/3 "])
def test_a_part_that_cannot_be_is_told_in_one_line(text: str) -> None:
    with pytest.raises(pytest.UsageError, match=r"is no part of a run; say 1/3, 2/3 or 3/3"):
        shard(text)
    assert shard("2/3") == Shard(2, 3)


def test_recorded_seconds_that_are_not_ours_are_told(tmp_path: Path) -> None:
    path = tmp_path / "seconds.json"
    assert recorded_seconds(path) == {}
    path.write_text('["a"]')
    with pytest.raises(pytest.UsageError, match="acceptance report durations"):
        recorded_seconds(path)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[SampleRun]:
    return [run_sample(tmp_path_factory.mktemp("part"), "--shard", f"{number}/2") for number in (1, 2)]


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


@dataclass(frozen=True)
class Merged:
    """What `acceptance report merge` came to."""

    exit_code: int
    printed: str
    build: Path
    complete: str

    @property
    def heading(self) -> str:
        return (self.build / "report" / "summary.md").read_text().partition("\n")[0]


def merge(folder: Path, *parts: Path) -> Merged:
    """In a process of its own, as a job does it."""
    build, output = folder / "merged", folder / "output"
    command = [sys.executable, "-m", "environment.command.main", "report", "merge", "--build", str(build)]
    done = subprocess.run(
        [*command, *map(str, parts)],
        cwd=ROOT,
        env={**os.environ, "GITHUB_OUTPUT": str(output)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert output.exists(), done.stdout + done.stderr
    return Merged(done.returncode, done.stdout, build, output.read_text().strip())


@pytest.mark.slow
def test_all_parts_that_are_there_make_a_complete_report(parts: list[SampleRun], tmp_path: Path) -> None:
    merged = merge(tmp_path, *builds(parts))
    assert (merged.exit_code, merged.complete) == (1, "complete=true")  # scenarios of the sample fail
    assert "left no result" not in merged.heading


@pytest.mark.slow
def test_a_part_that_is_missing_costs_that_part_alone(parts: list[SampleRun], tmp_path: Path) -> None:
    merged = merge(tmp_path, parts[0].build)
    assert (merged.exit_code, merged.complete) == (1, "complete=false")
    assert ": Not accepted: part 2 of 2 left no result;" in merged.heading
    assert (merged.build / "report" / "index.html").is_file()
    record = read_run(merged.build)
    assert record is not None
    assert {each.nodeid for each in record.scenarios} == {each.nodeid for each in parts[0].record.scenarios}
    assert not is_whole(record)


@pytest.mark.slow
def test_a_folder_that_is_empty_counts_as_the_part_that_is_missing(parts: list[SampleRun], tmp_path: Path) -> None:
    (tmp_path / "part-2").mkdir()
    merged = merge(tmp_path, parts[0].build, tmp_path / "part-2")
    assert ": Not accepted: part 2 of 2 left no result;" in merged.heading
    assert "part-2 has no outcomes.json" in merged.printed
    assert (merged.exit_code, merged.complete) == (1, "complete=false")


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


@pytest.mark.slow
def test_results_of_a_part_that_was_cancelled_are_in_the_report(parts: list[SampleRun], tmp_path: Path) -> None:
    cancelled = tmp_path / "part-2" / "allure-results"
    shutil.copytree(parts[1].build / "allure-results", cancelled)
    (cancelled / "cut-short-result.json").write_text('{"name": "cut sh')
    merged = merge(tmp_path, parts[0].build, tmp_path / "part-2")
    assert ": Not accepted: part 2 of 2 left no result;" in merged.heading
    there = {path.name for path in (merged.build / "allure-results").glob("*-result.json")}
    assert {path.name for path in cancelled.glob("*-result.json")} - there == {"cut-short-result.json"}


@pytest.mark.slow
def test_no_part_at_all_is_a_page_that_says_so_and_not_the_report_of_the_run_before(
    parts: list[SampleRun], tmp_path: Path
) -> None:
    merge(tmp_path, *builds(parts))
    (tmp_path / "output").unlink()
    merged = merge(tmp_path, tmp_path / "parts" / "*")  # as a shell names what matches nothing
    assert (merged.exit_code, merged.complete) == (3, "complete=false")
    assert merged.heading == "# Not accepted: nothing was judged"
    assert read_run(merged.build) is None
    (tmp_path / "output").unlink()
    assert merge(tmp_path).exit_code == 3


def test_a_named_mode_that_left_nothing_is_named(run_record: RunRecord) -> None:
    assert merged_record([run_record], ["part-multiuser"]).missing == ("part-multiuser left no result",)


@pytest.mark.slow
def test_of_a_part_that_is_there_twice_the_newer_counts(parts: list[SampleRun], tmp_path: Path) -> None:
    merged = merge(tmp_path, *builds([*parts, parts[0]]))
    assert ": Not accepted: part 1 of 2 is there twice;" in merged.heading
    assert (merged.exit_code, merged.complete) == (1, "complete=false")
    record = read_run(merged.build)
    assert record is not None
    assert len(record.scenarios) == sum(len(part.record.scenarios) for part in parts)
    again = parts[0].record.model_copy(update={"started": parts[0].record.started + timedelta(days=1), "seed": 77})
    newer = merged_record([again, parts[0].record])
    assert (newer.seed, newer.seconds) == (77, pytest.approx(again.seconds))


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
