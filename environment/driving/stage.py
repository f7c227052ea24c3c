"""The stage of one scenario: who has entered, who acts now, and whom a pronoun means."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from environment.driving.account import Account, StandingAccount
from environment.driving.local import LocalSession
from environment.driving.multiuser import MultiuserSession
from environment.driving.process_state import forget_sessions, isolated
from environment.errors import SuiteError, unknown
from environment.modes import Mode
from environment.people.personas import CAST, IN_THE_OTHER_MODE, Mentions, Persona

if TYPE_CHECKING:
    from environment.driving.session import Session
    from environment.targets.target import Target


class Stage:
    """Sessions of a scenario's personas, made when they are first named."""

    def __init__(self, target: Target, mode: Mode, directory: Path) -> None:
        self.target = target
        self.mode = mode
        self._directory = directory
        self._sessions: dict[tuple[Mode, str], Session] = {}
        self._mentions = Mentions()
        self._last_named: Session | None = None
        self._newcomers: dict[str, Account] = {}
        self._active: Session | None = None

    def welcome(self, name: str, account: Account) -> None:
        """Let somebody who is not of the cast act from now on, with this account."""
        self._newcomers[name] = account

    def session(self, reference: str) -> Session:
        """The session of a persona, by name or by the pronoun that refers to the one named last.

        Raises:
            SuiteError: if nobody introduced such a persona, or there is nobody whom the pronoun could mean.
        """
        return self.session_in(self.mode, reference)

    def session_in(self, mode: Mode, reference: str) -> Session:
        """The session of a persona in a mode, which need not be the scenario's own: the same user, signed in anew.

        Raises:
            SuiteError: if nobody introduced such a persona, or there is nobody whom the pronoun could mean.
        """
        acting = self._mentions.meant_by(reference)
        key = (mode, acting.name)
        if key not in self._sessions:
            self._sessions[key] = self._new_session(mode, acting)
        self._last_named = self._sessions[key]
        return self._sessions[key]

    def sign_in(self, names: Iterable[str]) -> None:
        """Sign these people of the cast in as usual, without naming them: no pronoun means them for that."""
        for one in CAST:
            if one.name in names:
                key = (self.mode, one.name)
                self._sessions.setdefault(key, self._new_session(self.mode, one)).settle()

    @property
    def last_named(self) -> Session:
        """The session of whoever a sentence named last, also by a pronoun: whom a sentence means that names nobody.

        Raises:
            SuiteError: if nobody was named.
        """
        if self._last_named is None:
            raise SuiteError("Looked for whom the sentence means", "nobody was named before", "Name the persona")
        return self._last_named

    def activate(self, session: Session, *, anew: bool = False) -> None:
        """Make this session the active one of the process."""
        if self._active is session and not anew:
            return
        if self._active is not None:
            self._active.leave()
            if self._active.mode is not session.mode:
                forget_sessions()  # a process of the product runs in one mode: the other one is another process
        self._active = session
        session.enter()

    def leave(self) -> None:
        """End the active session."""
        if self._active is not None:
            self._active.leave()
            self._active = None

    def _new_session(self, mode: Mode, acting: Persona) -> Session:
        account = self._account_of(acting)
        name = acting.name if mode is self.mode else f"{acting.name}{IN_THE_OTHER_MODE}"
        if mode is Mode.LOCAL:
            home = self._directory / acting.name.lower().replace(" ", "-")
            return LocalSession(acting, account, self.target, self.activate, name, home)
        return MultiuserSession(acting, account, self.target, self.activate, name, self._directory / "server")

    def _account_of(self, acting: Persona) -> Account:
        if acting.account:
            return StandingAccount(self.target, acting)
        if acting.name not in self._newcomers:
            raise unknown("persona", acting.name, (*(each.name for each in CAST), *self._newcomers))
        return self._newcomers[acting.name]


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
