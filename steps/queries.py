"""Queries on Tabulator tables: what an analyst asks in SQL, who may ask, and what the files say themselves."""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pytest_bdd import given, then, when

from environment.arrangement.measurements import MeasurementArranger, Measurements, Row, rows_of
from environment.arrangement.outsiders import OutsiderArranger
from environment.arrangement.packages import PackageArranger
from environment.arrangement.tables import TableArranger
from environment.checking.comparing import must_agree, must_be_exactly
from environment.gherkin.references import ReferenceKind, parse, register
from environment.observers.athena import AthenaObserver, QueryAnswer
from environment.people.names import Names
from environment.product.outcome import Outcome, attempt, attempt_as, keep_answer
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.undo.log import UndoLog
from environment.undo.scratch import of_outsider
from steps.tabulator import CONFIGURATION, TableAtHand, TableNames

FLAWED_FILES: Mapping[str, bytes] = {
    "with a word for a number": b"site,value\nnorth,plenty\n",
    "without a column": b"site\nnorth\n",
}
"""Files that do not fit the table, by what is wrong with them."""
QUERY = "query"
_GOOD_FILE = b"site,value\nnorth,1.5\nsouth,-2.25\n"
_OTHER_FILE = b"site,value\nwest,10\n"
_NEW_FILE = b"site,value\neast,0.125\neast,4\n"

register(
    ReferenceKind(
        "FlawOfFile",
        "flaw of a measurements file",
        lambda: sorted(FLAWED_FILES),
        lambda name, _: FLAWED_FILES[name],
        pattern=r"(?:with|without) [a-z ]+",
    )
)


@pytest.fixture
def measurement_arranger(
    target: Target, package_arranger: PackageArranger, undo: UndoLog, names: Names
) -> MeasurementArranger:
    """Makes packages of measurements."""
    return MeasurementArranger(target, package_arranger, undo, names)


@pytest.fixture
def open_query_before(table_arranger: TableArranger, undo: UndoLog) -> bool:
    """What the switch says now, booked to be put back."""
    enabled = table_arranger.open_query()
    undo.book("open query", "the open-query switch", enabled=enabled)
    return enabled


def configuration_over(series: str, *, continue_on_error: bool, value_may_be_missing: bool = False) -> str:
    """The configuration of a table over the packages of one series."""
    config = CONFIGURATION.replace("(?<series>[^/]+)", f"(?<series>{re.escape(series)}-[0-9]+)")
    if value_may_be_missing:
        config = config.replace("DOUBLE, nullable: false", "DOUBLE, nullable: true")
    return f"{config}continue_on_error: {str(continue_on_error).lower()}\n"


class _Tables:
    """Makes the table of a scenario."""

    def __init__(self, target: Target, arranger: TableArranger, names: TableNames) -> None:
        self._target = target
        self._arranger = arranger
        self._names = names

    def over(self, measurements: Measurements) -> TableAtHand:
        config = configuration_over(
            measurements.series,
            continue_on_error=measurements.continue_on_error,
            value_may_be_missing=measurements.value_may_be_missing,
        )
        table = TableAtHand(self._names.new_to_query(), config)
        self._arranger.store(self._target.buckets.packages, table.name, table.config)
        return table


@pytest.fixture
def table_maker(target: Target, table_arranger: TableArranger, table_names: TableNames) -> _Tables:
    """Makes tables over measurements."""
    return _Tables(target, table_arranger, table_names)


@pytest.fixture
def table(table_maker: _Tables, measurements: Measurements) -> TableAtHand:
    """The table over the scenario's measurements."""
    return table_maker.over(measurements)


@given(parse("a table over 2 packages of measurements"), target_fixture="measurements")
def table_over_packages(measurement_arranger: MeasurementArranger) -> Measurements:
    """Two packages of a CSV file each, and a table over both."""
    return measurement_arranger.publish([_GOOD_FILE, _OTHER_FILE])


@given(parse("2 packages of measurements"), target_fixture="measurements")
def packages_of_measurements(measurement_arranger: MeasurementArranger) -> Measurements:
    """Two packages of a CSV file each; nobody has made a table over them."""
    return measurement_arranger.publish([_GOOD_FILE, _OTHER_FILE])


