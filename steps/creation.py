"""Creating packages: what is published, and what the registry then holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import import_module
from typing import Any

import pytest
from pytest_bdd import given, then, when

from data.upload import ArrangedDataset, StoredFile
from environment.checking.comparing import must_agree, must_be_empty
from environment.errors import SuiteError
from environment.gherkin.references import parse
from environment.gherkin.step_arguments import Rows, columns
from environment.observers.manifest import Manifest, ManifestObserver
from environment.observers.storage import POINTERS, StorageObserver
from environment.people.names import Names, run_of
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.arrangement import DatasetShelf


@dataclass(frozen=True)
class Publication:
    """An attempt to publish: under which name, which files (by expected logical key), which metadata."""

    package_name: str
    outcome: Outcome
    files: Mapping[str, StoredFile] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    flawed_entry: str = ""
    registered: str | None = None
    """Top hash that the registry's ``latest`` pointer held right after the attempt, where that was looked up."""

    def must_be_of(self, publisher: Session) -> None:
        """Check who published.

        Raises:
            SuiteError: it was somebody else than the sentence says.
        """
        if self.outcome.actor != publisher.name:
            raise SuiteError(
                f"Looked for what {publisher} published", f"{self.outcome.actor} published it", "Name that person"
            )

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


def message_for(name: str) -> str:
    """A message that names this process's run: workers then share no manifest, and each can undo its packages whole.

    For a name that no run made up, which nothing is to be published under, it is the name.
    """
    run = run_of(name)
    return f"Published as {name}" if run is None else f"Published by run {run}"


def create(persona: Session, name: str, entries: Sequence[str | None], **how: Any) -> Outcome:
    """Create a package of entries, in the words of the run; ``how`` are the options of the call."""
    how = {"registry": persona.registry, "message": message_for(name), **how}
    return attempt(persona.ops.create_package_revision, name, entries, **how)


def publish(
    persona: Session, name: str, files: Mapping[str, StoredFile], *, message: str | None = None, **how: Any
) -> Publication:
    """Publish files that lie in S3; ``how`` are the options of the call.

    Unless one is given, the message is that of the run.
    """
    outcome = create(persona, name, [file.uri for file in files.values()], message=message or message_for(name), **how)
    expected = _flattened(files) if how.get("auto_organize") is False else _kept(files)
    return Publication(name, outcome, expected, how.get("metadata", {}))


@when(parse('{persona:Persona} creates a package from the "{dataset:Dataset}" dataset'), target_fixture="publication")
def create_from_dataset(persona: Session, dataset: ArrangedDataset, package_name: str) -> Publication:
    """Publish all files of a dataset that lies in S3."""
    return publish(persona, package_name, dataset.files)


@given(parse('{persona:Persona} has created a package from the "{dataset:Dataset}" dataset'), target_fixture="first")
def has_created(
    persona: Session, dataset: ArrangedDataset, package_name: str, storage_observer: StorageObserver
) -> Publication:
    """A package that the persona published before; it must have succeeded."""
    return registered(publish(persona, package_name, dataset.files), storage_observer, persona.target)


def registered(publication: Publication, storage: StorageObserver, target: Target) -> Publication:
    """A publication that succeeded, with the top hash that the registry has for it now.

    Raises:
        OperationFailed: the product raised.
        AssertionError: the registry has no such package.
    """
    publication.outcome.value  # noqa: B018 - what follows rests on it
    top_hash = storage.latest_top_hash(target.buckets.packages, publication.package_name)
    assert top_hash is not None, f"the registry holds no package {publication.package_name}"
    return replace(publication, registered=top_hash)


@pytest.fixture
def first(publication: Publication, storage_observer: StorageObserver, target: Target) -> Publication:
    """What "it" and "the first package" mean: what was published, unless a package had been created before."""
    return registered(publication, storage_observer, target)


@when(
    parse('{persona:Persona} creates a package of the same name from the "{dataset:Dataset}" dataset'),
    target_fixture="publication",
)
def create_same_name(persona: Session, dataset: ArrangedDataset, first: Publication) -> Publication:
    """Publish under a name that is taken."""
    return publish(persona, first.package_name, dataset.files)


@when(
    parse('{persona:Persona} creates a package from the "{dataset:Dataset}" dataset and keeps the folders'),
    target_fixture="publication",
)
def create_keeping_folders(persona: Session, dataset: ArrangedDataset, package_name: str) -> Publication:
    """Publish files so that they keep the folders that they have in S3."""
    return publish(persona, package_name, dataset.files, auto_organize=True)


