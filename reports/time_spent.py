"""Where the time of a run went: by what the workers did, and by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.outcomes import RunRecord, ScenarioOutcome

_TOP = 10


@dataclass(frozen=True)
class Share:
    """What some of the workers' time was spent on, in seconds of one worker."""

    what: str
    seconds: float


@dataclass(frozen=True)
class SentenceTime:
    """A sentence as written, how often a run said it, and how long that took in all, in seconds of one worker."""

    sentence: str
    uses: int
    seconds: float


@dataclass(frozen=True)
class TimeSpent:
    """The time of a run: `wall` seconds of so many workers, of which `in_product` in the product and its network.

    shares: what else the workers did, in the order in which it happens.
    """

    wall: float
    workers: int
    in_product: float
    shares: tuple[Share, ...]
    sentences: tuple[SentenceTime, ...]

    @property
    def in_all(self) -> float:
        """Seconds of all workers."""
        return self.wall * self.workers

    @property
    def ratio(self) -> float | None:
        """Seconds of all workers for each second in the product; None if nothing was measured there."""
        return self.in_all / self.in_product if self.in_product else None


def time_spent(record: RunRecord) -> TimeSpent:
    """Where the time of a run went; a step counts as what it is, a Given, When or Then."""
    workers, scenarios = max(1, record.workers), record.scenarios
    phases = dict.fromkeys(("given", "when", "then"), 0.0)
    for step, ended in (each for scenario in scenarios for each in scenario.judged):
        phases[step.type] += ended.seconds
    running = sum(each.seconds for each in scenarios)
    around = max(0.0, running - sum(phases.values()))
    beside = max(0.0, record.seconds * workers - running)
    start = min(beside, record.stack_start_seconds * workers)
    return TimeSpent(
        record.seconds,
        workers,
        sum(each.product_seconds or 0.0 for each in scenarios),
        (
            Share("until the deployment was ready", start),
            *(Share(phase.capitalize(), seconds) for phase, seconds in phases.items()),
            Share("around the sentences: set-up, undoing, evidence", around),
            Share("beside the scenarios: imports, collection, waiting", beside - start),
        ),
        _sentences(scenarios),
    )


def _sentences(scenarios: Sequence[ScenarioOutcome]) -> tuple[SentenceTime, ...]:
    """Those that took most, however often."""
    found: dict[str, list[float]] = {}
    for step, ended in (each for scenario in scenarios for each in scenario.judged):
        found.setdefault(f"{step.type.capitalize()} {step.written}", []).append(ended.seconds)
    ranked = sorted(found.items(), key=lambda each: -sum(each[1]))
    return tuple(SentenceTime(sentence, len(each), sum(each)) for sentence, each in ranked[:_TOP] if sum(each))