@given(parse("one of the packages has a new revision with other measurements"), target_fixture="measurements")
def new_revision(
    measurements: Measurements, table: TableAtHand, measurement_arranger: MeasurementArranger
) -> Measurements:
    """A revision whose file replaces the earlier one."""
    name = next(iter(measurements.files))
    revised = {**measurements.files, name: measurement_arranger.revise(name, _NEW_FILE)}
    return replace(measurements, files=revised)


@given(
    parse("a table that continues on errors, over a good file and one {flaw:FlawOfFile}"),
    target_fixture="measurements",
)
def table_that_continues(flaw: bytes, measurement_arranger: MeasurementArranger) -> Measurements:
    """Two packages, the second with the flawed file; the table is told to go on."""
    return replace(measurement_arranger.publish([_GOOD_FILE, flaw]), continue_on_error=True)


@given(parse("a table that stops on errors, over a good file and one {flaw:FlawOfFile}"), target_fixture="measurements")
def table_that_stops(flaw: bytes, measurement_arranger: MeasurementArranger) -> Measurements:
    """Two packages, the second with the flawed file; the table is not told to go on."""
    return measurement_arranger.publish([_GOOD_FILE, flaw])


@given(
    parse("a table whose values may be missing, over a good file and one {flaw:FlawOfFile}"),
    target_fixture="measurements",
)
def table_of_optional_values(flaw: bytes, measurement_arranger: MeasurementArranger) -> Measurements:
    """Two packages, the second with the flawed file; the table's column for values is nullable."""
    return replace(measurement_arranger.publish([_GOOD_FILE, flaw]), value_may_be_missing=True)


@pytest.fixture
def outsider(target: Target, undo: UndoLog) -> AthenaObserver:
    """An IAM user whom the registry does not know, and who may query and read the packages bucket."""
    name = f"quilt-mcp-test-outsider-{secrets.token_hex(4)}"
    OutsiderArranger(target).must_be_allowed(name)
    bucket, prefix = target.buckets.scratch, of_outsider(name)
    undo.book("objects", f"the objects s3://{bucket}/{prefix}", bucket=bucket, prefix=prefix)
    undo.book("IAM user", f"the IAM user {name}", name=name)
    location = f"s3://{bucket}/{prefix}"
    athena = OutsiderArranger(target).create(name, target.buckets.packages, location)
    return AthenaObserver(athena, target.tabulator_data_catalog, location)


@given(parse("a table over packages that an outside AWS identity may read"), target_fixture="measurements")
def table_for_outsiders(measurement_arranger: MeasurementArranger, outsider: AthenaObserver) -> Measurements:
    """Two packages, a table over both, and an IAM user whom AWS lets read their bucket."""
    return measurement_arranger.publish([_GOOD_FILE, _OTHER_FILE])


@given(parse("open query is {switch:Switch}"))
def open_query_is(switch: bool, open_query_before: bool, table_arranger: TableArranger) -> None:
    """The suite has turned it so, as administrator."""
    if switch != open_query_before:
        table_arranger.set_open_query(switch)


@when(parse("{persona:Persona} asks whether open query is on"), target_fixture="outcome")
def ask_open_query(persona: Session) -> Outcome:
    """Ask for the switch."""
    return attempt(persona.ops.get_open_query_status)


@when(parse("{persona:Persona} turns open query {switch:Switch}"), target_fixture="outcome")
def turn_open_query(persona: Session, switch: bool, open_query_before: bool) -> Outcome:
    """Turn the switch."""
    return attempt(persona.ops.set_open_query, switch)


@when(parse("{persona:Persona} queries all of its rows"), target_fixture="answer")
def query_rows(persona: Session, table: TableAtHand, target: Target) -> QueryAnswer:
    """Ask Athena for everything, with a client from QuiltOps."""
    return ask_in_sql(persona, target, f'SELECT * FROM "{table.name}"')


@when(parse("{persona:Persona} sums its values up for each package"), target_fixture="answer")
def query_sums(persona: Session, table: TableAtHand, target: Target) -> QueryAnswer:
    """Ask Athena for a sum in groups, with a client from QuiltOps, under the table's full name."""
    name = f'"{target.tabulator_data_catalog}"."{target.buckets.packages}"."{table.name}"'
    return ask_in_sql(persona, target, f'SELECT "$pkg_name" AS package, sum(value) AS total FROM {name} GROUP BY 1')


