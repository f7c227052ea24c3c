"""A package is undone whole, with the manifests that are its run's own, and without those that others share."""

from __future__ import annotations

import pytest

from environment.arrangement import undoing
from environment.arrangement.packages import Entry, PackageArranger
from environment.observers.registry import RegistryObserver
from environment.observers.storage import MANIFESTS, StorageObserver
from environment.people import Names, new_run_token
from environment.targets.embedded import EmbeddedTarget


@pytest.fixture
def bucket(embedded: EmbeddedTarget) -> str:
    return embedded.buckets.packages


@pytest.fixture
def storage(embedded: EmbeddedTarget) -> StorageObserver:
    return StorageObserver(embedded.client("s3"))


@pytest.fixture
def arranger(embedded: EmbeddedTarget) -> PackageArranger:
    return PackageArranger(RegistryObserver(embedded.graphql_endpoint, embedded.token("admin")))


@pytest.fixture
def names(request: pytest.FixtureRequest) -> Names:
    return Names(1, request.node.nodeid, new_run_token())


@pytest.fixture
def entry(embedded: EmbeddedTarget, names: Names) -> Entry:
    key = f"{names.run}/measurements.csv"
    embedded.client("s3").put_object(Bucket=embedded.buckets.scratch, Key=key, Body=b"site,value\n")
    return Entry("measurements.csv", f"s3://{embedded.buckets.scratch}/{key}")


def test_nothing_is_left_of_a_package(
    embedded: EmbeddedTarget,
    storage: StorageObserver,
    arranger: PackageArranger,
    names: Names,
    entry: Entry,
    bucket: str,
) -> None:
    before = storage.keys(bucket)
    name = names.package_name("test-user")
    arranger.construct(bucket, name, [entry])
    arranger.construct(bucket, name, [entry], {"status": "final"})
    assert len(storage.keys(bucket)) == len(before) + 2 + 3
    for _ in range(2):
        undoing.delete_package(embedded, bucket=bucket, name=name)
        assert storage.keys(bucket) == before


def test_the_manifest_of_a_package_that_the_scenario_deleted_goes_too(
    embedded: EmbeddedTarget,
    storage: StorageObserver,
    arranger: PackageArranger,
    names: Names,
    entry: Entry,
    bucket: str,
) -> None:
    before = storage.keys(bucket)
    name = names.package_name("test-user")
    top_hash = arranger.construct(bucket, name, [entry])
    for key in storage.keys(bucket, f".quilt/named_packages/{name}/"):
        embedded.client("s3").delete_object(Bucket=bucket, Key=key)
    assert f"{MANIFESTS}{top_hash}" in storage.keys(bucket)
    undoing.delete_package(embedded, bucket=bucket, name=name)
    assert storage.keys(bucket) == before


def test_a_manifest_that_others_may_share_stays(
    embedded: EmbeddedTarget,
    storage: StorageObserver,
    arranger: PackageArranger,
    names: Names,
    entry: Entry,
    bucket: str,
) -> None:
    ours, theirs = names.package_name("test-user"), Names(1, "theirs", new_run_token()).package_name("test-user")
    top_hash, shared = (arranger.construct(bucket, name, [entry], message="In common") for name in (ours, theirs))
    assert top_hash == shared
    undoing.delete_package(embedded, bucket=bucket, name=ours)
    assert f"{MANIFESTS}{shared}" in storage.keys(bucket)
    assert storage.latest_top_hash(bucket, ours) is None
    undoing.delete_package(embedded, bucket=bucket, name=theirs, run="In common")
    assert f"{MANIFESTS}{shared}" not in storage.keys(bucket)


def test_equal_packages_of_one_run_have_manifests_of_their_own(
    arranger: PackageArranger, embedded: EmbeddedTarget, names: Names, entry: Entry, bucket: str
) -> None:
    made = [names.package_name("test-user") for _ in range(2)]
    assert len({arranger.construct(bucket, name, [entry]) for name in made}) == 2
    for name in made:
        undoing.delete_package(embedded, bucket=bucket, name=name)
