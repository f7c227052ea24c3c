"""What the report promises in figures, with the real Allure: 500 results in time, and a trend after two runs."""

from __future__ import annotations

import json
import os
import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from made_runs import altered
from sample_runs import SampleRun

from reports.build import ReportPlaces, build_report
from reports.known_defects import Ledger
from reports.outcomes import RunRecord, write_run
from reports.performance import reference_seconds

RESULTS = 500
MOST_SECONDS = 10.0
"""Of this process and of Allure's together, so that other work on the machine does not count; 6 were measured."""
USUAL_REFERENCE_SECONDS = 0.1
"""Of the reference operation, where the limit holds; a slower machine may take longer in the same ratio."""


def many(run: SampleRun, build: Path) -> None:
    """Results and a record of 500 scenario runs, multiplied from the sample's."""
    shutil.copytree(run.build, build)
    originals = sorted((build / "allure-results").glob("*-result.json"))
    for number in range(RESULTS - len(originals)):
        result = json.loads(originals[number % len(originals)].read_bytes())
        name = f"{result['name']} {number}"
        changed = {"uuid": str(uuid4()), "name": name, "fullName": f"{result['fullName']} {number}"}
        changed |= {"historyId": str(uuid4()), "testCaseId": str(uuid4())}
        path = build / "allure-results" / f"{changed['uuid']}-result.json"
        path.write_text(json.dumps({**result, **changed}), encoding="utf-8")
    scenarios = run.record.scenarios
    copies = [
        altered(scenarios[number % len(scenarios)], nodeid=f"copy {number}", name=f"Copy {number}")
        for number in range(RESULTS - len(scenarios))
    ]
    write_run(run.record.model_copy(update={"scenarios": (*scenarios, *copies)}), build)


def cpu_seconds() -> float:
    """Of this process and of those that it waited for."""
    return sum(os.times()[:4])


@pytest.mark.slow
def test_a_report_of_500_results_takes_less_than_ten_seconds(
    sample_run: SampleRun, sample_ledger: Ledger, tmp_path: Path
) -> None:
    many(sample_run, tmp_path / "build")
    places = ReportPlaces.below(tmp_path / "build")
    build_report(ReportPlaces.below(sample_run.build), sample_ledger)  # installs Allure, if nobody has yet
    started = cpu_seconds()
    build_report(places, sample_ledger)
    taken = cpu_seconds() - started
    shown = list((places.output / "awesome" / "data" / "test-results").glob("*.json"))
    assert len(shown) == RESULTS
    assert taken < MOST_SECONDS * max(1.0, reference_seconds() / USUAL_REFERENCE_SECONDS)


@pytest.mark.slow
def test_two_runs_on_one_history_show_a_trend(
    sample_run: SampleRun, run_record: RunRecord, sample_ledger: Ledger, tmp_path: Path
) -> None:
    """As CI does it: each run begins with the history that the one before it published."""
    published = tmp_path / "published"
    published.mkdir()
    for number in (1, 2):
        build = tmp_path / f"run-{number}"
        shutil.copytree(sample_run.build, build, ignore=shutil.ignore_patterns("report", "history"))
        shutil.copytree(published, build / "history")
        write_run(run_record.model_copy(update={"started": run_record.started + timedelta(days=number)}), build)
        build_report(ReportPlaces.below(build), sample_ledger)
        shutil.rmtree(published)
        shutil.copytree(build / "history", published)
    assert len((published / "allure.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    charts = json.loads((tmp_path / "run-2" / "report" / "dashboard" / "widgets" / "charts.json").read_bytes())
    by_type = {chart["type"]: chart for chart in charts["general"].values()}
    assert [run["statistic"]["total"] for run in by_type["statusDynamics"]["data"]] == [22, 22]
    assert {"statusTransitions", "durationDynamics"} <= set(by_type)