@when(parse("{persona:Persona} queries all of its rows through the query service"), target_fixture="answer")
def query_through_service(persona: Session, table: TableAtHand, target: Target) -> QueryAnswer:
    """Ask the service that QuiltOps' tools use, with its own choice of a workgroup."""
    found = attempt_as(persona.name, _ask_service, persona, table.name, target).value
    assert found["success"], f"the query service failed: {found.get('error')}"
    rows = found["data"].astype(str).to_dict(orient="records")
    return keep_answer(persona.name, QUERY, QueryAnswer("SUCCEEDED", "", tuple(rows)))


@when(
    parse("{persona:Persona} creates a table over them, finds it listed, renames it and lets it continue on errors"),
    target_fixture="table",
)
def set_table_up(persona: Session, measurements: Measurements, table_names: TableNames, target: Target) -> TableAtHand:
    """Create, list, rename and change a table, one after the other."""
    ops, bucket, series = persona.ops, target.buckets.packages, measurements.series
    first, config = table_names.new(), configuration_over(series, continue_on_error=False)
    attempt(ops.create_tabulator_table, bucket, first, config)
    listed = {found["name"]: found["config"] for found in attempt(ops.list_tabulator_tables, bucket).value}
    must_agree({"config": listed.get(first)}, {"config": config}, f"what is listed of {first}")
    changed = TableAtHand(table_names.new_to_query(), configuration_over(series, continue_on_error=True), first)
    attempt(ops.rename_tabulator_table, bucket, first, changed.name)
    attempt(ops.update_tabulator_table, bucket, changed.name, changed.config)
    return changed


@then(parse("{persona:Persona} is told that it is {switch:Switch}"))
def told_open_query(persona: Session, switch: bool) -> None:
    """The answer says so, as a yes or no."""
    outcome = persona.last_outcome("get_open_query_status", "set_open_query")
    assert outcome.value["open_query_enabled"] is switch, f"the answer is {outcome.value}"


@then(parse("the registry has open query {switch:Switch}"))
def registry_has_open_query(switch: bool, table_arranger: TableArranger) -> None:
    """The registry says so itself."""
    assert table_arranger.open_query() is switch


@then(parse("the outside AWS identity gets the table's rows"))
def outsider_gets_rows(
    outsider: AthenaObserver, table: TableAtHand, measurements: Measurements, target: Target
) -> None:
    """An IAM user's query gives the rows of the files."""
    _must_be_rows(outsider.query(f'SELECT * FROM "{table.name}"', target.buckets.packages), measurements)


@then(parse("the outside AWS identity is refused"))
def outsider_is_refused(outsider: AthenaObserver, table: TableAtHand, target: Target) -> None:
    """An IAM user's query fails, although AWS lets the user read the files."""
    answer = outsider.query(f'SELECT * FROM "{table.name}"', target.buckets.packages)
    assert (answer.state, answer.rows) == ("FAILED", ()), f"the query ended as {answer.state}"
    assert re.search("denied", answer.reason, re.IGNORECASE), f"it failed for another reason: {answer.reason}"


@then(parse("{persona:Persona} gets the table's rows"))
def persona_gets_rows(persona: Session, table: TableAtHand, measurements: Measurements, target: Target) -> None:
    """The persona's query gives the rows of the files."""
    _must_be_rows(ask_in_sql(persona, target, f'SELECT * FROM "{table.name}"'), measurements)


@then(parse("{persona:Persona} gets exactly the rows of the files"))
def gets_rows(persona: Session, measurements: Measurements) -> None:
    """Each row of each file once, and no other."""
    _must_be_rows(_answer_to(persona), measurements)


@then(parse("each row tells its package, its file and the revision"))
def rows_tell_origin(answer: QueryAnswer, measurements: Measurements, target: Target) -> None:
    """The added columns name package, logical key, object, top hash and series as the registry has them."""
    bucket = target.buckets.packages
    expected = [
        (site, name, key, top_hash, name.removeprefix("test-user/"), None)
        for name, (key, content, top_hash) in measurements.files.items()
        for site, _ in rows_of(content)
    ]
    names = ("site", "$pkg_name", "$logical_key", "$top_hash", "series", "$issue")
    must_be_exactly([tuple(row[name] for name in names) for row in answer.rows], expected, "origins of rows")
    places = {(row["$pkg_name"], str(row["$physical_key"]).partition("?")[0]) for row in answer.rows}
    objects = {(name, f"s3://{bucket}/{name}/{key}") for name, (key, _, _) in measurements.files.items()}
    must_be_exactly(places, objects, "objects behind the rows")


