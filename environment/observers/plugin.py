"""pytest plugin: the observers as fixtures."""

from __future__ import annotations

import pytest

from environment.observers.directory import DirectoryObserver
from environment.observers.manifest import ManifestObserver
from environment.observers.registry import RegistryObserver
from environment.observers.storage import StorageObserver
from environment.targets.target import Target


@pytest.fixture(scope="session")
def registry_observer(target: Target) -> RegistryObserver:
    """The registry through gql, as its administrator."""
    return RegistryObserver(target.graphql_endpoint, target.token("admin"))


@pytest.fixture(scope="session")
def directory_observer(registry_observer: RegistryObserver) -> DirectoryObserver:
    """Users, roles and the SSO configuration through gql."""
    return DirectoryObserver(registry_observer)


@pytest.fixture(scope="session")
def storage_observer(target: Target) -> StorageObserver:
    """S3 through boto3, with the suite's own keys."""
    return StorageObserver(target.client("s3"))


@pytest.fixture(scope="session")
def manifest_observer(storage_observer: StorageObserver) -> ManifestObserver:
    """Package manifests through quilt3."""
    return ManifestObserver(storage_observer)
