"""Creating packages: what is published, and what the registry then holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_bdd import given, then, when

from environment.comparing import must_agree, must_be_exactly
from environment.gherkin.references import sentence
from environment.observers.manifest import Manifest, ManifestObserver
from environment.observers.storage import StorageObserver
from environment.outcome import Outcome, attempt
from environment.people import Names
from environment.sessions.session import Session
from environment.targets.target import Target
from infra.upload import ArrangedDataset, StoredFile
from steps.arrangement import DatasetShelf


@dataclass(frozen=True)
class Publication:
    """An attempt to publish: under which name, which files (by expected logical key), which metadata."""

    package_name: str
    outcome: Outcome
    files: Mapping[str, StoredFile] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    flawed_entry: str = ""

    @property
    def checksums(self) -> dict[str, str]:
        """SHA-256 by logical key of what was to be published."""
        return {key: file.file.sha256 for key, file in self.files.items()}

    @property
    def sizes(self) -> dict[str, int]:
        """Size in bytes by logical key of what was to be published."""
        return {key: file.file.size for key, file in self.files.items()}


def _kept(files: Mapping[str, StoredFile]) -> dict[str, StoredFile]:
    """Files by the logical key that keeps S3 folders: the S3 key."""
    return {file.key: file for file in files.values()}


def _flattened(files: Mapping[str, StoredFile]) -> dict[str, StoredFile]:
    """Files by the logical key without folders."""
    return {file.key.rsplit("/", 1)[-1]: file for file in files.values()}


def _publish(persona: Session, name: str, dataset: ArrangedDataset, **how: Any) -> Publication:
    outcome = attempt(persona.ops.create_package_revision, name, dataset.uris, registry=persona.registry, **how)
    files = _flattened(dataset.files) if how.get("auto_organize") is False else _kept(dataset.files)
    return Publication(name, outcome, files, how.get("metadata", {}))


@when(
    sentence('{persona:Persona} creates a package from the "{dataset:Dataset}" dataset'), target_fixture="publication"
)
def create_from_dataset(persona: Session, dataset: ArrangedDataset, package_name: str) -> Publication:
    """Publish all files of a dataset that lies in S3."""
    return _publish(persona, package_name, dataset)


@given(sentence('{persona:Persona} has created a package from the "{dataset:Dataset}" dataset'), target_fixture="first")
def has_created(persona: Session, dataset: ArrangedDataset, package_name: str) -> Publication:
    """A package that the persona published before; it must have succeeded."""
    publication = _publish(persona, package_name, dataset)
    publication.outcome.value  # noqa: B018 - what follows rests on it
    return publication


@when(
    sentence('{persona:Persona} creates a package of the same name from the "{dataset:Dataset}" dataset'),
    target_fixture="publication",
)
def create_same_name(persona: Session, dataset: ArrangedDataset, first: Publication) -> Publication:
    """Publish under a name that is taken."""
    return _publish(persona, first.package_name, dataset)


@when(
    sentence('{persona:Persona} creates a package from the "{dataset:Dataset}" dataset and keeps the folders'),
    target_fixture="publication",
)
def create_keeping_folders(persona: Session, dataset: ArrangedDataset, package_name: str) -> Publication:
    """Publish files so that they keep the folders that they have in S3."""
    return _publish(persona, package_name, dataset, auto_organize=True)


@when(
    sentence('{persona:Persona} creates a package from the "{dataset:Dataset}" dataset and flattens the folders'),
    target_fixture="publication",
)
def create_flattened(persona: Session, dataset: ArrangedDataset, package_name: str) -> Publication:
    """Publish files side by side, without folders."""
    return _publish(persona, package_name, dataset, auto_organize=False)


@when(
    sentence('{persona:Persona} creates a package from the "{dataset:Dataset}" dataset with this account of it:'),
    target_fixture="publication",
)
def create_with_account(
    persona: Session, dataset: ArrangedDataset, package_name: str, datatable: Sequence[Sequence[str]]
) -> Publication:
    """Publish files with a description and tags (comma-separated)."""
    account = dict(zip(datatable[0], datatable[1], strict=True))
    metadata = {"description": account["description"], "tags": account["tags"].split(", ")}
    return _publish(persona, package_name, dataset, metadata=metadata)


@when(
    sentence('{persona:Persona} creates a package from the "{dataset:Dataset}" dataset with metadata'),
    target_fixture="publication",
)
def create_with_metadata(persona: Session, dataset: ArrangedDataset, package_name: str, names: Names) -> Publication:
    """Publish files with an account of what they are."""
    return _publish(persona, package_name, dataset, metadata=made_up_metadata(names))


@when(sentence("{persona:Persona} creates a package without files but with metadata"), target_fixture="publication")
def create_without_files(persona: Session, package_name: str, names: Names) -> Publication:
    """Publish what is known before there are data."""
    metadata = made_up_metadata(names)
    create = persona.ops.create_package_revision
    outcome = attempt(create, package_name, [], metadata=metadata, registry=persona.registry)
    return Publication(package_name, outcome, metadata=metadata)


@when(sentence('{persona:Persona} creates a package from a good file and "{entry:Text}"'), target_fixture="publication")
def create_with_flaw(persona: Session, entry: str, package_name: str, datasets: DatasetShelf) -> Publication:
    """Publish two entries of which the second cannot be published."""
    entries = [datasets.take("single-file").uris[0], entry]
    outcome = attempt(persona.ops.create_package_revision, package_name, entries, registry=persona.registry)
    return Publication(package_name, outcome, flawed_entry=entry)


def made_up_metadata(names: Names) -> dict[str, Any]:
    """Nested metadata with made-up values."""
    return {"description": names.sentence(), "tags": ["made-up", "acceptance"], "project": {"title": names.sentence()}}


@pytest.fixture
def latest_manifest(publication: Publication, manifest_observer: ManifestObserver, target: Target) -> Manifest:
    """The manifest that the registry holds for what was published, seen by quilt3."""
    publication.outcome.value  # noqa: B018 - nothing to look at if it was refused
    found = manifest_observer.latest(target.buckets.packages, publication.package_name)
    assert found is not None, f"the registry holds no package {publication.package_name}"
    return found


@then(sentence("the package holds those {count:Count} files, byte for byte"))
def holds_those_files(
    count: int, publication: Publication, latest_manifest: Manifest, storage_observer: StorageObserver
) -> None:
    """The manifest has each file under its key, and the bytes that it points to are those that were published."""
    held = {key: storage_observer.sha256(entry.physical_key) for key, entry in latest_manifest.entries.items()}
    must_agree(held, publication.checksums, "files")
    assert len(held) == count


@then(sentence("the package holds no files"))
def holds_no_files(latest_manifest: Manifest) -> None:
    """The manifest has no entries."""
    must_be_exactly(latest_manifest.entries, [], "files")


@then(sentence("the result gives its name, its top hash and {count:Count} files"))
def result_is_right(count: int, publication: Publication, latest_manifest: Manifest) -> None:
    """What the call returned agrees with what the registry holds."""
    result = publication.outcome.value
    assert (result.success, result.package_name, result.file_count) == (True, publication.package_name, count)
    assert result.top_hash == latest_manifest.top_hash


@then(sentence("the result gives a page of this deployment's catalog"))
def result_gives_page(publication: Publication, target: Target) -> None:
    """The link leads to the package in the catalog that the persona is signed in to."""
    page = f"{target.catalog_url}/b/{target.buckets.packages}/packages/{publication.package_name}"
    found = publication.outcome.value.catalog_url
    assert found == page, f"the page is {found}, not one of the catalog {target.catalog_url}"


@then(sentence("no package was created"))
def nothing_created(publication: Publication, storage_observer: StorageObserver, target: Target) -> None:
    """The registry has no pointer of that name."""
    assert publication.package_name not in storage_observer.package_names(target.buckets.packages)


@then(sentence("the first package is unchanged"))
def first_is_unchanged(first: Publication, manifest_observer: ManifestObserver, target: Target) -> None:
    """The latest revision is still the one that was published first."""
    latest = manifest_observer.latest(target.buckets.packages, first.package_name)
    assert latest is not None
    assert latest.top_hash == first.outcome.value.top_hash
