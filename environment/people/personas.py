"""The people of the scenarios: who they are, as whom they sign in, and how a sentence refers to them."""

from __future__ import annotations

from dataclasses import dataclass

from environment.errors import SuiteError, unknown


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

NEWCOMER = Persona("the new colleague", "a new colleague", "", frozenset())
"""Somebody who is not of the cast: the user whom a scenario makes."""

PRONOUNS: frozenset[str] = _SHE | _HE | _IT

IN_THE_OTHER_MODE = " in the other mode"
"""Whoever has this after their name acts in the mode in which the scenario does not run."""


def persona(name: str) -> Persona:
    """The persona of that name.

    Raises:
        SuiteError: if there is none; it names the known ones and the nearest.
    """
    for candidate in (*CAST, NEWCOMER):
        if candidate.name == name:
            return candidate
    raise unknown("persona", name, (candidate.name for candidate in CAST))


class Mentions:
    """Who was named so far in a scenario, and so whom a pronoun means."""

    def __init__(self) -> None:
        self._named: list[Persona] = []

    def meant_by(self, reference: str) -> Persona:
        """The persona of a name, or the last one named whom a pronoun fits.

        Raises:
            SuiteError: if there is no such persona, or nobody whom the pronoun could mean.
        """
        if reference not in PRONOUNS:
            self._named.append(persona(reference))
            return self._named[-1]
        for named in reversed(self._named):
            if reference in named.pronouns:
                return named
        raise SuiteError(
            f"Looked for whom '{reference}' means", "nobody of that pronoun was named before", "Name the persona"
        )
