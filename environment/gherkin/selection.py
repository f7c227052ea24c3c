"""What the command line asks for: paths, `path::Name`, `path.feature:42`, `--backend`, `-m`.

A line is turned into the names of the scenarios there before pytest looks at the arguments, so that pytest's own
selection does the rest, also in the workers of pytest-xdist, which read the same command line. Only the rows of an
outline have no names of their own: `config.stash[SELECTION]` keeps which rows were asked for.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from environment.gherkin import tags
from environment.gherkin.cases import ScenarioCase, cases_of, scenario_cases
from environment.gherkin.document import (
    FeatureDocument,
    FeatureSyntaxError,
    ScenarioBlock,
    feature_files,
    read_feature,
)
from environment.nearest import hint, unknown

BOTH = "both"
_LINES = re.compile(r"(?P<path>.+\.feature)(?P<lines>(?::\d+)+)(?: ?\[(?P<mode>\w+)\])?")
_MARK = re.compile(r"(?:\w|:|\+|-|\.|\[|\]|\\|/)+")


@dataclass
class Selection:
    """The feature files and scenarios that a run was asked for.

    `whole` holds files and directories asked for as such, `names` what was asked for by name in a file (with or without
    what stands in brackets), `rows` the lines of the Examples rows asked for, for outlines asked for by row alone.
    """

    modes: tuple[str, ...] = tags.MODES
    whole: set[Path] = field(default_factory=set)
    names: dict[Path, set[str]] = field(default_factory=dict)
    rows: dict[tuple[Path, str], set[int]] = field(default_factory=dict)

    def places(self) -> list[Path]:
        """Return the files and directories that have to be read."""
        return sorted({*self.whole, *self.names})

    def must_lie_in(self, root: Path) -> None:
        """Refuse what lies outside the project: scenarios are named, in reports and ledgers, by their path in it.

        Raises:
            pytest.UsageError: it names the places.
        """
        outside = [str(place) for place in self.places() if not place.is_relative_to(root)]
        if outside:
            raise pytest.UsageError(f"{', '.join(outside)}: outside the project {root}; put the feature into features/")

    def asks_for_row(self, case: ScenarioCase) -> bool:
        """Return whether a case was not left out by a line that names other rows."""
        rows = self.rows.get((case.document.path, case.scenario.name))
        return rows is None or case.row is None or case.row.line in rows or self._asks_for_all_of(case.document.path)

    def asks_for(self, case: ScenarioCase) -> bool:
        """Return whether the command line asks for a case."""
        path = case.document.path
        if self._asks_for_all_of(path):
            return True
        names = self.names.get(path, set())
        return bool(names & {case.scenario.name, case.item_name}) and self.asks_for_row(case)

    def covers(self, folders: Iterable[Path]) -> bool:
        """Return whether all of the folders were asked for as a whole."""
        return all(map(self._asks_for_all_of, folders))

    def _asks_for_all_of(self, path: Path) -> bool:
        return any(path == place or place in path.parents for place in self.whole)


SELECTION = pytest.StashKey[Selection]()


def chosen_modes(backend: str) -> tuple[str, ...]:
    """Return the modes that `--backend` names.

    Raises:
        pytest.UsageError: it names none; the message has the known ones and the nearest.
    """
    if backend == BOTH:
        return tags.MODES
    if backend not in tags.MODES:
        raise pytest.UsageError(f"--backend: {unknown('mode', backend, [*tags.MODES, BOTH])}")
    return (backend,)


def chosen(config: pytest.Config) -> list[str]:
    """Return what the command line chooses scenarios by, as one types it in the project's root: places, `-k`, `-m`."""
    given = config.args if config.args_source is pytest.Config.ArgsSource.ARGS else []
    places = [_from_root(each, config) for each in given]
    flags = (("-k", config.option.keyword), ("-m", config.option.markexpr))
    return [*map(shlex.quote, places), *(f"{flag} {shlex.quote(value)}" for flag, value in flags if value)]


