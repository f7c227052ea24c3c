"""The course of `acceptance run`: pytest, what its processes left, the results in their place, what follows a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path

from environment.command.dead_process import undo_what_a_dead_process_left
from environment.command.process import run_to_its_end, was_interrupted
from environment.command.results import Results
from environment.console import say


def finish(results: Results, command: Sequence[str], environment: Mapping[str, str], *, report: bool = True) -> int:
    """Run pytest and all that follows it; returns its exit code, or the first failing one of what came after it.

    A run that did not get as far as its scenarios leaves the report of the run before; what programs read goes, unless
    it was interrupted or was not to run any.

    Raises:
        SuiteError: if the results cannot be put in their place.
    """
    began = datetime.now(UTC)
    following: list[Callable[..., int]] = []

    def load_what_follows() -> None:
        following.extend(each.load() for each in entry_points(group="acceptance.after_run"))

    code = run_to_its_end(command, Path.cwd(), environment, load_what_follows)
    undo_what_a_dead_process_left(began)
    if results.recorded:
        results.replace_earlier()
        after = [each(results.build, report=report) for each in following]
        return next((each for each in (code, *after) if each), 0)
    if was_interrupted(code):
        say(f"The run ended before its scenarios; {results.build} still has the results of the run before, if any.")
    elif code:
        results.drop_earlier()
    return code