@when(
    parse('{persona:Persona} creates a package from the "{dataset:Dataset}" dataset and flattens the folders'),
    target_fixture="publication",
)
def create_flattened(persona: Session, dataset: ArrangedDataset, package_name: str) -> Publication:
    """Publish files side by side, without folders."""
    return publish(persona, package_name, dataset.files, auto_organize=False)


@when(
    parse('{persona:Persona} creates a package from the "{dataset:Dataset}" dataset with this account of it:'),
    target_fixture="publication",
)
@columns("description", "tags", one_row=True)
def create_with_account(persona: Session, dataset: ArrangedDataset, package_name: str, datatable: Rows) -> Publication:
    """Publish files with a description and tags (comma-separated)."""
    [account] = datatable
    metadata = {"description": account["description"], "tags": account["tags"].split(", ")}
    return publish(persona, package_name, dataset.files, metadata=metadata)


@when(
    parse('{persona:Persona} creates a package from the "{dataset:Dataset}" dataset with metadata'),
    target_fixture="publication",
)
def create_with_metadata(persona: Session, dataset: ArrangedDataset, package_name: str, names: Names) -> Publication:
    """Publish files with an account of what they are."""
    return publish(persona, package_name, dataset.files, metadata=made_up_metadata(names))


@when(parse("{persona:Persona} creates a package without files but with metadata"), target_fixture="publication")
def create_without_files(persona: Session, package_name: str, names: Names) -> Publication:
    """Publish what is known before there are data."""
    metadata = made_up_metadata(names)
    outcome = create(persona, package_name, [], metadata=metadata)
    return Publication(package_name, outcome, metadata=metadata)


@when(parse("{persona:Persona} creates a package from that file"), target_fixture="publication")
@when(parse("{persona:Persona} creates a package from those files"), target_fixture="publication")
def create_from_files(persona: Session, files: Mapping[str, StoredFile], package_name: str) -> Publication:
    """Publish files of this scenario's own, in the folders that they have in S3."""
    return publish(persona, package_name, files)


@when(parse("{persona:Persona} creates a package from that file without its folders"), target_fixture="publication")
@when(parse("{persona:Persona} creates a package from those files without their folders"), target_fixture="publication")
def create_from_files_flattened(persona: Session, files: Mapping[str, StoredFile], package_name: str) -> Publication:
    """Publish files of this scenario's own, under the last part of their names."""
    return publish(persona, package_name, files, auto_organize=False)


@when(
    parse('{persona:Persona} creates a package from 2 files of the "{dataset:Dataset}" dataset, one of them twice'),
    target_fixture="publication",
)
def create_with_repetition(persona: Session, dataset: ArrangedDataset, package_name: str) -> Publication:
    """Publish a list of three entries that names two files."""
    first, second = list(dataset.files.values())[:2]
    entries = [first.uri, second.uri, first.uri]
    outcome = create(persona, package_name, entries)
    return Publication(package_name, outcome, _kept({"first": first, "second": second}))


@when(parse("{persona:Persona} creates a package from that very version of the file"), target_fixture="publication")
def create_from_version(persona: Session, files: Mapping[str, StoredFile], package_name: str) -> Publication:
    """Publish a file by the URI that names its version, as S3 tools and manifests write it."""
    entries = [file.physical_key for file in files.values()]
    outcome = create(persona, package_name, entries)
    return Publication(package_name, outcome, _kept(files))


@when(parse('{persona:Persona} creates a package under the name "{name:Text}"'), target_fixture="publication")
def create_under_name(
    persona: Session, name: str, names: Names, datasets: DatasetShelf, undo: UndoLog, target: Target
) -> Publication:
    """Publish a file under a name that may break the rules."""
    if name:
        undo.book("package", f"the package {name}", bucket=target.buckets.packages, name=name, run=names.run)
    files = datasets.take("single-file").files
    return publish(persona, name, files, message=f"Published under an odd name by run {names.run}")


@when(
    parse("{persona:Persona} creates a package from a good file and an entry that was left out"),
    target_fixture="publication",
)
def create_with_nothing(persona: Session, package_name: str, datasets: DatasetShelf) -> Publication:
    """Publish two entries of which the second is nothing at all, as programs do that fill lists."""
    entries = [datasets.take("single-file").uris[0], None]
    outcome = create(persona, package_name, entries)
    return Publication(package_name, outcome)


@when(parse('{persona:Persona} creates a package from a good file and "{entry:Text}"'), target_fixture="publication")
def create_with_flaw(persona: Session, entry: str, package_name: str, datasets: DatasetShelf) -> Publication:
    """Publish two entries of which the second cannot be published."""
    entries = [datasets.take("single-file").uris[0], entry]
    outcome = create(persona, package_name, entries)
    return Publication(package_name, outcome, flawed_entry=entry)


