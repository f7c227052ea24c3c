"""What `acceptance run` adds to pytest's options is a default: whatever pytest reads on the command line holds."""

from __future__ import annotations

import os

import pytest
from pytest_bdd.feature import features as parsed_features

from environment.gherkin import tags
from environment.running import run_defaults

PATH = "features/creation.feature"
MANY = """
    Feature: Sizes
      Whoever publishes relies on it.

      @CREA-1 @severity:blocker
      Scenario: Small
        Given Dana is signed in
        When she publishes 1 files of the "nested" dataset
        Then the package has 1 files

      @CREA-1 @slow @severity:minor
      Scenario: Slow
        Given Dana is signed in
        When she publishes 1 files of the "nested" dataset
        Then the package has 1 files

      @CREA-1 @severity:critical
      Scenario Outline: Publish <count> files
        Given Dana is signed in
        When she publishes <count> files of the "nested" dataset
        Then the package has <count> files

        Examples:
          | count |
          | 2     |
          | 3     |
"""
SHOWN = """
    def pytest_configure(config):
        if not hasattr(config, "workerinput"):
            print("WORKERS", getattr(config.option, "numprocesses", "none"), config.option.dist)
"""


@pytest.fixture
def sizes(suite, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    suite.feature(MANY)
    suite.pytester.makepyfile(shown=SHOWN)
    return suite


def run(suite, *arguments):
    return suite.run("-p", "environment.running.run_defaults", "--backend", "local", *arguments)


def names(suite, *arguments) -> list[str]:
    result = run(suite, "--collect-only", "-q", *arguments)
    assert result.ret in (0, pytest.ExitCode.NO_TESTS_COLLECTED), result.stderr.str() + result.stdout.str()
    return [line.partition("::")[2].removesuffix("[local]") for line in result.outlines if "::" in line]


QUICK = ["Small", "Publish <count> files[local-2]", "Publish <count> files[local-3]"]
ALL = ["Small", "Slow", *QUICK[1:]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], QUICK),
        (["--everything"], ALL),
        (["-mslow"], ["Slow"]),
        (["-m", "slow"], ["Slow"]),
        (["-kSlow"], ["Slow"]),
        (["-k", "slow"], ["Slow"]),
        ([PATH], ALL),
        (["./features"], ALL),
        ([f"./{PATH}::Slow"], ["Slow"]),
        (["--ff"], QUICK),
        (["--lf"], QUICK),
        (["--deselect", f"{PATH}::Small"], QUICK[1:]),
    ],
)
def test_only_what_is_left_open_gets_a_default(sizes, arguments, expected):
    assert names(sizes, *arguments) == expected


def test_what_a_change_reaches_still_leaves_out_what_is_slow(sizes):
    sizes.pytester.makepyfile(changing='def pytest_chosen_scenarios(config): return ["--changed=main"]')
    assert names(sizes, "-p", "changing") == QUICK


def test_what_is_no_option_of_pytest_is_refused(sizes):
    result = run(sizes, "--markexpr", "slow")
    assert result.ret == 4
    assert "unrecognized arguments: --markexpr" in result.stderr.str()


def test_an_absolute_path_and_one_relative_to_where_one_stands(sizes, monkeypatch):
    assert names(sizes, str(sizes.path / PATH)) == ALL
    monkeypatch.chdir(sizes.path / "features")
    configuration = ["-c", str(sizes.path / "pytest.ini")]
    assert names(sizes, *configuration, "creation.feature:14") == ["Slow"]
    assert names(sizes, *configuration) == QUICK


@pytest.mark.parametrize(
    ("arguments", "workers"),
    [
        ([], "2"),
        (["-n0"], "0"),
        (["-n", "3"], "3"),
        (["--numprocesses=3"], "3"),
        (["--workers", "3"], "3"),
        (["--workers", "1"], "0"),
        (["--workers", "3", "-n0"], "0"),
        (["-s"], "None"),
        (["--capture=no"], "None"),
        (["--pdb"], "None"),
        (["-x"], "None"),
        (["--sw"], "None"),
        (["-mslow"], "2"),
        (["-mslow", PATH], "None"),
        ([PATH], "None"),
    ],
)
def test_how_many_processes_run(sizes, monkeypatch, arguments, workers):
    monkeypatch.setenv("PYTEST_XDIST_AUTO_NUM_WORKERS", "2")
    monkeypatch.setattr(run_defaults, "IN_ONE_PROCESS", run_defaults.IN_ONE_PROCESS[:-1])  # --collect-only
    result = run(sizes, "-p", "shown", "--collect-only", *arguments)
    assert result.ret == 0, result.stderr.str()
    result.stdout.fnmatch_lines([f"WORKERS {workers} *"])


def test_workers_leave_out_the_same(sizes):
    result = sizes.run_with_workers("-p", "environment.running.run_defaults", "--backend", "local")
    assert result.ret == 0
    result.stdout.fnmatch_lines(["scenarios: 4 parsed, 3 collected, 3 reported, 1 deselected by *"])


