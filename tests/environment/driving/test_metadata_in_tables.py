"""Metadata in tables: text unless a type is given."""

from __future__ import annotations

import pytest

from environment.driving.packages import metadata_in
from environment.errors import SuiteError


def row(value: str, kind: str = "", field: str = "crop") -> dict[str, str]:
    return {"field": field, "value": value, **({"type": kind} if kind else {})}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (row("17"), "17"),
        (row("17", "number"), 17),
        (row("1.5", "number"), 1.5),
        (row("no", "yes or no"), False),
        (row("Lund, Ystad", "list"), ["Lund", "Ystad"]),
        (row("Lund, Ystad"), "Lund, Ystad"),
        (row("a, b", field="tags"), ["a", "b"]),
        (row("a, b", "text", field="tags"), "a, b"),
    ],
)
def test_a_value_is_of_its_type(given: dict[str, str], meant: object) -> None:
    [value] = metadata_in([given]).values()
    assert (value, type(value)) == (meant, type(meant))


@pytest.mark.parametrize("given", [row("seventeen", "number"), row("maybe", "yes or no")])
def test_a_value_that_is_not_of_its_type(given: dict[str, str]) -> None:
    with pytest.raises(SuiteError, match="crop of the metadata"):
        metadata_in([given])
