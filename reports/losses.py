"""Outcomes of scenarios that were to run and left none: their process died, or the run ended before them.

They are broken, with the reason, wherever results are read: in the record, in JUnit, in Allure's results.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from time import time
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Attachment, TestResult
from allure_commons.types import AttachmentType

from reports.allure_results import ResultContent, complete_result
from reports.outcomes import RunRecord, ScenarioOutcome, Status

WHILE = "while this ran"
BEFORE = "before this ran"
NO_PHASE = "???"
"""Of reports of lost scenarios, as xdist has it in its own."""


def lost_report(outcome: ScenarioOutcome) -> pytest.TestReport:
    """The outcome as pytest's plugins take it: a failure of no phase."""
    scenario = outcome.scenario
    location = (scenario.feature_path, scenario.line - 1, scenario.title)
    report = pytest.TestReport(outcome.nodeid, location, {}, "failed", outcome.message, NO_PHASE)  # type: ignore[arg-type]
    vars(report)["scenario_outcome"] = outcome.model_dump(mode="json")
    return report


def write_allure_results(
    lost: Iterable[ScenarioOutcome], folder: Path, target: str, stacks: dict[str, str] | None = None
) -> None:
    """Write an Allure result for each lost scenario; `stacks` are of those that hung, by node id.

    A result that the scenario wrote before its report was lost goes: a run has one result of each.
    """
    writer: Any = AllureFileLogger(str(folder))  # type: ignore[no-untyped-call]
    lost = list(lost)
    written = _written(folder) if lost else {}
    for outcome in lost:
        uuid, now = str(uuid4()), int(time() * 1000)
        result = TestResult(uuid=uuid, start=now, stop=now)
        content = ResultContent(outcome.scenario, target)
        content.verdict = outcome
        complete_result(result, content)
        for earlier in written.get(result.historyId, ()):
            earlier.unlink()
        if stacks and outcome.nodeid in stacks:
            name = f"{uuid}-attachment.txt"
            writer.report_attached_data(stacks[outcome.nodeid], name)
            result.attachments = [Attachment(name="stacks", source=name, type=AttachmentType.TEXT.mime_type)]
        writer.report_result(result)


def _written(folder: Path) -> dict[str, list[Path]]:
    """The result files that are there, by the scenario's identity."""
    found: dict[str, list[Path]] = {}
    for path in folder.glob("*-result.json"):
        with suppress(ValueError):  # cut short by the death of its writer
            found.setdefault(json.loads(path.read_bytes()).get("historyId", ""), []).append(path)
    return found


def write_junit(record: RunRecord, path: Path) -> None:
    """Write the JUnit file of a run whose process did not live to write it."""
    suite = ElementTree.Element("testsuite", name="pytest", timestamp=record.started.isoformat())
    for each in record.scenarios:
        classname, _, name = each.nodeid.partition("::")
        names = {"classname": classname, "name": name, "time": f"{each.seconds:.3f}"}
        case = ElementTree.SubElement(suite, "testcase", names)
        kind = _JUNIT.get(each.status)
        if kind is not None:
            ElementTree.SubElement(case, kind, message=each.message.partition("\n")[0]).text = each.message
    kinds = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for attribute, kind in kinds.items():
        suite.set(attribute, str(len(list(suite.iter(kind)))))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


_JUNIT = {
    Status.FAILED: "failure",
    Status.DIFFERENT: "failure",
    Status.GONE: "failure",
    Status.BROKEN: "error",
    Status.SKIPPED: "skipped",
    Status.KNOWN: "skipped",
}
