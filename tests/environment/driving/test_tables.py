"""What a scenario's tables are given, and over which packages they are."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from environment.driving.tables import (
    CONFIGURATIONS,
    Table,
    configuration_of,
    configuration_over,
    configuration_over_names,
    continuing,
    setup_of,
)
from environment.errors import SuiteError
from environment.product.outcome import OperationFailed, Outcome

CONTENT = b"plot,grams\nA1,1.5\nA2,-2\n"


def package(name: str) -> Any:
    file = SimpleNamespace(physical_key="s3://bucket/key")
    return SimpleNamespace(
        name=name,
        latest=SimpleNamespace(named=lambda word: file),
        storage=SimpleNamespace(bytes_of=lambda key: CONTENT),
    )


def test_a_table_over_packages() -> None:
    packages = [package("test-user/north-ab12cd34-1"), package("test-user/south.2-ab12cd34-2")]
    text = configuration_over(packages, may_be_missing=["grams"], continues=False)
    made = yaml.safe_load(text)
    assert made["schema"] == [
        {"name": "plot", "type": "STRING", "nullable": False},
        {"name": "grams", "type": "DOUBLE", "nullable": True},
    ]
    pattern = re.compile(made["source"]["package_name"].replace("(?<", "(?P<"))
    assert [pattern.match(one.name)["field"] for one in packages] == ["north", "south.2"]  # type: ignore[index]
    for other in (
        "test-user/north-ab12cd34-11",
        "test-user/north",
        "other/north-ab12cd34-1",
        "test-user/southx2-ab12cd34-2",
    ):
        assert not pattern.match(other)
    assert made["continue_on_error"] is False
    assert yaml.safe_load(continuing(text)) == {**made, "continue_on_error": True}


def test_a_table_over_a_package_of_the_baseline() -> None:
    made = yaml.safe_load(configuration_over([package("test-user/simple-csv")], continues=True))
    pattern = re.compile(made["source"]["package_name"].replace("(?<", "(?P<"))
    assert pattern.match("test-user/simple-csv")["field"] == "simple-csv"  # type: ignore[index]


def test_configurations_in_words_are_valid_and_differ() -> None:
    assert len({str(yaml.safe_load(text)) for text in CONFIGURATIONS.values()}) == len(CONFIGURATIONS)


def test_what_a_table_was_given() -> None:
    table = Table("harvest", "t_harvest")
    with pytest.raises(SuiteError, match="nobody gave it one"):
        configuration_of("as given", table)
    table.given = "schema: []"
    assert configuration_of("as given", table) == "schema: []"
    assert configuration_of("Parquet files", table) == CONFIGURATIONS["Parquet files"]
    table.outcome = Outcome("update_tabulator_table", "", "Ada", 0.0, 0.0, error=ValueError("refused"))
    with pytest.raises(OperationFailed, match="refused"):
        configuration_of("as given", table)
    with pytest.raises(SuiteError, match="Parquet files"):
        configuration_of("Parquet", table)


def test_a_table_over_names_that_begin_alike_takes_what_this_scenario_calls_so() -> None:
    ending = r"-ab12cd34-77\d{3}"
    made = yaml.safe_load(configuration_over_names("field", ending, [], continues=True))
    assert [each["type"] for each in made["schema"]] == ["STRING", "DOUBLE"]
    pattern = re.compile(made["source"]["package_name"].replace("(?<", "(?P<"))
    names = ("field-2024", "field-2025", "field")
    found = [pattern.match(f"test-user/{each}-ab12cd34-77001") for each in names]
    assert [each and each["field"] for each in found] == list(names)
    for other in ("meadow-ab12cd34-77001", "field-ab12cd34-78001", "field-ffffffff-77001"):
        assert not pattern.match(f"test-user/{other}")
    of_one = yaml.safe_load(configuration_over_names("north", ending, [package("test-user/north-1")], continues=False))
    assert [each["name"] for each in of_one["schema"]] == ["plot", "grams"]


def test_a_setup_is_the_same_however_it_is_written() -> None:
    csv = CONFIGURATIONS["CSV files without a header"]
    reworded = yaml.safe_load(csv)
    reworded["parser"] = {"format": "csv", "delimiter": ","}
    for column in reworded["schema"]:
        del column["nullable"]
    assert setup_of(yaml.safe_dump(reworded)) == setup_of(csv)
    assert len({str(setup_of(text)) for text in CONFIGURATIONS.values()}) == len(CONFIGURATIONS)
    reworded["schema"].reverse()
    assert setup_of(yaml.safe_dump(reworded)) != setup_of(csv)
