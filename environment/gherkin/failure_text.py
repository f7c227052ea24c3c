"""A failed scenario in a few lines: each sentence that does not hold, where it stands, what went wrong.

Where in the suite it was raised is for engineers: `-v` shows it, and it is shown of an error that is no judgement.
`--full-trace`, or any `--tb` style that is asked for, shows pytest's own traceback instead.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from _pytest._code.code import ExceptionInfo, ReprExceptionInfo, ReprFileLocation, ReprTracebackNative, TerminalRepr

from environment.errors import SuiteError
from environment.gherkin.judging import JUDGED, JudgedStep, is_failure
from environment.gherkin.readable import in_words, message_for_readers, own_message
from environment.gherkin.records import SCENARIO
from quilt_stack.patches import Patch

PRODUCT = "quilt_mcp"
"""The package whose code is pointed to where it raised."""

_PHASES = {"setup": "while setting up", "call": "after the last step of", "teardown": "while clearing up after"}
PATCH = Patch(
    __name__,
    "pytest",
    reason="pytest's text of a failure holds the source of every frame, and a text of one's own needs its classes.",
    bodies={
        "_pytest._code.code:ReprExceptionInfo.toterminal": "dfcc7f93709f",
        "_pytest._code.code:ReprFileLocation.toterminal": "8e4651101255",
        "_pytest._code.code:ReprTracebackNative.__init__": "c95e7669204a",
        "_pytest.python:Function.repr_failure": "87546fc12a59",
    },
    fence="tests/environment/gherkin/test_scenario_failures.py::test_the_text_stays_the_same_on_its_way_from_a_worker",
    until="pytest has public names for texts of failures",
)


def shorten_failures(item: pytest.Function) -> None:
    """Let the item tell its failures shortly itself.

    pytest's own text holds the source of every frame, which costs a quarter of the time of a run with known defects.
    """
    whole = item.repr_failure

    def repr_failure(excinfo: ExceptionInfo[BaseException]) -> str | TerminalRepr:
        return short_text(item, "call", excinfo) if is_concerned(item, excinfo) else whole(excinfo)

    item.repr_failure = repr_failure  # type: ignore[method-assign]  # pytest makes the items


def short_text(item: pytest.Item, phase: str, excinfo: ExceptionInfo[BaseException]) -> ReprExceptionInfo:
    """Return the short text as pytest keeps failures, so that it also travels from xdist's workers."""
    record = item.stash[SCENARIO]
    path = record.feature_path
    judged = item.stash.get(JUDGED, None) or []
    wrong = [one for one in judged if one.went_wrong] if phase == "call" else []
    if wrong:
        line, lines = wrong[0].step.line, [part for one in wrong for part in _of_step(one, path, item)]
        lines += list(_not_judged(judged, path))
        message = _message(wrong[0].error or excinfo.value)
    else:
        line, message = record.line, _message(excinfo.value)
        lines = [f'{path}:{line}: {_PHASES[phase]} "{record.name}"\n', *_of_error(excinfo.value, item)]
    crash = ReprFileLocation(path, line, message)
    return ReprExceptionInfo(reprtraceback=ReprTracebackNative(lines), reprcrash=crash)


def _of_step(one: JudgedStep, path: str, item: pytest.Item) -> Iterator[str]:
    yield f"{path}:{one.step.line}: {one.step.full_text}\n"
    if one.error is not None:
        yield from _of_error(one.error, item)


def _of_error(error: BaseException, item: pytest.Item) -> Iterator[str]:
    told = _message(error)
    if (words := in_words(error)) and words not in told:
        yield f"E   {words}\n"
    yield from (f"E   {part}\n" for part in told.splitlines())
    causes = list(_causes(error))
    for line in (_message(cause).splitlines()[0] for cause in causes):
        if line not in told:
            yield f"    caused by {line}\n"
        told += line
    yield from (f"    in the product at {place}\n" for place in _product_places([error, *causes]))
    if item.config.option.verbose > 0 or not (is_failure(error) or isinstance(error, SuiteError)):
        yield f"raised at {_place(item, error)}\n"


def _not_judged(judged: Sequence[JudgedStep], path: str) -> Iterator[str]:
    for one in judged:
        if one.rests_on is not None:
            yield (
                f"{path}:{one.step.line}: not judged, because line {one.rests_on.line} failed: {one.step.full_text}\n"
            )


def is_concerned(item: pytest.Item, excinfo: ExceptionInfo[BaseException]) -> bool:
    """Return whether the short text is the one to show: for a scenario, unless another style was asked for."""
    return SCENARIO in item.stash and _short_texts_wanted(item.config)


def _short_texts_wanted(config: pytest.Config) -> bool:
    return config.option.tbstyle == "auto" and not config.option.fulltrace


def _message(error: BaseException) -> str:
    if isinstance(error, SuiteError):
        return str(error)
    notes = [f"\n{note}" for note in getattr(error, "__notes__", ())]
    whole = "".join(traceback.format_exception_only(error)).strip().removesuffix("".join(notes))
    text = own_message(error, whole.replace(str(error), message_for_readers(error))) + "".join(notes)
    kind, colon, rest = text.partition(": ")
    # A class by its bare name: where it is defined is in the place below.
    return f"{kind.rpartition('.')[2]}{colon}{rest}" if colon and " " not in kind else text


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen = {id(error)}
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _product_places(errors: Sequence[BaseException]) -> Iterator[str]:
    """Return where in the product the error was raised that came first, if it came from there."""
    for error in reversed(errors):
        entries = ExceptionInfo.from_exception(error).traceback if error.__traceback__ else ()
        for entry in reversed(list(entries)):
            parts = Path(entry.path).parts
            if PRODUCT in parts:
                yield f"{'/'.join(parts[parts.index(PRODUCT) :])}:{entry.lineno + 1}, in {entry.name}"
                return


def _place(item: pytest.Item, error: BaseException) -> str:
    """Return the innermost place in the project's own code, else the innermost of all."""
    root = item.config.rootpath
    raised = error if error.__traceback__ or error.__cause__ is None else error.__cause__
    if raised.__traceback__ is None:
        return "an unknown place"
    traceback = ExceptionInfo.from_exception(raised).traceback
    own = [entry for entry in traceback if _is_own(str(entry.path), root.as_posix())]
    entry = own[-1] if own else traceback[-1]
    path = str(entry.path)
    shown = path.removeprefix(f"{root.as_posix()}/")
    return f"{shown}:{entry.lineno + 1}, in {entry.name}"


def _is_own(path: str, root: str) -> bool:
    inside = path.startswith(f"{root}/") and not path.startswith(sys.prefix)
    return inside and "site-packages" not in path and "/environment/gherkin/" not in path and path.endswith(".py")
