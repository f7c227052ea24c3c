"""What belongs to a step, in lines of their own below it: in the result itself.

A file for each was most of what Allure had to read.
"""

from __future__ import annotations

from collections.abc import Iterable

import allure

TEAR_DOWN = "Tear-down"
"""The step below which stands what no sentence sent."""


def note(lines: Iterable[str]) -> None:
    """Show these lines below the step that runs, or after the sentences if none does."""
    for line in lines:
        with allure.step(line):
            pass


def note_tear_down(lines: Iterable[str]) -> None:
    """Show these lines below a step of their own, after the sentences."""
    with allure.step(TEAR_DOWN):
        note(lines)
