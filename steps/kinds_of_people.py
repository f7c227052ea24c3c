"""Which words name people, users, roles, and what is particular about a user."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pytest

from environment.driving.administration import STANDING_ROLES, NewUsers, Particular, User
from environment.driving.session import Session
from environment.driving.stage import Stage
from environment.evidence.noting import note
from environment.gherkin.mentions import CountedKind
from environment.gherkin.named_people import NAME, PeopleKind, PersonKind
from environment.gherkin.references import ValueKind, register
from environment.gherkin.things import Thing, ThingKind, ThingMention, World
from environment.nearest import unknown
from environment.people.names import FLAWS_OF_NEW_USERS, UNUSUAL_ADDRESSES, UNUSUAL_USER_NAMES, Names
from environment.people.personas import CAST, IN_THE_OTHER_MODE, NEW_COLLEAGUE, PRONOUNS, persona

OWN_ACCOUNTS = ("her own account", "his own account", "its own account")
NOBODY = {"a user without a name": "", "a user with a blank name": "   "}
"""Users whom no registry can have, by the words for them, and the user name that is then given."""
FIELDS = {"user name": "name", "e-mail address": "email", "role": "role", "further role": "extra_roles"}
"""Fields of a user, in words, by what AdminOps calls them."""

WAYS_TO_SIGN_IN = {
    " with the new e-mail address": "new e-mail address",
    " with the former e-mail address": "former e-mail address",
    " with the old password": "old password",
    " with a new password from the mail": "new password from the mail",
}

# --- people -----------------------------------------------------------------------------------------------------------


def _cast() -> Sequence[str]:
    return [each.name for each in CAST]


def _known_user(thing: Thing, request: pytest.FixtureRequest) -> User:
    users: NewUsers = request.getfixturevalue("new_users")
    return users.of_cast(persona(thing.name))


def _new_user(thing: Thing, request: pytest.FixtureRequest) -> User:
    users: NewUsers = request.getfixturevalue("new_users")
    if thing.name in _cast():
        return users.of_cast(persona(thing.name))
    user = users.new(thing.name)
    note([f"{thing.name} is {user.user_name}"])
    return user


PERSON = ThingKind("Colleague", "colleague", _known_user, standing=_cast)
NEW_PERSON = ThingKind("NewColleague", "colleague", _new_user, brings=True, standing=_cast)


def user_called(name: str, request: pytest.FixtureRequest) -> User:
    """The user whom a scenario calls by this name, in a table."""
    user = ThingMention(PERSON, f'the colleague "{name}"').resolve(request)
    assert isinstance(user, User), f"{user} is no user"
    return user


def introduced(name: str, request: pytest.FixtureRequest) -> User:
    """Somebody whom a table introduces by this name."""
    user = ThingMention(NEW_PERSON, f'the colleague "{name}"').resolve(request)
    assert isinstance(user, User), f"{user} is no user"
    return user


def _session(reference: str, request: pytest.FixtureRequest) -> Session:
    stage: Stage = request.getfixturevalue("stage")
    name = reference.removesuffix(IN_THE_OTHER_MODE)
    return stage.session(name) if name == reference else stage.session_in(stage.mode.other, name)


def _user(words: str, request: pytest.FixtureRequest) -> User:
    stage: Stage = request.getfixturevalue("stage")
    if words in NOBODY:
        users: NewUsers = request.getfixturevalue("new_users")
        return users.nobody(words, NOBODY[words])
    return user_called(stage.last_named.persona.name if words in OWN_ACCOUNTS else words, request)


# --- roles ------------------------------------------------------------------------------------------------------------

_ROLE_PART = r'the (?:further )?roles? (?:called "[^"]*"|"[^"]+"(?:, "[^"]+")*(?: and "[^"]+")?)'


def _role(thing: Thing, _: pytest.FixtureRequest) -> str:
    return thing.name


def _new_role(thing: Thing, request: pytest.FixtureRequest) -> str:
    names: Names = request.getfixturevalue("names")
    name = names.role_name(thing.name if thing.has_own_name else "")
    note([f"{thing} is {name}"])
    return name


ROLE = ThingKind("Role", "role", _role, standing=lambda: STANDING_ROLES)
NEW_ROLE = ThingKind("NewRole", "role", _new_role, brings=True)


def roles_called(names: str, request: pytest.FixtureRequest) -> tuple[str, ...]:
    """The registry's names of roles that a table names, separated by commas."""
    mentions = [ThingMention(ROLE, f'the role "{name}"') for name in names.split(", ") if name]
    return tuple(str(mention.resolve(request)) for mention in mentions)


