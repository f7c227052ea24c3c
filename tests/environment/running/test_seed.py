"""One seed for people, names and the order of scenarios, whichever of its two options names it."""

from __future__ import annotations

from argparse import Namespace
from types import SimpleNamespace
from typing import Any

import pytest

from environment.running.seed import order, settle_seed


def config(**options: Any) -> Any:
    """A run's configuration with pytest-random-order's defaults, and these options."""
    defaults = {
        "seed": None,
        "random_order_enabled": False,
        "random_order_bucket": "default:module",
        "random_order_seed": "default:12",
    }
    return SimpleNamespace(option=Namespace(**{**defaults, **options}))


def test_the_seed_of_people_shuffles_too() -> None:
    made = config(seed=7, random_order_enabled=True)
    assert settle_seed(made) == 7
    assert made.option.random_order_seed == "default:7"
    assert order(made) == "random by module"


def test_the_seed_of_the_order_makes_people_too() -> None:
    made = config(random_order_seed="7", random_order_bucket="global")
    assert settle_seed(made) == 7
    assert (made.option.seed, made.option.random_order_seed) == (7, "7")
    assert order(made) == "random by global"


def test_without_either_there_is_one_and_nothing_is_shuffled() -> None:
    made = config()
    seed = settle_seed(made)
    assert (made.option.seed, made.option.random_order_seed) == (seed, f"default:{seed}")
    assert order(made) == "as written"
    assert settle_seed(made) == seed  # a worker, which gets the options of the run


def test_without_the_plugin_that_shuffles() -> None:
    made = SimpleNamespace(option=Namespace(seed=None))
    settle_seed(made)  # type: ignore[arg-type]
    assert order(made) == "as written"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": 7, "random_order_seed": "8"}, "--seed 7 and --random-order-seed 8: a run has one seed"),
        ({"random_order_seed": "autumn"}, "--random-order-seed autumn: it is the seed of people and names, too"),
    ],
)
def test_two_seeds_or_none(options: dict[str, Any], message: str) -> None:
    with pytest.raises(pytest.UsageError, match=message):
        settle_seed(config(**options))


def test_the_same_seed_twice() -> None:
    assert settle_seed(config(seed=7, random_order_seed="7")) == 7
