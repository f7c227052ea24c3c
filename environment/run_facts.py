"""Facts of one run that reports tell: set by the suite's pytest plugin, read by whoever reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

import pytest

PRODUCT = "quilt-mcp"


@dataclass(frozen=True)
class RunFacts:
    """What was judged, where, and since when.

    target: "embedded" or "live"; seed: of faker and of the order; stack_start_seconds: until the target was ready (0 if
    it was there already); started: aware datetime of the start of the run; platform_version: the live catalog's own
    word for its version; rehearsal: whether the deployment is on this machine, whatever the target is called.
    """

    target: str
    seed: int
    stack_start_seconds: float
    product_name: str
    product_version: str
    started: datetime
    platform_version: str = "unknown"
    rehearsal: bool = True


RUN_FACTS: pytest.StashKey[RunFacts] = pytest.StashKey()
"""Key of the facts in `config.stash`; set in the main process and in each xdist worker."""


def run_facts(target: str, seed: int, stack_start_seconds: float, started: datetime | None = None) -> RunFacts:
    """The facts of a run of the installed product; `started` is now unless given."""
    try:
        product_version = version(PRODUCT)
    except PackageNotFoundError:
        product_version = "not installed"
    return RunFacts(target, seed, stack_start_seconds, PRODUCT, product_version, started or datetime.now(UTC))
