"""Two hundred generated queries: what Athena's API answers is what DuckDB says of the plain files."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from athena_people import Analyst, Lake, parquet

from quilt_stack.aws.athena.result_texts import value_text

QUERIES = 200
SEED = 20261122
SITES = ("north", "south", "east", "it's", 'a "b"', "Größe", "")


def rows(random_: random.Random, count: int) -> pa.Table:
    def maybe(value: Any) -> Any:
        return None if random_.random() < 0.1 else value

    return pa.table(
        {
            "id": pa.array(range(count), pa.int64()),
            "site": pa.array([maybe(random_.choice(SITES)) for _ in range(count)], pa.string()),
            "n": pa.array([maybe(random_.randint(-50, 50)) for _ in range(count)], pa.int32()),
            # Quarters add up without rounding, in whatever order they are added.
            "x": pa.array([maybe(random_.randint(-400, 400) / 4) for _ in range(count)], pa.float64()),
            "ok": pa.array([maybe(random_.random() < 0.5) for _ in range(count)], pa.bool_()),
        }
    )


class Queries:
    """Queries that mean the same in Athena's dialect and in DuckDB's, with an order of their rows."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # a test's choice, not a secret

    def next(self) -> str:
        return self._random.choice((self._plain, self._grouped, self._joined, self._window, self._union))()

    def _condition(self, alias: str = "") -> str:
        number = self._random.randint(-40, 40)
        return self._random.choice(
            (
                f"{alias}n > {number}",
                f"{alias}n BETWEEN {number} AND {number + 30}",
                f"{alias}x <= {number / 4}",
                f"{alias}site IN ('north', 'it''s', '')",
                f"{alias}site LIKE '%{self._random.choice('onrt')}%'",
                f"{alias}ok",
                f"NOT {alias}ok OR {alias}n IS NULL",
                f"{alias}site IS NOT NULL AND {alias}n % 3 = 0",
            )
        )

    def _expression(self) -> str:
        number = self._random.randint(1, 9)
        return self._random.choice(
            (
                f"n + {number}",
                f"n * x - {number}",
                "upper(site)",
                "length(site)",
                "coalesce(site, 'none')",
                f"CASE WHEN n > {number} THEN 'big' WHEN n IS NULL THEN NULL ELSE 'small' END",
                "abs(n)",
                "nullif(n, 0)",
                f"CAST(n AS varchar) || '{number}'",
                "x / 2",
                "ok AND n > 0",
                f"substr(site, 2, {number})",
                "floor(x)",
            )
        )

    def _aggregate(self) -> str:
        return self._random.choice(
            (
                "count(*)",
                "count(n)",
                "sum(n)",
                "min(x)",
                "max(site)",
                "count(DISTINCT site)",
                "sum(x)",
                "avg(x)",
                "bool_or(ok)",
            )
        )

    def _plain(self) -> str:
        columns = ", ".join(f"{self._expression()} AS c{number}" for number in range(self._random.randint(1, 4)))
        limit = self._random.choice(("", f" LIMIT {self._random.randint(1, 60)}"))
        return f"SELECT id, {columns} FROM measured WHERE {self._condition()} ORDER BY id{limit}"

    def _grouped(self) -> str:
        key = self._random.choice(("site", "ok", "n % 5"))
        having = self._random.choice(("", " HAVING count(*) > 3"))
        return (
            f"SELECT {key} AS k, {self._aggregate()} AS a, {self._aggregate()} AS b FROM measured "
            f"WHERE {self._condition()} GROUP BY {key}{having} ORDER BY k"
        )

    def _joined(self) -> str:
        kind = self._random.choice(("JOIN", "LEFT JOIN"))
        return (
            f"SELECT m.id, o.id AS other, o.x FROM measured AS m {kind} others AS o ON m.n = o.n "
            f"WHERE {self._condition('m.')} ORDER BY m.id, o.id"
        )

    def _window(self) -> str:
        return (
            "WITH ranked AS (SELECT id, site, row_number() OVER (PARTITION BY site ORDER BY x, id) AS place, "
            f"{self._expression()} AS c FROM measured) "
            f"SELECT * FROM ranked WHERE place <= {self._random.randint(1, 4)} ORDER BY id"
        )

    def _union(self) -> str:
        return (
            f"SELECT id, site FROM measured WHERE {self._condition()} UNION ALL "
            f"SELECT id, site FROM others WHERE {self._condition()} ORDER BY 1, 2"
        )


@pytest.fixture(scope="module")
def plain(lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """DuckDB over the files themselves."""
    directory: Path = tmp_path_factory.mktemp("plain")
    random_ = random.Random(SEED)  # a test's choice, not a secret
    connection = duckdb.connect()
    types = {"id": "bigint", "site": "string", "n": "int", "x": "double", "ok": "boolean"}
    for name, count in (("measured", 500), ("others", 80)):
        table = rows(random_, count)
        lake.parquet_table(f"generated_{name}", table, types)
        (directory / f"{name}.parquet").write_bytes(parquet(table))
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{directory / name}.parquet')")
    return connection


@pytest.mark.slow
def test_generated_queries(operator: Analyst, plain: duckdb.DuckDBPyConnection) -> None:
    queries = Queries(SEED)
    for number in range(QUERIES):
        sql = queries.next()
        expected = [[_text(value) for value in row] for row in plain.execute(sql).fetchall()]
        through_athena = sql.replace("FROM measured", "FROM generated_measured").replace(
            " others ", " generated_others "
        )
        assert operator.rows(through_athena) == expected, f"query {number} with seed {SEED}: {sql}"


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, Decimal) else value_text(value)
