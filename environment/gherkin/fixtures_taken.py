"""Which fixtures the sentences of a scenario take, known before it runs.

pytest-bdd looks a sentence's function up when its turn comes; what is slow to make can so be begun no earlier. This
asks the same search ahead.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import pytest
from pytest_bdd.steps import step_function_context_registry

from environment.gherkin.mentions import CountedMention, PartMention, SeveralMention
from environment.gherkin.records import SCENARIO, TEMPLATE
from environment.gherkin.things import ThingMention
from quilt_stack.patches import Patch

PATCH = Patch(
    __name__,
    "pytest",
    reason="Which fixtures a scenario takes is asked before it runs, and pytest tells only its own items.",
    bodies={
        "_pytest.fixtures:FixtureManager.getfixtureclosure": "3b4dd0ebe431",
    },
    fence="tests/environment/gherkin/test_fixtures_taken.py::test_a_fixture_is_taken_by_a_sentence_or_by_what_it_takes",
    until="pytest has a public name for the fixtures that a function takes",
)


def takes(item: pytest.Item, fixture: str) -> bool:
    """Whether a sentence of the item's scenario takes this fixture, itself or by way of another."""
    module: Any = import_module("pytest_bdd.scenario")  # as an attribute of the package it is the decorator
    fixtures: Any = item.session._fixturemanager
    scenario = item.stash[TEMPLATE].render(item.stash[SCENARIO].example or {})
    for step in scenario.steps:
        for definition in module.find_fixturedefs_for_step(step=step, fixturemanager=fixtures, node=item):
            context = step_function_context_registry[definition.func]
            function = context.step_func
            names, _ = fixtures.getfixtureclosure(item, tuple(inspect.signature(function).parameters), set())
            names = [*names, *_taken_by_mentions(context.parser.parse_arguments(step.name) or {})]
            if fixture in names:
                return True
    return False


def _taken_by_mentions(arguments: Mapping[str, object]) -> Iterator[str]:
    for value in arguments.values():
        if isinstance(value, CountedMention | PartMention | SeveralMention | ThingMention):
            yield from value.fixtures()
