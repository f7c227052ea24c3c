"""Administration as a scenario knows it: its users, what administrators do with them, and how all was before that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from environment.arrangement.accounts import AccountHolder
from environment.driving.account import Account, StandingAccount
from environment.driving.stage import Stage
from environment.errors import SuiteError
from environment.observers.directory import DirectoryObserver, KnownConfiguration, KnownUser
from environment.people.names import Names, Person
from environment.people.personas import CAST, Persona
from environment.product.outcome import current_outcomes
from environment.targets.target import Target
from environment.undo.kept_texts import keep_text
from environment.undo.log import UndoLog

STANDING_ROLES = ("ReadQuiltBucket", "ReadWriteQuiltBucket", "admin", "user", "viewer", "service")
"""The roles that every stack has (registry facts 4), and those of the test environment."""


@dataclass(eq=False)
class User:
    """A person as the registry's user; `email` is the address that the scenario gave them last."""

    name: str
    account: Account
    email: str
    first_email: str
    aws_keys: Any = None
    """An S3 client with the AWS credentials that they fetched, None if they fetched none."""

    def __str__(self) -> str:
        """They in messages: by their name in the scenario, and by their user name."""
        return f"{self.name} ({self.user_name})"

    @property
    def user_name(self) -> str:
        """The registry's name for them."""
        return self.account.user_name

    @property
    def holder(self) -> AccountHolder:
        """What they do with their account in a browser.

        Raises:
            SuiteError: they are one of Dana, Lee, Ada and Sam, whose passwords are not the scenario's.
        """
        if not isinstance(self.account, AccountHolder):
            raise SuiteError(
                f"Looked for the password of {self.name}",
                "only new colleagues have one that scenarios may use",
                "Introduce a new colleague and name them here",
            )
        return self.account

    def become(self, user_name: str, email: str) -> None:
        """Be known under another user name and e-mail address from the start."""
        self.holder.person = replace(self.holder.person, user_name=user_name, email=email)
        self.holder.user_name = user_name
        self.email = self.first_email = email


class NewUsers:
    """Knows the people of a scenario, and books for undoing those whom it introduces."""

    def __init__(self, target: Target, stage: Stage, names: Names, undo: UndoLog) -> None:
        self._target = target
        self._stage = stage
        self._names = names
        self._undo = undo

    def of_cast(self, persona: Persona) -> User:
        """Somebody of the cast as the registry's user."""
        email = self._target.accounts.email(persona.account)
        return User(persona.name, StandingAccount(self._target, persona), email, email)

    def new(self, name: str) -> User:
        """Somebody who is to become a user, and who can act in the scenario from now on."""
        person: Person = self._names.person_called(name)
        user = User(name, AccountHolder(self._target, person), person.email, person.email)
        self.book(user)
        self._stage.welcome(name, user.account)
        return user

    def nobody(self, words: str, user_name: str) -> User:
        """Somebody whom no registry can have, by a user name that is none."""
        return User(words, AccountHolder(self._target, Person(words, user_name, "")), "", "")

    def book(self, user: User) -> None:
        """Book a user for undoing, under the name that they have now."""
        self._undo.book("user", f"the user {user.user_name}", name=user.user_name)


@dataclass(frozen=True)
class AdministrationState:
    """What administration is about, at one moment: the users by name, and the SSO configuration."""

    users: Mapping[str, KnownUser]
    sso_configuration: KnownConfiguration | None

    def among(self, names: Sequence[str]) -> dict[str, object]:
        """What is known of these users, without the times of their sign-ins, and of single sign-on."""
        known = {name: self.users.get(name) for name in names}
        lasting = {name: user and replace(user, last_login=user.date_joined) for name, user in known.items()}
        return {**lasting, "SSO configuration": self.sso_configuration}


class Administration:
    """How users and single sign-on were before the scenario's first When about them."""

    def __init__(self, target: Target, directory: DirectoryObserver, undo: UndoLog) -> None:
        self._target = target
        self._directory = directory
        self._undo = undo
        self._before: AdministrationState | None = None

    def begin(self) -> None:
        """Note how all is, before a When changes it for the first time."""
        register = current_outcomes()
        if self._before is None and register is not None and register.step_type == "when":
            self._before = self.now()

    def book_configuration(self) -> None:
        """Let the SSO configuration of now be put back when the scenario ends: before the roles that another names."""
        found = self._directory.sso_configuration()
        kept = None if found is None else keep_text(found.text)
        self._undo.book("SSO configuration", "the SSO configuration", kept=kept)

    @property
    def before(self) -> AdministrationState:
        """How all was before the first When.

        Raises:
            SuiteError: no When was about administration.
        """
        if self._before is None:
            raise SuiteError("Looked for how users were", "no When was about them", "Let somebody administer in a When")
        return self._before

    def now(self) -> AdministrationState:
        """How all is now."""
        return AdministrationState(self._directory.users(), self._directory.sso_configuration())

    def cast(self) -> list[str]:
        """The names of those users whom every scenario knows."""
        return [self._target.user_name(persona.account) for persona in CAST]


@dataclass(frozen=True)
class Particular:
    """A field of a new user, as AdminOps calls it, and its value."""

    field: str
    value: str
