"""Functions, operators and intervals as Athena has them."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest
from athena_people import Analyst, Lake


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("7 / 2", "3"),
        ("-7 / 2", "-3"),
        ("7 / 2.0", "3.5"),
        ("7e0 / 2", "3.5"),
        ("1e7", "1.0E7"),
        ("cast(0.1 as real)", "0.1"),
        ("1e-4", "1.0E-4"),
        ("approx_distinct(1)", "1"),
        ("date_format(timestamp '2024-03-04 05:06:07', '%Y/%m/%d')", "2024/03/04"),
        ("regexp_like('abc', 'b.')", "true"),
        ("element_at(map(array['a'], array[1]), 'a')", "1"),
        ("date_diff('day', date '2024-01-01', date '2024-03-01')", "60"),
        ("json_extract_scalar('{\"a\": {\"b\": 5}}', '$.a.b')", "5"),
        ("json_array_contains('[\"5\", 6, true]', '5')", "true"),
        ("json_array_contains(json_extract('{\"a\": [5, 66]}', '$.a'), 66)", "true"),
        ("json_array_contains('[\"5\", [7]]', 5)", "false"),
        ("json_array_contains('[\"5\", [7]]', 7)", "false"),
        ("json_array_contains('{\"a\": 5}', 5)", None),
        ("concat('a', 'b') || 'c'", "abc"),
        ("coalesce(null, 'x')", "x"),
        ("try_cast('x' as integer)", None),
        ("9 / 2 / 2 * 1", "2"),
        ("date_trunc('month', date '2024-03-15')", "2024-03-01"),
        ("date_trunc('hour', timestamp '2024-03-15 10:20:30')", "2024-03-15 10:00:00.000"),
        ("date_add('day', 1, date '2024-02-28')", "2024-02-29"),
        ("date_add('hour', 1, timestamp '2024-02-28 23:30:00')", "2024-02-29 00:30:00.000"),
        ("date '2024-01-31' + interval '1' month - interval '1' day", "2024-02-28"),
        ("interval '1' day + date '2024-01-31'", "2024-02-01"),
        ("date_diff('hour', timestamp '2024-01-01 00:30:00', timestamp '2024-01-01 02:00:00')", "1"),
        ("date_diff('year', date '2023-12-31', date '2024-01-01')", "0"),
        ("extract(dow from date '2024-03-03')", "7"),
        ("regexp_replace('a-b', '(\\w)-(\\w)', '$2-$1')", "b-a"),
        ("regexp_replace('price', 'price', '5\\$')", "5$"),
        ("format('%s: %d', 'a', 3)", "a: 3"),
        ("slice(array[1, 2, 3], 2, 2)", "[2, 3]"),
        ("slice(array[1, 2, 3], -2, 5)", "[2, 3]"),
        ("repeat('a', 3)", "[a, a, a]"),
        ("row(1, 'a')", "{field0=1, field1=a}"),
        ("cast(row(1, 'a') as row(x integer, y varchar)).y", "a"),
        ("typeof(1)", "integer"),
        ("to_base(255, 16)", "ff"),
        ("is_nan(nan())", "true"),
        ("-infinity()", "-Infinity"),
        ("round(e(), 3)", "2.718"),
        ("map_agg(1, 'a')", "{1=a}"),
        ("approx_percentile(5, 0.5)", "5"),
        ("date '2024-02-01' - date '2024-01-01'", "31 00:00:00.000"),
        ("timestamp '2024-02-01 00:00:00' - timestamp '2024-02-01 01:02:03.004'", "-0 01:02:03.004"),
        ("interval '14' month", "1-2"),
        ("decimal '1.20' + decimal '-0.5'", "0.70"),
        ("cast(2.5 as decimal)", "3"),
        ("try_cast(2.5 as decimal)", "3"),
        ("cast(2.555 as decimal(5, 2))", "2.56"),
        ("cast(timestamp '2024-03-04 05:06:07' as varchar) || '!'", "2024-03-04 05:06:07.000!"),
        ("millisecond(timestamp '2024-01-01 00:05:06.789')", "789"),
        ("split_part('a-b', '-', 2)", "b"),
        ("split_part('a-b', '-', 3)", None),
        ("every(1 < 2)", "true"),
        ("cast(2.5e0 as integer)", "3"),
        ("cast(-0.5e0 as bigint)", "-1"),
        ("regexp_extract('abc', 'x')", None),
        ("regexp_extract('abc', '(b)(c)', 2)", "c"),
        ("reverse(array[1, 2])", "[2, 1]"),
        ("reverse('ab')", "ba"),
        ("sequence(date '2024-01-31', date '2024-02-01', interval '1' day)", "[2024-01-31, 2024-02-01]"),
        ("cardinality(map(array['a'], array[1]))", "1"),
        ("sign(-1.5e0)", "-1.0"),
        ("arrays_overlap(array[1], array[1, 2])", "true"),
        ("array_position(array['a', 'b'], 'b') + array_position(array['a'], 'b')", "2"),
        ("interval '90' minute", "0 01:30:00.000"),
    ],
)
def test_athena_dialect(operator: Analyst, expression: str, expected: str | None) -> None:
    assert operator.rows(f"SELECT {expression}") == [[expected]]


def test_days_of_a_table_are_grouped_by_month(operator: Analyst, lake: Lake, table_name: str) -> None:
    days = [date(2024, 1, 30), date(2024, 1, 31), date(2024, 2, 1)]
    lake.parquet_table(table_name, pa.table({"day": days, "n": [3, 4, 5]}), {"day": "date", "n": "bigint"})
    sql = f"""WITH visits AS (SELECT day + interval '1' day AS day, n FROM {table_name})
        SELECT date_trunc('month', day) AS month, sum(n) / 2, max(date_diff('day', date '2024-01-01', day))
        FROM visits GROUP BY date_trunc('month', day) ORDER BY 1"""
    assert operator.rows(sql) == [["2024-01-01", "1", "30"], ["2024-02-01", "4", "32"]]