@dataclass(frozen=True)
class RolesMention:
    """The words of a sentence that mention roles, or nothing."""

    text: str

    def _each(self) -> Iterator[ThingMention]:
        for part in re.findall(_ROLE_PART, self.text):
            called = "called " if " called " in part.split('"')[0] else ""
            for name in re.findall(r'"([^"]*)"', part):
                yield ThingMention(ROLE, f'the role {called}"{name}"')

    def follow(self, world: World) -> None:
        """Take note of the roles in the check before a run; raises MeaningError."""
        for mention in self._each():
            mention.follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> tuple[str, ...]:
        """Return the registry's names of the roles."""
        return tuple(str(mention.resolve(request)) for mention in self._each())

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class RolesKind:
    """Roles by their names, in these words, of which `{}` are the roles."""

    name: str
    words: str = "{}"
    example: str = 'the roles "user" and "service"'

    @property
    def pattern(self) -> str:
        """The words that mention roles."""
        several = self.words.format(rf"{_ROLE_PART}(?:(?:, | and ){_ROLE_PART})*")
        return f"{several}|no roles" if self.words == "{}" else f"(?:{several})?"

    def convert(self, text: str) -> RolesMention:
        """Return the mention that the words make."""
        return RolesMention(text)

    def choices(self) -> Sequence[str]:
        """Return how roles are mentioned."""
        return [self.words.format(self.example), *(["no roles"] if self.words == "{}" else [])]


# --- accounts of people who join --------------------------------------------------------------------------------------

_FURTHER = RolesKind("FurtherRoles", " and {}", 'the further roles "user" and "service"')
_ADMINISTRATOR = "a new administrator"
_WITH_ROLES = re.compile(rf"{NEW_COLLEAGUE} with ({ROLE.pattern})({_FURTHER.pattern})")


@dataclass(frozen=True)
class NewAccount:
    """What somebody who joins is given: a role, further ones, and perhaps the right to administer."""

    role: str
    further: tuple[str, ...] = ()
    is_administrator: bool = False


@dataclass(frozen=True)
class NewAccountMention:
    """The words of a sentence that say what somebody who joins is given."""

    text: str

    def _roles(self) -> tuple[ThingMention, RolesMention]:
        found = _WITH_ROLES.fullmatch(self.text)
        assert found, f"{self.text} is no account"
        return ThingMention(ROLE, found[1]), RolesMention(found[2])

    def follow(self, world: World) -> None:
        """Take note of the roles in the check before a run; raises MeaningError."""
        for mention in () if self.text == _ADMINISTRATOR else self._roles():
            mention.follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> NewAccount:
        """Return the account, with the registry's names of the roles."""
        if self.text == _ADMINISTRATOR:
            return NewAccount("admin", is_administrator=True)
        role, further = self._roles()
        return NewAccount(str(role.resolve(request)), further.resolve(request))

    def __repr__(self) -> str:
        return self.text


# --- what is particular about a user ----------------------------------------------------------------------------------

_OF_SOMEBODY = re.compile(rf"(user name|e-mail address) is that of ({NAME})")
_UNUSUAL_NAMES = {f"user name has {oddity}": form for oddity, form in UNUSUAL_USER_NAMES.items()}
_UNUSUAL_ADDRESSES = {f"e-mail address has {oddity}": form for oddity, form in UNUSUAL_ADDRESSES.items()}
PARTICULARS = (*_UNUSUAL_NAMES, *_UNUSUAL_ADDRESSES, *FLAWS_OF_NEW_USERS)


