"""What the doctor finds: one line each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """A NOTE is worth knowing and keeps nothing from working."""

    FINE = "fine"
    NOTE = "note"
    WRONG = "wrong"


@dataclass(frozen=True)
class Diagnosis:
    """What was looked at, how it is, and what to do about it (empty if nothing)."""

    health: Health
    about: str
    what: str
    advice: str = ""

    def __str__(self) -> str:
        said = f"{self.what}: {self.advice}" if self.advice else self.what
        return f"{self.health:<5}  {self.about:<12}  {said}"


def fine(about: str, what: str) -> Diagnosis:
    """Something is as it should be."""
    return Diagnosis(Health.FINE, about, what)


def note(about: str, what: str, advice: str) -> Diagnosis:
    """Something to know."""
    return Diagnosis(Health.NOTE, about, what, advice)


def wrong(about: str, what: str, advice: str) -> Diagnosis:
    """Something that keeps a stack or its clients from working."""
    return Diagnosis(Health.WRONG, about, what, advice)
