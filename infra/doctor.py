"""Whether the live test environment is fit for a run: checks, results, and what they mean for each mode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from environment.errors import SuiteError
from environment.modes import Mode
from environment.targets.aws_failures import aws_refusals_in_words

Examined = TypeVar("Examined")
BOTH = frozenset(Mode)


class CheckState(StrEnum):
    """How a check ended. A NOTE is worth knowing and keeps no mode from running; NOT_CHECKED follows from another."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"
    NOT_CHECKED = "not checked"


class Note(SuiteError):  # noqa: N818  # raised by checks, and no error
    """Something to know, and what to do about it, that keeps nothing from running."""


@dataclass(frozen=True)
class Check(Generic[Examined]):
    """One thing to look at.

    Attributes:
        name: in a few words.
        look: returns what is fine, in words; raises `SuiteError` if something is wrong, `Note` for a note.
        modes: the modes that need it.
        needs: names of checks without which this one means nothing.
        required: whether no run can do without it; if not, what is wrong is a note, also that nobody may look.
    """

    name: str
    look: Callable[[Examined], str]
    modes: frozenset[Mode] = BOTH
    needs: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True)
class CheckResult:
    """What a check came to: what is so, and what to do about it (empty if nothing)."""

    check: str
    modes: frozenset[Mode]
    state: CheckState
    what: str
    advice: str = ""


def examine(subject: Examined, checks: Sequence[Check[Examined]]) -> list[CheckResult]:
    """Look at everything, in order; a check whose need went wrong is told as such."""
    results: dict[str, CheckResult] = {}
    for check in checks:
        obstacle = next((name for name in check.needs if _is_in_the_way(results[name])), None)
        if obstacle is not None:
            result = CheckResult(check.name, check.modes, CheckState.NOT_CHECKED, f"put right first: {obstacle}")
        else:
            result = _look(check, subject)
        results[check.name] = result
    return list(results.values())


def fit_modes(results: Sequence[CheckResult]) -> frozenset[Mode]:
    """The modes in which nothing is wrong or unknown."""
    return BOTH - {mode for result in results if _is_in_the_way(result) for mode in result.modes}


def exit_code(results: Sequence[CheckResult], asked: frozenset[Mode] = BOTH) -> int:
    """0 if all the modes asked about are fit, 1 if some are, 2 if none is (rule 17)."""
    fit = len(fit_modes(results) & asked)
    return 0 if fit == len(asked) else 1 if fit else 2


def _look(check: Check[Examined], subject: Examined) -> CheckResult:
    try:
        # What AWS refuses is told in the words of the check, if it has some; it never ends the examination.
        with aws_refusals_in_words(f"Looked at: {check.name}"):
            what = check.look(subject)
        return CheckResult(check.name, check.modes, CheckState.FINE, what)
    except SuiteError as error:
        state = CheckState.WRONG if check.required and not isinstance(error, Note) else CheckState.NOTE
        return CheckResult(check.name, check.modes, state, f"{error.tried}: {error.came_back}", error.next_step)


def _is_in_the_way(result: CheckResult) -> bool:
    return result.state in (CheckState.WRONG, CheckState.NOT_CHECKED)