@dataclass(frozen=True)
class ParticularMention:
    """What a sentence says is unusual or wrong about a new user."""

    text: str

    def problem(self) -> str | None:
        """Return that nothing of the kind is known, or None."""
        known = PARTICULARS
        return None if self.text in known or self._owner() else unknown("particular of a user", self.text, known)

    def follow(self, world: World) -> None:
        """Take note of who else is mentioned; raises MeaningError."""
        if owner := self._owner():
            ThingMention(PERSON, f'the colleague "{owner}"').follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> Particular:
        """Return the field and its value."""
        if owner := self._owner():
            user = user_called(owner, request)
            return (
                Particular("name", user.user_name) if self.text.startswith("user") else Particular("email", user.email)
            )
        names: Names = request.getfixturevalue("names")
        if self.text in _UNUSUAL_NAMES:
            return Particular("name", names.person_with_user_name(_UNUSUAL_NAMES[self.text]).user_name)
        if self.text in _UNUSUAL_ADDRESSES:
            return Particular("email", names.person_with_address(_UNUSUAL_ADDRESSES[self.text]).email)
        flaw = FLAWS_OF_NEW_USERS[self.text]
        return Particular(flaw.field, flaw.value)

    def _owner(self) -> str:
        found = _OF_SOMEBODY.fullmatch(self.text)
        return found[2] if found else ""

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class AddressMention:
    """An e-mail address in a sentence: literally, somebody else's, or a new one."""

    text: str

    def follow(self, world: World) -> None:
        """Take note of who else is mentioned; raises MeaningError."""
        if self.text.startswith("that of "):
            ThingMention(PERSON, f'the colleague "{self.text.removeprefix("that of ")}"').follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> str | None:
        """Return the address; None for a new one."""
        if self.text.startswith("that of "):
            return user_called(self.text.removeprefix("that of "), request).email
        return None if self.text == "a new one" else self.text[1:-1]

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class WordsKind:
    """Words of which a mention is made."""

    name: str
    pattern: str
    convert: Callable[[str], object]
    examples: tuple[str, ...]

    def choices(self) -> Sequence[str]:
        """Return how such words are written."""
        return self.examples


USER = PersonKind("User", PERSON, _user, others=(*OWN_ACCOUNTS, *NOBODY))
NEW_USER = PersonKind("NewUser", NEW_PERSON)
COLLEAGUE = PersonKind(
    "Colleague",
    PERSON,
    barred=tuple(each.name for each in CAST),
    because="scenarios may not use this person's password; introduce a new colleague, who has one of their own",
)

register(
    PersonKind("Persona", PERSON, _session, suffix=IN_THE_OTHER_MODE, others=tuple(sorted(PRONOUNS))),
    USER,
    NEW_USER,
    COLLEAGUE,
    PeopleKind("Users", USER),
    PeopleKind("NewUsers", NEW_USER),
    CountedKind("NewColleagues", NEW_PERSON, "new"),
    ROLE,
    NEW_ROLE,
    RolesKind("Roles"),
    _FURTHER,
    WordsKind(
        "NewAccount",
        rf"{NEW_COLLEAGUE} with {ROLE.pattern}{_FURTHER.pattern}|{_ADMINISTRATOR}",
        NewAccountMention,
        (f'{NEW_COLLEAGUE} with the role "viewer"', _ADMINISTRATOR),
    ),
    RolesKind("Fallback", ", with {} as the fallback", 'the role "viewer"'),
    WordsKind(
        "Particular",
        rf"(?:{'|'.join(FIELDS)}) (?:is|has|begins|does) [a-zA-Z -]+",
        ParticularMention,
        (*PARTICULARS, "user name is that of Nora"),
    ),
    WordsKind(
        "Address", r'"[^"]*"|a new one|that of [A-Z][a-z]+', AddressMention, ('"a@b.org"', "a new one", "that of Ada")
    ),
    ValueKind("Can", "can|cannot", lambda text: text == "can", ("can", "cannot")),
    ValueKind(
        "WayToSignIn",
        f"(?:{'|'.join(WAYS_TO_SIGN_IN)})?",
        lambda text: WAYS_TO_SIGN_IN.get(text, ""),
        ("", *WAYS_TO_SIGN_IN),
    ),
    ValueKind(
        "KeepingRoles",
        "(?:, in addition to (?:her|his|its|their) current roles)?",
        bool,
        ("", ", in addition to her current roles", ", in addition to his current roles"),
    ),
)
