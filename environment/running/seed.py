"""One seed for a run: `--seed` and pytest-random-order's `--random-order-seed` are two names of it.

It makes up people and names, and shuffles the scenarios if a random order is asked for.
"""

from __future__ import annotations

import random

import pytest

from quilt_stack.patches import Patch

_DEFAULT = "default:"  # how pytest-random-order marks a seed that nobody asked for
PATCH = Patch(
    __name__,
    "pytest-random-order",
    reason="One seed makes people and shuffles; pytest-random-order has its own mark for one that nobody asked for.",
    bodies={
        "random_order.config:Config.is_enabled": "578247884acb",
        "random_order.config:Config.seed": "bab9c369e869",
        "random_order.config:Config._remove_default_prefix": "3d3ee0812bc6",
    },
    fence="tests/environment/running/test_seed.py::test_without_either_there_is_one_and_nothing_is_shuffled",
    until="pytest-random-order takes a seed without shuffling",
)


def settle_seed(config: pytest.Config) -> int:
    """Put one seed in place of both options, and return it; a worker of pytest-xdist takes that of the run.

    Raises:
        pytest.UsageError: the options name two different seeds, or one that is no number.
    """
    option = config.option
    shuffling: str = getattr(option, "random_order_seed", _DEFAULT)
    asked_for = None if shuffling.startswith(_DEFAULT) else _number(shuffling)
    if option.seed is None:
        option.seed = random.SystemRandom().randrange(2**32) if asked_for is None else asked_for
    elif asked_for not in (None, option.seed):
        raise pytest.UsageError(
            f"--seed {option.seed} and --random-order-seed {shuffling}: a run has one seed; leave one of them out"
        )
    # Marked as the default, it does not turn the random order on.
    option.random_order_seed = f"{_DEFAULT if asked_for is None else ''}{option.seed}"
    return int(option.seed)


def order(config: pytest.Config) -> str:
    """Return in words how the scenarios are ordered: as they are written, or shuffled by the seed, and within what."""
    shuffled = getattr(config.option, "random_order_enabled", False)
    bucket: str = getattr(config.option, "random_order_bucket", _DEFAULT)
    asked_for = [bucket, getattr(config.option, "random_order_seed", _DEFAULT)]
    if not shuffled and all(each.startswith(_DEFAULT) for each in asked_for):
        return "as written"
    return f"random by {bucket.removeprefix(_DEFAULT)}"


def _number(text: str) -> int:
    if not text.isdecimal():
        raise pytest.UsageError(f"--random-order-seed {text}: it is the seed of people and names, too; give a number")
    return int(text)
