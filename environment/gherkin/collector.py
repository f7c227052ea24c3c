"""Turns `.feature` files into pytest items: each scenario once per mode, each Examples row an item of its own.

A feature file is a pytest module whose functions are its scenarios, so that fixtures, parametrisation, marks and
plugins such as pytest-repeat work as everywhere else. Reading a scenario is pytest-bdd's own affair, running its steps
that of `environment.gherkin.judging`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from pytest_bdd import scenario as bdd_scenario
from pytest_bdd.scenario import scenario_wrapper_template_registry

from environment.gherkin import tags
from environment.gherkin.cases import ScenarioCase, scenario_cases
from environment.gherkin.document import FeatureDocument, FeatureSyntaxError, ScenarioBlock, read_feature
from environment.gherkin.failure_text import shorten_failures
from environment.gherkin.judging import run_scenario
from environment.gherkin.records import SCENARIO, TEMPLATE
from environment.gherkin.selection import SELECTION, Selection
from quilt_stack.patches import Patch

BAD_FEATURES: pytest.StashKey[dict[Path, list[str]]] = pytest.StashKey()
"""What is wrong in feature files that a run is to go on without: path to lines."""
EXAMPLE = "_pytest_bdd_example"  # the fixture in which pytest-bdd expects an outline's row
PATCH = Patch(
    __name__,
    "pytest-bdd",
    reason="A scenario's items are found, and an outline's row is handed over, as pytest-bdd does for its own.",
    bodies={
        "pytest_bdd.scenario:_get_scenario_decorator": "c18ea71d0da3",
    },
    fence="tests/environment/gherkin/test_scenario_collection.py::test_each_scenario_runs_once_per_mode_and_row",
    until="pytest-bdd collects feature files",
)


class FeatureFile(pytest.Module):
    """A feature file as a pytest collector."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        """Yield the scenarios' items, each with its record in `item.stash[SCENARIO]`.

        Raises:
            CollectError: the file is not Gherkin, or the check before the run found something wrong in it (which ends a
                run, unless pytest is to continue on collection errors).
        """
        if self.path in self.config.stash[BAD_FEATURES]:
            raise self.CollectError("\n".join(self.config.stash[BAD_FEATURES][self.path]))
        try:
            document = read_feature(self.path)
        except FeatureSyntaxError as error:
            raise self.CollectError(str(error)) from error
        cases = self._cases(document, self.config.stash[SELECTION])
        self.obj = self._module(document, cases)
        for node in super().collect():
            if isinstance(node, pytest.Function):
                self._describe(node, cases[node.originalname])
                shorten_failures(node)
            yield node

    def istestfunction(self, obj: object, name: str) -> bool:
        """Return True: whatever the module holds is a scenario, whatever its name."""
        return callable(obj)

    def _cases(self, document: FeatureDocument, selection: Selection) -> dict[str, list[ScenarioCase]]:
        cases = {}
        for scenario in document.scenarios:
            of_scenario = scenario_cases(document, scenario, selection.modes)
            asked_for = [case for case in of_scenario if selection.asks_for_row(case)]
            if asked_for:
                cases[scenario.name] = asked_for
        return cases

    def _module(self, document: FeatureDocument, cases: dict[str, list[ScenarioCase]]) -> ModuleType:
        module = ModuleType(self.path.stem, document.description)
        module.__file__ = str(self.path)
        for name, of_scenario in cases.items():
            for tag in {tag for case in of_scenario for tag in case.tags}:
                tags.register_requirement(self.config, tag)
            vars(module)[name] = scenario_function(document, of_scenario[0].scenario, of_scenario)
        return module

    def _describe(self, item: pytest.Function, cases: Sequence[ScenarioCase]) -> None:
        by_parameters = {(case.mode, case.row.line if case.row else None): case for case in cases}
        values = item.callspec.params[EXAMPLE]
        assert isinstance(values, ExampleValues)
        case = by_parameters[str(item.callspec.params["mode"]), values.line]
        item.stash[SCENARIO] = case.record(self.config.rootpath)
        item.stash[TEMPLATE] = scenario_wrapper_template_registry[item.obj]
        rule = case.scenario.rule
        item.extra_keyword_matches.update(filter(None, (case.document.name, rule.name if rule else None)))


class ExampleValues(dict[str, str]):
    """An Examples row, column to cell, that knows its line (None: the scenario is no outline)."""

    def __init__(self, values: dict[str, str], line: int | None) -> None:
        super().__init__(values)
        self.line = line


def scenario_function(
    document: FeatureDocument, scenario: ScenarioBlock, cases: Sequence[ScenarioCase]
) -> Callable[..., object]:
    """Return the test function of a scenario, parametrised with its cases, marked as its tags say."""

    def nothing() -> None:
        """Stand for the test body that pytest-bdd wants; all is in the steps."""

    path = document.path
    # utf-8-sig: with or without a byte order mark, as `read_feature` reads it
    wrapped = bdd_scenario(path.name, scenario.name, "utf-8-sig", str(path.parent))(nothing)

    template = scenario_wrapper_template_registry[wrapped]

    def run(request: pytest.FixtureRequest, mode: str, _pytest_bdd_example: dict[str, str]) -> None:
        __tracebackhide__ = True
        run_scenario(template.feature, template.render(_pytest_bdd_example), request)

    # pytest asks the code object where a test is: in the feature file.
    run.__code__ = run.__code__.replace(
        co_filename=str(path), co_firstlineno=scenario.line, co_name=scenario.name, co_qualname=scenario.name
    )
    run.__name__ = run.__qualname__ = scenario.name
    run.__module__ = path.stem
    run.__doc__ = f"{document.name}: {scenario.name}"
    scenario_wrapper_template_registry[run] = template
    shared = dict.fromkeys(tag.name for tag in document.tags_of(scenario))
    for mark in (mark for tag in shared for mark in tags.marks(tag)):
        mark(run)
    return pytest.mark.parametrize(("mode", EXAMPLE), [_parameters(case) for case in cases], indirect=["mode"])(run)


def _parameters(case: ScenarioCase) -> object:
    values = ExampleValues(case.row.values if case.row else {}, case.row.line if case.row else None)
    marks = [mark for tag in case.example_tags for mark in tags.marks(tag)]
    return pytest.param(case.mode, values, id=case.parameters_id, marks=marks)
