"""From the results of a run to build/report: the Allure 3 report, the plain pages, and a front page over both."""

from __future__ import annotations

import json
import platform
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar

from environment.errors import SuiteError
from environment.modes import Mode
from environment.settings import BUILD
from reports.argument_coverage import ArgumentCoverage, argument_coverage, arguments_of, load_reasons
from reports.changes import since_last_run, since_last_version
from reports.documents import InvalidDocumentError, shown
from reports.features import FEATURES, wishes_of
from reports.grounds import load_grounds
from reports.history import continued
from reports.known_defects import Ledger, load_ledger
from reports.living_documentation import documented_features, listed_in
from reports.methods import MethodCoverage, coverage, public_methods
from reports.node import ALLURE_SOURCE, ensure_allure, run_allure
from reports.operations import CheckedEverywhere, kept_operations
from reports.outcomes import OUTCOMES_NAME, RunRecord, read_run
from reports.pages import Background, compile_templates, write_nothing_page, write_pages
from reports.parity import load_parity
from reports.performance import HISTORY_NAME, read_history
from reports.product import product_root
from reports.requirements import Requirement, load_requirements
from reports.run_history import trend_up_to
from reports.sightings import seen_defects
from reports.summary import headline
from reports.trace import trace

NAME = "QuiltOps acceptance"
HISTORY_LIMIT = 30
History = TypeVar("History")
_CLIENTS = ("quilt3", "boto3", "gql")

# Allure 3.18 wants an absolute URL for the issues of its resolutions and writes it nowhere; the results themselves link
# to the entry in this report. The name is reserved never to exist (RFC 2606).
_UNUSED_DEFECT_LINK = "https://known-defects.invalid/%s"


@dataclass(frozen=True)
class ReportPlaces:
    """Where a report is made from, and where to.

    results: Allure's result files; records: the folder of outcomes.json; output: replaced as a whole; history: a file
    with one line for each report, the newest `HISTORY_LIMIT` of them; features: what the run was of.
    """

    results: Path
    records: Path
    output: Path
    history: Path
    features: Path = FEATURES

    @classmethod
    def below(cls, build: Path) -> ReportPlaces:
        """All places in one folder."""
        return cls(build / "allure-results", build, build / "report", build / "history" / "allure.jsonl")

    @property
    def front_page(self) -> Path:
        """What people open."""
        return self.output / "index.html"


def build_report(places: ReportPlaces | None = None, ledger: Ledger | None = None) -> Path:
    """Build the whole report; returns its front page.

    Raises SuiteError if there are no results, which the front page says, too, or if npm or Allure fail (the plain
    pages are written all the same), and InvalidDocumentError if the ledger, the requirements or a feature cannot be
    read.
    """
    places = places or ReportPlaces.below(BUILD)
    requirements = load_requirements()
    ledger = ledger or load_ledger(requirement_ids=[each.id for each in requirements])
    record = _results(places)
    shutil.rmtree(places.output, ignore_errors=True)
    # Allure is a process of its own: what the plain pages need is found out while it works.
    with ThreadPoolExecutor(max_workers=1) as other:
        allure = other.submit(_build_allure, places, record, ledger)
        background = _background(places, record, ledger, requirements)
        compile_templates()
    write_pages(places.output, record, ledger, background)  # only now is it known which pages of Allure there are
    allure.result()
    return places.front_page


def _results(places: ReportPlaces) -> RunRecord:
    """The record of the run; without one that can be read, the front page says so."""
    try:
        record = read_run(places.records)
        if record is None or not has_results(places):
            what = f"there are no results in {shown(places.results)}"
            raise SuiteError("Built the report", what, "Run the features: `acceptance run`")
    except SuiteError as error:
        write_nothing_page(places.output, str(error))
        raise
    return record


def has_results(places: ReportPlaces) -> bool:
    """Whether a run left anything to report."""
    return (places.records / OUTCOMES_NAME).is_file() and any(places.results.glob("*-result.json"))


