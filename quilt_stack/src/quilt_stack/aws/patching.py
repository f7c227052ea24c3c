"""How a repair takes the place of something in moto: once per process, and on record."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_installed: set[tuple[int, str, str]] = set()


def replace(owner: Any, name: str, build: Callable[[Any], Any]) -> None:
    """Set ``owner.name`` to ``build(what was there)``; a second call with the same builder does nothing.

    Raises:
        AttributeError: if moto no longer has the name, so that a new version of moto cannot disable a repair unnoticed.
    """
    original = getattr(owner, name)
    mark = (id(owner), name, f"{build.__module__}.{build.__qualname__}")
    if mark in _installed:
        return
    setattr(owner, name, build(original))
    _installed.add(mark)
