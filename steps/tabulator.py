"""Tabulator tables: how an administrator sets them up through QuiltOps, and what the registry has of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from pytest_bdd import given, then, when

from environment.arrangement.tables import TableArranger
from environment.checking.comparing import must_agree, must_be_exactly, must_not_be_empty
from environment.errors import SuiteError
from environment.gherkin.references import ReferenceKind, ValueKind, parse, register
from environment.observers.registry import RegistryObserver
from environment.people.names import Names
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.sessions.stage import Stage
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.refusals import message_of_last_named, refusal_of_last_named, words_of

CONFIGURATION = """\
# One row for each measurement.
schema:
  - {name: site, type: STRING, nullable: false}
  - {name: value, type: DOUBLE, nullable: false}
source:
  type: quilt-packages
  package_name: ^test-user/(?<series>[^/]+)$
  logical_key: \\.csv$
parser: {format: csv, header: true}
"""
"""A configuration as somebody writes it: with a comment, in an order of their own."""
OTHER_CONFIGURATION = CONFIGURATION.replace("header: true", 'header: false, delimiter: "\\t"')

FLAWED: Mapping[str, str] = {
    "is no YAML": "schema: [\nsource: {",
    "has a column of an unknown type": CONFIGURATION.replace("DOUBLE", "MONEY"),
    "has no columns": re.sub(r"schema:\n(  - .*\n)+", "schema: []\n", CONFIGURATION),
    "has no schema": re.sub(r"schema:\n(  - .*\n)+", "", CONFIGURATION),
    "has a column whose name starts with 1": CONFIGURATION.replace("name: site", "name: 1site"),
    "has an unknown parser": CONFIGURATION.replace("format: csv, header: true", "format: excel"),
    "has an unknown setting": CONFIGURATION + "refresh: daily\n",
    "has a pattern that is left open": CONFIGURATION.replace("[^/]+)$", "[^/]+$"),
}
"""Configurations that the published rules refuse, by what is wrong with them (registry facts 9.1; of patterns recorded
otherwise: registry facts 11)."""

WRITING = ("create_tabulator_table", "update_tabulator_table", "rename_tabulator_table")
WRONG_CONFIGURATION = re.compile(
    r"\b(?:invalid|wrong|malformed|bad) (?:table |tabulator )?config(?:uration)?\b|"
    r"\bconfig(?:uration)? (?:is|was|has|must|cannot|does)\b",
    re.IGNORECASE,
)
_NO_BUCKET = "quilt-mcp-test-no-such-bucket"
_ANY_TABLE = "any_table"
ACTS: Mapping[str, Callable[[Any], Outcome]] = {
    "list the tables": lambda ops: attempt(ops.list_tabulator_tables, _NO_BUCKET),
    "look up a table": lambda ops: attempt(ops.get_tabulator_table, _NO_BUCKET, _ANY_TABLE),
    "create a table": lambda ops: attempt(ops.create_tabulator_table, _NO_BUCKET, _ANY_TABLE, CONFIGURATION),
    "rename a table": lambda ops: attempt(ops.rename_tabulator_table, _NO_BUCKET, _ANY_TABLE, "another_table"),
    "delete a table": lambda ops: attempt(ops.delete_tabulator_table, _NO_BUCKET, _ANY_TABLE),
}
"""What can be done with tables, in words, tried with a bucket that does not exist."""

register(
    ReferenceKind(
        "FlawOfTable",
        "flaw of a table's configuration",
        lambda: sorted(FLAWED),
        lambda name, _: FLAWED[name],
        pattern=r"(?:is|has) [a-zA-Z0-9 ]+",
    ),
    ReferenceKind("ActOnTables", "act on tables", lambda: sorted(ACTS), lambda name, _: ACTS[name], r"[a-z][a-z ]+"),
    ValueKind("Switch", "on|off", lambda text: text == "on", ("on", "off")),
)


@dataclass(frozen=True)
class TableAtHand:
    """The table that a scenario is about; ``config`` is what it was given, ``earlier_name`` what it was called."""

    name: str
    config: str
    earlier_name: str = ""


class TableNames:
    """Names of tables of one scenario's own, each booked for undoing when it is given out."""

    def __init__(self, names: Names, undo: UndoLog, bucket: str) -> None:
        self._names = names
        self._undo = undo
        self._bucket = bucket

    def new(self) -> str:
        """A name that nobody used."""
        name = re.sub(r"[^a-z0-9]+", "_", f"t {Path(self._names.package_name('test-user')).name}".lower())
        self._undo.book("Tabulator table", f"the table {name} of {self._bucket}", bucket=self._bucket, name=name)
        return name

    def new_to_query(self) -> str:
        """A name that nobody used, of a table that is going to be queried: Athena keeps what every query gave."""
        name = self.new()
        self._undo.book("query results", f"the results of queries on {name}", table=name)
        return name


