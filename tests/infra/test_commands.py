"""The commands, as they are typed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from data.data_command import data
from data.sample_table import KEY, sample_table, upload_sample_table
from environment.errors import SuiteError
from infra.cost_command import cost


def invoke(*arguments: str) -> Any:
    return CliRunner(env={"COLUMNS": "200"}).invoke(data, list(arguments))


def test_list_names_every_revision() -> None:
    output = invoke("list").output

    assert "large-package" in output
    assert output.count("versioned-data") == 2


def test_generate_then_verify(tmp_path: Path) -> None:
    generated = invoke("generate", "simple-csv", "empty-package", "--directory", str(tmp_path))
    verified = invoke("verify", "simple-csv", "empty-package", "--directory", str(tmp_path))

    assert "simple-csv: 5 files written, 0 kept" in generated.output
    assert (verified.exit_code, "2 datasets are as they should be" in verified.output) == (0, True)


def test_verify_names_the_damage_and_exits_with_1(tmp_path: Path) -> None:
    invoke("generate", "simple-csv", "--directory", str(tmp_path))
    (tmp_path / "simple-csv" / "v1" / "file4.csv").unlink()

    verified = invoke("verify", "simple-csv", "--directory", str(tmp_path))

    assert verified.exit_code == 1
    assert "simple-csv: missing: v1/file4.csv" in verified.output


def test_an_unknown_dataset_is_answered_for_people(tmp_path: Path) -> None:
    result = invoke("generate", "simple_csv", "--directory", str(tmp_path))

    assert isinstance(result.exception, SuiteError)
    assert 'Did you mean "simple-csv"?' in str(result.exception)


def test_cost_wants_a_sensible_number_of_days() -> None:
    assert CliRunner().invoke(cost, ["--days", "0"]).exit_code == 2


def test_the_sample_table_has_the_declared_columns(tmp_path: Path) -> None:
    path = tmp_path / "sample.parquet"
    path.write_bytes(sample_table())

    with duckdb.connect() as connection:
        described = connection.execute(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
        (count,) = connection.execute(f"SELECT count(*) FROM '{path}'").fetchall()

    assert [(name, kind) for name, kind, *_ in described] == [
        ("id", "INTEGER"),
        ("name", "VARCHAR"),
        ("value", "DOUBLE"),
        ("timestamp", "TIMESTAMP"),
    ]
    assert count == (1000,)


def test_the_sample_table_is_written_once(s3: Any, bucket: str) -> None:
    assert upload_sample_table(s3, bucket, dry_run=True) is True
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    assert upload_sample_table(s3, bucket) is True
    assert upload_sample_table(s3, bucket, dry_run=True) is False
    assert upload_sample_table(s3, bucket) is False
    assert s3.get_object(Bucket=bucket, Key=KEY)["Body"].read() == sample_table()


@pytest.mark.parametrize("name", ["single-file", "versioned-data"])
def test_what_would_be_written_is_what_is_written(s3: Any, bucket: str, tmp_path: Path, name: str) -> None:
    from data.datasets.dataset_list import dataset
    from data.upload import arrange_dataset, differing

    planned = differing(dataset(name), s3, bucket)
    revisions = arrange_dataset(name, s3, bucket, tmp_path).revisions.values()

    assert planned == [key for revision in revisions for key in revision.written]
    assert differing(dataset(name), s3, bucket) == []
