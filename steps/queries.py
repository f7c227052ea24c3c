"""Querying Tabulator tables: what is in the files, what an analyst asks in SQL, and who may ask."""

from __future__ import annotations

import re
from typing import Any

from botocore.exceptions import ClientError
from pytest_bdd import given, then, when

import steps.table_kinds  # noqa: F401  # registers Table, Switch, Outsider, which the sentences need
from environment.arrangement.packages import PackageArranger
from environment.arrangement.tables import TableArranger
from environment.checking.comparing import must_agree
from environment.checking.rows import must_have_rows
from environment.driving.files import Storeroom
from environment.driving.packages import Package
from environment.driving.queries import (
    QUERY,
    REFUSED_QUERY,
    Outsider,
    QueryWords,
    must_have_failed,
    query,
    query_through_service,
    rows_of,
    tables_in,
)
from environment.driving.session import Session
from environment.driving.stage import Stage
from environment.driving.tables import Table, publish_measurements
from environment.gherkin.following import mentions
from environment.gherkin.references import parse
from environment.gherkin.step_arguments import Rows, columns
from environment.gherkin.things import World
from environment.observers.athena import QueryAnswer
from environment.product.outcome import attempt
from environment.targets.target import Target

_ORDERED = re.compile(r"\border\s+by\b[^()]*$", re.IGNORECASE)
"""The end of a query that says in which order its rows come."""
_OF_ALL_COLUMNS = re.compile(r"\bselect\s+(?:\w+\.)?\*", re.IGNORECASE)

# --- what is in the files ---------------------------------------------------------------------------------------------


@given(parse("{package:NewPackage} with these measurements:"))
@columns(others=True)
def package_of_measurements(
    package: Package, datatable: Rows, storeroom: Storeroom, package_arranger: PackageArranger
) -> None:
    """A package that nobody in the scenario published: one CSV file, `measurements.csv`, with this header and rows."""
    publish_measurements(package, datatable, storeroom, package_arranger)


@given(parse("{package:Package} has a new revision with these measurements:"))
@columns(others=True)
def new_revision(package: Package, datatable: Rows, storeroom: Storeroom, package_arranger: PackageArranger) -> None:
    """The latest revision has these measurements in place of the earlier ones."""
    publish_measurements(package, datatable, storeroom, package_arranger)


# --- queries ----------------------------------------------------------------------------------------------------------


@given(parse("{persona:Persona} has queried{by_service:QueryService}:"))
@when(parse("{persona:Persona} queries{by_service:QueryService}:"))
@mentions("Table", text=tables_in, words='the table "{}"')
def query_in_sql(persona: Session, by_service: bool, docstring: str, query_words: QueryWords, world: World) -> None:
    """Ask in SQL; `harvest` means that table, `'north'` a package's name, `"packages bucket"` the name of that bucket.

    `"Tabulator data catalog"` is the name of the catalog; a table that must not exist is `no_such_table`. The query
    goes to Athena, with a client from QuiltOps, or to the service that QuiltOps' own tools use.
    """
    query_words.asked[persona.name] = docstring
    sql = query_words.real(docstring, world.values("table"), world.values("package"))
    if by_service:
        query_through_service(persona, sql)
    else:
        query(persona, sql)


@then(parse("{persona:Persona} gets exactly these rows:"))
@columns(others=True)
def gets_rows(persona: Session, datatable: Rows, query_words: QueryWords, world: World) -> None:
    """The last query gave these rows and no others; `(null)` is no value, `mentions "word"` a text with that word.

    Their order matters where the query says `ORDER BY`; of `SELECT *` columns may be left out. Packages have the names
    that the scenario gives them; a top hash is `latest revision of north`, a place in S3 `measurements.csv of north`.
    """
    answer: QueryAnswer = persona.last_outcome(QUERY, REFUSED_QUERY).value
    asked = query_words.asked.get(persona.name, "")
    must_have_rows(
        rows_of(answer),
        datatable,
        query_words.of_parts(world.values("package")),
        in_order=_ORDERED.search(asked) is not None,
        no_other_columns=_OF_ALL_COLUMNS.search(asked) is None,
    )


