"""The page about speed and size: limits, seconds, what holds, and what did not run."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from made_runs import made_outcome, made_run

from environment.modes import Mode
from reports.known_defects import Ledger
from reports.living_documentation import documented_features
from reports.outcomes import ScenarioOutcome, Status
from reports.pages import Background, write_pages
from reports.timed_scenarios import timed_scenarios
from reports.trace import trace

FEATURE = """\
Feature: Speed
  @PERF-1 @severity:critical
  Scenario: Quick
    When Dana searches
    Then it took less than 5 s

  @PERF-4 @large @slow
  Scenario: Heavy
    When Dana publishes
    Then the package is whole

  @DISC-1
  Scenario: Not timed
    When Dana searches
"""


@pytest.fixture
def features(tmp_path: Path) -> Path:
    folder = tmp_path / "features"
    folder.mkdir()
    (folder / "speed.feature").write_text(FEATURE)
    return folder


def quick(mode: Mode, status: Status, seconds: float) -> ScenarioOutcome:
    place = {"feature_path": "features/speed.feature", "requirements": ("PERF-1",)}
    return made_outcome("Quick", mode, status, product_seconds=seconds, **place)


def test_each_has_its_limit_and_what_keeps_it_out(features: Path) -> None:
    ran = quick(Mode.LOCAL, Status.PASSED, 1.24)
    found = {each.name: each for each in timed_scenarios(documented_features([ran], (features,), features.parent))}
    assert list(found) == ["Quick", "Heavy"]
    assert found["Quick"].limits == ("it took less than 5 s",)
    assert dict(found["Quick"].outcomes) == {Mode.LOCAL: ran}
    assert (found["Heavy"].limits, dict(found["Heavy"].outcomes), found["Heavy"].why_not_run) == ((), {}, "large")


def test_the_page_says_what_holds_what_does_not_and_what_did_not_run(
    features: Path, sample_ledger: Ledger, tmp_path: Path
) -> None:
    record = made_run([quick(Mode.LOCAL, Status.PASSED, 1.24), quick(Mode.MULTIUSER, Status.FAILED, 7.0)])
    documented = documented_features(record.scenarios, (features,), features.parent)
    background = Background(trace((), (), record), {}, documented=documented)
    write_pages(tmp_path / "report", record, sample_ledger, background)
    page = (tmp_path / "report" / "performance.html").read_text(encoding="utf-8")
    rows = [unescape(re.sub(r"<[^>]+>", "|", row)) for row in re.findall(r"<tr><th scope=\"row\">.*?</tr>", page)]
    cells = [[cell for cell in row.split("|") if cell.strip()] for row in rows]
    assert cells == [
        ["Quick", "it took less than 5 s", "✓ within", ", 1.24 s", "✗ not a known defect", ", 7.00 s"],
        ["Heavy", "none: it must be complete and right", *["· not run: moves hundreds of megabytes"] * 2],
    ]
    assert "1 of 2 scenarios did not run" in page
