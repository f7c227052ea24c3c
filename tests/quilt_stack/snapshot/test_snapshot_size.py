"""How long a state of the size of the suite's baseline takes: under a second to save, and as long to restore.

The baseline in a run is 104 object versions with 107 MB, packages, their search documents, and users
(docs/embedded-deployment.md, "State that lasts"). This is as much, of bytes that cannot be compressed.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from busy_machine import waiting_for_a_core
from stack_wire import ADMINISTRATOR, OPEN_BUCKET, READER, WRITER, WireDeployment, wire_blueprint

from quilt_stack import lifecycle
from quilt_stack.settings import DeploymentSettings

LIMIT_SECONDS = 1.0
"""On two cores that nobody else uses."""
MEGABYTE = 1_000_000
SIZES = [15 * MEGABYTE] * 7 + [20_000] * 97
PACKAGES = 20
_PUSH = """mutation ($to: PackagePushParams!, $of: PackageConstructSource!) {
    packageConstruct(params: $to, src: $of) { __typename } }"""
_FOUND = "{ searchPackages(buckets: []) { ... on PackagesSearchResultSet { total } } }"


@pytest.fixture
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireDeployment]:
    """A deployment that holds as much as the suite's baseline."""
    passwords = {user: secrets.token_urlsafe(16) for user in (ADMINISTRATOR, WRITER, READER)}
    settings = DeploymentSettings(state_directory=tmp_path_factory.mktemp("large") / "state", indexing_delay_seconds=0)
    running = lifecycle.start(settings, wire_blueprint(passwords), owned=True)
    try:
        wire = WireDeployment(running, passwords, 0)
        s3 = boto3.client("s3", **running.boto3_arguments)
        for number, size in enumerate(SIZES):
            s3.put_object(Bucket=OPEN_BUCKET, Key=f"data/{number}", Body=os.urandom(size))
        for number in range(PACKAGES):
            entries = [
                {"logicalKey": str(each), "physicalKey": f"s3://{OPEN_BUCKET}/data/{each}"}
                for each in range(number, len(SIZES), PACKAGES)
            ]
            to = {"bucket": OPEN_BUCKET, "name": f"measured/{number}", "userMeta": {"number": number}}
            pushed = wire.graphql(_PUSH, to=to, of={"entries": entries})["packageConstruct"]
            assert pushed["__typename"] == "PackagePushSuccess"
        running.control.wait_until_indexed()
        yield wire
    finally:
        running.stop()


def seconds(done: Callable[[], Any]) -> float:
    """The shortest of three times: another process may hold up one of them."""
    times = []
    for _ in range(3):
        began = time.perf_counter()
        done()
        times.append(time.perf_counter() - began)
    return min(times)


@pytest.mark.slow
def test_a_state_of_the_baselines_size_is_saved_and_restored_in_under_a_second(
    large: WireDeployment,
) -> None:
    control = large.running.control
    saved = seconds(lambda: control.snapshot("baseline"))
    (snapshot,) = control.snapshots()
    assert snapshot.size_bytes > sum(SIZES) > 106 * MEGABYTE

    s3 = boto3.client("s3", **large.running.boto3_arguments)
    s3.delete_object(Bucket=OPEN_BUCKET, Key="data/0")
    restored = seconds(lambda: control.restore("baseline"))

    assert s3.head_object(Bucket=OPEN_BUCKET, Key="data/0")["ContentLength"] == SIZES[0]
    assert large.graphql(_FOUND)["searchPackages"]["total"] == PACKAGES
    took = f"{saved:.2f} s to save, {restored:.2f} s to restore"
    limit = LIMIT_SECONDS * waiting_for_a_core()
    assert saved < limit and restored < limit, f"{took}, of {limit:.2f} s"
