"""A small suite of its own for each test: features, sentences, and a pytest run over them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

from environment.gherkin import references, values

INI = """
    [pytest]
    testpaths = features
    addopts = --strict-markers --strict-config -p pytest_bdd.plugin -p xdist.plugin -p pytest_repeat
        -p environment.gherkin.plugin -p sentences -p environment.session
    xfail_strict = true
    # The runs are in the tests' own process, which has imported the plugins already.
    filterwarnings =
        error
        ignore:Module already imported so cannot be rewritten:pytest.PytestAssertRewriteWarning
"""

SENTENCES = '''
    """The sentences of the small suite."""
    from pytest_bdd import given, then, when
    from environment.gherkin import values
    from environment.gherkin.references import ReferenceKind, register, parse

    PEOPLE = {"Dana": "test-user", "Lee": "test-readonly"}

    def person(text, request):
        return PEOPLE[{"she": "Dana", "he": "Lee"}.get(text, text)]

    register(
        ReferenceKind("Persona", "persona", lambda: list(PEOPLE), person, r"[A-Z][a-z]+|she|he", ("she", "he")),
        ReferenceKind("Dataset", "dataset", lambda: ["simple-csv", "nested"], lambda text, request: text.upper()),
    )

    @given(parse("{persona:Persona} is signed in"), target_fixture="signed_in")
    def is_signed_in(persona, mode):
        """Sign somebody in."""
        return [persona, mode]

    PUBLISHES = '{persona:Persona} publishes {count:Count} files of the "{dataset:Dataset}" dataset'

    @when(parse(PUBLISHES), target_fixture="package")
    def publishes(persona, count, dataset):
        return {"by": persona, "count": count, "dataset": dataset}

    @then(parse("the package has {count:Count} files"))
    def has_files(package, count):
        assert package["count"] == count, "the number of files"
'''

CREATION = """
    Feature: Creation
      Whoever publishes relies on it.

      Background:
        Given Dana is signed in

      Rule: What is published is there

        @CREA-1 @smoke
        Scenario: Publish five files
          When she publishes 5 files of the "simple-csv" dataset
          Then the package has 5 files

        @CREA-2 @local_mode @severity:critical
        Scenario: Publish in local mode
          When she publishes 1 files of the "nested" dataset

      Rule: Numbers are right

        @CREA-3
        Scenario Outline: Publish several
          When she publishes <count> files of the "nested" dataset
          Then the package has <count> files

          Examples:
            | case | count |
            | few  | 2     |
            | many | 1,000 |
"""


class Suite:
    """Features, sentences and the runs over them."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pytester = pytester
        self.monkeypatch = monkeypatch
        self.path = pytester.path
        pytester.makefile(".ini", pytest=dedent(INI))
        pytester.makepyfile(sentences=SENTENCES)
        pytester.syspathinsert()
        monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")  # only those that the small suite names
        monkeypatch.setenv("PYTHONPATH", str(pytester.path))  # for the workers of xdist

    def feature(self, text: str, name: str = "creation.feature") -> Path:
        path = self.path / "features" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).lstrip("\n"), encoding="utf-8")
        return path

    def sentences(self, more: str) -> None:
        with (self.path / "sentences.py").open("a", encoding="utf-8") as file:
            file.write(dedent(more))

    def run(self, *arguments: str) -> pytest.RunResult:
        """Run pytest in this process, with no kinds of references but those that the small suite registers."""
        self.monkeypatch.setattr(references, "KINDS", value_kinds())
        return self.pytester.runpytest_inprocess(*arguments)

    def run_with_workers(self, *arguments: str) -> pytest.RunResult:
        """Run pytest in a process of its own with two workers; the workers of a run in this process miss its paths."""
        return self.pytester.runpytest_subprocess("-n", "2", *arguments)

    def collected(self, *arguments: str) -> list[str]:
        """Return the names of what a run collects, without the path where there is one file."""
        result = self.run("--collect-only", "-q", *arguments)
        assert result.ret in (0, pytest.ExitCode.NO_TESTS_COLLECTED), result.stderr.str() + result.stdout.str()
        return [line.partition("::")[2] for line in result.outlines if "::" in line]

    def line(self, text: str, name: str = "creation.feature") -> int:
        """Return the line of a feature file that has this text in it."""
        lines = (self.path / "features" / name).read_text(encoding="utf-8").splitlines()
        return next(number for number, line in enumerate(lines, start=1) if text in line)


def value_kinds() -> references.Kinds:
    kinds = references.Kinds()
    kinds.register(*(references.KINDS[name] for name in ("Size", "Duration", "Count", "Refusal", "Text")))
    return kinds


@pytest.fixture
def suite(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Suite:
    assert values.REASONS  # registers its kinds on import
    return Suite(pytester, monkeypatch)


@pytest.fixture
def creation(suite: Suite) -> Suite:
    suite.feature(CREATION)
    return suite


@pytest.fixture
def step_module(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ModuleType]:
    """Make a module of step definitions out of source text; with a path, of a file whose source can be read."""

    def make(source: str, path: Path = Path("words.py")) -> ModuleType:
        monkeypatch.setattr(references, "KINDS", value_kinds())
        module = ModuleType("words")
        if path.is_absolute():
            path.write_text(dedent(source), encoding="utf-8")
        exec(compile(dedent(source), str(path), "exec"), vars(module))
        return module

    return make
