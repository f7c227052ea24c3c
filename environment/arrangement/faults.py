"""Faults for one scenario: answers of the deployment that break on purpose, until the scenario ends."""

from __future__ import annotations

import os
from typing import Any

from environment.clients.registry import USER_AGENT
from environment.targets.target import Target
from environment.undo.log import UndoLog
from environment.waiting import wait_until
from quilt_stack import Action, ControlClient, FaultRule, Latency, Surface

# A request that nobody lets go goes on before the clients' own limits of a minute.
_LONGEST_HOLD_SECONDS = 50.0


class Hold:
    """The next request that fits a rule waits until it is let go."""

    def __init__(self, control: ControlClient, fault_id: str) -> None:
        self._control = control
        self._fault_id = fault_id

    def wait_until_held(self, limit_seconds: float) -> None:
        """Return when the request has come and waits.

        Raises:
            AssertionError: it has not come in time.
        """
        wait_until(self._is_held, limit_seconds=limit_seconds, what="the request that is to be held")

    def let_go(self) -> None:
        """Let the request go on."""
        self._control.remove_fault(self._fault_id)

    def _is_held(self) -> bool:
        return any(fault.applied for fault in self._control.faults() if fault.id == self._fault_id)


class FaultArranger:
    """Sets fault rules on one target and books that they are cleared.

    A rule hits whoever sends what it describes: unless its path names something that only this scenario has, or it hits
    this process alone, the scenario has to be `exclusive`.
    """

    def __init__(self, target: Target, undo: UndoLog) -> None:
        self._target = target
        self._undo = undo
        self._ids: list[str] = []

    def end(self) -> None:
        """Let all answers be as they are again.

        Raises:
            SuiteError: on a live target.
        """
        control = self._target.require_control("End an outage")
        while self._ids:
            control.remove_fault(self._ids.pop())

    def hold(self, surface: Surface, **which: Any) -> Hold:
        """Hold the next request that fits; ``which`` are further fields of `FaultRule`.

        Raises:
            SuiteError: on a live target.
            pydantic.ValidationError: if the rule makes no sense.
        """
        control = self._target.require_control("Hold a request")
        latency = Latency(seconds=_LONGEST_HOLD_SECONDS)
        return Hold(control, self._set(control, FaultRule(surface=surface, action=latency, count=1, **which)))

    def break_answers(self, surface: Surface, action: Action, *, count: int | None = None, **which: Any) -> None:
        """Break ``count`` requests (None: all) that fit; ``which`` are further fields of `FaultRule`.

        Raises:
            SuiteError: on a live target.
            pydantic.ValidationError: if the rule makes no sense.
        """
        control = self._target.require_control("Break the deployment's answers")
        self._set(control, FaultRule(surface=surface, action=action, count=count, **which))

    def break_answers_here(self, surface: Surface, action: Action, **which: Any) -> None:
        """Break all requests of the product that fit, in this process or in a server that it started.

        Observers and other workers notice nothing.

        Raises:
            SuiteError: on a live target.
            pydantic.ValidationError: if the rule makes no sense.
        """
        which |= {"client_process": os.getpid(), "its_children": True, "spared_user_agent": USER_AGENT}
        self.break_answers(surface, action, **which)

    def _set(self, control: ControlClient, rule: FaultRule) -> str:
        self._undo.book("fault", f"a fault of the {rule.surface}", rule=rule.model_dump(mode="json"))
        fault = control.set_fault(**{name: getattr(rule, name) for name in FaultRule.model_fields})
        self._ids.append(fault.id)
        return fault.id
