"""A million rows over twenty packages: counted and grouped in time, in a deployment that stays small."""

from __future__ import annotations

import time

import psutil
import pyarrow as pa
import pyarrow.parquet as arrow_parquet
import pytest
from busy_machine import waiting_for_a_core
from tabulator_people import Analyst, Shop

PACKAGES, ROWS = 20, 50_000
LIMIT_SECONDS = 3.0
"""On two cores that nobody else uses."""
LIMIT_BYTES = 1024**3
CONFIG = """
schema:
  - {{name: site, type: STRING}}
  - {{name: n, type: BIGINT}}
  - {{name: x, type: DOUBLE}}
  - {{name: t, type: TIMESTAMP}}
source: {{type: quilt-packages, package_name: "^{namespace}/(?<part>.*)$", logical_key: parquet$}}
parser: {{format: parquet}}
"""


@pytest.mark.slow
def test_a_million_rows(shop: Shop, lee: Analyst, namespace: str) -> None:
    content = parquet_of(ROWS)
    for number in range(PACKAGES):
        shop.push(f"{namespace}/p{number}", {"rows.parquet": content})
    table = shop.table(CONFIG.format(namespace=namespace))
    process = psutil.Process(shop.wire.running.pid)
    total = PACKAGES * ROWS

    assert timed(lee, f"SELECT count(*) FROM {table}") == [[str(total)]]
    grouped = timed(lee, f'SELECT "$pkg_name", site, count(*), sum(n), avg(x) FROM {table} GROUP BY 1, 2 ORDER BY 1, 2')
    assert len(grouped) == PACKAGES * 10
    assert sum(int(row[2] or 0) for row in grouped) == total
    used = process.memory_info().rss
    assert used < LIMIT_BYTES, f"the deployment has {used / 1024**2:.0f} MiB in memory"


def timed(lee: Analyst, sql: str) -> list[list[str | None]]:
    """A query's rows; it has to be answered in time, the first one as well."""
    started = time.perf_counter()
    rows = lee.rows(sql)
    seconds = time.perf_counter() - started
    limit = LIMIT_SECONDS * waiting_for_a_core()
    assert seconds < limit, f"{seconds:.2f} s of {limit:.2f} s for {sql}"
    return rows


def parquet_of(rows: int) -> bytes:
    out = pa.BufferOutputStream()
    sites = [f"site-{number}" for number in range(10)]
    table = pa.table(
        {
            "site": pa.array([sites[number % 10] for number in range(rows)]),
            "n": pa.array(range(rows), pa.int64()),
            "x": pa.array([number / 7 for number in range(rows)]),
            "t": pa.array(range(rows), pa.timestamp("us")),
        }
    )
    arrow_parquet.write_table(table, out)
    return bytes(out.getvalue())
