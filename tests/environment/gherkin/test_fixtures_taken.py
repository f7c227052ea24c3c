"""Which fixtures a scenario will take is known before it runs."""

from __future__ import annotations

SENTENCES = """
    import pytest
    from environment.gherkin.fixtures_taken import takes

    @pytest.fixture
    def stock():
        return 1

    @pytest.fixture
    def shelf(stock):
        return 2

    @given("the stock is full")
    def stock_is_full(stock):
        pass

    @given(parse("the shelf holds {count:Count} packages"))
    def shelf_holds(shelf, count):
        assert count

    def pytest_collection_finish(session):
        for item in session.items:
            print(f"{item.name}: {takes(item, 'stock')}")
"""
FEATURE = """
    Feature: Stock
      Some need it.

      Rule: Some need it

        @CREA-1
        Scenario: Itself
          Given the stock is full

        @CREA-2
        Scenario Outline: By way of another
          Given Dana is signed in
          And <what>

          Examples:
            | case  | what                       |
            | shelf | the shelf holds 3 packages |
            | no    | Lee is signed in           |

        @CREA-3
        Scenario: Not at all
          Given Dana is signed in
          When she publishes 2 files of the "nested" dataset
          Then the package has 2 files
"""


def test_a_fixture_is_taken_by_a_sentence_or_by_what_it_takes(suite):
    suite.sentences(SENTENCES)
    suite.feature(FEATURE)

    result = suite.run("--backend", "local", "-s")

    result.assert_outcomes(passed=4)
    told = dict(line.rsplit(": ", 1) for line in result.outlines if line.endswith((": True", ": False")))
    assert told == {
        "Itself[local]": "True",
        "By way of another[local-shelf]": "True",
        "By way of another[local-no]": "False",
        "Not at all[local]": "False",
    }
