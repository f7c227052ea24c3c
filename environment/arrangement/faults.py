"""Faults for one scenario: answers of the deployment that break on purpose, until the scenario ends."""

from __future__ import annotations

from typing import Any

from environment.embedded.faults import Action, FaultRule, Surface
from environment.targets.target import Target
from environment.undo.ledger import Ledger


class FaultArranger:
    """Sets fault rules on one target and books that they are cleared.

    A rule hits whoever sends what it describes: unless its path names something that only this scenario has, the
    scenario has to be `exclusive`.
    """

    def __init__(self, target: Target, undo: Ledger) -> None:
        self._target = target
        self._undo = undo

    def break_answers(self, surface: Surface, action: Action, *, count: int | None = None, **which: Any) -> None:
        """Break ``count`` requests (None: all) that fit; ``which`` are further fields of `FaultRule`.

        Raises:
            SuiteError: on a live target.
            pydantic.ValidationError: if the rule makes no sense.
        """
        control = self._target.require_control("Break the deployment's answers")
        rule = FaultRule(surface=surface, action=action, count=count, **which)
        self._undo.book("fault", f"a fault of the {surface}", rule=rule.model_dump(mode="json"))
        control.set_fault(**{name: getattr(rule, name) for name in FaultRule.model_fields})