@then(parse("{persona:Persona} gets the sums of the files"))
def gets_sums(persona: Session, measurements: Measurements) -> None:
    """One row for each package, with the sum of its file's values."""
    answer = _answer_to(persona)
    _must_have_succeeded(answer)
    sums: dict[str, float] = defaultdict(float)
    for name, (_, content, _) in measurements.files.items():
        sums[name] += sum(value for _, value in rows_of(content))
    must_be_exactly([(str(row["package"]), float(row["total"] or "nan")) for row in answer.rows], sums.items(), "sums")


@then(parse("{persona:Persona} gets the rows of the good file"))
def gets_good_rows(persona: Session) -> None:
    """Among the rows are those of the file that fits, without an issue."""
    answer = _answer_to(persona)
    _must_have_succeeded(answer)
    good = [row for row in answer.rows if row["$issue"] is None]
    must_be_exactly(map(_row, good), rows_of(_GOOD_FILE), "rows without an issue")


@then(parse("one row tells what is wrong with the other"))
def one_row_tells(answer: QueryAnswer, measurements: Measurements) -> None:
    """The flawed file is one row, with its name and an issue that names the column, and defaults for values."""
    name, (key, _, _) = list(measurements.files.items())[-1]
    bad = [row for row in answer.rows if row["$issue"] is not None]
    must_be_exactly([(row["$pkg_name"], row["$logical_key"]) for row in bad], [(name, key)], "rows with an issue")
    must_be_exactly(map(_row, bad), [("", 0.0)], "values of the row with an issue")
    assert "value" in str(bad[0]["$issue"]), f"the issue does not name the column: {bad[0]['$issue']}"


@then(parse("the rows of the other tell what they lack"))
def rows_tell_what_they_lack(answer: QueryAnswer, measurements: Measurements) -> None:
    """Each of its rows is there with what the file has, nothing for the value, and an issue that names the column."""
    name, (key, content, _) = list(measurements.files.items())[-1]
    incomplete = [row for row in answer.rows if row["$issue"] is not None]
    sites = [(line, None, name, key) for line in content.decode().splitlines()[1:]]
    found = [(row["site"], row["value"], row["$pkg_name"], row["$logical_key"]) for row in incomplete]
    must_be_exactly(found, sites, "rows with an issue")
    assert all("value" in str(row["$issue"]) for row in incomplete), f"the issue is {incomplete[0]['$issue']}"


@then(parse("the query fails and says which file is wrong"))
def query_fails(answer: QueryAnswer, measurements: Measurements) -> None:
    """The state is FAILED, and the reason names the flawed file and its package."""
    name, (key, _, _) = list(measurements.files.items())[-1]
    assert (answer.state, answer.rows) == ("FAILED", ()), f"the query ended as {answer.state}"
    assert name in answer.reason, f"the reason does not name {name}: {answer.reason}"
    assert key in answer.reason, f"the reason does not name {key}: {answer.reason}"


def athena_of(persona: Session, target: Target) -> AthenaObserver:
    """Queries in Tabulator's data catalog with a client that QuiltOps gives the persona."""
    athena = attempt(persona.ops.get_aws_client, "athena", region=target.region).value
    return AthenaObserver(athena, target.tabulator_data_catalog)


def ask_in_sql(persona: Session, target: Target, sql: str) -> QueryAnswer:
    """What Athena answers to the persona, kept as an answer of theirs."""
    return keep_answer(persona.name, QUERY, athena_of(persona, target).query(sql, target.buckets.packages))


def _answer_to(persona: Session) -> QueryAnswer:
    answer: QueryAnswer = persona.last_outcome(QUERY).value
    return answer


def _ask_service(persona: Session, table: str, target: Target) -> Any:
    from quilt_mcp.services.athena_service import AthenaQueryService

    service = AthenaQueryService(backend=persona.ops, data_catalog_name=target.tabulator_data_catalog)
    return service.execute_query(f'SELECT * FROM "{table}"', database_name=target.buckets.packages)


def _must_have_succeeded(answer: QueryAnswer) -> None:
    assert answer.state == "SUCCEEDED", f"the query ended as {answer.state}: {answer.reason}"


def _must_be_rows(answer: QueryAnswer, measurements: Measurements) -> None:
    _must_have_succeeded(answer)
    must_be_exactly(map(_row, answer.rows), measurements.rows(), "rows")


def _row(found: Mapping[str, str | None]) -> Row:
    return str(found["site"]), float(found["value"] or "nan")
