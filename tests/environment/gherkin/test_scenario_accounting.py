"""parsed = collected = reported, or the run names what is missing; that it fails is decided in `reports`."""

from __future__ import annotations

import pytest


def test_the_numbers_of_a_run(creation):
    result = creation.run()
    result.assert_outcomes(passed=7)
    result.stdout.fnmatch_lines(["scenarios: 7 parsed, 7 collected, 7 reported"])


def test_what_options_take_out_is_told_as_such(creation):
    result = creation.run("-m", "smoke")
    result.stdout.fnmatch_lines(["scenarios: 7 parsed, 2 collected, 2 reported, 5 deselected by -m"])
    result = creation.run("-k", "many and local", "features/creation.feature::Publish several")
    result.stdout.fnmatch_lines(
        ["scenarios: 7 parsed, 1 collected, 1 reported, 3 deselected by -k, 3 left out by name or line"]
    )
    assert result.ret == 0


@pytest.mark.slow
def test_workers_tell_what_they_deselected(creation):
    lines = f"{creation.line('five files')}:{creation.line('| few')}"
    result = creation.run_with_workers("-m", "smoke", f"features/creation.feature:{lines}")
    assert result.ret == 0
    result.stdout.fnmatch_lines(
        ["scenarios: 7 parsed, 2 collected, 2 reported, 2 deselected by -m, 3 left out by name or line"]
    )


def test_a_scenario_that_a_plugin_drops_is_named(creation):
    creation.pytester.makeconftest("""
        def pytest_collection_modifyitems(items):
            items.pop()
    """)
    result = creation.run()
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(
        ["1 parsed but not collected: features/creation.feature::Publish several[[]multiuser-many]"]
    )


def test_a_scenario_that_is_never_reported_is_named(creation):
    creation.pytester.makeconftest("""
        def pytest_runtest_protocol(item):
            return True if "five files[local]" in item.name else None
    """)
    result = creation.run()
    result.stdout.fnmatch_lines(
        ["1 collected but not reported: features/creation.feature::Publish five files[[]local]"]
    )


@pytest.mark.slow
def test_a_worker_that_drops_a_scenario_is_named(creation):
    creation.sentences("""
        def pytest_runtest_protocol(item):
            return True if "five files[local]" in item.name else None
    """)
    result = creation.run_with_workers("-m", "smoke")
    result.stdout.fnmatch_lines(
        ["1 collected but not reported: features/creation.feature::Publish five files[[]local]"]
    )


def test_no_scenario_ran(suite):
    suite.feature("Feature: F\n  @AUTH-1 @skip:waits-for-a_fix\n  Scenario: S\n    Given Dana is signed in\n")
    result = suite.run("features/creation.feature", "-rs")
    result.stdout.fnmatch_lines(
        [
            "scenarios: 2 parsed, 2 collected, 2 reported",
            "no scenario ran: 2 skipped, 0 deselected",
            "SKIPPED [[]2] features/creation.feature:3: waits for a fix",
        ]
    )


def test_everything_deselected(creation):
    result = creation.run("-m", "slow")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines(["no scenario ran: 0 skipped, 7 deselected"])


def test_expected_failures_and_failed_set_ups_are_reported(creation):
    creation.pytester.makeconftest("""
        import pytest

        def pytest_collection_modifyitems(items):
            items[0].add_marker(pytest.mark.xfail(reason="a known defect", raises=RuntimeError))

        @pytest.fixture(autouse=True)
        def broken(request):
            if request.node.name == "Publish five files[local]":
                raise RuntimeError("no target")
    """)
    result = creation.run()
    result.assert_outcomes(passed=6, xfailed=1)
    result.stdout.fnmatch_lines(["scenarios: 7 parsed, 7 collected, 7 reported"])


def test_a_run_that_stops_early_names_what_it_did_not_reach(suite):
    names = "".join(f"  @AUTH-1\n  Scenario: S{number}\n    Given Dana is signed in\n" for number in range(7))
    suite.feature("Feature: F\n" + names)
    suite.pytester.makeconftest("""
        def pytest_bdd_before_scenario(scenario):
            assert scenario.name != "S0"
    """)
    result = suite.run("-x", "features/creation.feature")
    assert result.ret == 1
    result.stdout.fnmatch_lines(["13 collected but not reported: *S0[[]multiuser]*S5[[]local] and 3 more"])


def test_repetitions_are_one_case(creation):
    result = creation.run("--count", "3", "-m", "smoke")
    result.assert_outcomes(passed=6, deselected=15)
    result.stdout.fnmatch_lines(["scenarios: 7 parsed, 2 collected, 2 reported, * deselected by -m"])


def test_other_plugins_read_the_account(creation):
    creation.pytester.makeconftest("""
        import pytest
        from environment.gherkin.accounting import ACCOUNTING

        @pytest.hookimpl(trylast=True)
        def pytest_sessionfinish(session):
            account = session.config.stash[ACCOUNTING]
            print("ACCOUNT", account.counts(), account.counts("local"), account.counts("multiuser"), sep="|")
    """)
    result = creation.run("-m", "not smoke", "-s")
    [line] = [line for line in result.outlines if "ACCOUNT" in line]
    assert line.split("|")[1:] == [
        "Counts(parsed=7, collected=5, deselected=2, reported=5)",
        "Counts(parsed=4, collected=3, deselected=1, reported=3)",
        "Counts(parsed=3, collected=2, deselected=1, reported=2)",
    ]


def test_wishes_that_were_asked_for_are_told_as_not_run(creation):
    wish = "\n  @wish\n  Scenario: {}\n    When Dana seals it\n    Then it stays sealed\n"
    feature = creation.pytester.path / "features" / "wishes.feature"
    feature.write_text(f"Feature: Sealing{wish.format('One')}{wish.format('Another')}", encoding="utf-8")
    result = creation.pytester.runpytest_subprocess("features/wishes.feature")
    assert result.ret == pytest.ExitCode.NO_TESTS_COLLECTED
    result.stdout.fnmatch_lines(["2 scenarios are wishes and were not run"])
