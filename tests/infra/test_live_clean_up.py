"""``acceptance clean-up`` on a live environment: what undo logs and scratch rules name goes, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import typer

import environment.arrangement.undoing  # noqa: F401  # registers what undoes
from data.baseline_command import baseline
from environment.command import main as command_line
from environment.settings import STATE_VARIABLE, Buckets, LiveSettings
from environment.targets.live import LiveTarget
from environment.targets.live_lock import KEY, LiveLock
from environment.undo.log import UndoLog, UndoLogFile
from environment.undo.mirrored import PREFIX, Mirror, MirroredLog
from environment.undo.plugin import DIRECTORY
from environment.undo.process import this_process
from environment.undo.records import OwnerProcess, TargetReference
from environment.undo.scratch import arranged
from infra.rehearsal.stand_in import StandIn

BUCKETS = Buckets.model_construct()
WRITABLE = (BUCKETS.scratch, BUCKETS.packages, BUCKETS.restricted, BUCKETS.remote)
"""By tests; the reference data are not."""
ALL = (BUCKETS.data, *WRITABLE)
DEAD = OwnerProcess(pid=2**22 + 1, started=1.0)
FOREIGN = ("foreign.csv", "run-10/foreign.csv", "arranged/foreign.csv", "athena-results/summary.csv")
"""Somebody else's, in every bucket; three of them look like the suite's."""
OURS = f"{arranged('stock/dolorum-at-daae976f-1')}file.csv"
RESULT = f"athena-results/{uuid4()}.csv"


@pytest.fixture
def live(peopled: StandIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[StandIn]:
    """With a state directory of its own, and buckets that hold what other people put there."""
    for name, value in {**peopled.variables, STATE_VARIABLE: str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    s3 = peopled.client("s3")
    for bucket in ALL:
        for key in FOREIGN:
            s3.put_object(Bucket=bucket, Key=key, Body=b"x")
    yield peopled
    for bucket in ALL:
        for item in versions(s3, bucket):
            s3.delete_object(Bucket=bucket, Key=item["Key"], VersionId=item["VersionId"])


def versions(s3: Any, bucket: str) -> list[dict[str, Any]]:
    pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
    return [item for page in pages for kind in ("Versions", "DeleteMarkers") for item in page.get(kind, [])]


def keys(s3: Any, bucket: str) -> list[str]:
    return [item["Key"] for item in versions(s3, bucket)]


def undo_log(live: StandIn, state: Path, owner: OwnerProcess = DEAD) -> UndoLog:
    target = TargetReference(kind="live", url=live.running.catalog_url)
    return UndoLog(UndoLogFile(state / DIRECTORY, owner=owner), target, "creation.feature::Publish[local]")


def clean_up(live: StandIn, *arguments: str, code: int = 0) -> list[str]:
    application = typer.Typer()
    application.command()(command_line.clean_up)
    return live.command(application, "--target", "live", *arguments, code=code).splitlines()


@pytest.mark.slow
def test_foreign_objects_survive_in_every_bucket_what_is_named_goes(live: StandIn, tmp_path: Path) -> None:
    s3, booked = live.client("s3"), undo_log(live, tmp_path)
    for bucket in WRITABLE:
        booked.book("objects", f"objects in {bucket}", bucket=bucket, prefix="run-1/")
        s3.put_object(Bucket=bucket, Key="run-1/ours.csv", Body=b"x")
        s3.put_object(Bucket=bucket, Key="run-1/ours.csv", Body=b"y")
        s3.put_object(Bucket=bucket, Key=OURS, Body=b"x")
    s3.put_object(Bucket=BUCKETS.scratch, Key=RESULT, Body=b"x")
    upload = s3.create_multipart_upload(Bucket=BUCKETS.scratch, Key=f"{OURS}.large")["UploadId"]
    foreign_upload = s3.create_multipart_upload(Bucket=BUCKETS.scratch, Key="arranged/large.bin")["UploadId"]
    before = {bucket: versions(s3, bucket) for bucket in ALL}

    shown = clean_up(live, "--older-than", "0", "--dry-run")
    assert {bucket: versions(s3, bucket) for bucket in ALL} == before
    assert sum(line.startswith("would undo objects") for line in shown) == len(WRITABLE)
    assert any(OURS.rpartition("/")[0] in line and "1 unfinished upload" in line for line in shown)

    told = clean_up(live, "--older-than", "0")

    assert sorted(keys(s3, BUCKETS.scratch)) == sorted(FOREIGN)
    assert keys(s3, BUCKETS.data) == sorted(FOREIGN)
    for bucket in (BUCKETS.packages, BUCKETS.restricted, BUCKETS.remote):
        # The scratch rules hold in the scratch bucket alone; elsewhere the undo log names what goes.
        assert sorted(keys(s3, bucket)) == sorted([*FOREIGN, OURS])
    uploads = [item["UploadId"] for item in s3.list_multipart_uploads(Bucket=BUCKETS.scratch)["Uploads"]]
    assert (upload in uploads, foreign_upload in uploads) == (False, True)
    assert told[-2:] == [
        "2 things deleted from the scratch bucket.",
        f"{len(WRITABLE)} undone, 0 gone already, 0 failed.",
    ]
    s3.abort_multipart_upload(Bucket=BUCKETS.scratch, Key="arranged/large.bin", UploadId=foreign_upload)
    assert clean_up(live, "--older-than", "0")[-2:] == [
        "0 things deleted from the scratch bucket.",
        "0 undone, 0 gone already, 0 failed.",
    ]


@pytest.mark.slow
def test_what_is_younger_stays(live: StandIn, tmp_path: Path) -> None:
    s3 = live.client("s3")
    undo_log(live, tmp_path).book("objects", "objects", bucket=BUCKETS.packages, prefix="run-1/")
    s3.put_object(Bucket=BUCKETS.packages, Key="run-1/ours.csv", Body=b"x")
    s3.put_object(Bucket=BUCKETS.scratch, Key=OURS, Body=b"x")

    told = clean_up(live, "--older-than", "1")

    assert "run-1/ours.csv" in keys(s3, BUCKETS.packages)
    assert OURS in keys(s3, BUCKETS.scratch)
    assert any("its newest booking is of" in line and "left alone" in line for line in told)
    # Unless told otherwise, a dead process's undo log is undone at once, and scratch objects are given two hours.
    assert clean_up(live)[-1] == "1 undone, 0 gone already, 0 failed."
    assert OURS in keys(s3, BUCKETS.scratch)


@pytest.mark.slow
def test_what_a_living_process_has_booked_stays_however_old(live: StandIn, tmp_path: Path) -> None:
    s3 = live.client("s3")
    prefix = OURS.rpartition("/")[0] + "/"
    entry = undo_log(live, tmp_path, this_process()).book("objects", "own", bucket=BUCKETS.scratch, prefix=prefix)
    s3.put_object(Bucket=BUCKETS.scratch, Key=OURS, Body=b"x")

    told = clean_up(live, "--older-than", "0")

    assert OURS in keys(s3, BUCKETS.scratch)
    assert any("its process still runs; left alone" in line for line in told)
    entry.done()


def lost_machine(live: StandIn, tmp_path: Path, url: str = "") -> MirroredLog:
    """What a machine booked and made before it was lost; returns its undo log, of which a copy is left."""
    s3 = live.client("s3")
    file = UndoLogFile(tmp_path / "lost", owner=DEAD)
    file.mirror = Mirror(s3, BUCKETS.scratch, "lost").keep
    target = TargetReference(kind="live", url=url or live.running.catalog_url)
    UndoLog(file, target, "scenario").book("objects", "objects", bucket=BUCKETS.packages, prefix="run-1/")
    s3.put_object(Bucket=BUCKETS.packages, Key="run-1/ours.csv", Body=b"x")
    file.path.unlink()
    return MirroredLog("lost", file.path.name)


@pytest.mark.slow
def test_what_a_lost_machine_booked_is_undone_from_its_copy_once_no_run_holds_the_catalog(
    live: StandIn, tmp_path: Path
) -> None:
    s3, log = live.client("s3"), lost_machine(live, tmp_path)
    assert clean_up(live, "--dry-run")[-1] == "1 undone, 0 gone already, 0 failed."
    assert {log.key} < set(keys(s3, BUCKETS.scratch)) and "run-1/ours.csv" in keys(s3, BUCKETS.packages)
    lock = LiveLock(s3, BUCKETS.scratch, "another machine")
    lock.take()
    told = clean_up(live)
    assert "1 undo logs of other machines are left alone: a run holds the catalog" in told
    assert {log.key} < set(keys(s3, BUCKETS.scratch)) and "run-1/ours.csv" in keys(s3, BUCKETS.packages)
    lock.release()

    told = clean_up(live)

    assert told[-1] == "1 undone, 0 gone already, 0 failed."
    assert sorted(keys(s3, BUCKETS.packages)) == sorted(FOREIGN)
    assert sorted(keys(s3, BUCKETS.scratch)) == sorted([*FOREIGN, KEY])
    assert clean_up(live)[-1] == "0 undone, 0 gone already, 0 failed."


@pytest.mark.slow
def test_the_copy_of_what_cannot_be_undone_stays(live: StandIn, tmp_path: Path) -> None:
    """Here: it was made on another catalog."""
    log = lost_machine(live, tmp_path, "https://other.example.org")
    told = clean_up(live, code=1)
    assert any("could not undo" in line and "https://other.example.org" in line for line in told)
    assert log.key in keys(live.client("s3"), BUCKETS.scratch)


@pytest.mark.slow
def test_a_booking_is_in_the_bucket_before_the_thing_is_made_and_goes_when_it_is_undone(
    live: StandIn, tmp_path: Path
) -> None:
    s3, target = live.client("s3"), LiveTarget(LiveSettings())

    def copies() -> list[str]:
        return [key for key in keys(s3, BUCKETS.scratch) if key.startswith(PREFIX)]

    file = UndoLogFile(tmp_path / DIRECTORY, owner=DEAD)
    file.mirror = target.mirror
    booked = UndoLog(file, target.reference, "scenario")
    entries = [booked.book("objects", "own", bucket=BUCKETS.packages, prefix=f"run-{number}/") for number in (1, 2)]
    [copy] = copies()
    assert s3.get_object(Bucket=BUCKETS.scratch, Key=copy)["Body"].read() == file.path.read_bytes()
    entries[0].done()
    assert s3.get_object(Bucket=BUCKETS.scratch, Key=copy)["Body"].read() == file.path.read_bytes()
    entries[1].done()
    assert copies() == [] and not file.path.exists()


@pytest.mark.slow
def test_what_this_machines_disk_knows_is_undone_from_there_and_once(live: StandIn, tmp_path: Path) -> None:
    """The copy goes with it, also that of what was undone when its run had ended."""
    target = LiveTarget(LiveSettings())
    for number in (1, 2):
        file = UndoLogFile(tmp_path / DIRECTORY, owner=DEAD)
        file.mirror = target.mirror
        booked = UndoLog(file, target.reference, "scenario")
        booked.book("objects", "own", bucket=BUCKETS.packages, prefix=f"run-{number}/")
    file.path.unlink()
    assert len(target.undo_logs.logs()) == 2
    assert clean_up(live)[-1] == "1 undone, 0 gone already, 0 failed."
    assert target.undo_logs.logs() == []


@pytest.mark.slow
def test_what_is_kept_stays_even_if_a_undo_log_names_it(live: StandIn, tmp_path: Path) -> None:
    live.command(baseline, "create", "--target", "live", "--package", "test-user/single-file")
    s3, booked = live.client("s3"), undo_log(live, tmp_path)
    booked.book("package", "a baseline package", bucket=BUCKETS.packages, name="test-user/single-file")
    booked.book("objects", "reference data", bucket=BUCKETS.data, prefix="single-file/")
    booked.book("objects", "a part of it", bucket=BUCKETS.data, prefix="single")
    booked.book("user", "Dana", name="test_user")
    before = {bucket: keys(s3, bucket) for bucket in ALL}

    told = clean_up(live, "--older-than", "0", code=1)

    assert {bucket: keys(s3, bucket) for bucket in ALL} == before
    assert sum("could not undo" in line and "is kept" in line for line in told) == 4
    assert told[-1] == "0 undone, 0 gone already, 4 failed."


def test_what_s3_refuses_is_told_and_ends_with_one(live: StandIn, tmp_path: Path) -> None:
    s3 = live.client("s3")
    undo_log(live, tmp_path).book("objects", "objects", bucket="no-such-bucket-1", prefix="run-1/")

    told = clean_up(live, code=1)

    assert any("could not undo objects 'objects'" in line and "NoSuchBucket" in line for line in told)
    assert told[-1] == "0 undone, 0 gone already, 1 failed."
    assert sorted(keys(s3, BUCKETS.scratch)) == sorted(FOREIGN)
