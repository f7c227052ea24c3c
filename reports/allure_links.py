"""From a scenario of the plain pages to its own page in the Allure report beside them."""

from __future__ import annotations

import json
from pathlib import Path

from environment.gherkin.records import ScenarioRecord

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

    def of(self, scenario: ScenarioRecord) -> str | None:
        """The address of the scenario's page, by the names that `allure_results.complete_result` gives it."""
        found = self._ids.get((scenario.place, f"{scenario.title} [{scenario.mode}]"))
        return _PAGE.format(found) if found else None
