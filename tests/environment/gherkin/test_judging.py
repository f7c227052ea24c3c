"""Every Then is judged, whatever failed before it; what rests on a failed Given or When is not."""

from __future__ import annotations

import inspect

import pytest

from environment.gherkin.judging import _EXECUTION

STEPS = """
    from pytest_bdd import given, when, then

    @given("a broken thing")
    def broken_thing(): raise TypeError("ours")

    @when("it cannot be done")
    def cannot(): assert False, "cannot be done"

    @then(parse("{count:Count} is odd"))
    def odd(count): assert count % 2, f"{count} is even"

    @then("the suite breaks")
    def breaks(): raise KeyError("ours")
"""


@pytest.fixture
def judge(suite):
    """Run a scenario of these lines; return what is shown of it, and each step's result."""

    suite.sentences(STEPS)

    def run(*lines: str, options: tuple[str, ...] = ()) -> tuple[pytest.RunResult, list[tuple[str, str]]]:
        suite.feature("Feature: Judging\n  @CREA-1\n  Scenario: Judge\n" + "".join(f"    {line}\n" for line in lines))
        suite.pytester.makeconftest("""
            from environment.gherkin.judging import JUDGED

            def pytest_runtest_teardown(item):
                for one in item.stash[JUDGED]:
                    print("JUDGED", one.step.line, one.result.value, sep="|")
        """)
        result = suite.run("--backend", "local", "-s", "features/creation.feature", *options)
        results = [line.split("|")[1:] for line in result.outlines if "JUDGED|" in line]
        return result, [(line, outcome) for line, outcome in results]

    return run


def test_each_then_is_judged_after_one_that_failed(judge):
    result, results = judge("Given Dana is signed in", "Then 2 is odd", "And 3 is odd", "But 4 is odd")
    assert [each for _, each in results] == ["passed", "failed", "passed", "failed"]
    result.assert_outcomes(failed=1)
    text = result.stdout.str()
    assert "features/creation.feature:5: Then 2 is odd\nE   AssertionError: 2 is even" in text
    assert "features/creation.feature:7: But 4 is odd\nE   AssertionError: 4 is even" in text


def test_what_rests_on_a_failed_when_is_not_judged(judge):
    result, results = judge("Given Dana is signed in", "When it cannot be done", "Then 2 is odd", "And 3 is odd")
    assert [each for _, each in results] == ["passed", "failed", "not judged", "not judged"]
    assert "features/creation.feature:6: not judged, because line 5 failed: Then 2 is odd" in result.stdout.str()


def test_a_when_after_a_failed_then_still_happens(judge):
    _, results = judge("Given Dana is signed in", "Then 2 is odd", "When it cannot be done", "Then 3 is odd")
    assert [each for _, each in results] == ["passed", "failed", "failed", "not judged"]


def test_an_error_of_the_suite_is_broken_not_failed(judge):
    _, results = judge("Given Dana is signed in", "Then the suite breaks", "And 2 is odd")
    assert [each for _, each in results] == ["passed", "broken", "failed"]


def test_what_rests_on_a_broken_given_is_not_judged(judge):
    _, results = judge("Given a broken thing", "Then 3 is odd")
    assert [each for _, each in results] == ["broken", "not judged"]


def test_several_failures_are_raised_together(judge):
    result, _ = judge("Given Dana is signed in", "Then 2 is odd", "And 4 is odd", options=("--tb=long",))
    assert "2 sentences do not hold" in result.stdout.str()


def test_one_failure_is_raised_as_itself(judge):
    result, _ = judge("Given Dana is signed in", "Then 2 is odd", options=("--tb=long",))
    assert "sentences do not hold" not in result.stdout.str()


def test_pytest_bdd_still_has_the_doors_that_judging_goes_through():
    assert list(inspect.signature(_EXECUTION.get_step_function).parameters) == ["request", "step"]
    parameters = inspect.signature(_EXECUTION._execute_step_function).parameters
    assert list(parameters) == ["request", "scenario", "step", "context"]
