"""``acceptance doctor`` where AWS has something else than the templates: how buckets are kept, and the Glue table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from doctor_results import DATA, SCRATCH, result_of

from environment.settings import REMOTE_REGION, Buckets
from infra import live_environment
from infra.doctor import CheckState
from infra.rehearsal.stand_in import REGION, StandIn


@pytest.mark.parametrize(
    ("break_it", "kind", "what"),
    [
        ("delete_bucket_encryption", "data", "is not encrypted"),
        ("delete_public_access_block", "scratch", "is open to the public"),
        ("delete_bucket_policy", "packages", "takes plain HTTP"),
        ("delete_bucket_lifecycle", "restricted", "has no lifecycle"),
        ("delete_bucket_encryption", "remote", "is not encrypted"),
    ],
)
def test_a_bucket_that_is_kept_otherwise_is_noted(live: StandIn, break_it: str, kind: str, what: str) -> None:
    bucket = getattr(Buckets(), kind)
    s3 = live.client("s3", REMOTE_REGION if kind == "remote" else REGION)
    before = result_of("protection")
    with put_back(s3, bucket, break_it):
        getattr(s3, break_it)(Bucket=bucket)
        after = result_of("protection")

    assert before.state is CheckState.FINE
    assert (after.state, after.what) == (CheckState.NOTE, f"Looked at how the buckets are kept: {bucket} {what}")


@contextmanager
def put_back(s3: Any, bucket: str, break_it: str) -> Iterator[None]:
    """What a deletion takes is there again afterwards."""
    part = break_it.removeprefix("delete_")
    if part == "bucket_lifecycle":
        part = "bucket_lifecycle_configuration"
    taken = getattr(s3, f"get_{part}")(Bucket=bucket)
    taken.pop("ResponseMetadata")
    given = {"LifecycleConfiguration": {"Rules": taken["Rules"]}} if "Rules" in taken else taken
    try:
        yield
    finally:
        getattr(s3, f"put_{part}")(Bucket=bucket, **given)


def test_a_further_bucket_that_is_not_there_has_no_protection_to_look_at(
    live: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUILT_TEST_BUCKET_REMOTE", "no-such-bucket-1")

    assert result_of("protection").state is CheckState.FINE


def test_a_bucket_that_the_catalog_lacks_comes_first(live: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    assert result_of("registration").state is CheckState.FINE
    monkeypatch.setattr(live_environment.LiveEnvironment, "registered_buckets", lambda _: [DATA])
    found = result_of("registration")
    assert (found.state, SCRATCH in found.what, found.advice[:10]) == (CheckState.WRONG, True, "First add ")


@pytest.mark.parametrize(
    ("variable", "came_back"),
    [
        ("QUILT_TEST_TABLE", "there is none"),
        ("QUILT_TEST_DATABASE", ""),  # the role is refused before AWS says that there is none
        ("QUILT_TEST_BUCKET_DATA", f"its location is s3://{DATA}/athena/test_table_1/, not s3://no-such/athena/"),
    ],
)
def test_a_glue_table_that_is_not_there_is_noted(
    live: StandIn, monkeypatch: pytest.MonkeyPatch, variable: str, came_back: str
) -> None:
    before = result_of("Glue")
    monkeypatch.setenv(variable, "no-such")
    after = result_of("Glue")

    assert before.state is CheckState.FINE
    assert (after.state, came_back in after.what, bool(after.advice)) == (CheckState.NOTE, True, True)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"Columns": [{"Name": "id", "Type": "bigint"}]}, "its list of columns is id bigint, not id int, name string"),
        ({"InputFormat": "org.apache.hadoop.mapred.TextInputFormat"}, "its input format is org.apache.hadoop.mapred"),
        ({"SerdeInfo": {}}, "its serialization is nothing, not org.apache"),
    ],
)
def test_a_glue_table_that_is_not_as_declared_is_noted(live: StandIn, change: dict[str, Any], what: str) -> None:
    glue = live.client("glue")
    table = glue.get_table(DatabaseName="quilt_mcp_test_db", Name="test_table_1")["Table"]
    given = {name: table[name] for name in ("Name", "TableType", "Parameters", "StorageDescriptor")}
    changed = {**given, "StorageDescriptor": {**table["StorageDescriptor"], **change}}
    glue.update_table(DatabaseName="quilt_mcp_test_db", TableInput=changed)
    try:
        found = result_of("Glue")
    finally:
        glue.update_table(DatabaseName="quilt_mcp_test_db", TableInput=given)

    assert (found.state, what in found.what) == (CheckState.NOTE, True)
