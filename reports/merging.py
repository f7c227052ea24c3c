"""Several parts of one run (shards, or a job for each mode) made into one: outcomes, Allure's results, JUnit.

A part that is missing must not look like a run in which nothing failed, so that parts are counted against what they
say they are parts of.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

from environment.errors import SuiteError
from environment.modes import Mode
from reports.documents import shown
from reports.gate import Gate
from reports.outcomes import OUTCOMES_NAME, RunRecord, ScenarioCounts, ScenarioOutcome, in_order, write_run
from reports.run_log import recovered_run
from reports.summary import write_summary

ALLURE_RESULTS = "allure-results"
JUNIT = "junit.xml"


def merge_runs(parts: Sequence[Path], build: Path, gate: Gate | None = None) -> RunRecord:
    """Make the build folders of parts into one, accepted by that gate or by theirs; returns the whole run.

    Raises SuiteError if a part left no record, is there twice, or is missing among its N shards, and if the parts did
    not judge the same product on the same target.
    """
    records = [_record(part) for part in parts]
    if not records:
        raise SuiteError("Merged a run", "no part was named", "Name the build folder of each part")
    whole = merged_record(records)
    if gate is not None:
        whole = whole.model_copy(update={"gate": gate})
    results = build / ALLURE_RESULTS
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    for part in parts:
        for path in (part / ALLURE_RESULTS).glob("*"):
            shutil.copyfile(path, results / path.name)
    _merge_junit([part / JUNIT for part in parts], build / JUNIT)
    write_run(whole, build)
    write_summary(whole, build)
    return whole


def merged_record(records: Sequence[RunRecord]) -> RunRecord:
    """The whole run: started with the first part, as long as the longest, all scenarios, by the strictest gate."""
    _check_judged_the_same(records)
    _check_shards(records)
    scenarios = [scenario for record in records for scenario in record.scenarios]
    _check_once(scenarios)
    by_mode = {mode: _together([record.counts_by_mode[mode] for record in records]) for mode in Mode}
    first = min(records, key=lambda each: each.started)
    ended = max(each.started.timestamp() + each.seconds for each in records)
    return first.model_copy(
        update={
            "seconds": ended - first.started.timestamp(),
            "stack_start_seconds": max(each.stack_start_seconds for each in records),
            "workers": sum(each.workers for each in records),
            "counts": _sum(list(by_mode.values())),
            "counts_by_mode": by_mode,
            "scenarios": tuple(sorted(scenarios, key=in_order)),
            "shard": None,
            "gate": max((each.gate for each in records), key=list(Gate).index),
        }
    )


def _record(part: Path) -> RunRecord:
    record = recovered_run(part)
    if record is None:
        raise SuiteError(
            f"Read the part {shown(part)}", f"it has no {OUTCOMES_NAME}", "See in that job why its run left no result"
        )
    return record


def _check_judged_the_same(records: Sequence[RunRecord]) -> None:
    judged = {f"{each.product_name} {each.product_version} on the {each.target} target" for each in records}
    if len(judged) > 1:
        raise SuiteError("Merged a run", f"its parts judged {' and '.join(sorted(judged))}", "Merge parts of one run")


def _check_shards(records: Sequence[RunRecord]) -> None:
    """Each mode or set of modes must have all of its shards."""

    def count(shard: str) -> int:
        return int(shard.partition("/")[2])

    shards = sorted((each.shard for each in records if each.shard), key=count)
    for number, group in groupby(shards, key=count):
        there = list(group)
        missing = [f"{index}/{number}" for index in range(1, number + 1) if f"{index}/{number}" not in there]
        if missing:
            raise SuiteError(
                "Merged a run", f"the shards {', '.join(missing)} are missing", "See why their jobs failed"
            )


def _check_once(scenarios: Sequence[ScenarioOutcome]) -> None:
    twice = sorted(name for name, number in Counter(each.nodeid for each in scenarios).items() if number > 1)
    if twice:
        raise SuiteError("Merged a run", f"{twice[0]} is in two of its parts", "Name each part once")


def _together(parts: Sequence[ScenarioCounts]) -> ScenarioCounts:
    """Every part parses the same features, and collects and reports its own scenarios."""
    total = _sum(parts)
    return total.model_copy(update={"parsed": max(each.parsed for each in parts)})


def _sum(parts: Sequence[ScenarioCounts]) -> ScenarioCounts:
    return ScenarioCounts(
        parsed=sum(each.parsed for each in parts),
        collected=sum(each.collected for each in parts),
        reported=sum(each.reported for each in parts),
    )


def _merge_junit(parts: Sequence[Path], merged: Path) -> None:
    root = ElementTree.Element("testsuites")
    for part in parts:
        if part.is_file():
            found = ElementTree.parse(part).getroot()
            root.extend([found] if found.tag == "testsuite" else list(found))
    ElementTree.ElementTree(root).write(merged, encoding="utf-8", xml_declaration=True)
