"""The sample run and its ledger."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from sample_runs import SAMPLE, SampleRun, run_sample

from reports.build import HISTORY_LIMIT, ReportPlaces, build_report
from reports.known_defects import Ledger, load_ledger
from reports.outcomes import RunRecord
from reports.performance import FEWEST_RUNS, HISTORY_NAME, TimedRun, remember


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory: pytest.TempPathFactory) -> SampleRun:
    """One run of all sample features in both modes."""
    return run_sample(tmp_path_factory.mktemp("sample"))


@pytest.fixture(scope="session")
def sample_ledger() -> Ledger:
    return load_ledger(SAMPLE / "known_defects.yaml")


@pytest.fixture(scope="session")
def run_record(sample_run: SampleRun) -> RunRecord:
    """The record of the sample run."""
    return sample_run.record


@pytest.fixture(scope="session")
def report_places(
    sample_run: SampleRun, sample_ledger: Ledger, tmp_path_factory: pytest.TempPathFactory
) -> ReportPlaces:
    """The report of the sample run, built after a history of more runs than are kept."""
    folder = tmp_path_factory.mktemp("build")
    shutil.copytree(sample_run.build, folder, dirs_exist_ok=True)
    places = replace(ReportPlaces.below(folder), features=SAMPLE / "features")
    places.history.parent.mkdir()
    point = {"uuid": "", "name": "before", "timestamp": 1, "knownTestCaseIds": [], "testResults": {}, "metrics": {}}
    lines = [json.dumps({**point, "uuid": str(number), "timestamp": number + 1}) for number in range(HISTORY_LIMIT + 5)]
    places.history.write_text("\n".join(lines) + "\n")
    _remember_quicker_runs(folder, sample_run.record)
    assert build_report(places, sample_ledger) == folder / "report" / "index.html"
    return places


def _remember_quicker_runs(build: Path, record: RunRecord) -> None:
    """A history in which one scenario takes half as long again as before in this run."""
    started = [f"2026-01-0{number}T02:00:00+00:00" for number in range(1, FEWEST_RUNS + 1)]
    ratios = [*(2.0 for _ in started), 3.0]
    for when, ratio in zip([*started, record.started.isoformat()], ratios, strict=True):
        run = TimedRun(
            started=when,
            product_version=record.product_version,
            reference_seconds=(0.1,),
            ratios={record.scenarios[0].nodeid: ratio},
        )
        remember(build / HISTORY_NAME, run)


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[SampleRun]:
    """Both parts of a run of the sample, cut by `--shard`."""
    return [run_sample(tmp_path_factory.mktemp("part"), "--shard", f"{number}/2") for number in (1, 2)]
