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


@pytest.fixture
def packages(embedded: EmbeddedTarget, request: pytest.FixtureRequest) -> Packages:
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
