"""How an argument was given, told from the call and the signature; its value is kept nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from environment.driving.arguments import Variation, outermost_types, variations


class Product:
    def update(
        self,
        name: str,
        uris: list[str],
        metadata: dict[str, Any] | None = None,
        copy: bool = False,
        message: str = "updated",
        config: Any = None,
    ) -> None: ...


@pytest.mark.parametrize(
    ("arguments", "named", "expected"),
    [
        (("a", ["s3://b/k"]), {}, ["given", "given", "left out", "left out", "left out", "left out"]),
        (("", []), {"metadata": {}, "message": " "}, ["empty", "empty", "empty", "left out", "empty", "left out"]),
        ((None, "s3://b/k"), {"copy": True}, ["None", "of another type", "left out", "true", "left out", "left out"]),
        ((1, ("a",)), {"copy": "yes"}, ["of another type", "given", "left out", "of another type"] + ["left out"] * 2),
        (
            (True, [""]),
            {"copy": False, "config": 7},
            ["of another type", "given", "left out", "false", "left out", "given"],
        ),
    ],
)
def test_each_argument_is_classified(arguments: tuple[Any, ...], named: dict[str, Any], expected: list[str]) -> None:
    found = variations(Product().update, arguments, named)
    assert list(found) == ["name", "uris", "metadata", "copy", "message", "config"]
    assert [each.value for each in found.values()] == expected


def test_a_call_that_cannot_be_made_varies_nothing() -> None:
    assert variations(Product().update, (), {"nmae": "a"}) == {}


@pytest.mark.parametrize(
    ("annotation", "types"),
    [
        ("str", {"str"}),
        ("<class 'str'>", {"str"}),
        ("typing.Optional[typing.List[str]]", {"list"}),
        ("Optional[Dict[str, Any]]", {"dict"}),
        ("list[str] | None", {"list"}),
        ("dict[str, str] | str", {"dict", "str"}),
        ("Any", set()),
        ("Variation", set()),
    ],
)
def test_types_inside_brackets_do_not_count(annotation: str, types: set[str]) -> None:
    assert outermost_types(annotation) == types


def test_values_are_not_kept() -> None:
    assert {type(each) for each in variations(Product().update, ("secret", []), {}).values()} == {Variation}
