"""Tabulator tables: how an administrator sets them up through QuiltOps, and what the registry has of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import yaml
from pytest_bdd import given, then, when

from environment.arrangement.tables import TableArranger
from environment.checking.comparing import must_agree, must_be_exactly, must_not_be_empty
from environment.driving.session import Session
from environment.driving.tables import (
    AS_GIVEN,
    CONFIGURATIONS,
    Table,
    configuration_of,
    continuing,
    create_table,
    delete_table,
    list_tables,
    look_up_table,
    rename_table,
    setup_of,
    update_table,
)
from environment.driving.tables import (
    TableNames as TableNames,
)
from environment.gherkin.following import brings
from environment.gherkin.references import parse
from environment.gherkin.step_arguments import CellWords, Rows, columns
from environment.gherkin.things import World
from environment.targets.target import Target
from steps.table_kinds import TABLE, BucketMeant

CONFIGURATION = CellWords((AS_GIVEN, *CONFIGURATIONS))
CHANGES = tuple(f"{change}_tabulator_table" for change in ("create", "update", "rename", "delete"))


@given(parse("these tables:"))
@columns("table", "configuration", cells={"configuration": CellWords(tuple(CONFIGURATIONS))})
@brings("table", column="table")
def these_tables(
    datatable: Rows, table_names: TableNames, table_arranger: TableArranger, target: Target, world: World
) -> None:
    """Tables of the packages bucket that nobody in the scenario made; a configuration is `CSV files with a header`."""
    for row in datatable:
        table = Table(row["table"], table_names.new(row["table"]))
        table.given = configuration_of(row["configuration"], table)
        table_arranger.store(target.buckets.packages, table.name, table.configuration)
        world.bring("table", row["table"]).value = table


@given(parse("{table:NewTable} over {source:TableSource}"))
def table_over(table: Table, source: str, table_arranger: TableArranger, target: Target) -> None:
    """A table of the packages bucket that nobody in the scenario made."""
    table.given = source
    table_arranger.store(target.buckets.packages, table.name, source)


@given(parse("{table:NewTable} over {source:TableSource}, whose name is that of {other:Table} in capitals"))
def table_in_capitals(
    table: Table, source: str, other: Table, table_names: TableNames, table_arranger: TableArranger, target: Target
) -> None:
    """A table of the packages bucket that nobody in the scenario made, under the other one's name in capitals."""
    table.name, table.given = table_names.booked(other.name.upper()), source
    table_arranger.store(target.buckets.packages, table.name, source)


# --- what administrators do -------------------------------------------------------------------------------------------


@given(parse("{persona:Persona} has created {table:NewTable} with this configuration:"))
@when(parse("{persona:Persona} creates {table:NewTable} with this configuration:"))
def create(persona: Session, table: Table, docstring: str, target: Target) -> None:
    """Create a table of the packages bucket from a configuration in YAML, passed on exactly as written."""
    create_table(persona, table, target.buckets.packages, docstring)


@given(parse("{persona:Persona} has created {table:NewTable} over {source:TableSource}{bucket:OfBucket}"))
@when(parse("{persona:Persona} creates {table:NewTable} over {source:TableSource}{bucket:OfBucket}"))
def create_over(persona: Session, table: Table, source: str, bucket: BucketMeant, target: Target) -> None:
    """Create a table from a configuration in words."""
    create_table(persona, table, bucket.among(target.buckets), source)


@given(parse("{persona:Persona} has changed the configuration of {table:Table} to:"))
@when(parse("{persona:Persona} changes the configuration of {table:Table} to:"))
def change(persona: Session, table: Table, docstring: str, target: Target) -> None:
    """Replace the configuration of a table with another one in YAML, passed on exactly as written."""
    update_table(persona, table, target.buckets.packages, docstring)


@given(parse("{persona:Persona} has set {table:Table} to continue on errors"))
@when(parse("{persona:Persona} sets {table:Table} to continue on errors"))
def let_continue(persona: Session, table: Table, target: Target) -> None:
    """Replace the configuration of a table with the same one that continues when a file does not fit."""
    update_table(persona, table, target.buckets.packages, continuing(table.configuration))


@given(parse("{persona:Persona} has renamed {table:Table}{bucket:OfBucket} to {new:TableName}"))
@when(parse("{persona:Persona} renames {table:Table}{bucket:OfBucket} to {new:TableName}"))
def rename(persona: Session, table: Table, bucket: BucketMeant, new: Table, target: Target) -> None:
    """Rename a table, or try to give it the name of another one."""
    rename_table(persona, table, bucket.among(target.buckets), new)


@given(parse("{persona:Persona} has deleted {table:Table}{bucket:OfBucket}"))
@when(parse("{persona:Persona} deletes {table:Table}{bucket:OfBucket}"))
def delete(persona: Session, table: Table, bucket: BucketMeant, target: Target) -> None:
    """Delete a table."""
    delete_table(persona, table, bucket.among(target.buckets))


@given(parse("{persona:Persona} has listed the tables{bucket:OfBucket}"))
@when(parse("{persona:Persona} lists the tables{bucket:OfBucket}"))
def list_of_tables(persona: Session, bucket: BucketMeant, target: Target) -> None:
    """Ask for all tables of a bucket."""
    list_tables(persona, bucket.among(target.buckets))


@given(parse("{persona:Persona} has looked up {table:Table}{bucket:OfBucket}"))
@when(parse("{persona:Persona} looks up {table:Table}{bucket:OfBucket}"))
def look_up(persona: Session, table: Table, bucket: BucketMeant, target: Target) -> None:
    """Ask for one table by its name."""
    look_up_table(persona, table.name, bucket.among(target.buckets))


