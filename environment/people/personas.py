"""The people of the scenarios: who they are, as whom they sign in, and how a sentence refers to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from environment.errors import SuiteError


@dataclass(frozen=True)
class Persona:
    """Somebody who acts in scenarios.

    Attributes:
        name: first name, as features write it.
        description: who that is, as features write it after the name ("a data scientist").
        account: which of the settings' accounts the persona signs in with: admin, user, readonly or service; empty for
            somebody whose account a scenario makes.
        pronouns: words by which a later sentence may refer to the persona.
    """

    name: str
    description: str
    account: str
    pronouns: frozenset[str]


_SHE = frozenset({"she", "her"})
_HE = frozenset({"he", "him", "his"})
_IT = frozenset({"it", "its"})

CAST: tuple[Persona, ...] = (
    Persona("Dana", "a data scientist", "user", _SHE),
    Persona("Lee", "a reviewer", "readonly", _HE),
    Persona("Ada", "an administrator", "admin", _SHE),
    Persona("Sam", "a nightly pipeline", "service", _IT),
)

NEW_COLLEAGUE = "a new colleague"
"""The description of people whom a scenario introduces."""

PRONOUNS: frozenset[str] = _SHE | _HE | _IT

IN_THE_OTHER_MODE = " in the other mode"
"""Whoever has this after their name acts in the mode in which the scenario does not run."""


def not_introduced(sentences: Iterable[str]) -> list[str]:
    """The people of the cast who act in sentences, of which none introduces them and says how they are signed in."""
    texts = list(sentences)
    return [
        one.name
        for one in CAST
        if any(re.match(rf"(?:[A-Z][a-z]+ and )?{one.name}\b(?!,)", text) for text in texts)
        and not any(text.startswith(f"{one.name}, ") for text in texts)
    ]


def persona(name: str) -> Persona:
    """The persona of the cast of that name, or a new colleague, whose account a scenario makes.

    No pronoun means a new colleague: sentences name them.
    """
    for candidate in CAST:
        if candidate.name == name:
            return candidate
    return Persona(name, NEW_COLLEAGUE, "", frozenset())


class Mentions:
    """Who was named so far in a scenario, and so whom a pronoun means."""

    def __init__(self) -> None:
        self._named: list[Persona] = []

    def meant_by(self, reference: str) -> Persona:
        """The persona of a name, or the last one named whom a pronoun fits.

        Raises:
            SuiteError: if there is nobody whom the pronoun could mean.
        """
        if reference not in PRONOUNS:
            self._named.append(persona(reference))
            return self._named[-1]
        for named in reversed(self._named):
            if reference in named.pronouns:
                return named
        cast = [each.name for each in CAST if reference in each.pronouns]
        raise SuiteError(
            f"Looked for whom '{reference}' means",
            f"it can only mean {' or '.join(cast)}, who {'was' if len(cast) == 1 else 'were'} not named before",
            "Call the person by name; new colleagues are always called by theirs",
        )
