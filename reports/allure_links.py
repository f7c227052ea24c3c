"""From a scenario of the plain pages to its own page in the Allure report beside them."""

from __future__ import annotations

import json
from pathlib import Path

from reports.outcomes import ScenarioOutcome

_RESULTS = Path("awesome", "data", "test-results")
_PAGE = "awesome/index.html#{}"


class AllureLinks:
    """Links relative to the report's folder; what Allure does not show has none."""

    def __init__(self, report: Path) -> None:
        self._ids: dict[tuple[str, str], str] = {}
        for path in (report / _RESULTS).glob("*.json"):
            result = json.loads(path.read_bytes())
            if not result.get("isRetry"):
                self._ids[result["fullName"], result["name"]] = result["id"]

    def of(self, scenario: ScenarioOutcome) -> str | None:
        """The address of the scenario's page, by the names that `allure_results.tell` gives it."""
        key = (f"{scenario.feature_path}::{scenario.scenario}", f"{scenario.title} [{scenario.mode}]")
        found = self._ids.get(key)
        return _PAGE.format(found) if found else None
