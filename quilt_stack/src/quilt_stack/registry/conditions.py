"""What a stack depends on and does not decide itself: its subscription, and the mail server that takes its mails."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Conditions:
    """How things stand. In a fresh deployment all is well.

    Attributes:
        subscription_valid: whether Quilt's licence for the stack is in force.
        mail_accepted: whether the mail server takes what the registry sends.
    """

    subscription_valid: bool = True
    mail_accepted: bool = True


class StackConditions:
    """The conditions of one deployment, changed through the control port; thread-safe."""

    def __init__(self) -> None:
        self._current = Conditions()
        self._lock = threading.Lock()

    @property
    def current(self) -> Conditions:
        """How things stand now."""
        with self._lock:
            return self._current

    def change(self, *, subscription_valid: bool | None = None, mail_accepted: bool | None = None) -> Conditions:
        """Change what is given; returns how things stand then."""
        given = {"subscription_valid": subscription_valid, "mail_accepted": mail_accepted}
        with self._lock:
            self._current = replace(
                self._current, **{name: value for name, value in given.items() if value is not None}
            )
            return self._current

    def replace(self, conditions: Conditions) -> None:
        """Let things stand so."""
        with self._lock:
            self._current = conditions
