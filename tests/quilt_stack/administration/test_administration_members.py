"""Whatever quilt3's client can be answered has a real condition here, or a reason why there is none."""

from __future__ import annotations

import typing
from collections.abc import Callable
from types import NoneType
from typing import Any

import pytest
import quilt3._graphql_client.client as generated
import quilt3.admin.exceptions as exceptions
from made_things import Made
from quilt3._graphql_client import Client
from refusing_conditions import CONDITIONS, WITHOUT_CONDITION
from running_registry import Person

SUCCESSES = {"APIKeyCreated", "Ok", "User", "Policy", "SsoConfig", "BucketConfig", "ManagedRole", "UnmanagedRole"}


def members(annotation: Any) -> list[str]:
    """Type names of the union that an answer of the generated client is, or holds at its end."""
    parts = [part for part in typing.get_args(annotation) if part is not NoneType]
    if len(parts) > 1:
        return [typing.get_args(part.model_fields["typename__"].annotation)[0] for part in parts]
    fields = getattr(parts[0] if parts else annotation, "model_fields", {})
    return members(next(iter(fields.values())).annotation) if len(fields) == 1 else []


def refusing_members() -> list[tuple[str, str]]:
    methods = {name: method for name, method in vars(Client).items() if not name.startswith("_")}
    answers = {name: typing.get_type_hints(method, vars(generated))["return"] for name, method in methods.items()}
    return [
        (name, member)
        for name, answer in answers.items()
        for member in members(answer)
        if member not in SUCCESSES and not member.endswith("Success")
    ]


def test_the_list_is_that_of_the_client() -> None:
    new = set(refusing_members()) - {*CONDITIONS, *WITHOUT_CONDITION}
    assert not new, f"quilt3 knows new answers: say when they are given: {new}"
    assert {*CONDITIONS, *WITHOUT_CONDITION} == set(refusing_members())
    assert not set(CONDITIONS) & set(WITHOUT_CONDITION)


@pytest.mark.parametrize(("operation", "member"), CONDITIONS)
def test_the_answer_has_a_condition(ada: Person, unique: Callable[[str], str], operation: str, member: str) -> None:
    answer = CONDITIONS[operation, member](Made(ada, Client(), unique))
    assert answer.typename__ == member


def test_every_class_of_errors_is_raised_in_these_tests(request: pytest.FixtureRequest) -> None:
    classes = {name for name, value in vars(exceptions).items() if isinstance(value, type)}
    texts = [path.read_text(encoding="utf-8") for path in request.path.parent.glob("test_*.py") if path != request.path]
    assert {name for name in classes if not any(f"raises({name}" in text for text in texts)} == set()
