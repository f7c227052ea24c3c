"""Administrators who work at the same time: some create users and tables while others look at the lists."""

from __future__ import annotations

from functools import partial

from pytest_bdd import then, when

from environment.checking.comparing import must_be_exactly, must_not_be_empty
from environment.checking.simultaneous import Threads
from environment.driving.administering import create, list_users
from environment.driving.administration import Administration, User
from environment.driving.session import Session
from environment.driving.tables import CSV_WITH_HEADER, Table, create_table, list_tables
from environment.gherkin.references import parse
from environment.targets.target import Target
from steps.concurrency import LIMIT_SECONDS


@when(parse("{persona:Persona} creates users for {users:NewUsers} while {count:Count} threads list the users"))
def create_users_at_once(
    persona: Session, users: tuple[User, ...], count: int, administration: Administration, threads: Threads
) -> None:
    """Create viewers; every thread begins at the same moment."""
    administration.begin()
    persona.prepare()
    creations = [partial(create, persona, user, "viewer", (), administration) for user in users]
    lists = [partial(list_users, persona, administration)] * count
    threads.at_once([*creations, *lists], limit_seconds=LIMIT_SECONDS)


@when(parse("{persona:Persona} creates {tables:NewTables} while {count:Count} threads list the tables"))
def create_tables_at_once(
    persona: Session, tables: tuple[Table, ...], count: int, threads: Threads, target: Target
) -> None:
    """Each table is given a configuration of its own; every thread begins at the same moment."""
    persona.prepare()
    bucket = target.buckets.packages
    own = {table.name: f"{CSV_WITH_HEADER}# of the table {table.name}\n" for table in tables}
    creations = [partial(create_table, persona, table, bucket, own[table.name]) for table in tables]
    lists = [partial(list_tables, persona, bucket)] * count
    threads.at_once([*creations, *lists], limit_seconds=LIMIT_SECONDS)


@then(parse("every list that {persona:Persona} gets has {users:Users}"))
def every_list_has_users(persona: Session, users: tuple[User, ...]) -> None:
    """Each of them is in every list of the users that the person got, once."""
    wanted = [user.user_name for user in users]
    for listed in must_not_be_empty(persona.outcomes("list_users"), "lists"):
        must_be_exactly([each.name for each in listed.value if each.name in wanted], wanted, "users listed")


@then(parse("every list that {persona:Persona} gets has {tables:Tables}"))
def every_list_has_tables(persona: Session, tables: tuple[Table, ...]) -> None:
    """Each of them is in every list of the tables that the person got, once and with its configuration."""
    wanted = {table.name: table.configuration for table in tables}
    for listed in must_not_be_empty(persona.outcomes("list_tabulator_tables"), "lists"):
        found = [(table["name"], table["config"]) for table in listed.value if table["name"] in wanted]
        must_be_exactly(found, wanted.items(), "tables listed")
