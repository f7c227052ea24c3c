"""What a sentence needs is there before it, or is reported in one line that names what would give it."""

from __future__ import annotations

import pytest

from environment.gherkin.checks import check_features
from environment.gherkin.needs import fixtures_in
from environment.gherkin.vocabulary import definitions_in

PATH = "features/creation.feature"
WORDS = """
    import pytest
    from pytest_bdd import given, then, when
    from environment.gherkin.references import parse

    class Package: ...

    @pytest.fixture
    def registry(): ...

    @pytest.fixture
    def manifest(registry, package): ...

    @given(parse('Dana has published "{text:Text}"'), target_fixture="package")
    def has_published(text, registry) -> Package: ...

    @given("Dana has published a package of another one", target_fixture="package")
    def has_published_again(package) -> Package: ...

    @given("there are files", target_fixture="files")
    def there_are_files(registry) -> list[str]: ...

    @when("Dana publishes them", target_fixture="package")
    def publishes(files) -> Package: ...

    @then("Lee sees the description")
    def sees(manifest, request): ...

    @then("the files are as they were")
    def as_they_were(files): ...
"""
GIVEN = '"Given Dana has published "{text}""'


@pytest.fixture
def findings(tmp_path, step_module):
    def check(steps: str, *, background: str = "", examples: str = "", words: str = "") -> list[str]:
        kind = "Scenario Outline" if examples else "Scenario"
        text = f"Feature: F\n{background}\n  @AUTH-1\n  {kind}: S\n{steps}\n{examples}\n"
        (tmp_path / "x.feature").write_text(text, encoding="utf-8")
        module = step_module(WORDS + words)
        found = check_features([tmp_path], definitions_in([module]), root=tmp_path, fixtures=fixtures_in([module]))
        return [finding.text(tmp_path) for finding in found]

    return check


def test_what_a_step_before_gives_is_there(findings):
    assert findings('Given Dana has published "yields"\nThen Lee sees the description') == []
    assert findings("Given there are files\nWhen Dana publishes them\nThen Lee sees the description") == []
    background = '  Background:\n    Given Dana has published "yields"\n'
    assert findings("Then Lee sees the description", background=background) == []


def test_what_no_step_before_gives_is_missing(findings):
    assert findings("Then Lee sees the description") == [
        'x.feature:5: "Lee sees the description" needs a package; no step before it makes one. These would: '
        f'{GIVEN} | "Given Dana has published a package of another one" | "When Dana publishes them"'
    ]


def test_what_comes_too_late(findings):
    [finding] = findings("Given there are files\nThen Lee sees the description\nWhen Dana publishes them")
    assert finding.startswith('x.feature:6: "Lee sees the description" needs a package; no step before it makes one.')


def test_a_given_is_only_offered_what_may_stand_before_it(findings):
    [finding] = findings("Given Dana has published a package of another one")
    assert "When Dana publishes them" not in finding
    assert f"These would: {GIVEN} | " in finding


def test_many_things(findings):
    [finding] = findings("Then the files are as they were")
    assert finding == (
        'x.feature:5: "the files are as they were" needs files; no step before it makes any. '
        'These would: "Given there are files"'
    )


def test_each_thing_is_reported_once(findings):
    assert len(findings("Then Lee sees the description\nAnd Lee sees the description")) == 1


def test_each_row_is_followed(findings):
    examples = 'Examples:\n| what |\n| there are files |\n| Dana has published "a" |'
    [finding] = findings("Given <what>\nThen Lee sees the description", examples=examples)
    assert finding.startswith('x.feature:6: "Lee sees the description" needs a package')


def test_a_step_function_that_takes_what_nothing_makes(findings):
    words = """
    @then("nothing")
    def nothing(pacakge): ...
"""
    assert findings("Then nothing", words=words) == [
        'words.py:32: the step function nothing takes "pacakge", which no sentence and no fixture makes; '
        'did you mean "package"?'
    ]


FEATURE = """
    Feature: Needs
      @CREA-1
      Scenario: Without a package
        Then the package has 5 files
"""


def test_a_run_reports_it_before_anything_runs(suite):
    suite.feature(FEATURE)
    result = suite.run(PATH)
    assert result.ret == 4
    assert result.stderr.lines[1] == (
        f'{PATH}:4: "the package has 5 files" needs a package; no step before it makes one. '
        'These would: "When {persona} publishes {count} files of the "{dataset}" dataset"'
    )


@pytest.mark.parametrize(
    ("ask", "line"),
    [
        (
            "package",
            '"it is asked for" needs a package; no step before it makes one. These would: '
            '"When {persona} publishes {count} files of the "{dataset}" dataset"',
        ),
        (
            "packgae",
            '"it is asked for" takes "packgae", which no sentence and no fixture makes; did you mean "package"?',
        ),
        ("circle", '"it is asked for" takes the fixture "circle", which takes itself: circle -> circle'),
    ],
)
def test_what_slips_through_is_reported_in_one_line(suite, ask, line):
    suite.feature(FEATURE.replace("the package has 5 files", "it is asked for"))
    suite.sentences(f"""
        import pytest

        @pytest.fixture
        def circle(request):
            return request.getfixturevalue("circle")

        @then("it is asked for")
        def asked_for(request):
            request.getfixturevalue("{ask}")
    """)
    result = suite.run(PATH, "--backend", "local", "--junitxml=junit.xml")
    assert result.ret == 1
    start = result.outlines.index(f"{PATH}:4: Then it is asked for")
    assert result.outlines[start + 1] == f"E   FixtureLookupError: {line}"
    everything = result.stdout.str() + (suite.path / "junit.xml").read_text()
    assert "available fixtures" not in everything
    assert len(everything) < 5000


def test_a_fixture_that_set_up_lacks(suite):
    suite.feature(FEATURE.replace("the package has 5 files", "nothing is wrong"))
    suite.sentences("""
        import pytest

        @pytest.fixture(autouse=True)
        def always(surroundings): ...

        @then("nothing is wrong")
        def nothing_is_wrong(): ...
    """)
    result = suite.run(PATH, "--backend", "local")
    assert '"surroundings", which no sentence and no fixture makes' in result.stdout.str()
    assert "available fixtures" not in result.stdout.str()