def select(arguments: list[str], directory: Path, modes: tuple[str, ...], folders: Iterable[Path] = ()) -> Selection:
    """Read the command line's places, and put names that pytest knows in place of the others, in `arguments` itself.

    Others are lines, lines with a mode, and the names that reports print (`ScenarioCase.printed_names`), after the path
    of a file or by themselves; those are looked for in the features in `folders`.

    Raises:
        pytest.UsageError: there is nothing at a line; the message names the nearest scenarios.
    """
    selection = Selection(modes)
    named_by_line: list[tuple[Path, ScenarioBlock, int | None]] = []
    replaced: list[str] = []
    for argument in arguments:
        lines = _LINES.fullmatch(argument)
        path = _path(directory, lines["path"] if lines else argument.partition("::")[0])
        if lines is None or not path.is_file():
            named = _by_printed_name(argument, path, modes, folders)
            for name in named:
                _note(selection, _path(directory, name.partition("::")[0]), name)
            if not named:
                _note(selection, path, argument)
            replaced += named or [argument]
            continue
        try:
            document = read_feature(path)
        except FeatureSyntaxError:
            replaced.append(lines["path"])
            selection.whole.add(path)
            continue
        for line in map(int, lines["lines"].split(":")[1:]):
            found = at_line(document, line, lines["path"])
            if lines["mode"]:
                names = _in_mode(document, found, lines["mode"])
                selection.names.setdefault(path, set()).update(names)
            else:
                names = [scenario.name for scenario, _ in found]
                named_by_line += [(path, scenario, row) for scenario, row in found]
            replaced += [f"{lines['path']}::{name}" for name in names]
    _note_lines(selection, named_by_line)
    arguments[:] = list(dict.fromkeys(replaced))
    return selection


def _in_mode(document: FeatureDocument, found: Iterable[tuple[ScenarioBlock, int | None]], mode: str) -> list[str]:
    """Return the items' names of the scenarios and rows at a line, in one mode.

    Raises:
        pytest.UsageError: there is no such mode.
    """
    return [
        case.item_name
        for scenario, row in found
        for case in scenario_cases(document, scenario, chosen_modes(mode))
        if row is None or case.row is None or case.row.line == row
    ]


def _by_printed_name(argument: str, path: Path, modes: Sequence[str], folders: Iterable[Path]) -> list[str]:
    """Return the node ids of what a printed name means; none where pytest understands the argument as it is."""
    place, colons, name = argument.partition("::")
    if colons and path.is_file():
        is_known = name.partition("[")[0] in {scenario.name for scenario in _scenarios(path)}
        files = {} if is_known else {path: place}
    elif colons or path.exists() or path.suffix == ".feature":
        return []
    else:
        name, files = argument, {each: str(each) for each in feature_files(folders)}
    return [
        f"{shown}::{case.item_name}"
        for file, shown in files.items()
        for case in _cases(file, modes)
        if name in case.printed_names
    ]


def at_line(document: FeatureDocument, line: int, shown: str) -> list[tuple[ScenarioBlock, int | None]]:
    """Return the scenarios at a line, each with the line of the Examples row if the line is one.

    Anywhere in a scenario means that scenario, in an Examples table outside its rows the rows of that table, in the
    head of a rule or of the feature all its scenarios.

    Raises:
        pytest.UsageError: nothing is there; `shown` is the path for the message.
    """
    for scenario in document.scenarios:
        if scenario.first_line <= line <= scenario.last_line:
            return _in_scenario(scenario, line)
    for rule in document.rules:
        if rule.first_line <= line <= rule.last_line:
            return _found([one for one in document.scenarios if one.rule is rule], shown, line)
    if document.first_line <= line <= document.last_line:
        return _found(document.scenarios, shown, line)
    raise pytest.UsageError(_nothing_there(document, line, shown))


def read_marks(config: pytest.Config) -> None:
    """Turn the tags in `-m`, written as in features, into pytest's words.

    Raises:
        pytest.UsageError: a tag has a value that it cannot have.
    """
    try:
        config.option.markexpr = tags.mark_expression(config.option.markexpr)
    except ValueError as error:
        raise pytest.UsageError(f"-m: {error}") from error


def check_marks(expression: str, config: pytest.Config) -> None:
    """Check the names in `-m`.

    Raises:
        pytest.UsageError: a name is no known tag or mark; a misspelt one would select nothing, or everything.
    """
    known = {re.split(r"[:(]", line)[0].strip() for line in config.getini("markers")}
    without_values = re.sub(r"\([^()]*=[^()]*\)", "", expression)
    for name in _MARK.findall(without_values):
        if name not in known | {"and", "or", "not"} and not tags.REQUIREMENT.fullmatch(name):
            raise pytest.UsageError(f"-m: {unknown('tag', name, [*tags.WORDS, *sorted(known - set(tags.WORDS))])}")


