"""Where a scenario's time went, so that the overhead of the suite is a figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import pytest

from environment.evidence.exchange import Exchange
from environment.product.calling import Sender
from environment.product.intervals import covered_seconds


@dataclass(frozen=True)
class Timings:
    """Seconds of one scenario, set-up and tear-down included. Things that go on at once count once.

    ``product_seconds``: inside calls of the product, its network included. ``network_seconds``: the part of it (and of
    threads that the product left running) until answers began to arrive. ``suite_network_seconds``: requests of
    observers, arrangement and undoing. ``suite_seconds``: everything that is not the product's.
    """

    wall_seconds: float
    product_seconds: float
    network_seconds: float
    suite_seconds: float
    suite_network_seconds: float
    exchanges: int

    def properties(self) -> list[tuple[str, float]]:
        """Name and value pairs for a report, seconds to the tenth of a millisecond."""
        return [(name, round(value, 4)) for name, value in asdict(self).items()]


TIMINGS = pytest.StashKey[Timings]()
"""In ``item.stash`` once the item's tear-down is done."""


def timings(wall_seconds: float, product_seconds: float, exchanges: Sequence[Exchange]) -> Timings:
    """The timings of a scenario from its wall time, its calls of the product and its exchanges."""
    return Timings(
        wall_seconds=wall_seconds,
        product_seconds=product_seconds,
        network_seconds=_network_seconds(exchanges, Sender.PRODUCT),
        suite_seconds=wall_seconds - product_seconds,
        suite_network_seconds=_network_seconds(exchanges, Sender.SUITE),
        exchanges=len(exchanges),
    )


def _network_seconds(exchanges: Sequence[Exchange], sender: Sender) -> float:
    intervals = (exchange.interval for exchange in exchanges if exchange.sender is sender)
    return covered_seconds(interval for interval in intervals if interval is not None)
