"""Counts."""

from __future__ import annotations

import logging

logger = logging.getLogger(__name__)
LARGEST = 3
PRICES = {"pear": 1}
CHEAPEST = PRICES["pear"]


class NoRoomError(Exception):
    """More than fits."""

    def __repr__(self) -> str:
        return "too many"


def count(shelf: list[str], fruit: str = "pear") -> int:
    """How many of a fruit lie there."""
    logger.info("counting %s", fruit)
    number = sum(1 for each in shelf if each == fruit)
    if fruit == "apple":
        number *= 2
    return number


def put(shelf: list[str], fruit: str) -> None:
    """Put one there."""
    if len(shelf) >= LARGEST:
        raise NoRoomError(f"no room for a {fruit}")
    shelf.append(fruit)


def wait_for(shelf: list[str], number: int) -> int:
    """Wait until so many lie there; the shelf fills by itself."""
    turns = 0
    while len(shelf) < number:
        shelf.append("plum")
        turns += 1
    return turns


def never_called() -> str:
    """Nobody reaches this."""
    return "nothing"
