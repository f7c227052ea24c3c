"""The undo actions, one per kind of thing that a step can make.

An action is a function of the target and the booked parameters. It must be idempotent: nothing there means done, since
a crash may have come before the thing was made or after it was undone.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

UndoAction = Callable[..., None]
"""``(target, *, <parameter>, …) -> None``; the target is whatever the plugin or clean-up was given."""

A = TypeVar("A", bound=UndoAction)

_actions: dict[str, UndoAction] = {}


class UnknownKindError(LookupError):
    """No action undoes this kind of thing; the message names the known kinds."""


def undoes(kind: str) -> Callable[[A], A]:
    """Register the decorated function as the action that undoes things of a kind.

    Raises ValueError if another function is registered for the kind.
    """

    def register(action: A) -> A:
        known = _actions.setdefault(kind, action)
        if known is not action:
            raise ValueError(f"{kind!r} is undone by {known.__qualname__} already, not by {action.__qualname__}")
        return action

    return register


def action_for(kind: str) -> UndoAction:
    """The action that undoes things of a kind. Raises UnknownKindError."""
    action = _actions.get(kind)
    if action is None:
        known = ", ".join(sorted(_actions)) or "none"
        raise UnknownKindError(f"nothing undoes {kind!r}; known kinds: {known}. Register one with @undoes({kind!r})")
    return action


def check_parameters(kind: str, parameters: Mapping[str, Any]) -> None:
    """Raise TypeError if the kind's action does not take these parameters, UnknownKindError if there is no action."""
    action = action_for(kind)
    try:
        inspect.signature(action).bind(None, **parameters)
    except TypeError as error:
        raise TypeError(
            f"what undoes {kind!r}, {action.__qualname__}, does not take these parameters: {error}"
        ) from None


def forget(kind: str) -> None:
    """Take back a registration (for tests of the undo log)."""
    _actions.pop(kind, None)
