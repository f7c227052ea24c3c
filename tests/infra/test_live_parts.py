"""Parts of a live run, each on a machine of its own: they share the lock of the catalog, and make one run together."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from environment.settings import Buckets
from environment.targets.live_lock import KEY, LiveLock
from infra.rehearsal.running import run_features
from infra.rehearsal.stand_in import StandIn
from reports.merging import merge_runs, read_parts
from reports.outcomes import Status

pytestmark = pytest.mark.slow
FEATURE = "features/catalog/buckets.feature"


def test_parts_run_at_the_same_time_and_another_run_waits_until_they_have_ended(
    peopled: StandIn, tmp_path: Path
) -> None:
    s3, bucket = peopled.client("s3"), Buckets.model_construct().scratch
    first = LiveLock(s3, bucket, "run 7")
    first.take()

    def part(number: int) -> int:
        results = ("--results", str(tmp_path / f"part-{number}"))
        options = ("--target", "live", "--shard", f"{number}/3", "--exclusive-last", *results)
        variables = peopled.write_settings(QUILT_TEST_RUN="run 7", QUILT_TEST_LONGEST_WAIT_SECONDS="5")
        return run_features(tmp_path / f"machine-{number}", FEATURE, *options, variables=variables).returncode

    with ThreadPoolExecutor(2) as machines:
        codes = list(machines.map(part, (1, 2)))
    other = run_features(tmp_path / "other", FEATURE, "--target", "live", variables=peopled.write_settings())
    assert (other.returncode, "run 7 runs there at this moment" in other.stdout) == (4, True), other.stdout
    first.release()
    codes.append(part(3))

    whole = merge_runs(read_parts([tmp_path / f"part-{number}" for number in (1, 2, 3)]), tmp_path / "merged")
    assert whole is not None and (codes, whole.missing) == ([0, 0, 0], ())
    assert len(whole.scenarios) == 10
    assert {each.status for each in whole.scenarios} <= {Status.PASSED, Status.KNOWN, Status.SKIPPED}
    assert json.loads(s3.get_object(Bucket=bucket, Key=KEY)["Body"].read())["members"] == {}
