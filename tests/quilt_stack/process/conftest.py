"""Leaves the shared deployment as it was found: no fault rules, real time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from stack_wire import WireDeployment


@pytest.fixture
def deployment(wire: WireDeployment) -> Iterator[WireDeployment]:
    yield wire
    wire.running.control.clear_faults()
    wire.running.control.reset_clock()
