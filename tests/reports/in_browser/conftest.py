"""The report of the sample run as it is served, and pages at two widths."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from headless_browser import browser
from playwright.sync_api import Browser, Page
from sample_runs import SAMPLE

from reports.build import ReportPlaces
from reports.command_line import report_server
from reports.comparison import compare_runs
from reports.comparison_page import write_comparison_page
from reports.known_defects import load_ledger
from reports.outcomes import Status, read_run

__all__ = ["browser"]

WIDTHS = {"desk": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def address(report_places: ReportPlaces) -> Iterator[str]:
    """Where `acceptance report open` would serve the report of the sample run, with a comparison of two runs in it."""
    record, ledger = read_run(report_places.records), load_ledger(SAMPLE / "known_defects.yaml")
    assert record is not None
    passed = [each.model_copy(update={"status": Status.PASSED, "sentences": ()}) for each in record.scenarios]
    before = record.model_copy(update={"scenarios": tuple(passed)})
    write_comparison_page(report_places.output / "comparison", compare_runs(before, record), ledger)
    with report_server(report_places.output, 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(params=WIDTHS)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = WIDTHS[request.param]
    page = browser.new_page(viewport={"width": width, "height": height})
    yield page
    page.close()
