"""Made-up names and people: the same seed and scenario give the same ones, a new run never meets another run's."""

from __future__ import annotations

import itertools
import re
import secrets
import unicodedata
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from faker import Faker

PLAIN_ENGLISH = "en_GB"
"""Locale of made-up words and sentences."""

LONGEST_USER_NAME = 64
"""Characters. Decision of the embedded registry; longer names are refused there (open: registry facts 3.3)."""

UNUSUAL_USER_NAMES: dict[str, str] = {
    "a leading underscore": "_{unique}",
    "capitals": "{unique}_ALL_CAPITALS",
    "a capital and digits": "R2D2_{unique}",
    "words of SQL": "drop_table_users_{unique}",
    "words of JavaScript": "__proto__{unique}",
    "a word for nothing": "null_{unique}",
    "as many characters as are allowed": "{unique}_{filling}",
}
"""User names that the registry's rule allows and that have tripped software, by what is unusual."""

UNUSUAL_ADDRESSES: dict[str, str] = {
    "an apostrophe": "o'brien.{unique}@example.com",
    "a plus sign": "quilt+{unique}@example.com",
    "umlauts": "jürgen.groß.{unique}@müller.example",
    "letters from right to left": "דנה.{unique}@example.com",
    "capitals": "Mixed.Case.{unique}@Example.COM",
    "many parts": "a.b.c.{unique}@mail.research.dept.example.co.uk",
}
"""E-mail addresses that the registry's rule (something@something without blanks) allows, by what is unusual."""


@dataclass(frozen=True)
class FlawedField:
    """A field of a new user, as AdminOps calls it, and a value that the registry's rules refuse."""

    field: str
    value: str


FLAWS_OF_NEW_USERS: dict[str, FlawedField] = {
    "user name is empty": FlawedField("name", ""),
    "user name is blank": FlawedField("name", "   "),
    "user name has a space": FlawedField("name", "ada lovelace"),
    "user name has an apostrophe": FlawedField("name", "o'brien"),
    "user name has an umlaut": FlawedField("name", "jürgen"),
    "user name has letters from right to left": FlawedField("name", "דנה"),
    "user name has a letter that only looks Latin": FlawedField("name", "\u0430da"),
    "user name has a hyphen": FlawedField("name", "mary-ann"),
    "user name has an at sign": FlawedField("name", "ada@example.com"),
    "user name has a slash": FlawedField("name", "team/ada"),
    "user name has an emoji": FlawedField("name", "ada🙂"),
    "user name has a line break": FlawedField("name", "ada\nlovelace"),
    "user name begins with a digit": FlawedField("name", "1ada"),
    "user name is very long": FlawedField("name", "a" * 1000),
    "user name is reserved": FlawedField("name", "quilt"),
    "e-mail address is empty": FlawedField("email", ""),
    "e-mail address is blank": FlawedField("email", "  "),
    "e-mail address has no at sign": FlawedField("email", "ada.example.com"),
    "e-mail address has nothing before the at sign": FlawedField("email", "@example.com"),
    "e-mail address has nothing after the at sign": FlawedField("email", "ada@"),
    "e-mail address has a space": FlawedField("email", "ada lovelace@example.com"),
    "e-mail address has a line break": FlawedField("email", "ada@example.com\nBcc: all@example.com"),
    "role is empty": FlawedField("role", ""),
    "role does not exist": FlawedField("role", "no_such_role"),
    "further role does not exist": FlawedField("extra_roles", "no_such_role"),
}
"""New users whom the published rules refuse, by what is wrong with them (registry facts 3.3)."""


@dataclass(frozen=True)
class Person:
    """Somebody who is to become a user: the name they are called by, their user name, their e-mail address."""

    display_name: str
    user_name: str
    email: str


