"""The scratch rules: every key that the suite writes is one, and nothing that only looks like it."""

from __future__ import annotations

import secrets
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from environment.people.names import Names, new_run_token
from environment.undo.scratch import RULES, arranged, of_outsider

EXECUTION = "6f1d2c1e-0b7a-4d56-9c3f-0a4a5b6c7d8e"


def rule_for(key: str) -> str | None:
    return next((rule.what for rule in RULES if rule.key.fullmatch(key)), None)


@given(st.integers(min_value=0, max_value=2**32 - 1), st.sampled_from(["test-user", "stock"]))
def test_what_scenarios_arrange_is_described(seed: int, namespace: str) -> None:
    name = Names(seed, "a.feature::b[local]", new_run_token()).package_name(namespace)

    assert rule_for(f"{arranged(name)}data/table 1.csv") == "files of a scenario"


def test_what_queries_leave_is_described() -> None:
    outsider = of_outsider(f"quilt-mcp-test-outsider-{secrets.token_hex(4)}")

    assert rule_for(f"{outsider}{uuid4()}.csv") == "query results of an outsider"
    for ending in (".csv", ".csv.metadata", ".txt"):
        assert rule_for(f"athena-results/{uuid4()}{ending}") == "query results of the workgroup"


@pytest.mark.parametrize(
    "key",
    [
        "notes.txt",
        "arranged/notes.txt",
        "arranged/my-data/file.csv",
        "arranged/dolorum-at-daae976f-1",  # a file of that name
        "arranged/dolorum-at-daae976f-1/",  # a folder that somebody made in the console
        "arranged/dolorum-at-daae976/file.csv",
        "arranged/dolorum-at-daae976f-one/file.csv",
        "arranged/dolorum-at-DAAE976F-1/file.csv",
        "my/arranged/dolorum-at-daae976f-1/file.csv",
        "Arranged/dolorum-at-daae976f-1/file.csv",
        "outsiders/quilt-mcp-test-outsider-of-dana/file.csv",
        "outsiders/dana/file.csv",
        "athena-results/report.csv",
        f"athena-results/{EXECUTION}.csv.bak",
        f"athena-results/{EXECUTION}.parquet",
        f"athena-results/mine/{EXECUTION}.csv",
        f"athena-results-old/{EXECUTION}.csv",
        f"{EXECUTION}.csv",
    ],
)
def test_what_only_looks_alike_is_somebody_elses(key: str) -> None:
    assert rule_for(key) is None
