"""Several parts of one run (shards, or a job for each mode) made into one: outcomes, Allure's results, JUnit.

A part that died costs that part: the run is made of what is there, and says what is not. It must not look like a run in
which nothing failed, so that parts are counted against what they say they are parts of.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree

from environment.errors import SuiteError
from environment.modes import Mode
from reports.documents import InvalidDocumentError
from reports.gate import Gate
from reports.outcomes import OUTCOMES_NAME, RunRecord, ScenarioCounts, in_order, write_run
from reports.run_log import recovered_run
from reports.summary import SUMMARY_NAME, write_summary

ALLURE_RESULTS = "allure-results"
JUNIT = "junit.xml"


@dataclass(frozen=True)
class Part:
    """The build folder of a part, and its record; without one, why there is none."""

    folder: Path
    record: RunRecord | None
    problem: str = ""


def read_parts(folders: Sequence[Path]) -> list[Part]:
    """What each part left."""
    return [_read(folder) for folder in folders]


def _read(folder: Path) -> Part:
    try:
        record = recovered_run(folder)
    except InvalidDocumentError as error:
        return Part(folder, None, str(error))
    return Part(folder, record, "" if record else f"{folder.name} has no {OUTCOMES_NAME}")


def merge_runs(parts: Sequence[Part], build: Path, gate: Gate | None = None) -> RunRecord | None:
    """Make parts into one run in that folder, accepted by that gate or by theirs; None if none of them left a record.

    Raises SuiteError if the parts did not judge the same product on the same target.
    """
    lost = [part for part in parts if part.record is None]
    there = [part for part in parts if part.record is not None]
    records = [part.record for part in there if part.record is not None]
    _remove_earlier(build)
    if not records:
        return None
    whole = merged_record(records, [part.folder.name for part in lost])
    if gate is not None:
        whole = whole.model_copy(update={"gate": gate})
    newest = _newest(records)
    kept = [part.folder for part in there if any(part.record is each for each in newest)]
    for folder in [*kept, *(part.folder for part in lost)]:
        _copy_results(folder / ALLURE_RESULTS, build / ALLURE_RESULTS)
    _merge_junit([folder / JUNIT for folder in kept], build / JUNIT)
    write_run(whole, build)
    write_summary(whole, build)
    return whole


def _remove_earlier(build: Path) -> None:
    """Lest the run before be taken for this one."""
    for name in (OUTCOMES_NAME, SUMMARY_NAME, JUNIT):
        (build / name).unlink(missing_ok=True)
    shutil.rmtree(build / ALLURE_RESULTS, ignore_errors=True)
    (build / ALLURE_RESULTS).mkdir(parents=True)


def _copy_results(results: Path, merged: Path) -> None:
    for path in results.glob("*"):
        if path.suffix != ".json" or _is_whole(path):
            shutil.copyfile(path, merged / path.name)


def _is_whole(path: Path) -> bool:
    """Whether it was written to its end: a job that is cancelled may cut its last result short."""
    try:
        json.loads(path.read_bytes())
    except ValueError:
        return False
    return True


def merged_record(records: Sequence[RunRecord], lost: Sequence[str] = ()) -> RunRecord:
    """The whole run: started with the first part, all scenarios, by the strictest gate.

    It takes the time in which at least one part ran. Of a part that is there twice, the newer counts. `lost` names the
    parts that left no record.
    """
    _check_judged_the_same(records)
    newest = _newest(records)
    twice = [f"{_name(each)} is there twice" for each in records if not any(each is one for one in newest)]
    scenarios = [scenario for record in newest for scenario in record.scenarios]
    by_mode = {mode: _together([record.counts_by_mode[mode] for record in newest]) for mode in Mode}
    return min(newest, key=lambda each: each.started).model_copy(
        update={
            "seconds": _seconds(newest),
            "stack_start_seconds": max(each.stack_start_seconds for each in newest),
            "workers": sum(each.workers for each in newest),
            "counts": _sum(list(by_mode.values())),
            "counts_by_mode": by_mode,
            "scenarios": tuple(sorted(scenarios, key=in_order)),
            "shard": None,
            "gate": max((each.gate for each in newest), key=list(Gate).index),
            "missing": (*_without_result(newest, lost), *dict.fromkeys(twice)),
        }
    )


def _newest(records: Sequence[RunRecord]) -> list[RunRecord]:
    """The records without those of which a newer one has scenarios, too."""
    newest: list[RunRecord] = []
    seen: set[str] = set()
    for record in sorted(records, key=lambda each: each.started, reverse=True):
        scenarios = {each.nodeid for each in record.scenarios}
        if not scenarios & seen:
            newest.append(record)
            seen |= scenarios
    return newest


def _seconds(records: Sequence[RunRecord]) -> float:
    """How long at least one of them ran: the pause before a part that was run again does not count."""
    total = until = 0.0
    for record in sorted(records, key=lambda each: each.started):
        began = record.started.timestamp()
        ended = began + record.seconds
        total += max(0.0, ended - max(began, until))
        until = max(until, ended)
    return total


def _name(record: RunRecord) -> str:
    if record.shard:
        return f"part {record.shard.replace('/', ' of ')}"
    modes = [mode.value for mode, counts in record.counts_by_mode.items() if counts.collected]
    return f"the part of {' and '.join(modes) or 'no'} mode"


def _check_judged_the_same(records: Sequence[RunRecord]) -> None:
    judged = {f"{each.product_name} {each.product_version} on the {each.target} target" for each in records}
    if len(judged) > 1:
        raise SuiteError("Merged a run", f"its parts judged {' and '.join(sorted(judged))}", "Merge parts of one run")


def _without_result(records: Sequence[RunRecord], lost: Sequence[str]) -> list[str]:
    """Each mode or set of modes must have all of its shards; of a lost part only the folder's name is known."""

    def count(shard: str) -> int:
        return int(shard.partition("/")[2])

    missing = []
    for number, group in groupby(sorted((each.shard for each in records if each.shard), key=count), key=count):
        there = list(group)
        missing += [f"part {index} of {number}" for index in range(1, number + 1) if f"{index}/{number}" not in there]
    named = missing if len(lost) <= len(missing) else [*missing, *lost]
    return [f"{each} left no result" for each in named]


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
