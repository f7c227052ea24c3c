"""Parts of a run cut by `--shard`, run for real, and merged into one."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_runs import SampleRun, run_sample

from environment.errors import SuiteError
from environment.gherkin.sharding import Shard, cut, recorded_seconds, shard
from reports.gate import Gate
from reports.merging import merge_runs, merged_record
from reports.outcomes import RunRecord, read_run

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


def test_the_parts_together_are_the_whole_run(parts: list[SampleRun], run_record: RunRecord, tmp_path: Path) -> None:
    whole = merge_runs(builds(parts), tmp_path)
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


def test_a_missing_part_is_not_overlooked(parts: list[SampleRun], tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="the shards 2/2 are missing"):
        merge_runs(builds(parts[:1]), tmp_path)


def test_a_part_without_a_record_is_not_overlooked(parts: list[SampleRun], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SuiteError, match=r"it has no outcomes.json"):
        merge_runs([*builds(parts), tmp_path / "empty"], tmp_path)


def test_a_part_that_is_there_twice_is_told(parts: list[SampleRun], tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="is in two of its parts"):
        merge_runs(builds([*parts, parts[0]]), tmp_path)


def test_parts_that_judged_different_products_are_no_run(run_record: RunRecord) -> None:
    other = run_record.model_copy(update={"product_version": "0.23.0"})
    with pytest.raises(SuiteError, match=r"its parts judged .*0\.23\.0"):
        merged_record([run_record, other])
