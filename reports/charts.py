"""Lines over runs, as SVG's polyline takes them."""

from __future__ import annotations

from collections.abc import Sequence

CHART_WIDTH, CHART_HEIGHT = 640, 120


def polyline(values: Sequence[float], top: float) -> str:
    """The line in a box of `CHART_WIDTH` by `CHART_HEIGHT` whose upper edge is `top`; one value is a flat line."""
    drawn = [*values, *values] if len(values) == 1 else values
    step = CHART_WIDTH / (len(drawn) - 1)
    return " ".join(f"{index * step:.1f},{CHART_HEIGHT * (1 - value / top):.1f}" for index, value in enumerate(drawn))