class Names:
    """Names for what one scenario makes.

    Args:
        seed: the run's seed.
        scenario: the scenario's node id; each scenario has a sequence of its own.
        run: token that keeps concurrent runs on one deployment apart.
    """

    def __init__(self, seed: int, scenario: str, run: str) -> None:
        self._seed = seed ^ crc32(scenario.encode())
        self._scenario = f"{crc32(scenario.encode()):08x}"
        self.run = run
        self._count = itertools.count(1)

    @cached_property
    def _faker(self) -> Faker:
        made = _shared_faker()
        made.seed_instance(self._seed)
        return made

    def package_name(self, namespace: str) -> str:
        """A package name ``namespace/words-run-number`` that nobody used."""
        words = "-".join(self._faker[PLAIN_ENGLISH].words(2))
        return f"{namespace}/{words}-{self.run}-{next(self._count)}"

    def package_called(self, word: str, namespace: str) -> str:
        """A package name ``namespace/word-run-number`` that nobody used, for what a scenario calls by this word.

        The number begins with one of the scenario's own, since others of the run may use the word, too.
        """
        return f"{namespace}/{word}-{self.run}-{self._number}{next(self._count):03}"

    @property
    def ending_pattern(self) -> str:
        """A regular expression for what follows the word in every name that `package_called` makes here."""
        return rf"-{self.run}-{self._number}\d{{3}}"

    @property
    def _number(self) -> int:
        return int(self._scenario[:4], 16)

    def sentence(self) -> str:
        """A short sentence."""
        return self._faker[PLAIN_ENGLISH].sentence(nb_words=6)

    def person(self) -> Person:
        """Somebody with a name of one of several languages, and a user name and an address of ASCII made from it."""
        display_name = self._faker.name()
        unique = self._unique(_ascii_word(display_name))
        return Person(display_name, unique, f"{unique.replace('_', '.')}@example.com")

    def person_called(self, name: str) -> Person:
        """Somebody whom a scenario calls by this first name."""
        unique = self._unique(f"{name.lower().replace(' ', '_')}_{self._scenario}")
        return Person(name, unique, f"{unique.replace('_', '.')}@example.com")

    def person_with_user_name(self, pattern: str) -> Person:
        """Somebody whose user name is one of `UNUSUAL_USER_NAMES`."""
        usual = self.person()
        unique = self._unique("u")
        filling = "x" * (LONGEST_USER_NAME - len(pattern.format(unique=unique, filling="")))
        return Person(usual.display_name, pattern.format(unique=unique, filling=filling), usual.email)

    def person_with_address(self, pattern: str) -> Person:
        """Somebody whose e-mail address is one of `UNUSUAL_ADDRESSES`."""
        usual = self.person()
        return Person(usual.display_name, usual.user_name, pattern.format(unique=self._unique("u")))

    def role_name(self, word: str = "") -> str:
        """A role's name that nobody used: a letter, then letters, digits, underscores; it holds the word, if any."""
        own = f"{re.sub(r'[^A-Za-z0-9]+', '_', word)}_{self._scenario}" if word else ""
        return self._unique(own or "".join(each.title() for each in self._faker[PLAIN_ENGLISH].words(2)))

    def _unique(self, word: str) -> str:
        return f"{word}_{self.run}_{next(self._count)}"


@cache
def _shared_faker() -> Faker:
    """One for all scenarios of the process, which run one after the other and seed it anew; making it takes 80 ms."""
    from faker import Faker  # half a second, which not every process needs

    return Faker([PLAIN_ENGLISH, "de_DE", "es_ES", "fr_FR"])


def _ascii_word(text: str) -> str:
    """A text in small ASCII letters, with underscores for what is none and a letter first."""
    spelled = text.lower().replace("ß", "ss").replace("æ", "ae").replace("ø", "o").replace("œ", "oe")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]+", "_", plain).strip("_")[:40]


def run_of(package_name: str) -> str | None:
    """The run's token in a package name that `Names.package_name` made; None in any other name."""
    found = re.search(r"-([0-9a-f]{8})-\d+(?:-|$)", package_name)
    return None if found is None else found[1]


def new_run_token() -> str:
    """Eight characters that tell this process's things from another's; not seeded, on purpose."""
    return secrets.token_hex(4)
