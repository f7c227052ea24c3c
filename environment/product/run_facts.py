"""Facts of one run that reports tell: set by the suite's pytest plugin, read by whoever reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from environment.product.judged import DISTRIBUTION, judged_product


@dataclass(frozen=True)
class RunFacts:
    """What was judged, where, and since when.

    target: "embedded" or "live"; seed: of faker and of the order; stack_start_seconds: until the target was ready (0 if
    it was there already); started: aware datetime of the start of the run; platform_version: the live catalog's own
    word for its version; rehearsal: whether the deployment is on this machine, whatever the target is called;
    product_source: the folder or address that the product comes from, with its Git revision.
    """

    target: str
    seed: int
    stack_start_seconds: float
    product_name: str
    product_version: str
    started: datetime
    platform_version: str = "unknown"
    rehearsal: bool = True
    product_source: str = ""


RUN_FACTS: pytest.StashKey[RunFacts] = pytest.StashKey()
"""Key of the facts in `config.stash`; set in the main process and in each xdist worker."""


def run_facts(target: str, seed: int, stack_start_seconds: float, started: datetime | None = None) -> RunFacts:
    """The facts of a run of the installed product; `started` is now unless given."""
    product = judged_product()
    return RunFacts(
        target,
        seed,
        stack_start_seconds,
        DISTRIBUTION,
        product.version,
        started or datetime.now(UTC),
        product_source=product.source,
    )
