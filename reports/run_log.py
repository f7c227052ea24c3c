"""What a run has come to so far, on disk while it runs, so that the death of pytest's process loses nothing.

A line each: the run, every scenario that is to run (as it counts unless it ends), the ones that began and ended.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from environment.running.time_limit import Hung, hung
from reports.losses import WHILE, write_allure_results, write_junit
from reports.outcomes import RunRecord, ScenarioOutcome, in_order, read_run, write_run
from reports.summary import write_summary

RUN_LOG_NAME = "outcomes.jsonl"
ROOM_NAME = "room"
ROOM_BYTES = 12 * 1024 * 1024  # the record of a whole run has 7 MB, with the calls of a thousand scenarios
STACKS_FOLDER = "stacks"
"""Beside the run log: what hung scenarios were doing whose process was ended."""
DIED_BEFORE = "pytest's process died before this ran"
DIED_WHILE = f"pytest's process died {WHILE}"


class RunLog:
    """The run log of a run in a folder; removed once the record of the run is written.

    It keeps some room on the disk, so that the record of a run can be written whose disk got full.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / RUN_LOG_NAME
        self._room = folder / ROOM_NAME
        self._room.write_bytes(bytes(ROOM_BYTES))
        self._file: TextIO = self._path.open("w", encoding="utf-8", buffering=1)

    def expect(self, run: RunRecord, scenarios: Iterable[ScenarioOutcome]) -> None:
        """Note the run and what is to run in it."""
        self._write({"run": run.model_dump(mode="json")})
        for each in scenarios:
            self._write({"expected": each.model_dump(mode="json")})

    def begun(self, node_id: str) -> None:
        """Note that a scenario began."""
        self._write({"begun": node_id})

    def ended(self, outcome: ScenarioOutcome) -> None:
        """Note what became of a scenario."""
        self._write({"ended": outcome.model_dump(mode="json")})

    def give_room(self) -> None:
        """Free the room that was kept: the record and what belongs to it are about to be written."""
        self._room.unlink(missing_ok=True)

    def remove(self) -> None:
        """The record is written: the run log is not needed any more."""
        self.give_room()
        with suppress(OSError):  # what it could not write on a full disk
            self._file.close()
        self._path.unlink(missing_ok=True)

    def _write(self, line: dict[str, object]) -> None:
        with suppress(OSError):  # on a full disk: what a process that lives knows is in its record
            self._file.write(json.dumps(line) + "\n")


def recovered_run(folder: Path) -> RunRecord | None:
    """The record of the last run in that folder; if its process died, made from its run log and written with the rest.

    None if there was no run. Raises InvalidDocumentError when the record is not one of ours.
    """
    path = folder / RUN_LOG_NAME
    record = read_run(folder)
    if record is not None or not path.exists():
        return record
    found = _read(path)
    if found is None:
        return None
    record, whole = found
    (folder / ROOM_NAME).unlink(missing_ok=True)
    ended = hung(folder / STACKS_FOLDER)
    lost = [_with_reason(each, ended) for each in record.scenarios if each.nodeid not in whole]
    others = [each for each in record.scenarios if each.nodeid in whole]
    record = record.model_copy(update={"scenarios": tuple(sorted([*lost, *others], key=in_order))})
    write_allure_results(lost, folder / "allure-results", record.target, {each: ended[each].stacks for each in ended})
    shutil.rmtree(folder / STACKS_FOLDER, ignore_errors=True)
    write_junit(record, folder / "junit.xml")
    write_run(record, folder)
    write_summary(record, folder)
    path.unlink()
    return record


def _with_reason(lost: ScenarioOutcome, ended: Mapping[str, Hung]) -> ScenarioOutcome:
    found = ended.get(lost.nodeid)
    return lost if found is None else lost.model_copy(update={"message": found.why})


def _read(path: Path) -> tuple[RunRecord, set[str]] | None:
    """The run as far as it is known, and the node ids of what ended in it."""
    run: RunRecord | None = None
    scenarios: dict[str, ScenarioOutcome] = {}
    ended: set[str] = set()
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            [(kind, value)] = json.loads(text).items()
        except ValueError:
            continue  # the last line of a process that died while it wrote it
        if kind == "run":
            run = RunRecord.model_validate(value)
        elif kind == "begun":
            scenarios[value] = scenarios[value].model_copy(update={"message": DIED_WHILE})
        else:
            outcome = ScenarioOutcome.model_validate(value)
            scenarios[outcome.nodeid] = outcome
            if kind == "ended":
                ended.add(outcome.nodeid)
    if run is None:
        return None
    by_mode = {
        mode: numbers.model_copy(update={"reported": sum(scenarios[each].scenario.mode is mode for each in ended)})
        for mode, numbers in run.counts_by_mode.items()
    }
    record = run.model_copy(
        update={
            "seconds": max(0.0, path.stat().st_mtime - run.started.timestamp()),
            "counts": run.counts.model_copy(update={"reported": len(ended)}),
            "counts_by_mode": by_mode,
            "scenarios": tuple(sorted(scenarios.values(), key=in_order)),
        }
    )
    return record, ended
