"""What steps measure is kept with the scenario, whether or not it went well."""

from __future__ import annotations

import pytest

from environment.checking.figures import MEMORY_PROPERTY, Figures

MEBIBYTE = 1024**2


@pytest.mark.slow
def test_the_last_figure_is_the_one_that_is_judged() -> None:
    figures = Figures(wanted=True)
    with figures.measured("publishing") as first:
        pass
    with figures.measured("browsing") as second:
        pass

    assert figures.last is second
    assert figures.last is not first


@pytest.mark.slow
def test_the_record_has_the_greatest_growth_of_memory() -> None:
    figures = Figures(wanted=True)
    with figures.measured("publishing"):
        held = bytearray(64 * MEBIBYTE)
    del held
    with figures.measured("browsing"):
        pass

    [(name, growth)] = figures.properties()
    assert name == MEMORY_PROPERTY
    assert 48 * MEBIBYTE < growth < 200 * MEBIBYTE


def test_without_a_measurement_there_is_nothing_to_judge_or_record() -> None:
    figures = Figures(wanted=True)

    assert figures.properties() == []
    assert figures.last is None


def test_a_block_that_raises_leaves_no_figure() -> None:
    figures = Figures(wanted=True)
    with pytest.raises(ValueError, match="on purpose"), figures.measured("publishing"):
        raise ValueError("on purpose")

    assert figures.properties() == []


def test_nothing_is_measured_that_no_sentence_asks_for() -> None:
    figures = Figures(wanted=False)
    with figures.measured("waiting"):
        pass
    assert figures.properties() == []
