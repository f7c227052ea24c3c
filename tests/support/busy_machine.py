"""Limits in time on a machine that others use, too."""

from __future__ import annotations

import psutil


def waiting_for_a_core() -> float:
    """How many times as long things take because others use the cores too; 1 on a machine of its own."""
    return max(1.0, psutil.getloadavg()[0] / (psutil.cpu_count() or 1))
