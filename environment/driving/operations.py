"""The product's API as steps see it: ``persona.ops.search_packages`` is looked up when it is called, not before.

Opening a backend can itself fail (no credentials, a token that is refused); that failure belongs to the operation that
a persona attempted, so it has to happen inside the attempt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from environment.driving.arguments import variations
from environment.driving.usage import USAGE
from environment.modes import Mode


class CallingSession(Protocol):
    """Who calls: in which mode, and whether they have presented a token."""

    mode: Mode
    signed_in: bool


@dataclass
class _Nobody:
    mode: Mode = Mode.LOCAL
    signed_in: bool = False


_NOBODY = _Nobody()


class Operation:
    """One method of the product, bound to a persona's session when it is called."""

    def __init__(
        self, open_interface: Callable[[], Any], name: str, actor: str, interface: str, caller: CallingSession
    ) -> None:
        self._open_interface = open_interface
        self._caller = caller
        self.__name__ = name
        self.actor = actor
        self.interface = interface

    @property
    def mode(self) -> str:
        """The mode in which it is called."""
        return self._caller.mode

    def signed_in(self) -> bool:
        """Whether a token has been presented by now."""
        return self._caller.signed_in

    def __call__(self, *arguments: Any, **named_arguments: Any) -> Any:
        """Open the session if need be, and call the method."""
        method = getattr(self._open_interface(), self.__name__)
        USAGE.add(self.interface, self.__name__, variations(method, arguments, named_arguments))
        return method(*arguments, **named_arguments)

    def __repr__(self) -> str:
        return f"{self.actor}'s {self.__name__}"


class Operations:
    """QuiltOps or AdminOps of one persona.

    Args:
        open_interface: returns the product's object with the persona's session active; may raise what the product
            raises.
        actor: whose operations these are, for messages.
        interface: QuiltOps or AdminOps, for the measurement of what is called.
        caller: the session that they belong to, for the record of what is called.
    """

    def __init__(
        self, open_interface: Callable[[], Any], actor: str, interface: str, caller: CallingSession = _NOBODY
    ) -> None:
        self._open_interface = open_interface
        self._actor = actor
        self._interface = interface
        self._caller = caller

    def __getattr__(self, name: str) -> Operation:
        if name.startswith("_"):
            raise AttributeError(name)
        return Operation(self._open_interface, name, self._actor, self._interface, self._caller)

    def __repr__(self) -> str:
        return f"the operations of {self._actor}"
