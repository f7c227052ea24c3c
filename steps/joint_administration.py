"""Administrators who work at the same time: some create users and tables while others look at the lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from pytest_bdd import then, when

from environment.checking.comparing import must_be_exactly, must_not_be_empty
from environment.checking.simultaneous import Threads
from environment.driving.administering import create, list_users
from environment.driving.administration import Administration, User
from environment.driving.session import Session
from environment.driving.tables import CSV_WITH_HEADER, Table, create_table, list_tables
from environment.gherkin.mentions import SeveralKind, SeveralMention
from environment.gherkin.named_people import PeopleKind, PeopleMention
from environment.gherkin.references import parse, register
from environment.gherkin.things import World
from environment.product.outcome import Outcome
from environment.targets.target import Target
from steps.kinds_of_people import NEW_USER, USER
from steps.table_kinds import NEW_TABLE, TABLE

_USERS = "users for "


@dataclass(frozen=True)
class ListedMention:
    """The words of a sentence that mention users or tables, of which there are lists."""

    people: PeopleKind
    tables: SeveralKind
    text: str

    def _mention(self) -> PeopleMention | SeveralMention:
        if re.fullmatch(self.tables.pattern, self.text):
            return self.tables.convert(self.text)
        return self.people.convert(self.text.removeprefix(_USERS))

    def follow(self, world: World) -> None:
        """Take note of them in the check before a run; raises MeaningError."""
        self._mention().follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> tuple[object, ...]:
        """Return users, or tables."""
        return self._mention().resolve(request)

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ListedKind:
    """Users or tables: `Nora and Mira`, `the tables "oats" and "rye"`; `words` stand before people."""

    name: str
    people: PeopleKind
    tables: SeveralKind
    words: str = ""

    @property
    def pattern(self) -> str:
        """The words that can mention them."""
        return f"(?:{self.words}{self.people.pattern}|{self.tables.pattern})"

    def convert(self, text: str) -> ListedMention:
        """Return the mention that the words make."""
        return ListedMention(self.people, self.tables, text)

    def choices(self) -> Sequence[str]:
        """Return how they are mentioned."""
        return [f"{self.words}Nora and Mira", *self.tables.choices()]


register(
    ListedKind("Listed", PeopleKind("Users", USER), SeveralKind("Tables", TABLE)),
    ListedKind("NewListed", PeopleKind("NewUsers", NEW_USER), SeveralKind("NewTables", NEW_TABLE), _USERS),
)


@when(parse("{persona:Persona} creates {things:NewListed} while {count:Count} threads list everything"))
def create_at_once(
    persona: Session,
    things: tuple[User | Table, ...],
    count: int,
    administration: Administration,
    threads: Threads,
    target: Target,
) -> None:
    """Create viewers, or tables with their own configurations; every thread begins at the same moment."""
    administration.begin()
    persona.prepare()
    bucket = target.buckets.packages
    calls: list[Callable[[], Outcome]] = []
    for thing in things:
        if isinstance(thing, User):
            calls.append(partial(create, persona, thing, "viewer", (), administration))
        else:
            own = f"{CSV_WITH_HEADER}# of the table {thing.name}\n"
            calls.append(partial(create_table, persona, thing, bucket, own))
    are_users = isinstance(things[0], User)
    look = partial(list_users, persona, administration) if are_users else partial(list_tables, persona, bucket)
    calls += [look] * count
    threads.at_once(calls)


@then(parse("every list that {persona:Persona} gets has {things:Listed}"))
def every_list_has(persona: Session, things: tuple[User | Table, ...]) -> None:
    """Each of them is in every list that the person got, once; tables with their configurations."""
    wanted = [thing.user_name if isinstance(thing, User) else (thing.name, thing.configuration) for thing in things]
    for listed in must_not_be_empty(persona.outcomes("list_users", "list_tabulator_tables"), "lists"):
        found = [_identity(each) for each in listed.value]
        must_be_exactly([each for each in found if each in wanted], wanted, "users or tables listed")


def _identity(listed: Any) -> object:
    return (listed["name"], listed["config"]) if isinstance(listed, dict) else listed.name
