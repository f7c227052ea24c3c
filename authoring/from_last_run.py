"""Failures of the last run (build/outcomes.json), for an entry that is written without running again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from authoring.skeleton import TO_FILL_IN, Facts, FailedSentence
from environment.errors import SuiteError
from environment.gherkin.document import read_feature
from environment.gherkin.selection import at_line
from environment.settings import ROOT
from reports.outcomes import Failure, RunRecord, ScenarioOutcome

_LINE = re.compile(r"(?P<path>.+\.feature):(?P<line>\d+)")


def recorded_failures(run: RunRecord, place: str, modes: Sequence[str]) -> tuple[list[FailedSentence], Facts, str]:
    """What failed at a place (`path:line` or `path::name`), what is known of it, and the feature's path.

    Raises:
        SuiteError: if the run has no such scenario.
    """
    path, names = _named(place)
    found = [each for each in run.scenarios if each.scenario.feature_path == path and each.scenario.name in names]
    if not found:
        raise SuiteError(f"Looked for {place} in the last run", "it is not in it", "Leave --from-last-run out")
    broke = [each for each in found if each.status.breaks_the_run and each.scenario.mode in modes]
    failed = [failure for each in broke for failure in _failures(each)]
    facts = Facts(
        requirement=next(iter(found[0].scenario.requirements), TO_FILL_IN),
        version=run.product_version,
        observed=tuple(dict.fromkeys(each.observed for each in failed)),
        calls=tuple(f"It calls {method}." for method in dict.fromkeys(m for each in found for m in each.methods)),
    )
    return failed, facts, path


def _named(place: str) -> tuple[str, set[str]]:
    line = _LINE.fullmatch(place)
    if line is None:
        path, _, name = place.partition("::")
        return path, {name.partition("[")[0]}
    try:
        found = at_line(read_feature(ROOT / line["path"]), int(line["line"]), line["path"])
    except (OSError, pytest.UsageError) as error:
        raise SuiteError(f"Looked for {place}", str(error), "Name a line of a scenario") from error
    return Path(line["path"]).as_posix(), {scenario.name for scenario, _ in found}


def _failures(outcome: ScenarioOutcome) -> list[FailedSentence]:
    """One for each sentence that the run tells apart, or one for the scenario."""
    sentences = [(step.text, ended.failure) for step, ended in outcome.judged if ended.failure is not None]
    if not sentences:
        failure = outcome.failure or Failure(kind="AssertionError", message=outcome.message)
        sentences = [(f"{TO_FILL_IN} which sentence", failure)]
    return [FailedSentence(outcome.scenario, text, failure) for text, failure in sentences]