@pytest.fixture(scope="session")
def table_arranger(registry_observer: RegistryObserver) -> TableArranger:
    """Makes and looks at tables through the registry."""
    return TableArranger(registry_observer)


@pytest.fixture
def table_names(names: Names, undo: UndoLog, target: Target) -> TableNames:
    """Names for this scenario's tables."""
    return TableNames(names, undo, target.buckets.packages)


@given(parse("the packages bucket has {count:Count} tables"), target_fixture="tables")
def bucket_has_tables(
    count: int, table_arranger: TableArranger, table_names: TableNames, target: Target
) -> dict[str, str]:
    """Tables of this scenario's own, each with a configuration that differs from the others'."""
    made = {table_names.new(): f"{CONFIGURATION}# number {number}\n" for number in range(count)}
    for name, config in made.items():
        table_arranger.store(target.buckets.packages, name, config)
    return made


@when(parse("{persona:Persona} lists its tables"), target_fixture="outcome")
def list_tables(persona: Session, target: Target) -> Outcome:
    """List the tables of the packages bucket."""
    return attempt(persona.ops.list_tabulator_tables, target.buckets.packages)


@when(parse("{persona:Persona} lists the tables of a bucket that has none"), target_fixture="outcome")
def list_no_tables(persona: Session, target: Target) -> Outcome:
    """List the tables of the data bucket, in which no scenario makes any."""
    return attempt(persona.ops.list_tabulator_tables, target.buckets.data)


@when(parse("{persona:Persona} looks the first of them up"), target_fixture="outcome")
def look_up(persona: Session, tables: dict[str, str], target: Target) -> Outcome:
    """Get one table by name."""
    return attempt(persona.ops.get_tabulator_table, target.buckets.packages, next(iter(tables)))


@when(parse("{persona:Persona} looks up a table that is not there"), target_fixture="table")
def look_up_missing(persona: Session, table_names: TableNames, target: Target) -> TableAtHand:
    """Get a table by a name that none has."""
    missing = TableAtHand(table_names.new(), "")
    attempt(persona.ops.get_tabulator_table, target.buckets.packages, missing.name)
    return missing


@when(parse("{persona:Persona} creates a table"), target_fixture="table")
def create_table(persona: Session, table_names: TableNames, target: Target) -> TableAtHand:
    """Create a table over CSV files."""
    return _create(persona, TableAtHand(table_names.new(), CONFIGURATION), target)


@when(parse("{persona:Persona} creates a table from a configuration that {flaw:FlawOfTable}"), target_fixture="table")
def create_flawed_table(persona: Session, flaw: str, table_names: TableNames, target: Target) -> TableAtHand:
    """Try to create a table whose configuration breaks a published rule."""
    return _create(persona, TableAtHand(table_names.new(), flaw), target)


@when(parse("{persona:Persona} changes the configuration of the first of them"), target_fixture="table")
def change_table(persona: Session, tables: dict[str, str], target: Target) -> TableAtHand:
    """Give a table another header and another delimiter."""
    changed = TableAtHand(next(iter(tables)), OTHER_CONFIGURATION, next(iter(tables)))
    attempt(persona.ops.update_tabulator_table, target.buckets.packages, changed.name, changed.config)
    return changed


@when(parse("{persona:Persona} renames the first of them"), target_fixture="table")
def rename_table(persona: Session, tables: dict[str, str], table_names: TableNames, target: Target) -> TableAtHand:
    """Give a table a name that none has."""
    old, config = next(iter(tables.items()))
    renamed = TableAtHand(table_names.new(), config, old)
    attempt(persona.ops.rename_tabulator_table, target.buckets.packages, old, renamed.name)
    return renamed


@when(parse("{persona:Persona} renames the first of them to the name of another"))
def rename_to_another(persona: Session, tables: dict[str, str], target: Target) -> None:
    """Try to give a table a name that is taken."""
    first, second = list(tables)[:2]
    attempt(persona.ops.rename_tabulator_table, target.buckets.packages, first, second)


@when(parse("{persona:Persona} deletes the first of them"), target_fixture="table")
def delete_table(persona: Session, tables: dict[str, str], target: Target) -> TableAtHand:
    """Delete a table."""
    name, config = next(iter(tables.items()))
    attempt(persona.ops.delete_tabulator_table, target.buckets.packages, name)
    return TableAtHand(name, config, name)


@when(parse("{persona:Persona} deletes a table that is not there"))
def delete_missing(persona: Session, table_names: TableNames, target: Target) -> None:
    """Try to delete a table by a name that none has."""
    attempt(persona.ops.delete_tabulator_table, target.buckets.packages, table_names.new())


@when(parse("{persona:Persona} tries with a bucket that is not there to {act:ActOnTables}"))
def try_without_bucket(persona: Session, act: Callable[[Any], Outcome]) -> None:
    """Do something with tables of a bucket that does not exist."""
    act(persona.ops)


