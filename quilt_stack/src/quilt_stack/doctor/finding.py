"""What the doctor finds: one line each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """A NOTE is worth knowing and keeps nothing from working."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and what to do about it (empty if nothing)."""

    state: State
    about: str
    what: str
    advice: str = ""

    def __str__(self) -> str:
        said = f"{self.what}: {self.advice}" if self.advice else self.what
        return f"{self.state:<5}  {self.about:<12}  {said}"


def fine(about: str, what: str) -> Finding:
    """Something is as it should be."""
    return Finding(State.FINE, about, what)


def note(about: str, what: str, advice: str) -> Finding:
    """Something to know."""
    return Finding(State.NOTE, about, what, advice)


def wrong(about: str, what: str, advice: str) -> Finding:
    """Something that keeps a stack or its clients from working."""
    return Finding(State.WRONG, about, what, advice)
