"""Definitions of steps are searched once for each sentence and file; what scenarios get is what pytest-bdd finds."""

from __future__ import annotations

from importlib import import_module

import pytest

from environment.gherkin import step_lookup
from environment.running import acceleration

MODULE = import_module("pytest_bdd.scenario")
ORIGINAL = MODULE.find_fixturedefs_for_step


@pytest.fixture
def searches(monkeypatch):
    """What pytest-bdd itself was asked for, in order."""
    asked = []

    def search(step, fixturemanager, node):
        asked.append((node.parent.name, step.name))
        return ORIGINAL(step, fixturemanager, node)

    step_lookup.PATCH.check()  # as a run does, before the search is no longer pytest-bdd's
    monkeypatch.setattr(MODULE, "find_fixturedefs_for_step", search)
    return asked


def test_each_sentence_of_a_file_is_searched_once(creation, searches):
    creation.run().assert_outcomes(passed=7)

    assert len(searches) == len(set(searches)) == 8
    assert {place.rpartition("/")[2] for place, _ in searches} == {"creation.feature"}


def test_switched_off_pytest_bdd_searches_for_every_step(creation, searches, monkeypatch):
    monkeypatch.setenv(acceleration.SWITCH, "off")
    creation.run().assert_outcomes(passed=7)

    assert (len(searches), len(set(searches))) == (20, 8)


def test_what_is_remembered_is_what_pytest_bdd_finds(creation, monkeypatch):
    compared = []

    def comparing(search):
        remembered = step_lookup_remembering(search)

        def find(step, fixturemanager, node):
            found = remembered(step, fixturemanager, node)
            compared.append((step.name, list(found) == list(search(step, fixturemanager, node))))
            return found

        return find

    step_lookup_remembering = step_lookup.remembering
    monkeypatch.setattr(step_lookup, "remembering", comparing)
    creation.run().assert_outcomes(passed=7)

    assert len(compared) == 20
    assert all(same for _, same in compared)


def test_pytest_bdds_own_search_is_put_back():
    with step_lookup.remembered_definitions():
        assert MODULE.find_fixturedefs_for_step is not ORIGINAL
    assert MODULE.find_fixturedefs_for_step is ORIGINAL
