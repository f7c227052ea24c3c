"""Steps of the sample; the product is imported late, as the suite does."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from pytest_bdd import given, parsers, then, when


@pytest.fixture
def shelf() -> list[str]:
    return []


def counter() -> Any:
    return import_module("shop.counter")


@given(parsers.parse("a shelf with {number:d} {fruit}s"))
def fill(shelf: list[str], number: int, fruit: str) -> None:
    for _ in range(number):
        counter().put(shelf, fruit)


@when(parsers.parse("{number:d} plums are waited for"))
def wait(shelf: list[str], number: int) -> None:
    counter().wait_for(shelf, number)


@then(parsers.parse("{number:d} {fruit}s are counted"))
def counted(shelf: list[str], number: int, fruit: str) -> None:
    found = counter().count(shelf, fruit)
    assert found == number, f"counted {found}"


@then("one more does not fit")
def does_not_fit(shelf: list[str]) -> None:
    with pytest.raises(counter().NoRoomError):
        counter().put(shelf, "pear")


@then("all is well")
def is_well() -> None:
    pass
