"""Pytest plugin: what a scenario measured, attached to the step that measured it and kept with the scenario.

Fixture ``figures``: where steps measure. The tear-down report's ``user_properties`` carry the greatest growth of
memory; seconds inside the product are there for every scenario (`environment.evidence.timings`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import allure
import pytest

from environment.checking.measuring import Measurement, measured
from environment.gherkin.records import SCENARIO

MEMORY_PROPERTY = "memory_growth_bytes"

_MEGABYTE = 1_000_000
_ASKS = re.compile(r"\btakes? less than\b|\btook less than\b")


@dataclass(frozen=True)
class Figure:
    """One measurement and what was measured."""

    what: str
    measurement: Measurement

    def __str__(self) -> str:
        """For people, in one line."""
        megabytes = self.measurement.memory_growth_bytes / _MEGABYTE
        return f"{self.what}: {self.measurement.seconds:.2f} s, {megabytes:.0f} MB more memory at its peak"


class Figures:
    """The measurements of one scenario, in the order in which they ended."""

    def __init__(self, *, wanted: bool) -> None:
        self._wanted = wanted
        self._taken: list[Figure] = []

    @contextmanager
    def measured(self, what: str) -> Iterator[Measurement]:
        """Measure what happens in the block, and show it in the report; nothing if no sentence asks for it."""
        if not self._wanted:
            yield Measurement()
            return
        with measured() as measurement:
            yield measurement
        figure = Figure(what, measurement)
        self._taken.append(figure)
        allure.attach(str(figure), "figures", allure.attachment_type.TEXT)

    @property
    def last(self) -> Measurement | None:
        """The last measurement; None if nothing was measured."""
        return self._taken[-1].measurement if self._taken else None

    def properties(self) -> list[tuple[str, int]]:
        """Name and value pairs for the scenario's record; none if nothing was measured."""
        growths = [figure.measurement.memory_growth_bytes for figure in self._taken]
        return [(MEMORY_PROPERTY, max(growths))] if growths else []


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Iterator[Figures]:
    """Where this scenario's steps measure."""
    taken = Figures(wanted=any(_ASKS.search(step.text) for step in request.node.stash[SCENARIO].steps))
    yield taken
    request.node.user_properties.extend(taken.properties())
