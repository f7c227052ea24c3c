"""``acceptance baseline`` as it is typed, on a live environment: what it says, what it makes, how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from live_commands import ended

from environment.observers.storage import MANIFESTS, StorageObserver
from environment.settings import Buckets
from infra.rehearsal.stand_in import StandIn

BUCKETS = Buckets.model_construct()
PACKAGE = "test-user/single-file"
OBJECT = "single-file/v1/data.csv"
Command = Callable[..., list[str]]


@pytest.fixture
def told(peopled: StandIn, tmp_path: Path) -> Command:
    """Runs a command on the one package and returns the lines that it printed."""

    def run(name: str, *arguments: str, code: int = 0) -> list[str]:
        asked = ("baseline", name, "--target", "live", "--package", PACKAGE, *arguments)
        return ended(peopled, tmp_path, *asked, code=code).splitlines()

    return run


@pytest.mark.slow
def test_from_nothing_to_a_package_that_somebody_spoils(peopled: StandIn, told: Command) -> None:
    s3 = peopled.client("s3")
    storage = StorageObserver(s3)
    assert told("verify", code=1) == [f"missing: {PACKAGE}: the package"]
    would = [f"would write s3://{BUCKETS.data}/{OBJECT}", f"would put right: missing: {PACKAGE}: the package"]
    assert told("create", "--dry-run") == would
    assert (storage.keys(BUCKETS.data), storage.keys(BUCKETS.packages)) == ([], [])

    made = told("create")
    top_hash = storage.latest_top_hash(BUCKETS.packages, PACKAGE)
    assert made == [
        f"created {PACKAGE}: {top_hash}",
        "0 of 1 packages were there already",
        "1 packages are as they should be",
    ]
    assert storage.keys(BUCKETS.data) == [OBJECT]
    before = storage.keys(BUCKETS.packages)
    assert told("create") == ["1 of 1 packages were there already", "1 packages are as they should be"]
    assert (told("create", "--dry-run"), storage.keys(BUCKETS.packages)) == ([], before)

    manifest = f"{MANIFESTS}{top_hash}"
    text = storage.content(BUCKETS.packages, manifest).decode()
    s3.put_object(Bucket=BUCKETS.packages, Key=manifest, Body=text.replace("minimal", "maximal").encode())
    assert told("verify", code=1) == [f"changed: {PACKAGE}: metadata of revision v1 ({top_hash})"]


@pytest.mark.slow
def test_says_what_was_made_with_quilt3_and_why(peopled: StandIn, tmp_path: Path) -> None:
    s3, empty = peopled.client("s3"), "test-user/empty-package"
    asked = ("baseline", "create", "--target", "live", "--mode", "multiuser", "--package", empty)

    made = ended(peopled, tmp_path, *asked).splitlines()
    assert made == [
        f"created {empty}: {StorageObserver(s3).latest_top_hash(BUCKETS.packages, empty)}",
        f"{empty} was made with quilt3: QuiltOps refuses a package without files (known defect QO-102)",
        "0 of 1 packages were there already",
        "1 packages are as they should be",
    ]


@pytest.mark.slow
def test_tells_in_words_that_the_role_may_not_write(peopled: StandIn, tmp_path: Path) -> None:
    """Lee's token in Dana's place: his role reads only."""
    lees = {**peopled.variables, "QUILT_TEST_JWT_TOKEN": peopled.variables["QUILT_TEST_READONLY_JWT_TOKEN"]}
    live = replace(peopled, variables=lees)
    asked = ("baseline", "create", "--target", "live", "--package")

    (by_quilt3,) = ended(live, tmp_path, *asked, "test-user/metadata-rich", code=2).splitlines()
    (by_product,) = ended(live, tmp_path, *asked, "test-user/simple-csv", code=2).splitlines()

    assert "Created package test-user/metadata-rich" in by_quilt3
    assert "with quilt3: An error occurred (AccessDenied)" in by_quilt3
    assert "Created package test-user/simple-csv" in by_product
    assert "with QuiltOps: it raised BackendError" in by_product
