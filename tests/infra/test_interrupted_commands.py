"""Commands that are killed in the middle: clean-up finds what they left, and the same command goes on from there."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psutil
import pytest
from live_commands import LIMIT_SECONDS, ended, started

from environment.observers.storage import StorageObserver
from environment.settings import Buckets
from environment.targets.live_lock import KEY
from environment.undo.mirrored import PREFIX
from environment.undo.run_directory import RUNS
from environment.waiting import wait_until
from infra.rehearsal.stand_in import StandIn
from quilt_stack import Latency, Surface

pytestmark = pytest.mark.slow

BUCKETS = Buckets.model_construct()
CHOSEN = ("simple-csv", "versioned-data")
PACKAGES = tuple(word for name in CHOSEN for word in ("--package", f"test-user/{name}"))


def killed(live: StandIn, state: Path, *arguments: str, surface: Surface, **which: Any) -> None:
    """Start a command, and kill it while the request that fits is answered."""
    control = live.running.control
    fault = control.set_fault(surface, Latency(seconds=60), count=1, operator_too=True, **which)
    with started(live, state, *arguments) as process:

        def is_in_the_middle() -> bool:
            assert process.poll() is None, process.communicate()[0]
            return any(each.applied for each in control.faults() if each.id == fault.id)

        wait_until(is_in_the_middle, limit_seconds=LIMIT_SECONDS, what="the command to be in the middle")
        for each in (*psutil.Process(process.pid).children(recursive=True), process):
            each.kill()
    control.clear_faults()


def objects(live: StandIn, bucket: str) -> set[str]:
    pages = live.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {item["Key"] for page in pages for item in page.get("Contents", [])}


def clean_up(live: StandIn, state: Path) -> str:
    return ended(live, state, "clean-up", "--target", "live", "--older-than", "0")


def test_users_that_were_half_created(unpeopled: StandIn, tmp_path: Path) -> None:
    asked = ("users", "create", "--target", "live")
    killed(unpeopled, tmp_path, *asked, surface=Surface.REGISTRY, path="^/graphql", skip=9)

    # The first half is there; the same command makes the other half, then nothing more.
    ended(unpeopled, tmp_path, *asked)
    assert "as they should be" in ended(unpeopled, tmp_path, *asked)


def test_data_that_were_half_uploaded(peopled: StandIn, tmp_path: Path) -> None:
    live = peopled
    asked = ("data", "upload", *CHOSEN, "--target", "live")
    killed(live, tmp_path, *asked, surface=Surface.AWS, method="PUT", path=f"^/{BUCKETS.data}/", skip=4)
    halfway = objects(live, BUCKETS.data)
    assert halfway
    assert clean_up(live, tmp_path).endswith("0 undone, 0 gone already, 0 failed.\n")
    assert objects(live, BUCKETS.data) == halfway  # reference data, which clean-up never takes

    ended(live, tmp_path, *asked)

    assert ended(live, tmp_path, *asked, "--dry-run") == ""
    # Nothing but the datasets and the sample table: no object under another name was left.
    assert {key.partition("/")[0] for key in objects(live, BUCKETS.data)} == {*CHOSEN, "athena"}
    assert live.client("s3").list_multipart_uploads(Bucket=BUCKETS.data).get("Uploads", []) == []


@pytest.mark.parametrize(
    ("mode", "revisions_before"),
    [
        pytest.param("multiuser", 1, id="between QuiltOps and quilt3"),
        pytest.param("local", 2, id="half-way in a package"),
    ],
)
def test_a_baseline_that_was_half_created(peopled: StandIn, tmp_path: Path, mode: str, revisions_before: int) -> None:
    live = peopled
    storage = StorageObserver(live.client("s3"))
    asked = ("baseline", "create", "--target", "live", "--mode", mode, *PACKAGES)
    # A revision is three objects: the one of simple-csv by QuiltOps, then the two of versioned-data by quilt3.
    which = {"method": "PUT", "path": f"^/{BUCKETS.packages}/", "skip": 3 * revisions_before}
    killed(live, tmp_path, *asked, surface=Surface.AWS, **which)
    revisions = [storage.revision_hashes(BUCKETS.packages, f"test-user/{name}") for name in CHOSEN]
    assert [len(hashes) for hashes in revisions] == [1, revisions_before - 1]
    assert list((tmp_path / RUNS).iterdir()), "the home of the session, with its token"

    assert "which a killed run left" in clean_up(live, tmp_path)
    assert list((tmp_path / RUNS).iterdir()) == []

    told = ended(live, tmp_path, *asked)
    assert "created test-user/simple-csv" not in told
    assert "test-user/versioned-data was made with quilt3" in told
    assert [len(storage.revision_hashes(BUCKETS.packages, f"test-user/{name}")) for name in CHOSEN] == [1, 2]
    assert "packages are as they should be" in ended(
        live, tmp_path, "baseline", "verify", "--target", "live", *PACKAGES
    )
    s3 = live.client("s3")
    for key in objects(live, BUCKETS.packages):
        s3.delete_object(Bucket=BUCKETS.packages, Key=key)


def test_what_a_run_made_whose_machine_was_lost_is_undone_on_another_one(peopled: StandIn, tmp_path: Path) -> None:
    """Killed while it publishes, its disk gone: what is left is in the cloud."""
    live, s3 = peopled, peopled.client("s3")
    lost, other = tmp_path / "lost", tmp_path / "other"
    ended(live, lost, "data", "upload", "single-file", "--target", "live")
    scenario = "features/packages/creation.feature::The publisher is given the catalog page of the new package"
    asked = ("run", "--no-report", "-n0", "--target", "live", "--backend", "local", "--results", str(lost / "build"))
    killed(live, lost, *asked, scenario, surface=Surface.AWS, method="PUT", path=f"^/{BUCKETS.packages}/", skip=1)
    assert objects(live, BUCKETS.packages), "half a package"
    shutil.rmtree(lost)

    told = ended(live, other, "clean-up", "--target", "live")
    assert "1 undo logs of other machines are left alone: a run holds the catalog" in told
    s3.delete_object(Bucket=BUCKETS.scratch, Key=KEY)  # as ten minutes later
    told = ended(live, other, "clean-up", "--target", "live")

    assert "undid package" in told and told.endswith(" undone, 0 gone already, 0 failed.\n")
    assert objects(live, BUCKETS.packages) == set()
    assert not any(key.startswith(PREFIX) for key in objects(live, BUCKETS.scratch))
