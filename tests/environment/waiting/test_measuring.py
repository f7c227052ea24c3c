"""What a block took is measured, also when it raises."""

from __future__ import annotations

import threading

import pytest

from environment.checking.measuring import measured

MEBIBYTE = 1024**2


@pytest.mark.slow
def test_seconds_and_the_peak_of_memory_are_measured() -> None:
    with measured() as measurement:
        held = bytearray(64 * MEBIBYTE)
        threading.Event().wait(0.05)
        del held

    assert measurement.seconds >= 0.05
    assert 48 * MEBIBYTE < measurement.memory_growth_bytes < 200 * MEBIBYTE


@pytest.mark.slow
def test_a_block_that_raises_is_measured_too_and_its_watcher_ends() -> None:
    before = threading.active_count()
    with pytest.raises(ValueError, match="on purpose"), measured() as measurement:
        raise ValueError("on purpose")

    assert measurement.seconds > 0
    assert threading.active_count() == before
