"""SQL of scenarios is sent with the real names, and what comes back reads in the scenario's own words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from environment.driving.queries import QueryWords, must_have_failed, rows_of
from environment.driving.tables import Table
from environment.gherkin.things import World
from environment.observers.athena import QueryAnswer

RUN = "ab12cd34"
HARVEST = f"t_harvest_{RUN}_3"
NORTH = f"test-user/north-{RUN}-1"


@pytest.fixture
def booked() -> list[str]:
    return []


@pytest.fixture
def words(booked: list[str]) -> QueryWords:
    buckets = SimpleNamespace(packages="the-packages", restricted="the-restricted")
    target: Any = SimpleNamespace(buckets=buckets, tabulator_data_catalog="quilt-x-tabulator")
    undo: Any = SimpleNamespace(book=lambda kind, description, **thing: booked.append(thing["table"]))
    return QueryWords(target, RUN, undo)


@pytest.fixture
def world() -> World:
    made = World()
    made.bring("table", "harvest").value = Table("harvest", HARVEST)
    file = SimpleNamespace(name="a.csv", uri="s3://the-packages/stock/a.csv")
    revisions = [SimpleNamespace(top_hash="1" * 64, files={}), SimpleNamespace(top_hash="2" * 64, files={"a": file})]
    made.bring("package", "north").value = SimpleNamespace(name=NORTH, revisions=revisions)
    return made


@pytest.mark.parametrize(
    ("sql", "sent"),
    [
        ("SELECT * FROM harvest", f'SELECT * FROM "{HARVEST}"'),
        ('SELECT * FROM "harvest"', f'SELECT * FROM "{HARVEST}"'),
        ("SELECT * FROM harvests", "SELECT * FROM harvests"),
        ("SELECT 'harvest'", "SELECT 'harvest'"),
        ("SELECT 1 WHERE \"$pkg_name\" = 'north'", f"SELECT 1 WHERE \"$pkg_name\" = '{NORTH}'"),
        ("SELECT north, 'it''s north'", "SELECT north, 'it''s north'"),
        (
            'SELECT 1 FROM "Tabulator data catalog"."packages bucket".harvest',
            f'SELECT 1 FROM "quilt-x-tabulator"."the-packages"."{HARVEST}"',
        ),
        ('SELECT 1 FROM "restricted bucket".harvest', f'SELECT 1 FROM "the-restricted"."{HARVEST}"'),
        ('SELECT "green bucket", "packages bucket of grain"', 'SELECT "green bucket", "packages bucket of grain"'),
    ],
)
def test_names_in_sql(words: QueryWords, world: World, sql: str, sent: str) -> None:
    assert words.real(sql, world.values("table"), world.values("package")) == sent


def test_what_athena_keeps_is_booked_once_for_each_table(words: QueryWords, world: World, booked: list[str]) -> None:
    for sql, names in (("SELECT 1", []), ("SELECT 1 FROM harvest", [HARVEST]), ("SELECT 2 FROM harvest", [HARVEST])):
        words.real(sql, world.values("table"), [])
        assert booked == names


@pytest.mark.parametrize(
    ("found", "cell"),
    [
        (NORTH, "north"),
        ("1" * 64, "earlier revision of north"),
        ("2" * 64, "latest revision of north"),
        ("s3://the-packages/stock/a.csv?versionId=x", "a.csv of north"),
        (f"test-user/north-{RUN}-1-copy", f"test-user/north-{RUN}-1-copy"),
        (f"north-{RUN}-1", f"north-{RUN}-1"),
        ("test-user/north-00000000-1", "test-user/north-00000000-1"),
        ("s3://elsewhere/stock/a.csv", "s3://elsewhere/stock/a.csv"),
        ("", ""),
    ],
)
def test_a_cell_in_words(words: QueryWords, world: World, found: str, cell: str) -> None:
    assert words.of_parts(world.values("package"))(found) == cell


def test_rows_of_a_query_that_failed() -> None:
    with pytest.raises(AssertionError, match="failed: no"):
        rows_of(QueryAnswer("FAILED", "no", ()))


def test_why_a_query_failed(words: QueryWords) -> None:
    failed = QueryAnswer("FAILED", f"a.csv of {NORTH}: Not a number", ())
    must_have_failed(failed, ["north", "a.csv", "not a number"], words)
    with pytest.raises(AssertionError, match="does not say south"):
        must_have_failed(failed, ["north", "south"], words)
    with pytest.raises(AssertionError, match="was answered with 0 rows"):
        must_have_failed(QueryAnswer("SUCCEEDED", "", ()), ["north"], words)
