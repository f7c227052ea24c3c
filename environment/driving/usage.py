"""Which public methods of the product a scenario called: what the suite's coverage of the API is measured by."""

from __future__ import annotations

import threading

import pytest

PROPERTY = "product_methods"
"""The scenario's user property; its value names methods with commas between, such as ``QuiltOps.list_buckets``."""


class MethodUsage:
    """The methods called since the last `begin`, from whichever thread."""

    def __init__(self) -> None:
        self._called: set[str] = set()
        self._lock = threading.Lock()

    def begin(self) -> None:
        """Forget what was called before."""
        with self._lock:
            self._called.clear()

    def add(self, interface: str, method: str) -> None:
        """Note a call of a method of QuiltOps or AdminOps."""
        with self._lock:
            self._called.add(f"{interface}.{method}")

    def methods(self) -> list[str]:
        """The methods called, sorted."""
        with self._lock:
            return sorted(self._called)


METHODS = pytest.StashKey[tuple[str, ...]]()
"""In ``item.stash`` once the scenario's personas have left."""
USAGE = MethodUsage()
"""The register of this process; a scenario is alone in its process."""
