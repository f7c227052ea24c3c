"""A wish may say what no sentence says yet: it is listed, not run, and needs no requirement."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from environment.gherkin.cases import cases_of
from environment.gherkin.checks import check_features
from environment.gherkin.document import read_feature
from environment.gherkin.vocabulary import Vocabulary, definitions_in
from environment.gherkin.wishes import wishes

WORDS = """
    from pytest_bdd import when
    @when("Dana packs a crate")
    def pack(): ...
"""
FEATURE = """Feature: F
  @AUTH-1
  Scenario: A crate can be packed
    When Dana packs a crate

  @wish @proposes:crates-can-be-sealed
  Scenario: A sealed crate stays sealed
    When Dana packs a crate
    And Dana seals the crate
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "crates.feature"
    path.write_text(FEATURE, encoding="utf-8")
    return path


def test_a_wish_is_no_case_and_no_finding(path: Path, step_module: Any) -> None:
    definitions = definitions_in([step_module(WORDS)])
    assert {case.scenario.name for case in cases_of(read_feature(path))} == {"A crate can be packed"}
    assert check_features([path], definitions) == []


def test_a_wish_lists_the_sentences_that_are_missing(path: Path, step_module: Any) -> None:
    [wish] = wishes([path], Vocabulary(definitions_in([step_module(WORDS)])))
    assert (wish.name, wish.line, wish.proposed) == ("A sealed crate stays sealed", 7, "crates can be sealed")
    assert [(one.text, one.line) for one in wish.missing] == [("When Dana seals the crate", 9)]


def test_only_a_wish_proposes_a_requirement(tmp_path: Path, step_module: Any) -> None:
    path = tmp_path / "crates.feature"
    path.write_text(
        FEATURE.replace("@wish ", "@AUTH-1 ").replace("seals the", "packs a").replace("the crate", "a crate")
    )
    found = check_features([path], definitions_in([step_module(WORDS)]))
    assert [finding.message for finding in found] == ["@proposes belongs to a wish; tag the scenario with @wish, too"]


def test_a_wish_says_what_cannot_stand_in_a_sentence_that_it_nearly_is(path: Path, step_module: Any) -> None:
    words = """
    from environment.gherkin.references import ValueKind, parse, register
    from pytest_bdd import when
    register(ValueKind("Wax", "red|blue", str, ("red", "blue")))
    @when("Dana packs a crate")
    def pack(): ...
    @when(parse("Dana seals the crate with {wax:Wax} wax"))
    def seal(wax): ...
    """
    path.write_text(FEATURE.replace("seals the crate", "seals the crate with green wax"), encoding="utf-8")
    [wish] = wishes([path], Vocabulary(definitions_in([step_module(words)])))
    assert [one.near_miss for one in wish.missing] == [
        "'green' cannot stand for {wax} in \"When Dana seals the crate with {wax} wax\"; write 'red' or 'blue'"
    ]