@then(parse("{persona:Persona} sees those tables with their configurations in YAML"))
def tables_are_listed(persona: Session, tables: dict[str, str]) -> None:
    """Each of the scenario's tables is listed once, its configuration to the letter and in valid YAML."""
    listed = must_not_be_empty(persona.last_outcome("list_tabulator_tables").value, "tables listed")
    found = [(table["name"], table["config"]) for table in listed if table["name"] in tables]
    must_be_exactly(found, tables.items(), "tables")
    wrong = [table["name"] for table in listed if not isinstance(yaml.safe_load(table["config"]), dict)]
    assert not wrong, f"the configuration of {', '.join(wrong)} is no YAML"


@then(parse("{persona:Persona} sees no tables"))
def no_tables_are_listed(persona: Session) -> None:
    """The answer is an empty list, and no error."""
    answer = persona.last_outcome("list_tabulator_tables").value
    assert answer == [], f"the answer is {answer!r}"


@then(parse("{persona:Persona} sees its name and its configuration"))
def table_is_shown(persona: Session, tables: dict[str, str]) -> None:
    """Name and configuration are those of the first table."""
    name, config = next(iter(tables.items()))
    must_agree(
        persona.last_outcome("get_tabulator_table").value, {"name": name, "config": config}, "properties of the table"
    )


@then(parse("the error names the table"))
def error_names_table(stage: Stage, table: TableAtHand) -> None:
    """The error says which table was sought."""
    refusal = refusal_of_last_named(stage)
    assert table.name in words_of(refusal), f"the error does not name {table.name}: {refusal}"


@then(parse("the message says that it is the configuration that is wrong"))
def message_names_configuration(stage: Stage) -> None:
    """The reader learns which part of the request to fix: the configuration is called invalid."""
    message = message_of_last_named(stage)
    assert WRONG_CONFIGURATION.search(message), f"the message does not name the configuration: {message}"


@then(parse("the registry has the table with the configuration that {persona:Persona} gave"))
def registry_has_table(persona: Session, table: TableAtHand, table_arranger: TableArranger, target: Target) -> None:
    """The registry keeps the configuration to the letter."""
    persona.last_outcome(*WRITING).value  # noqa: B018  # a refusal is reported first
    _must_have({table.name: table.config}, table_arranger, target)


@then(parse("it is listed with the configuration that {persona:Persona} gave"))
def table_is_listed(persona: Session, table: TableAtHand, target: Target) -> None:
    """QuiltOps lists it to the persona, and gets it by name, as it was given."""
    persona.last_outcome(*WRITING).value  # noqa: B018  # a refusal is reported first
    ops = persona.ops
    listed = attempt(ops.list_tabulator_tables, target.buckets.packages).value
    assert {"name": table.name, "config": table.config} in listed, f"{table.name} is not listed so"
    found = attempt(ops.get_tabulator_table, target.buckets.packages, table.name).value
    must_agree(found, {"name": table.name, "config": table.config}, "properties of the table")


@then(parse("the table has the new name and its old configuration"))
def table_is_renamed(table: TableAtHand, table_arranger: TableArranger, target: Target) -> None:
    """The registry has the configuration under the new name."""
    _must_have({table.name: table.config}, table_arranger, target)


@then(parse("the registry has no table of that name"))
def registry_has_no_table(table: TableAtHand, table_arranger: TableArranger, target: Target) -> None:
    """The registry does not list it."""
    assert table.name not in table_arranger.tables(target.buckets.packages), f"{table.name} is there"


@then(parse("the registry has no table of the old name"))
def registry_has_no_old_table(table: TableAtHand, table_arranger: TableArranger, target: Target) -> None:
    """The name that it had is free."""
    if not table.earlier_name:
        raise SuiteError(f"Looked for the old name of {table.name}", "it had none", "Rename a table in an earlier step")
    assert table.earlier_name not in table_arranger.tables(target.buckets.packages), f"{table.earlier_name} is there"


@then(parse("the other tables are as they were"))
def others_unchanged(table: TableAtHand, tables: dict[str, str], table_arranger: TableArranger, target: Target) -> None:
    """Names and configurations of the scenario's other tables."""
    others = {name: config for name, config in tables.items() if name != table.earlier_name}
    _must_have(others, table_arranger, target)


@then(parse("all tables are as they were"))
def all_unchanged(tables: dict[str, str], table_arranger: TableArranger, target: Target) -> None:
    """Names and configurations of the scenario's tables."""
    _must_have(tables, table_arranger, target)


def _create(persona: Session, table: TableAtHand, target: Target) -> TableAtHand:
    attempt(persona.ops.create_tabulator_table, target.buckets.packages, table.name, table.config)
    return table


def _must_have(tables: Mapping[str, str], table_arranger: TableArranger, target: Target) -> None:
    found = table_arranger.tables(target.buckets.packages)
    must_agree({name: found[name] for name in tables if name in found}, tables, "tables")
