"""A package is undone whole, with the manifests that are its run's own, and without those that others share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from environment.arrangement import undoing
from environment.arrangement.packages import Entry, PackageArranger
from environment.observers.registry import RegistryObserver
from environment.observers.storage import MANIFESTS, StorageObserver
from environment.people.names import Names, new_run_token
from environment.targets.embedded import EmbeddedTarget


@dataclass(frozen=True)
class Packages:
    """The packages bucket of a deployment, with one file of which packages are made."""

    target: EmbeddedTarget
    storage: StorageObserver
    arranger: PackageArranger
    names: Names
    entry: Entry

    @property
    def bucket(self) -> str:
        return self.target.buckets.packages

    def name(self) -> str:
        return self.names.package_name("test-user")

    def stored(self, prefix: str = "") -> list[str]:
        return self.storage.keys(self.bucket, prefix)

    def construct(self, name: str, metadata: dict[str, Any] | None = None, **how: str) -> str:
        """Make a revision; returns its top hash."""
        return self.arranger.construct(self.bucket, name, [self.entry], metadata, **how)

    def undo(self, name: str, **how: str) -> None:
        undoing.delete_package(self.target, bucket=self.bucket, name=name, **how)


class Elsewhere:
    """What no target is, so that undoing goes over the wire as on a live deployment."""


@pytest.fixture(params=["in one request", "over the wire"])
def packages(embedded: EmbeddedTarget, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Packages:
    if request.param == "over the wire":
        monkeypatch.setattr(undoing, "EmbeddedTarget", Elsewhere)
    names = Names(1, request.node.nodeid, new_run_token())
    s3, scratch, key = embedded.client("s3"), embedded.buckets.scratch, f"{names.run}/measurements.csv"
    s3.put_object(Bucket=scratch, Key=key, Body=b"site,value\n")
    arranger = PackageArranger(RegistryObserver(embedded.graphql_endpoint, embedded.token("admin")))
    return Packages(embedded, StorageObserver(s3), arranger, names, Entry("measurements.csv", f"s3://{scratch}/{key}"))


def test_nothing_is_left_of_a_package(packages: Packages) -> None:
    before = packages.stored()
    name = packages.name()
    packages.construct(name)
    packages.construct(name, {"status": "final"})
    assert len(packages.stored()) == len(before) + 2 + 3
    for _ in range(2):
        packages.undo(name)
        assert packages.stored() == before


def test_the_manifest_of_a_package_that_the_scenario_deleted_goes_too(packages: Packages) -> None:
    before = packages.stored()
    name = packages.name()
    top_hash = packages.construct(name)
    for key in packages.stored(f".quilt/named_packages/{name}/"):
        packages.target.client("s3").delete_object(Bucket=packages.bucket, Key=key)
    assert f"{MANIFESTS}{top_hash}" in packages.stored()
    packages.undo(name)
    assert packages.stored() == before


def test_a_manifest_that_others_may_share_stays(packages: Packages) -> None:
    ours, theirs = packages.name(), Names(1, "theirs", new_run_token()).package_name("test-user")
    top_hash, shared = (packages.construct(name, message="In common") for name in (ours, theirs))
    assert top_hash == shared
    packages.undo(ours)
    assert f"{MANIFESTS}{shared}" in packages.stored()
    assert packages.storage.latest_top_hash(packages.bucket, ours) is None
    packages.undo(theirs, run="In common")
    assert f"{MANIFESTS}{shared}" not in packages.stored()


def test_equal_packages_of_one_run_have_manifests_of_their_own(packages: Packages) -> None:
    made = [packages.name() for _ in range(2)]
    assert len({packages.construct(name) for name in made}) == 2
    for name in made:
        packages.undo(name)


def test_objects_go_with_all_their_versions_and_search_forgets_them(packages: Packages) -> None:
    s3, bucket, prefix = packages.target.client("s3"), packages.bucket, f"{packages.names.run}/"
    for body in (b"first", b"second"):
        s3.put_object(Bucket=bucket, Key=f"{prefix}a.csv", Body=body)
    s3.put_object(Bucket=bucket, Key=f"{prefix}b.csv", Body=b"gone")
    s3.delete_object(Bucket=bucket, Key=f"{prefix}b.csv")
    s3.put_object(Bucket=bucket, Key=f"{packages.names.run}-other.csv", Body=b"stays")
    undoing.delete_objects(packages.target, bucket=bucket, prefix=prefix)
    left = s3.list_object_versions(Bucket=bucket, Prefix=packages.names.run)
    assert [each["Key"] for each in left["Versions"]] == [f"{packages.names.run}-other.csv"]
    assert "DeleteMarkers" not in left


def test_the_search_no_longer_finds_a_package_that_was_undone(packages: Packages) -> None:
    name = packages.name()
    packages.construct(name)
    registry = RegistryObserver(packages.target.graphql_endpoint, packages.target.token("admin"))
    packages.target.wait_until_indexed()
    word = name.rpartition("/")[2]
    assert registry.names_found(packages.bucket, word, 10) == {name}
    packages.undo(name)
    packages.target.wait_until_indexed()
    assert registry.names_found(packages.bucket, word, 10) == set()


@pytest.mark.parametrize("status", ["Suspended", None])
def test_objects_of_a_bucket_that_keeps_no_versions_go(packages: Packages, status: str | None) -> None:
    s3, bucket = packages.target.client("s3"), f"plain-{packages.names.run}".lower()
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": packages.target.region})
    if status is not None:
        for each in ("Enabled", status):
            s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": each})
            s3.put_object(Bucket=bucket, Key="run/a.csv", Body=each.encode())
    s3.put_object(Bucket=bucket, Key="run/a.csv", Body=b"last")
    undoing.delete_objects(packages.target, bucket=bucket, prefix="run/")
    assert {"Versions", "DeleteMarkers"}.isdisjoint(s3.list_object_versions(Bucket=bucket))
    s3.delete_bucket(Bucket=bucket)
