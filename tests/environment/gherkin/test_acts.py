"""An act is defined once and said in two tenses; what a Given asks of the product must succeed."""

from __future__ import annotations

from typing import Any

from environment.gherkin.acts import tenses
from environment.gherkin.vocabulary import definitions_in

WORDS = """
    import pytest
    from pytest_bdd import given, then, when
    from environment.gherkin.references import parse
    from environment.product.outcome import Outcomes, attempt, registered_in

    @pytest.fixture(autouse=True)
    def outcomes():
        with registered_in(Outcomes()) as outcomes:
            yield outcomes

    @pytest.fixture
    def begin(outcomes): return outcomes.begin_step

    def refuse():
        raise ValueError("the crate is full")

    @given("Dana has packed a crate")
    @when("Dana packs a crate")
    def pack():
        attempt(refuse)

    @then("all is well")
    def well(): ...
"""
FEATURE = "Feature: F\n  @AUTH-1\n  Scenario: S\n    {step}\n    Then all is well\n"


def test_both_tenses_are_one_act(step_module: Any) -> None:
    definitions = definitions_in([step_module(WORDS)])
    [(function, sentence)] = tenses(definitions).items()
    assert sentence == "Dana [packs|has packed] a crate"
    assert {one.type for one in definitions if one.callback is function} == {"given", "when"}


def test_what_a_given_asks_of_the_product_must_succeed(suite: Any) -> None:
    suite.sentences(WORDS)
    suite.feature(FEATURE.format(step="Given Dana has packed a crate"))
    result = suite.run("--backend", "local", "features/creation.feature")
    result.assert_outcomes(failed=1)
    assert "the crate is full" in result.stdout.str()


def test_what_a_when_asks_of_the_product_is_left_to_later_sentences(suite: Any) -> None:
    suite.sentences(WORDS)
    suite.feature(FEATURE.format(step="When Dana packs a crate"))
    suite.run("--backend", "local", "features/creation.feature").assert_outcomes(passed=1)