# --- what the registry has, and what they see -------------------------------------------------------------------------


@then(parse("the registry has exactly these tables:"))
@columns("table", "configuration", cells={"configuration": CONFIGURATION})
def registry_has(
    datatable: Rows, table_arranger: TableArranger, table_names: TableNames, target: Target, world: World
) -> None:
    """Of this scenario's tables, the packages bucket has exactly these; `as given` is the configuration last given.

    Configurations are the same to the letter.
    """
    expected = {table.word: configuration for table, configuration in _expected(datatable, world)}
    found = table_arranger.tables(target.buckets.packages).items()
    must_agree(dict(_of_the_scenario(found, table_names, world)), expected, "tables")


@then(parse("{table:Table} is unchanged"))
def is_unchanged(table: Table, table_arranger: TableArranger, target: Target) -> None:
    """The packages bucket has it under its name, with the configuration that it had before the last change, if any."""
    wanted = table.configuration if table.before is None else table.before
    found = table_arranger.tables(target.buckets.packages).get(table.name)
    assert found is not None, f"the registry has no table {table.word}"
    must_agree({table.word: found}, {table.word: wanted}, "configurations")


@then(parse("{table:Table} is set up for {source:TableSource}"))
def is_set_up_for(table: Table, source: str, table_arranger: TableArranger, target: Target) -> None:
    """The packages bucket has it with these columns, packages and files, read in this way; the wording may differ."""
    configuration_of(AS_GIVEN, table)  # whoever was refused learns why
    found = table_arranger.tables(target.buckets.packages).get(table.name)
    assert found is not None, f"the registry has no table {table.word}"
    must_agree(setup_of(found), setup_of(source), "settings of the table")


@then(parse("{persona:Persona} sees exactly these tables:"))
@columns("table", "configuration", cells={"configuration": CONFIGURATION})
def sees_tables(persona: Session, datatable: Rows, table_names: TableNames, world: World) -> None:
    """Of this scenario's tables, the list has just these, each once and exact; every configuration is valid YAML."""
    expected = _expected(datatable, world)
    listed = must_not_be_empty(persona.last_outcome("list_tabulator_tables").value, "tables listed")
    _must_be_listed(listed, expected, table_names, world)
    wrong = [table["name"] for table in listed if not isinstance(yaml.safe_load(table["config"]), dict)]
    assert not wrong, f"the configuration of {', '.join(wrong)} is not valid YAML"


@then(parse("{persona:Persona} sees no tables"))
def sees_no_tables(persona: Session) -> None:
    """The answer is an empty list, not an error."""
    answer = persona.last_outcome("list_tabulator_tables").value
    assert answer == [], f"the answer is {answer!r}"


@then(parse("{persona:Persona} sees this table:"))
@columns("table", "configuration", one_row=True, cells={"configuration": CONFIGURATION})
def sees_table(persona: Session, datatable: Rows, world: World) -> None:
    """The table looked up last has this name and this configuration, and nothing else."""
    ((table, configuration),) = _expected(datatable, world)
    shown = persona.last_outcome("get_tabulator_table").value
    must_agree(shown, {"name": table.name, "config": configuration}, "properties of the table")


@then(parse("{persona:Persona} is told that the registry has exactly these tables:"))
@columns("table", "configuration", cells={"configuration": CONFIGURATION})
def told_tables(persona: Session, datatable: Rows, table_names: TableNames, target: Target, world: World) -> None:
    """The last change of a table returned the packages bucket with exactly these of this scenario's tables.

    Configurations are the same to the letter.
    """
    answer = persona.last_outcome(*CHANGES).value
    must_be_exactly(answer, ["__typename", "name", "tabulatorTables"], "fields of the answer")
    fields = {"__typename": answer["__typename"], "name": answer["name"]}
    must_agree(fields, {"__typename": "BucketConfig", "name": target.buckets.packages}, "fields of the answer")
    _must_be_listed(answer["tabulatorTables"], _expected(datatable, world), table_names, world)


@then(parse("{persona:Persona} can see exactly these tables:"))
@columns("table", "configuration", cells={"configuration": CONFIGURATION})
def can_see_tables(persona: Session, datatable: Rows, table_names: TableNames, target: Target, world: World) -> None:
    """Of the scenario's tables, QuiltOps lists exactly these to the persona, and gets each by its name."""
    expected = _expected(datatable, world)
    _must_be_listed(list_tables(persona, target.buckets.packages).value, expected, table_names, world)
    for table, configuration in expected:
        shown = look_up_table(persona, table.name, target.buckets.packages).value
        must_agree(shown, {"name": table.name, "config": configuration}, "properties of the table")


def _expected(datatable: Rows, world: World) -> list[tuple[Table, str]]:
    """The tables that the rows name, with their configurations."""
    tables = [(world.meant(TABLE, f'the table "{row["table"]}"').value, row["configuration"]) for row in datatable]
    return [(table, configuration_of(words, table)) for table, words in tables if isinstance(table, Table)]


def _of_the_scenario(found: Iterable[tuple[str, str]], table_names: TableNames, world: World) -> list[tuple[str, str]]:
    """Names and configurations of this scenario's tables, by what the scenario calls them."""
    words = {table.name: table.word for table in world.values("table")}
    own = [(name, config) for name, config in found if name in words or table_names.are_own(name)]
    return [(words.get(name, name), config) for name, config in own]


def _must_be_listed(
    listed: Iterable[Mapping[str, str]], expected: Iterable[tuple[Table, str]], table_names: TableNames, world: World
) -> None:
    found = _of_the_scenario([(table["name"], table["config"]) for table in listed], table_names, world)
    must_be_exactly(found, [(table.word, configuration) for table, configuration in expected], "tables")
