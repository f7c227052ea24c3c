"""The pytest plugin: options, the check before anything runs, the fixture `mode`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from environment.gherkin import hooks, tags
from environment.gherkin.checks import check_features
from environment.gherkin.collector import BAD_FEATURES, FeatureFile
from environment.gherkin.document import SUFFIX, misnamed_features
from environment.gherkin.expressions import check_expressions
from environment.gherkin.findings import Finding
from environment.gherkin.needs import fixtures_in
from environment.gherkin.references import resolve_arguments
from environment.gherkin.selection import (
    BOTH,
    SELECTION,
    Selection,
    check_marks,
    check_names,
    check_places,
    chosen,
    chosen_modes,
    read_marks,
    select,
    selected_files,
)
from environment.gherkin.step_arguments import read_table
from environment.gherkin.step_lookup import remembered_definitions
from environment.gherkin.things import World
from environment.gherkin.vocabulary import vocabulary_of
from environment.running import acceleration

pytest_plugins = ("environment.gherkin.accounting", "environment.gherkin.failure")

NOT_BLOCKING = pytest.StashKey[list[str]]()
_FROM_CONTROLLER = "bad_features"


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Make `pytest_scenario_requirements` known."""
    pluginmanager.add_hookspecs(hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--backend`."""
    group = parser.getgroup("scenarios", "scenarios")
    group.addoption(
        "--backend",
        default=BOTH,
        metavar="MODE",
        help=f"the implementation of QuiltOps to judge: {', '.join(tags.MODES)} or {BOTH} (default: {BOTH})",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Register the tags; read which modes, files, names and lines are asked for."""
    for line in tags.marker_lines():
        config.addinivalue_line("markers", line)
    read_marks(config)
    modes = chosen_modes(config.option.backend)
    selection = config.stash[SELECTION] = select(config.args, config.invocation_params.dir, modes, _folders(config))
    selection.must_lie_in(config.rootpath)
    told = getattr(config, "workerinput", {}).get(_FROM_CONTROLLER, {})
    config.stash[BAD_FEATURES] = {Path(path): lines for path, lines in told.items()}
    if acceleration.enabled():
        surroundings = ExitStack()
        surroundings.enter_context(remembered_definitions())
        config.add_cleanup(surroundings.close)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Let the workers of xdist know which features the check has found wrong."""
    bad = node.config.stash[BAD_FEATURES]
    node.workerinput[_FROM_CONTROLLER] = {str(path): lines for path, lines in bad.items()}


def check_everything(config: pytest.Config) -> None:
    """Check what is asked for, and all features, before anything runs; once, not again in the workers of xdist."""
    if not hasattr(config, "workerinput"):
        check_expressions(config)
        check_marks(config.option.markexpr, config)
        check_places(config.stash[SELECTION], config.rootpath, _folders(config))
        check_names(config.stash[SELECTION])
        _check(config)


def pytest_chosen_scenarios(config: pytest.Config) -> list[str]:
    """Name the places, the words and the tags that were asked for."""
    return chosen(config)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> FeatureFile | None:
    """Collect feature files."""
    return FeatureFile.from_parent(parent, path=file_path) if file_path.suffix == ".feature" else None


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_apply_tag(tag: str, function: object) -> bool:
    """Keep pytest-bdd from making marks of tags: the collector does, from all tags at once."""
    return True


@pytest.hookimpl(trylast=True)
def pytest_bdd_before_step_call(
    request: pytest.FixtureRequest, step_func: Callable[..., object], step_func_args: dict[str, object]
) -> None:
    """Replace references by what they stand for; last, so that reports show the words of the feature."""
    read_table(step_func, step_func_args)
    resolve_arguments(step_func_args, request)


@pytest.fixture
def world() -> World:
    """What the scenario has mentioned so far."""
    return World()


@pytest.fixture
def mode(request: pytest.FixtureRequest) -> str:
    """The implementation of QuiltOps that the scenario runs against: `local` or `multiuser`."""
    chosen: str = request.param
    return chosen


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell the findings that do not stop a run."""
    for line in config.stash.get(NOT_BLOCKING, []):
        terminalreporter.write_line(line, yellow=True)


def _check(config: pytest.Config) -> None:
    selection = config.stash[SELECTION]
    findings = check_features(
        [*selected_files(config), *selected_files(config, misnamed_features)],
        vocabulary_of(config).definitions,
        root=config.rootpath,
        requirements=config.hook.pytest_scenario_requirements(config=config),
        fixtures=fixtures_in(config.pluginmanager.get_plugins()),
        complete=_all_asked_for(config, selection),
    )
    config.stash[NOT_BLOCKING] = [finding.text(config.rootpath) for finding in findings if not finding.blocks]
    blocking = [finding.text(config.rootpath) for finding in findings if finding.blocks]
    if config.option.continue_on_collection_errors and _lie_in_features(findings):
        config.stash[BAD_FEATURES] = _by_path(findings, config.rootpath)
    elif blocking:
        number = f"{len(blocking)} problem{'s' if len(blocking) > 1 else ''}"
        raise pytest.UsageError("\n".join([f"{number} in the features and their steps, nothing was run:", *blocking]))


def _lie_in_features(findings: Iterable[Finding]) -> bool:
    """Return whether all that blocks lies in files that pytest collects; each of them is then an error of its own."""
    return all(finding.path.suffix == SUFFIX for finding in findings if finding.blocks)


def _by_path(findings: Iterable[Finding], root: Path) -> dict[Path, list[str]]:
    texts: dict[Path, list[str]] = defaultdict(list)
    for finding in findings:
        if finding.blocks:
            texts[finding.path].append(finding.text(root))
    return texts


def _folders(config: pytest.Config) -> list[Path]:
    return [config.rootpath / folder for folder in config.getini("testpaths")]


def _all_asked_for(config: pytest.Config, selection: Selection) -> bool:
    """Return whether the run covers all features, so that a sentence that no feature uses is known to be unused."""
    folders = _folders(config)
    narrowed = config.option.keyword or config.option.markexpr or config.option.deselect or config.option.ignore
    return bool(folders) and not narrowed and selection.covers(folders)
