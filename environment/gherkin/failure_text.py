"""A failed scenario in a few lines: the sentence, where it stands, what went wrong.

`--full-trace`, or any `--tb` style that is asked for, shows pytest's own traceback instead.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator

import pytest
from _pytest._code.code import ExceptionInfo, ReprExceptionInfo, ReprFileLocation, ReprTracebackNative, TerminalRepr
from pytest_bdd.parser import Step

from environment.errors import SuiteError
from environment.gherkin.records import SCENARIO, ScenarioRecord

FAILED_STEP = pytest.StashKey[Step]()

_PHASES = {"setup": "while setting up", "call": "after the last step of", "teardown": "while clearing up after"}


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
    step = item.stash.get(FAILED_STEP, None) if phase == "call" else None
    line = step.line_number if step else record.line
    message = _message(excinfo.value)
    lines = [f"{record.feature_path.as_posix()}:{line}: {_sentence(record, step, phase)}\n"]
    lines += [f"E   {part}\n" for part in message.splitlines()]
    lines += [f"    caused by {cause}\n" for cause in _causes(excinfo.value)]
    lines += [f"raised at {_place(item, excinfo)}\n"]
    crash = ReprFileLocation(record.feature_path.as_posix(), line, message)
    return ReprExceptionInfo(reprtraceback=ReprTracebackNative(lines), reprcrash=crash)


def is_concerned(item: pytest.Item, excinfo: ExceptionInfo[BaseException]) -> bool:
    """Return whether the short text is the one to show: for a scenario, unless another style was asked for."""
    return SCENARIO in item.stash and _short_texts_wanted(item.config) and not _says_more_itself(excinfo)


def _short_texts_wanted(config: pytest.Config) -> bool:
    return config.option.tbstyle == "auto" and not config.option.fulltrace


def _says_more_itself(excinfo: ExceptionInfo[BaseException]) -> bool:
    """Return whether pytest has a better text: a missing fixture names the known ones."""
    return isinstance(excinfo.value, pytest.FixtureLookupError)


def _sentence(record: ScenarioRecord, step: Step | None, phase: str) -> str:
    if step is not None:
        return f"{step.keyword} {step.name}"
    return f'{_PHASES[phase]} "{record.scenario_name}"'


def _message(error: BaseException) -> str:
    if isinstance(error, SuiteError):
        return str(error)
    text = "".join(traceback.format_exception_only(error)).strip()
    kind, colon, rest = text.partition(": ")
    # A class by its bare name: where it is defined is in the place below.
    return f"{kind.rpartition('.')[2]}{colon}{rest}" if colon and " " not in kind else text


def _causes(error: BaseException) -> Iterator[str]:
    seen = {id(error)}
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield _message(cause).splitlines()[0]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)


def _place(item: pytest.Item, excinfo: ExceptionInfo[BaseException]) -> str:
    """Return the innermost place in the project's own code, else the innermost of all."""
    root = item.config.rootpath
    own = [entry for entry in excinfo.traceback if _is_own(str(entry.path), root.as_posix())]
    entry = own[-1] if own else excinfo.traceback[-1]
    path = str(entry.path)
    shown = path.removeprefix(f"{root.as_posix()}/")
    return f"{shown}:{entry.lineno + 1}, in {entry.name}"


def _is_own(path: str, root: str) -> bool:
    inside = path.startswith(f"{root}/") and not path.startswith(sys.prefix)
    return inside and "site-packages" not in path and "/environment/gherkin/" not in path and path.endswith(".py")
