"""Which public methods of the product a scenario called, and how: by this the coverage of its API is measured."""

from __future__ import annotations

import threading
from collections.abc import Mapping

import pytest

from environment.driving.arguments import Variation

PROPERTY = "product_methods"
"""The scenario's user property; its value names methods with commas between, such as ``QuiltOps.list_buckets``."""


class MethodUsage:
    """The methods called since the last `begin`, from whichever thread, and how their arguments were given."""

    def __init__(self) -> None:
        self._called: dict[str, set[tuple[str, Variation]]] = {}
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Forget what was called before."""
        with self._lock:
            self._called.clear()

    def add(self, interface: str, method: str, arguments: Mapping[str, Variation]) -> None:
        """Note a call of a method of QuiltOps or AdminOps."""
        with self._lock:
            self._called.setdefault(f"{interface}.{method}", set()).update(arguments.items())

    def methods(self) -> list[str]:
        """The methods called, sorted."""
        with self._lock:
            return sorted(self._called)

    def arguments(self) -> list[tuple[str, str, Variation]]:
        """Method, argument and one way in which it was given, sorted."""
        with self._lock:
            return sorted((method, *each) for method, those in self._called.items() for each in those)


METHODS = pytest.StashKey[tuple[str, ...]]()
ARGUMENTS = pytest.StashKey[tuple[tuple[str, str, Variation], ...]]()
"""Both in ``item.stash`` once the scenario's personas have left."""
USAGE = MethodUsage()
"""The register of this process; a scenario is alone in its process."""
