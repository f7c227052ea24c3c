"""Which faults a measurement plants: drawn by seed, each kind of change as often as every other."""

from __future__ import annotations

import random
from collections.abc import Sequence

from environment.errors import SuiteError
from environment.gherkin.sharding import Shard
from strength.faults import Fault


def sample(faults: Sequence[Fault], seed: int, number: int) -> list[Fault]:
    """So many faults: kind by kind in turn, within a kind at random. The same seed draws the same ones.

    Texts and conditions are half of what can be planted; drawn at random they would be half of every figure.

    Raises:
        SuiteError: if there are not that many.
    """
    if number > len(faults):
        raise SuiteError(f"Drew {number} faults", f"there are {len(faults)}", "Ask for fewer with --faults")
    draw = random.Random(seed)
    by_kind: dict[str, list[Fault]] = {}
    for fault in sorted(faults, key=lambda each: each.id):
        by_kind.setdefault(fault.kind, []).append(fault)
    for those in by_kind.values():
        draw.shuffle(those)
    drawn: list[Fault] = []
    while len(drawn) < number:
        for kind in sorted(by_kind):
            if by_kind[kind] and len(drawn) < number:
                drawn.append(by_kind[kind].pop())
    return drawn


def part(faults: Sequence[Fault], shard: Shard | None) -> list[Fault]:
    """The I-th of N parts; the parts of a sample make the whole, and no fault is in two."""
    return list(faults) if shard is None else list(faults[shard.number - 1 :: shard.count])
