"""Mentions by name: things that are never "it", and a name that is all there is to say of a thing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from environment.gherkin.things import NAMED, ThingKind, ThingMention


@dataclass(frozen=True)
class NounKind(ThingKind):
    """Things of one noun that a sentence always calls by it: what is done to them is done to others in the same words.

    "Ada deletes it" would mean a package as well as a table.
    """

    @property
    def pattern(self) -> str:
        """The words that can mention such a thing."""
        return super().pattern.replace("(?:it|", "(?:", 1)

    def choices(self) -> Sequence[str]:
        """Return how such a thing is mentioned."""
        return [each for each in super().choices() if each != "it"]


@dataclass(frozen=True)
class NameKind:
    """The name alone, `"yields"`: of the thing that has it, or of a new one, if the kind may bring one in."""

    name: str
    one: ThingKind

    @property
    def pattern(self) -> str:
        """The words that can be a name."""
        return NAMED

    def convert(self, text: str) -> ThingMention:
        """Return the mention that the name makes."""
        return ThingMention(self.one, f"the {self.one.noun} {text}")

    def choices(self) -> Sequence[str]:
        """Return how a name is written."""
        return ['"name"']
