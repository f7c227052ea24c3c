"""Administrators who work at the same time: some create users and tables while others look at the lists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from pytest_bdd import then, when

from environment.arrangement.tables import TableArranger
from environment.checking.comparing import must_agree, must_be_exactly, must_not_be_empty
from environment.checking.simultaneous import Threads
from environment.gherkin.references import parse
from environment.observers.directory import DirectoryObserver
from environment.people.names import Names, Person
from environment.people.personas import CAST
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.concurrency import LIMIT_SECONDS
from steps.tabulator import CONFIGURATION, TableNames


@dataclass(frozen=True)
class Joint:
    """What was created while others were listing: what was to be there, and what came of the lists."""

    wanted: Mapping[str, str]
    created: tuple[Outcome, ...]
    lists: tuple[Outcome, ...]


@when(parse("{persona:Persona} creates two users while {count:Count} threads list the users"), target_fixture="joint")
def create_users_at_once(persona: Session, count: int, names: Names, undo: UndoLog, threads: Threads) -> Joint:
    """Every thread begins at the same moment."""
    people = [names.person(), names.person()]
    for person in people:
        undo.book("user", f"the user {person.user_name}", name=person.user_name)
    persona.prepare()
    lists = [partial(attempt, persona.admin.list_users)] * count
    done = threads.at_once([*(_creation(persona, each) for each in people), *lists], limit_seconds=LIMIT_SECONDS)
    return Joint({each.user_name: each.email for each in people}, tuple(done[:2]), tuple(done[2:]))


def _creation(persona: Session, person: Person) -> partial[Outcome]:
    return partial(attempt, persona.admin.create_user, person.user_name, person.email, "viewer")


@when(
    parse("{persona:Persona} creates two tables while {count:Count} threads list the tables"),
    target_fixture="joint",
)
def create_tables_at_once(
    persona: Session, count: int, table_names: TableNames, threads: Threads, target: Target
) -> Joint:
    """Every thread begins at the same moment."""
    wanted = {table_names.new(): f"{CONFIGURATION}# number {number}\n" for number in range(2)}
    persona.prepare()
    create = partial(attempt, persona.ops.create_tabulator_table, target.buckets.packages)
    lists = [partial(attempt, persona.ops.list_tabulator_tables, target.buckets.packages)] * count
    calls = [*(partial(create, name, config) for name, config in wanted.items()), *lists]
    done = threads.at_once(calls, limit_seconds=LIMIT_SECONDS)
    return Joint(wanted, tuple(done[:2]), tuple(done[2:]))


@then(parse("both users are there as they were created"))
def both_users_are_there(joint: Joint, directory_observer: DirectoryObserver) -> None:
    """The registry has both, each with their own address."""
    must_be_exactly([outcome.value.name for outcome in joint.created], joint.wanted, "users created")
    found = directory_observer.users()
    must_agree({name: found[name].email for name in joint.wanted if name in found}, joint.wanted, "users")


@then(parse("each list has the users of this test environment"))
def user_lists_are_right(joint: Joint, target: Target) -> None:
    """Whoever was there all the time is in every list, once."""
    standing = {target.user_name(persona.account) for persona in CAST}
    for listed in must_not_be_empty(joint.lists, "lists"):
        must_be_exactly([user.name for user in listed.value if user.name in standing], standing, "users listed")


@then(parse("both tables are there with their configurations"))
def both_tables_are_there(joint: Joint, table_arranger: TableArranger, target: Target) -> None:
    """The registry has both, each with its own configuration to the letter."""
    for created in must_not_be_empty(joint.created, "tables created"):
        created.value  # noqa: B018  # a refusal is reported first
    found = table_arranger.tables(target.buckets.packages)
    must_agree({name: found[name] for name in joint.wanted if name in found}, joint.wanted, "tables")


@then(parse("each list has the tables that were there before"))
def table_lists_are_right(joint: Joint, tables: dict[str, str]) -> None:
    """Whatever was there all the time is in every list with its configuration."""
    for listed in must_not_be_empty(joint.lists, "lists"):
        found = [(table["name"], table["config"]) for table in listed.value if table["name"] in tables]
        must_be_exactly(found, tables.items(), "tables listed")
