"""``acceptance clean-up`` on a live environment: what a dead run's ledger names goes, nothing else in any bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from live_environment import LiveEnvironment

from environment.arrangement.undoing import target_of
from environment.settings import Buckets
from environment.undo.clean_up import clean_up
from environment.undo.ledger import Ledger, LedgerFile
from environment.undo.records import OwnerProcess, TargetReference

BUCKETS = Buckets.model_construct()
ALL = (BUCKETS.data, BUCKETS.scratch, BUCKETS.packages)
DEAD = OwnerProcess(pid=2**22 + 1, started=1.0)


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveEnvironment]:
    environment = LiveEnvironment.found(tmp_path / "live").stand_up()
    for name, value in environment.variables.items():
        monkeypatch.setenv(name, value)
    yield environment
    environment.stop()


def test_a_foreign_object_in_every_bucket_survives(live: LiveEnvironment, tmp_path: Path) -> None:
    s3 = live.client("s3")
    target = TargetReference(kind="live", url=live.running.catalog_url)
    ledger = Ledger(LedgerFile(tmp_path / "ledgers", owner=DEAD), target, "creation.feature::Publish[local]")
    for bucket in ALL:
        ledger.book("objects", f"objects in {bucket}", bucket=bucket, prefix="run-1/")
        for key in ("run-1/ours.csv", "run-10/foreign.csv", "foreign.csv"):
            s3.put_object(Bucket=bucket, Key=key, Body=b"x")

    dry = clean_up(tmp_path / "ledgers", target_of, dry_run=True)
    assert len(dry.undone) == len(ALL)
    assert s3.list_objects_v2(Bucket=BUCKETS.scratch)["KeyCount"] == 3

    done = clean_up(tmp_path / "ledgers", target_of)

    assert done.complete
    for bucket in ALL:
        keys = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
        assert keys == ["foreign.csv", "run-10/foreign.csv"]
