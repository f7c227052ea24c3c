"""The stage of one scenario: who has entered, who acts now, and whom a pronoun means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from environment.errors import SuiteError
from environment.modes import Mode
from environment.personas import PRONOUNS, persona
from environment.sessions.local import LocalSession
from environment.sessions.multiuser import MultiuserSession
from environment.sessions.process_state import isolated

if TYPE_CHECKING:
    from environment.sessions.session import Session
    from environment.targets.target import Target


class Stage:
    """Sessions of a scenario's personas, made when they are first named."""

    def __init__(self, target: Target, mode: Mode, directory: Path) -> None:
        self.target = target
        self.mode = mode
        self._directory = directory
        self._sessions: dict[str, Session] = {}
        self._mentioned: list[Session] = []
        self._active: Session | None = None

    def session(self, reference: str) -> Session:
        """The session of a persona, by name or by the pronoun that refers to the one named last.

        Raises:
            SuiteError: if there is no such persona, or nobody whom the pronoun could mean.
        """
        if reference in PRONOUNS:
            return self._meant_by(reference)
        found = self._sessions.get(reference) or self._enter(reference)
        self._mentioned.append(found)
        return found

    def activate(self, session: Session, *, anew: bool = False) -> None:
        """Make this session the active one of the process."""
        if self._active is session and not anew:
            return
        if self._active is not None:
            self._active.leave()
        self._active = session
        session.enter()

    def leave(self) -> None:
        """End the active session."""
        if self._active is not None:
            self._active.leave()
            self._active = None

    def _enter(self, name: str) -> Session:
        home = self._directory / ("server" if self.mode is Mode.MULTIUSER else name.lower())
        kind = LocalSession if self.mode is Mode.LOCAL else MultiuserSession
        session: Session = kind(persona(name), self.target, self.activate, home)
        self._sessions[name] = session
        return session

    def _meant_by(self, pronoun: str) -> Session:
        for session in reversed(self._mentioned):
            if pronoun in session.persona.pronouns:
                return session
        raise SuiteError(
            f"Looked for whom '{pronoun}' means", "nobody of that pronoun was named before", "Name the persona"
        )


@contextmanager
def open_stage(target: Target, mode: Mode, directory: Path) -> Iterator[Stage]:
    """A stage with fresh process state; everything is put back afterwards."""
    with isolated():
        target.set_client_environment()
        stage = Stage(target, mode, directory)
        try:
            yield stage
        finally:
            stage.leave()
