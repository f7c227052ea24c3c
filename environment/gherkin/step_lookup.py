"""The definition of a step, searched once for all scenarios of a feature file that say the same sentence.

pytest-bdd asks pytest about every fixture of the run, twice for each step. Measured: 4.7 ms for each step, 1.1 ms so; a
twentieth of the processor time of a feature. Which fixtures define a sentence depends on the sentence and on where the
scenario stands, and on nothing else. pytest-bdd itself searches the first time; pytest decides each time what the
scenario gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pytest
from pytest_bdd.compat import getfixturedefs

from quilt_stack.patches import Patch

if TYPE_CHECKING:
    from _pytest.fixtures import FixtureDef, FixtureManager
    from _pytest.nodes import Node
    from pytest_bdd.parser import Step

Search = Callable[["Step", "FixtureManager", "Node"], Iterable["FixtureDef[Any]"]]
PATCH = Patch(
    __name__,
    "pytest-bdd",
    reason="pytest-bdd asks pytest about every fixture of the run, twice for each step.",
    bodies={
        "pytest_bdd.scenario:find_fixturedefs_for_step": "ca3aaf6f342d",
        "pytest_bdd.compat:getfixturedefs": "d084b37e5d6c",
    },
    fence="tests/environment/gherkin/test_step_lookup.py::test_what_is_remembered_is_what_pytest_bdd_finds",
    until="pytest-bdd remembers where a sentence is defined",
    needed="tests/upstream/test_pytest_bdd.py::test_a_sentence_is_searched_once",
)


@contextmanager
def remembered_definitions() -> Iterator[None]:
    """Let pytest-bdd remember what it found while the context is open."""
    PATCH.check()
    module: Any = import_module("pytest_bdd.scenario")  # as an attribute of the package it is the decorator
    original = module.find_fixturedefs_for_step
    module.find_fixturedefs_for_step = remembering(original)
    try:
        yield
    finally:
        module.find_fixturedefs_for_step = original


def remembering(search: Search) -> Search:
    """The same search, done once for each sentence and feature file of a session."""
    names: WeakKeyDictionary[pytest.Session, dict[tuple[str, str, str], tuple[str, ...]]] = WeakKeyDictionary()

    def find(step: Step, fixturemanager: FixtureManager, node: Node) -> Iterable[FixtureDef[Any]]:
        known = names.setdefault(node.session, {})
        place = node.nodeid if node.parent is None else node.parent.nodeid
        sentence = (place, step.type, step.name)
        if sentence not in known:
            found = list(search(step, fixturemanager, node))
            known[sentence] = tuple(definition.argname for definition in found)
            return found
        return [each for name in known[sentence] for each in getfixturedefs(fixturemanager, name, node) or ()]

    return find
