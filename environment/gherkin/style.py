"""The style of features that `acceptance lint` checks (rule 12).

A finding of style does not stop a run; it stops `acceptance lint`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from environment.gherkin.document import FeatureDocument, ScenarioBlock, StepLine
from environment.gherkin.findings import Finding
from environment.gherkin.tags import SEVERITIES, WISH

MOST_STEPS = 14
JOURNEY = "journey"
MOST_STEPS_OF_A_JOURNEY = 16
MOST_BACKGROUND_STEPS = 4

_PYTHON_NAME = re.compile(r"\b[a-z]+_[a-z_]+\b(?!/)|\b\w+\(\)|\b[a-z]+\.[a-z]+_[a-z_]+\b")
_JSON = re.compile(r'[{\[]\s*"|"\s*:\s*["{\[\d]')


def style_findings(document: FeatureDocument) -> Iterator[Finding]:
    """Say what makes a feature hard to read for those who know neither Python nor the wire."""
    if not document.description.strip():
        yield _finding(document, document.line, "the feature has no description; say for whom it is, and why")
    if len(document.background) > MOST_BACKGROUND_STEPS:
        yield _finding(
            document,
            document.background[0].line,
            f"the background has {len(document.background)} steps; {MOST_BACKGROUND_STEPS} can be kept in mind",
        )
    for scenario in document.scenarios:
        yield from _scenario_findings(document, scenario)


def _scenario_findings(document: FeatureDocument, scenario: ScenarioBlock) -> Iterator[Finding]:
    steps = scenario.steps
    is_journey = any(
        tag.name == JOURNEY for tag in document.tags_of(scenario)
    )  # a story from end to end: several behaviours that build on one another
    most = MOST_STEPS_OF_A_JOURNEY if is_journey else MOST_STEPS
    if len(steps) > most:
        what = "the journey" if is_journey else "one behaviour"
        yield _finding(document, scenario.line, f"{len(steps)} sentences; tell {what} in {most} at most")
    names = [tag.name for tag in document.tags_of(scenario)]
    if WISH not in names and not any(name.startswith("severity:") for name in names):
        known = ", ".join(f"@severity:{each}" for each in SEVERITIES)
        yield _finding(document, scenario.line, f"it does not say how much it matters; tag it with one of {known}")
    if not any(step.type == "then" for step in steps):
        yield _finding(document, scenario.line, "no Then: the scenario says nothing that could fail")
    for before, after in pairwise(steps):
        if before.type == "then" and after.type == "when" and not is_journey:
            two = "make the second behaviour a scenario of its own, or tag it @journey if it is one story"
            yield _finding(document, after.line, f"a When after a Then: {two}")
    for step in steps:
        yield from _step_findings(document, step)


def _step_findings(document: FeatureDocument, step: StepLine) -> Iterator[Finding]:
    outside_quotes = re.sub(r'"[^"]*"|(?<= as its )[\w-]+', '""', step.text)  # a field is called what it is called
    name = _PYTHON_NAME.search(outside_quotes)
    if name:
        yield _finding(document, step.line, f"'{name[0]}' is a name of the code; say it in words")
    if _JSON.search(step.text):
        yield _finding(document, step.line, "JSON in a sentence; say it in words or in a table")


def _finding(document: FeatureDocument, line: int, message: str) -> Finding:
    return Finding(document.path, line, message, blocks=False)