def _build_allure(places: ReportPlaces, record: RunRecord, ledger: Ledger) -> None:
    with continued(places.history, record.started) as runs_before:
        _generate(places, record, ledger, runs_before)


def _generate(places: ReportPlaces, record: RunRecord, ledger: Ledger, runs_before: int) -> None:
    facts = places.records / "report-facts.json"
    facts.write_text(
        json.dumps({**_facts(places, record, ledger), "runsBefore": runs_before}, indent=1) + "\n", encoding="utf-8"
    )
    arguments = ["generate", str(places.results.resolve()), "--config", str(ALLURE_SOURCE / "allurerc.mjs")]
    run_allure(ensure_allure(), arguments, places.records, {"ACCEPTANCE_REPORT_FACTS": str(facts.resolve())})


def _facts(places: ReportPlaces, record: RunRecord, ledger: Ledger) -> dict[str, Any]:
    return {
        "name": NAME,
        "output": str(places.output.resolve()),
        "historyPath": str(places.history.resolve()),
        "historyLimit": HISTORY_LIMIT,
        "knownIssuesPath": str((places.records / "known-issues.json").resolve()),
        "modes": [mode.value for mode in Mode],
        "variables": variables(record),
        "defectLink": _UNUSED_DEFECT_LINK,
        "defects": [{"id": entry.id, "title": entry.title} for entry in ledger.entries],
    }


def variables(record: RunRecord) -> dict[str, str]:
    """The verdict, what was judged, with which clients, where: shown at the head of Allure's pages."""
    return {
        "verdict": headline(record),
        "known defects": "failed here, with an issue each: Allure has no status of their own",
        record.product_name: record.product_version,
        **{client: version(client) for client in _CLIENTS},
        "target": record.target,
        "seed": str(record.seed),
        "gate": record.gate.value,
        "Python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def _background(
    places: ReportPlaces, record: RunRecord, ledger: Ledger, requirements: Sequence[Requirement]
) -> Background:
    parity, history = load_parity(), places.history.parent
    methods: tuple[MethodCoverage, ...] = ()
    arguments: Sequence[ArgumentCoverage] = ()
    operations: tuple[CheckedEverywhere, ...] = ()
    problems: list[str] = []
    runs = _readable(lambda: read_history(history / HISTORY_NAME.name), problems) or []
    points = _readable(lambda: trend_up_to(history, record), problems) or []
    seen = _readable(lambda: seen_defects(history), problems) or {}
    try:
        product = product_root(places.records)
        methods = coverage(public_methods(product), record.scenarios)
        arguments = argument_coverage(arguments_of(product), record.scenarios, load_reasons())
        operations = kept_operations(product, places.records)
    except SuiteError as error:  # a product that has neither is judged all the same
        problems.append(str(error))
    root = places.features.parent
    documented = documented_features(record.scenarios, (places.features,), root)
    as_filed = sorted(documented, key=lambda each: each.path)
    listed = listed_in(as_filed)
    wishes = wishes_of((each.document for each in as_filed), root)
    return Background(
        changes=since_last_run(history, record, ledger),
        since_version=since_last_version(history, record, ledger),
        trend=points,
        seen=seen,
        documented=documented,
        traced=trace(requirements, listed, record, parity, wishes),
        variables=variables(record),
        parity=parity,
        grounds=_readable(lambda: load_grounds(parity), problems),
        runs=runs,
        methods=methods,
        arguments=arguments,
        operations=operations,
        problems=problems,
    )


def _readable(read: Callable[[], History], problems: list[str]) -> History | None:
    """What one of the histories holds; None, and what is wrong among the problems, if it cannot be read.

    Without it the run is reported all the same, and its pages say what is wrong.
    """
    try:
        return read()
    except InvalidDocumentError as error:
        problems.append(str(error))
        return None