@then(parse("the query fails, and Athena's reason mentions {words:Names}"))
def query_fails(words: tuple[str, ...], stage: Stage, query_words: QueryWords) -> None:
    """The last query of the person named last ended without rows; Athena's reason has each of these words."""
    must_have_failed(stage.last_named.last_outcome(QUERY, REFUSED_QUERY).value, words, query_words)


@then(parse("{persona:Persona} is refused the rows"))
def is_denied_rows(persona: Session, query_words: QueryWords) -> None:
    """The persona's last query ended without rows, because they may not read what it asks for."""
    must_have_failed(persona.last_outcome(QUERY, REFUSED_QUERY).value, ["denied"], query_words)


@then(parse("Athena refuses the query as malformed"))
def query_is_refused(stage: Stage) -> None:
    """The request is refused, before any query runs."""
    error: Any = stage.last_named.last_outcome(QUERY, REFUSED_QUERY).refusal(ClientError)
    assert error.response["Error"]["Code"] == "InvalidRequestException", f"it was refused otherwise: {error}"
    assert "mismatched input" in str(error), f"the message does not say what is wrong: {error}"


# --- identities outside the catalog, and the switch -------------------------------------------------------------------


@given(parse("{outsider:Outsider} that may read the {bucket:Bucket} bucket"))
def outsider_may_read(outsider: Outsider, bucket: str, target: Target) -> None:
    """An IAM user that the registry does not know and that AWS lets read the bucket and query with Athena."""
    outsider.let_read(getattr(target.buckets, bucket))


@then(parse("{outsider:Outsider} gets exactly these rows of {table:Table}:"))
@columns(others=True)
def outsider_gets_rows(
    outsider: Outsider, table: Table, datatable: Rows, query_words: QueryWords, world: World
) -> None:
    """A query for all of the table's rows gives exactly these."""
    must_have_rows(rows_of(outsider.ask(table)), datatable, query_words.of_parts(world.values("package")))


@then(parse("{outsider:Outsider} is refused the rows of {table:Table}"))
def outsider_is_denied(outsider: Outsider, table: Table, query_words: QueryWords) -> None:
    """A query for the table's rows fails, although AWS lets the identity read the files."""
    must_have_failed(outsider.ask(table), ["denied"], query_words)


@given(parse("open query is {switch:Switch}"))
def open_query_is(switch: bool, open_query_before: bool, table_arranger: TableArranger) -> None:
    """The suite has switched it, as administrator."""
    if switch != open_query_before:
        table_arranger.set_open_query(switch)


@given(parse("{persona:Persona} has turned open query {switch:Switch}"))
@when(parse("{persona:Persona} turns open query {switch:Switch}"))
def turn_open_query(persona: Session, switch: bool, open_query_before: bool) -> None:
    """Turn the switch; it is turned back at the end."""
    attempt(persona.ops.set_open_query, switch)


@given(parse("{persona:Persona} has asked whether open query is on"))
@when(parse("{persona:Persona} asks whether open query is on"))
def ask_open_query(persona: Session) -> None:
    """Ask QuiltOps for the state of the switch."""
    attempt(persona.ops.get_open_query_status)


@then(parse("{persona:Persona} sees that open query is {switch:Switch}"))
def sees_open_query(persona: Session, switch: bool) -> None:
    """The answer says so, as a plain yes or no, and that it succeeded; after a change also in words."""
    outcome, word = persona.last_outcome("get_open_query_status", "set_open_query"), "enabled" if switch else "disabled"
    answer = dict(outcome.value)
    said = answer.pop("message") if outcome.operation == "set_open_query" else word
    must_agree(answer, {"success": True, "open_query_enabled": switch}, "fields of the answer")
    assert re.search(rf"\b{word}\b", said), f"the answer says {said!r}, not that open query is {word}"


@then(parse("open query is {switch:Switch} in the registry"))
def registry_has_open_query(switch: bool, table_arranger: TableArranger) -> None:
    """The registry says so itself."""
    assert table_arranger.open_query() is switch, f"open query is {'off' if switch else 'on'} in the registry"