def test_without_xdist(suite):
    suite.feature(MANY)
    ini = suite.path / "pytest.ini"
    ini.write_text(ini.read_text().replace("-p xdist.plugin ", ""))
    run(suite, "-p", "no:xdist").assert_outcomes(passed=3, deselected=1)
    refused = run(suite, "-p", "no:xdist", "--workers", "2")
    assert refused.ret == 4
    assert "--workers 2: processes need pytest-xdist, which -p no:xdist turns off" in refused.stderr.str()


@pytest.mark.parametrize("option", ["--lf", "--ff", "--sw"])
def test_what_failed_and_was_fixed_in_between(sizes, option):
    wrong = sizes.feature(MANY.replace("Then the package has 1 files", "Then the package has 7 files", 1))
    sizes.feature(MANY.replace("Feature: Sizes", "Feature: Others"), "others.feature")
    first = run(sizes, "-n0", *(["--sw"] if option == "--sw" else []))
    assert first.ret != 0
    wrong.write_text(wrong.read_text().replace("has 7 files", "has 1 files"))
    parsed_features.clear()  # pytest-bdd reads a file once in a process, and these runs share theirs

    again = run(sizes, "-n0", option)

    assert again.ret == 0, again.stdout.str()
    assert "not collected" not in again.stdout.str()
    again.assert_outcomes(passed=1 if option == "--lf" else 6, deselected=0 if option == "--lf" else 2)


def test_what_failed_last_runs_again_even_if_it_is_slow(sizes):
    broken = MANY.replace("Then the package has 1 files", "Then the package has 7 files")
    sizes.feature(broken)
    assert run(sizes, "-n0", "-mslow").ret == 1
    run(sizes, "--lf").assert_outcomes(failed=1)


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("severity:blocker", ["Small"]),
        ("not (severity:critical or @severity:minor)", ["Small"]),
        ("severity:critical and not @slow", QUICK[1:]),
        ('severity(level="minor")', ["Slow"]),
    ],
)
def test_tags_are_chosen_as_features_write_them(sizes, expression, expected):
    assert names(sizes, "-m", expression) == expected


def test_a_value_that_a_tag_cannot_have(sizes):
    result = run(sizes, "-m", "severity:bloker")
    assert result.ret == 4
    assert result.stderr.lines[0] == (
        'ERROR: -m: unknown severity "bloker"; did you mean "blocker"? known: blocker, critical, normal, minor, trivial'
    )


@pytest.mark.parametrize("flag", ["-k", "-m"])
def test_an_expression_that_pytest_cannot_read_loses_no_scenario(sizes, flag):
    result = run(sizes, flag, "slow or (")
    assert result.ret == 4
    assert result.stderr.lines[0].startswith(f"ERROR: {flag} slow or (: expected")
    assert "parsed" not in result.stdout.str()


def test_marks_in_words():
    assert tags.mark_expression("@skip:waits-for-it or AUTH-1") == 'skip(reason="waits for it") or AUTH-1'


@pytest.mark.parametrize(
    ("argument", "expected"),
    [
        ("Slow", ["Slow"]),
        ("Slow [local]", ["Slow"]),
        ("Publish 2 files", ["Publish <count> files[local-2]"]),
        (f"{PATH}::Publish 2 files", ["Publish <count> files[local-2]"]),
        (f"{PATH}::Publish 2 files [local]", ["Publish <count> files[local-2]"]),
        (f"{PATH}::Publish <count> files [local]", QUICK[1:]),
        (f"{PATH}::Publish <count> files[local-2]", ["Publish <count> files[local-2]"]),
        (f"{PATH}:12 [local]", ["Slow"]),
        (f"{PATH}:12[local]", ["Slow"]),
    ],
)
def test_scenarios_are_chosen_by_the_names_that_are_printed(sizes, argument, expected):
    assert names(sizes, argument) == expected


def test_a_printed_line_with_a_mode_is_that_mode(sizes):
    result = sizes.run("--collect-only", "-q", f"{PATH}:22 [multiuser]")
    assert [line for line in result.outlines if "::" in line] == [
        f"{PATH}::Publish <count> files[multiuser-2]",
        f"{PATH}::Publish <count> files[multiuser-3]",
    ]


def test_what_was_chosen_is_said_as_one_types_it_in_the_root(sizes, monkeypatch):
    sizes.pytester.makepyfile(
        said="""
        def pytest_sessionfinish(session):
            print("CHOSEN", session.config.hook.pytest_chosen_scenarios(config=session.config))
    """
    )
    monkeypatch.chdir(sizes.path / "features")
    arguments = ["-c", str(sizes.path / "pytest.ini"), "-p", "said", "-m", "not slow"]
    result = run(sizes, *arguments, "--collect-only", "creation.feature:8", str(sizes.path / "features"))
    assert f"CHOSEN [['{PATH}::Small', 'features', \"-m 'not slow'\"]]" in result.outlines


def test_no_scenario_has_that_name(sizes):
    result = run(sizes, "Smal")
    assert result.ret == 4
    assert "Smal: there is no such file or folder, and no scenario of that name" in result.stderr.str()