def check_places(selection: Selection, root: Path, folders: Iterable[Path]) -> None:
    """Check that the files and folders are there; workers of pytest-xdist would collect nothing without a word.

    Raises:
        pytest.UsageError: one is not; the message has the nearest feature of these folders.
    """
    for place in selection.places():
        if not place.exists():
            known = [path.relative_to(root).as_posix() for path in feature_files(folders)]
            shown = _shown(place, root)
            nothing = "there is no such file or folder"
            if "/" not in shown and place.suffix != ".feature":
                nothing += ", and no scenario of that name"
            raise pytest.UsageError(f"{shown}: {nothing}; {hint(shown, known)}")


def _shown(place: Path, root: Path) -> str:
    return (place.relative_to(root) if place.is_relative_to(root) else place).as_posix()


def check_names(selection: Selection) -> None:
    """Check the scenarios' names in `path::Name`.

    Raises:
        pytest.UsageError: no scenario has that name, or it does not run in the modes chosen.
    """
    for path, names in selection.names.items():
        scenarios = {scenario.name: scenario for scenario in _scenarios(path)}
        for name in sorted(names) if scenarios else ():
            plain = name.partition("[")[0]
            if plain not in scenarios:
                raise pytest.UsageError(f"{path.name}: {unknown('scenario', plain, list(scenarios))}")
            if not scenario_cases(read_feature(path), scenarios[plain], selection.modes):
                modes = " and ".join(selection.modes)
                raise pytest.UsageError(f'{path.name}: the scenario "{plain}" does not run in {modes} mode')


def selected_files(
    config: pytest.Config, find: Callable[[Iterable[Path], Callable[[Path], object]], list[Path]] = feature_files
) -> list[Path]:
    """Return the feature files that pytest is going to collect, or others that `find` looks for in the same places."""

    def is_ignored(path: Path) -> object:
        return config.hook.pytest_ignore_collect(collection_path=path, config=config)

    return find(config.stash[SELECTION].places(), is_ignored)


def _scenarios(path: Path) -> Sequence[ScenarioBlock]:
    if path.suffix != ".feature" or not path.is_file():
        return ()
    try:
        return read_feature(path).scenarios
    except FeatureSyntaxError:
        return ()  # told by the check of the files


def _cases(path: Path, modes: Sequence[str]) -> list[ScenarioCase]:
    return cases_of(read_feature(path), modes) if _scenarios(path) else []


def _path(directory: Path, text: str) -> Path:
    # As pytest does it: links are not followed, so that the paths can be compared.
    return Path(os.path.abspath(directory / text))  # noqa: PTH100


def _from_root(argument: str, config: pytest.Config) -> str:
    place, colons, name = argument.partition("::")
    path = _path(config.invocation_params.dir, place)
    return f"{_shown(path, config.rootpath)}{colons}{name}" if path.exists() else argument


def _note(selection: Selection, path: Path, argument: str) -> None:
    name = argument.partition("::")[2]
    if name:
        selection.names.setdefault(path, set()).add(name)
    else:
        selection.whole.add(path)


def _note_lines(selection: Selection, found: Sequence[tuple[Path, ScenarioBlock, int | None]]) -> None:
    """Note what lines asked for; a row narrows an outline only where nothing asks for the whole of it."""
    asked_whole = {(path, scenario.name) for path, scenario, row in found if row is None}
    asked_whole |= {(path, name.partition("[")[0]) for path, names in selection.names.items() for name in names}
    for path, scenario, row in found:
        selection.names.setdefault(path, set()).add(scenario.name)
        if row is not None and (path, scenario.name) not in asked_whole:
            selection.rows.setdefault((path, scenario.name), set()).add(row)


def _in_scenario(scenario: ScenarioBlock, line: int) -> list[tuple[ScenarioBlock, int | None]]:
    for block in scenario.examples:
        if block.first_line <= line <= block.last_line and block.rows:
            exact = [row.line for row in block.rows if row.line == line]
            return [(scenario, row) for row in exact or [row.line for row in block.rows]]
    return [(scenario, None)]


def _found(scenarios: Sequence[ScenarioBlock], shown: str, line: int) -> list[tuple[ScenarioBlock, int | None]]:
    if not scenarios:
        raise pytest.UsageError(f"{shown}:{line}: there is no scenario under this line")
    return [(scenario, None) for scenario in scenarios]


def _nothing_there(document: FeatureDocument, line: int, shown: str) -> str:
    before = [one for one in document.scenarios if one.last_line < line]
    after = [one for one in document.scenarios if one.first_line > line]
    near = [*before[-1:], *after[:1]]
    if not near:
        return f"{shown}:{line}: there is no scenario in this file"
    names = ", ".join(f'"{one.name}" ({shown}:{one.line})' for one in near)
    return f"{shown}:{line}: there is no scenario at this line; the nearest: {names}"