def made_up_metadata(names: Names) -> dict[str, Any]:
    """Nested metadata with made-up values."""
    return {"description": names.sentence(), "tags": ["made-up", "acceptance"], "project": {"title": names.sentence()}}


def held_checksums(manifest: Manifest, storage: StorageObserver) -> dict[str, str]:
    """SHA-256 by logical key of the bytes that a manifest points to."""
    return {key: storage.sha256(entry.physical_key) for key, entry in manifest.entries.items()}


@pytest.fixture
def latest_manifest(publication: Publication, manifest_observer: ManifestObserver, target: Target) -> Manifest:
    """The manifest that the registry holds for what was published, seen by quilt3."""
    publication.outcome.value  # noqa: B018 - nothing to look at if it was refused
    found = manifest_observer.latest(target.buckets.packages, publication.package_name)
    assert found is not None, f"the registry holds no package {publication.package_name}"
    return found


@then(parse("the package holds those {count:Count} files, byte for byte"))
def holds_those_files(
    count: int, publication: Publication, latest_manifest: Manifest, storage_observer: StorageObserver
) -> None:
    """The manifest has each file under its key, and the bytes that it points to are those that were published."""
    held = held_checksums(latest_manifest, storage_observer)
    must_agree(held, publication.checksums, "files")
    assert len(held) == count, f"the package holds {len(held)} files, not {count}"


@then(parse("the package holds that file under its own name, byte for byte"))
def holds_that_file(publication: Publication, latest_manifest: Manifest, storage_observer: StorageObserver) -> None:
    """The manifest has the file under the name that it has in S3, with its bytes, and nothing else."""
    must_agree(held_checksums(latest_manifest, storage_observer), publication.checksums, "files")


@then(parse("either it is refused whole, or the package holds both files"))
def no_file_is_lost(
    publication: Publication,
    manifest_observer: ManifestObserver,
    storage_observer: StorageObserver,
    files: Mapping[str, StoredFile],
    target: Target,
) -> None:
    """A ValidationError and no package, or every file's bytes in the package, under whatever names."""
    latest = manifest_observer.latest(target.buckets.packages, publication.package_name)
    if publication.outcome.error is not None:
        publication.outcome.refusal(import_module("quilt_mcp.ops.exceptions").ValidationError)
        assert latest is None, "it was refused, and yet there is a package"
        return
    assert latest is not None, f"the registry holds no package {publication.package_name}"
    kept = held_checksums(latest, storage_observer).values()
    lost = [file.uri for file in files.values() if file.file.sha256 not in kept]
    assert not lost, f"lost without a word: {lost}"


@then(parse("the package holds no files"))
def holds_no_files(latest_manifest: Manifest) -> None:
    """The manifest has no entries."""
    must_be_empty(latest_manifest.entries, "files")


@then(parse("the result gives its name, its top hash and {count:Count} files"))
def result_is_right(count: int, publication: Publication, latest_manifest: Manifest) -> None:
    """What the call returned agrees with what the registry holds."""
    result = publication.outcome.value
    assert (result.success, result.package_name, result.file_count) == (True, publication.package_name, count)
    assert result.top_hash == latest_manifest.top_hash


@then(parse("the result gives a page of this deployment's catalog"))
def result_gives_page(publication: Publication, target: Target) -> None:
    """The link leads to the package in the catalog that the persona is signed in to."""
    page = f"{target.catalog_url}/b/{target.buckets.packages}/packages/{publication.package_name}"
    found = publication.outcome.value.catalog_url
    assert found == page, f"the page is {found}, not one of the catalog {target.catalog_url}"


@then(parse("no package was created"))
def nothing_created(publication: Publication, storage_observer: StorageObserver, target: Target) -> None:
    """The registry has no pointer of that name."""
    pointers = storage_observer.keys(target.buckets.packages, f"{POINTERS}{publication.package_name}/")
    must_be_empty(pointers, "pointers of the package")


@then(parse("the first package is unchanged"))
def first_is_unchanged(
    first: Publication, manifest_observer: ManifestObserver, storage_observer: StorageObserver, target: Target
) -> None:
    """The latest revision is still the one that the registry had first, and its files have their bytes."""
    latest = manifest_observer.latest(target.buckets.packages, first.package_name)
    assert latest is not None, f"the registry holds no package {first.package_name} any more"
    assert latest.top_hash == first.registered, f"the latest revision is {latest.top_hash}, not {first.registered}"
    must_agree(held_checksums(latest, storage_observer), first.checksums, "files")
