"""With which user of the registry somebody acts, and how they come to a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from environment.people.personas import Persona
    from environment.targets.target import Target


class Account(Protocol):
    """A user of the registry."""

    user_name: str

    def token(self) -> str:
        """A JWT that the registry issued to this user.

        Raises:
            SuiteError: if there is none to be had.
        """


class StandingAccount:
    """One of the target's own users, as whom a persona of the cast signs in."""

    def __init__(self, target: Target, persona: Persona) -> None:
        self._target = target
        self._account = persona.account
        self.user_name = target.user_name(persona.account)

    def token(self) -> str:
        """A JWT of the target's user."""
        return self._target.token(self._account)
