"""A failure in a few lines for people; the whole traceback on request."""

from __future__ import annotations

import pytest

FAILING = """
    Feature: Failing
      @CREA-1
      Scenario: Fail
        Given Dana is signed in
        When she publishes 5 files of the "nested" dataset
        Then the package has 6 files
"""


@pytest.fixture
def failing(suite):
    suite.feature(FAILING)
    return suite


def shown(result: pytest.RunResult) -> list[str]:
    """Return what is shown between the headline of the first failure and the numbers."""
    lines = result.outlines
    start = next(number for number, line in enumerate(lines) if line.startswith("____"))
    end = next(number for number, line in enumerate(lines) if line.startswith("scenarios:"))
    return lines[start + 1 : end]


def test_the_sentence_the_place_and_the_message(failing):
    result = failing.run("--backend", "local", "features/creation.feature")
    assert shown(result) == [
        "features/creation.feature:6: Then the package has 6 files",
        "E   AssertionError: the number of files",
    ]
    result.stdout.fnmatch_lines(["FAILED features/creation.feature::Fail[[]local] - AssertionError*"])


def test_where_it_was_raised_is_told_to_engineers(failing):
    result = failing.run("--backend", "local", "-v", "features/creation.feature")
    place = f"raised at sentences.py:{_line(failing, 'the number of files')}, in has_files"
    assert place in shown(result)


def test_an_assertion_without_a_message_is_explained(suite):
    suite.feature(FAILING.replace("the package has 6 files", "it is refused"))
    suite.sentences("""
        from pytest_bdd import then

        @then("it is refused")
        def refused():
            assert 5 == 6
    """)
    assert "E   AssertionError: assert 5 == 6" in shown(suite.run("--backend", "local", "features/creation.feature"))


def test_the_text_stays_the_same_on_its_way_from_a_worker(failing):
    failing.pytester.makeconftest("""
        import json

        class Travel:
            def __init__(self, config):
                self.hook, self.config = config.hook, config

            def pytest_runtest_logreport(self, report):
                sent = json.dumps(self.hook.pytest_report_to_serializable(config=self.config, report=report))
                arrived = self.hook.pytest_report_from_serializable(config=self.config, data=json.loads(sent))
                if report.failed:
                    assert arrived.longreprtext == report.longreprtext
                    assert arrived.longrepr.reprcrash.message == "AssertionError: the number of files"
                    print("ARRIVED", arrived.longreprtext.splitlines()[0])

        def pytest_configure(config):
            config.pluginmanager.register(Travel(config))
    """)
    result = failing.run("--backend", "local", "-s", "features/creation.feature")
    assert result.ret == 1
    assert "ARRIVED features/creation.feature:6: Then the package has 6 files" in result.stdout.str()


@pytest.mark.parametrize("option", ["--full-trace", "--tb=long"])
def test_the_whole_traceback_on_request(failing, option):
    result = failing.run("--backend", "local", "features/creation.feature", option)
    assert "def has_files(package, count):" in result.stdout.str()


def test_a_cause_that_was_told_already_is_not_told_again(suite):
    suite.feature(FAILING.replace("the package has 6 files", "it is refused"))
    suite.sentences("""
        from pytest_bdd import then
        class Refused(Exception): pass

        @then("it is refused")
        def refused():
            try:
                try:
                    raise ConnectionError("port 80 is closed")
                except ConnectionError as error:
                    raise Refused("no answer") from error
            except Refused as error:
                raise AssertionError(f"Dana's search failed: Refused: {error}") from error
    """)
    assert shown(suite.run("--backend", "local", "features/creation.feature"))[:3] == [
        "features/creation.feature:6: Then it is refused",
        "E   AssertionError: Dana's search failed: Refused: no answer",
        "    caused by ConnectionError: port 80 is closed",
    ]


def test_causes_are_named(suite):
    suite.feature(FAILING)
    suite.sentences("""
        from pytest_bdd import then
        class Refused(Exception): pass

        @then("it is refused")
        def refused():
            try:
                raise ConnectionError("port 80 is closed\\nfor good")
            except ConnectionError as error:
                raise Refused("no answer") from error
    """)
    suite.feature(FAILING.replace("the package has 6 files", "it is refused"))
    assert shown(suite.run("--backend", "local", "features/creation.feature")) == [
        "features/creation.feature:6: Then it is refused",
        "E   Refused: no answer",
        "    caused by ConnectionError: port 80 is closed",
        f"raised at sentences.py:{_line(suite, 'from error')}, in refused",
    ]


def test_set_up_and_clearing_up_name_the_scenario(failing):
    failing.feature(FAILING.replace("6 files", "5 files"))
    failing.pytester.makeconftest("""
        import pytest
        from environment.errors import SuiteError

        @pytest.fixture(autouse=True)
        def target(mode):
            if mode == "local":
                raise SuiteError("Asked for the target", "no answer", "Say make acceptance")
            yield
            raise OSError("left over")
    """)
    result = failing.run("features/creation.feature")
    result.assert_outcomes(errors=2, passed=1)
    result.stdout.fnmatch_lines(
        [
            'features/creation.feature:3: while setting up "Fail"',
            "E   Asked for the target: no answer. Say make acceptance",
            'features/creation.feature:3: while clearing up after "Fail"',
            "E   OSError: left over",
        ]
    )


def test_what_fails_after_the_last_step(failing):
    failing.feature(FAILING.replace("6 files", "5 files"))
    failing.pytester.makeconftest("""
        def pytest_bdd_after_scenario():
            raise AssertionError("nobody asserted on the refusal")
    """)
    result = failing.run("--backend", "local", "features/creation.feature")
    assert shown(result)[:2] == [
        'features/creation.feature:3: after the last step of "Fail"',
        "E   AssertionError: nobody asserted on the refusal",
    ]


def test_a_reference_that_does_not_resolve_is_told_at_its_step(failing):
    failing.sentences("""
        register(ReferenceKind("Role", "role", lambda: ["viewer"], lambda text, request: {}[text]))

        @given(parse("the role {role:Role}"))
        def role(role): assert role
    """)
    failing.feature(FAILING.replace("Dana is signed in", "the role viewer").replace("she publishes", "Dana publishes"))
    text = shown(failing.run("--backend", "local", "features/creation.feature"))
    assert text[0] == "features/creation.feature:4: Given the role viewer"
    assert text[1] == "E   KeyError: 'viewer'"


def _line(suite, text: str) -> int:
    lines = (suite.path / "sentences.py").read_text().splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def test_the_place_in_the_product_is_named(suite):
    package = suite.path / "quilt_mcp"
    package.mkdir()
    (package / "ops.py").write_text("def listing(packages):\n    return packages['buckets']\n")
    suite.sentences("""
        import importlib.util

        @then("the listing is complete")
        def complete():
            # by its path: the real one may be loaded in this process
            spec = importlib.util.spec_from_file_location("ops", "quilt_mcp/ops.py")
            ops = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(ops)
            try:
                ops.listing({})
            except KeyError as error:
                raise AssertionError("there is no listing") from error
    """)
    suite.feature(FAILING.replace("the package has 6 files", "the listing is complete"))
    assert shown(suite.run("--backend", "local", "features/creation.feature"))[1:4] == [
        "E   AssertionError: there is no listing",
        "    caused by KeyError: 'buckets'",
        "    in the product at quilt_mcp/ops.py:2, in listing",
    ]
