"""Whether the live test environment is fit for a run: checks, findings, and what they mean for each mode."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from environment.errors import SuiteError
from environment.modes import Mode

Examined = TypeVar("Examined")
BOTH = frozenset(Mode)


class State(StrEnum):
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
    """

    name: str
    look: Callable[[Examined], str]
    modes: frozenset[Mode] = BOTH
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """What a check came to: what is so, and what to do about it (empty if nothing)."""

    check: str
    modes: frozenset[Mode]
    state: State
    what: str
    advice: str = ""


def examine(subject: Examined, checks: Sequence[Check[Examined]]) -> list[Finding]:
    """Look at everything, in order; a check whose need went wrong is told as such."""
    findings: dict[str, Finding] = {}
    for check in checks:
        obstacle = next((name for name in check.needs if _is_in_the_way(findings[name])), None)
        if obstacle is not None:
            finding = Finding(check.name, check.modes, State.NOT_CHECKED, f"put right first: {obstacle}")
        else:
            finding = _look(check, subject)
        findings[check.name] = finding
    return list(findings.values())


def fit_modes(findings: Sequence[Finding]) -> frozenset[Mode]:
    """The modes in which nothing is wrong or unknown."""
    return BOTH - {mode for finding in findings if _is_in_the_way(finding) for mode in finding.modes}


def exit_code(findings: Sequence[Finding], asked: frozenset[Mode] = BOTH) -> int:
    """0 if all the modes asked about are fit, 1 if some are, 2 if none is (rule 17)."""
    fit = len(fit_modes(findings) & asked)
    return 0 if fit == len(asked) else 1 if fit else 2


def _look(check: Check[Examined], subject: Examined) -> Finding:
    try:
        return Finding(check.name, check.modes, State.FINE, check.look(subject))
    except SuiteError as error:
        state = State.NOTE if isinstance(error, Note) else State.WRONG
        return Finding(check.name, check.modes, state, f"{error.tried}: {error.came_back}", error.next_step)


def _is_in_the_way(finding: Finding) -> bool:
    return finding.state in (State.WRONG, State.NOT_CHECKED)
