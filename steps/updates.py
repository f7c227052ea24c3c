"""Updating packages: what a new revision holds, and what becomes of the earlier one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import pytest
from pytest_bdd import given, then, when

from data.upload import ArrangedDataset, StoredFile
from environment.arrangement.packages import Entry, PackageArranger
from environment.checking.comparing import must_agree, must_be_empty
from environment.clients.downloads import download
from environment.errors import SuiteError
from environment.gherkin.references import parse
from environment.gherkin.step_arguments import Rows, columns
from environment.observers.manifest import Manifest, ManifestObserver
from environment.observers.storage import StorageObserver
from environment.people.names import Names
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.sessions.stage import Stage
from environment.targets.target import Target
from steps.arrangement import DatasetShelf, MadePackage, Workshop
from steps.creation import Publication, held_checksums, message_for, publish, registered
from steps.errors import refused_with
from steps.refusals import message_of_last_named
from steps.stock import CONTENT, OTHER_CONTENT_OF_THE_SAME_SIZE, Stock

CREATE_INSTEAD = re.compile(
    r"create_package_revision|package_create|\bcreat(?:e|ing) (?:it|the|this|that|a) |\bcreate (?:it|one)\b",
    re.IGNORECASE,
)


@pytest.fixture
def earlier(first: Publication) -> MadePackage:
    """The revision before the update: the one that was created first, unless an arrangement made another one."""
    return MadePackage(first.package_name, str(first.registered), first.checksums)


@pytest.fixture
def updated_manifest(
    outcome: Outcome, earlier: MadePackage, manifest_observer: ManifestObserver, target: Target
) -> Manifest:
    """The manifest of the latest revision after an update that succeeded, seen by quilt3."""
    outcome.value  # noqa: B018 - nothing to look at if it was refused
    found = manifest_observer.latest(target.buckets.packages, earlier.name)
    assert found is not None, f"the registry holds no package {earlier.name}"
    return found


def update(persona: Session, name: str, entries: Sequence[str | None], **how: Any) -> Outcome:
    """Update a package with entries, in the words of the run; ``how`` are the options of the call."""
    how = {"registry": persona.registry, "message": message_for(name), **how}
    return attempt(persona.ops.update_package_revision, name, entries, **how)


@given(parse("{persona:Persona} has created a package from that file"), target_fixture="first")
def has_created_from_file(
    persona: Session, files: Mapping[str, StoredFile], package_name: str, storage_observer: StorageObserver
) -> Publication:
    """A package that the persona made of one file, under its name without folders; it must have succeeded."""
    publication = publish(persona, package_name, files, auto_organize=False)
    return registered(publication, storage_observer, persona.target)


@given(
    parse('{persona:Persona} has created a package from the "{dataset:Dataset}" dataset with this metadata:'),
    target_fixture="first",
)
@columns("field", "value")
def has_created_with_metadata(
    persona: Session,
    dataset: ArrangedDataset,
    package_name: str,
    datatable: Rows,
    storage_observer: StorageObserver,
) -> Publication:
    """A package with these metadata fields; it must have succeeded."""
    publication = publish(persona, package_name, dataset.files, metadata=_fields(datatable))
    return registered(publication, storage_observer, persona.target)


@given(parse("a package without metadata"), target_fixture="earlier")
def package_without_metadata(workshop: Workshop) -> MadePackage:
    """A package made for this scenario, about which nothing is said."""
    return workshop.package_of({"yields.csv": CONTENT})


@given(parse("a package of {count:Count} files, each with metadata of its own"), target_fixture="earlier")
def package_with_described_files(
    count: int, stock: Stock, package_arranger: PackageArranger, package_name: str, names: Names, target: Target
) -> MadePackage:
    """A package made for this scenario, whose files each have a sentence said about them."""
    files = [stock.put(f"plots/plot-{number}.csv", f"{number}\n".encode()) for number in range(count)]
    entries = [
        Entry(file.logical_key, file.physical_key, metadata={"user_meta": {"remark": names.sentence()}})
        for file in files
    ]
    top_hash = package_arranger.construct(target.buckets.packages, package_name, entries, {"status": "draft"})
    return MadePackage(package_name, top_hash, {file.logical_key: file.file.sha256 for file in files})


@given(parse("a corrected file of the same name in another folder"), target_fixture="correction")
def corrected_elsewhere(files: Mapping[str, StoredFile], stock: Stock) -> StoredFile:
    """Other bytes under the same name, elsewhere in the bucket."""
    return stock.put(f"corrected/{next(iter(files))}", OTHER_CONTENT_OF_THE_SAME_SIZE)


@given(parse("that file was corrected where it lies"), target_fixture="correction")
def corrected_in_place(files: Mapping[str, StoredFile], stock: Stock) -> StoredFile:
    """Other bytes under the same key; the bucket keeps the earlier version."""
    return stock.overwrite(next(iter(files.values())), OTHER_CONTENT_OF_THE_SAME_SIZE)


@when(
    parse('{persona:Persona} adds {count:Count} files of the "{dataset:Dataset}" dataset to it'),
    target_fixture="outcome",
)
def add_files(persona: Session, count: int, dataset: ArrangedDataset, earlier: MadePackage) -> Outcome:
    """Update the package with the first files of a dataset."""
    return update(persona, earlier.name, dataset.uris[:count])


@when(parse('{persona:Persona} adds the "{dataset:Dataset}" dataset to it'), target_fixture="outcome")
def add_dataset(persona: Session, dataset: ArrangedDataset, earlier: MadePackage) -> Outcome:
    """Update the package with all files of a dataset."""
    return update(persona, earlier.name, dataset.uris)


@when(parse("{persona:Persona} publishes it again without {count:Count} of its files"), target_fixture="outcome")
def publish_without(persona: Session, count: int, first: Publication) -> Outcome:
    """Push a revision of all but the first files.

    Decision: QuiltOps has no operation that takes files away, and its update only adds. What it has is pushing a
    revision of exactly the files named ("Create and push a package revision in a single operation").
    """
    rest = dict(list(first.files.items())[count:])
    return publish(persona, first.package_name, rest).outcome


@when(parse("{persona:Persona} updates it with the corrected file"), target_fixture="outcome")
def update_with_correction(persona: Session, earlier: MadePackage, correction: StoredFile) -> Outcome:
    """Update the package with a file of the name of one that it holds."""
    return update(persona, earlier.name, [correction.uri])


@when(
    parse('{persona:Persona} adds the "{dataset:Dataset}" dataset to it with this metadata:'),
    target_fixture="outcome",
)
@columns("field", "value")
def update_with_metadata(persona: Session, dataset: ArrangedDataset, earlier: MadePackage, datatable: Rows) -> Outcome:
    """Update the package with files and with metadata fields."""
    return update(persona, earlier.name, dataset.uris, metadata=_fields(datatable))


@when(parse('{persona:Persona} updates the package "{name:Text}"'), target_fixture="outcome")
def update_by_name(persona: Session, name: str, datasets: DatasetShelf) -> Outcome:
    """Update a package, which need not be there, with a good file."""
    return update(persona, name, datasets.take("single-file").uris)


@when(parse('{persona:Persona} updates it with a good file and "{entry:Text}"'), target_fixture="outcome")
def update_with_flaw(persona: Session, entry: str, earlier: MadePackage, datasets: DatasetShelf) -> Outcome:
    """Update the package with two entries of which the second cannot be published."""
    return update(persona, earlier.name, [*datasets.take("single-file").uris, entry])


@when(parse("{persona:Persona} updates it with a good file and an entry that was left out"), target_fixture="outcome")
def update_with_nothing(persona: Session, earlier: MadePackage, datasets: DatasetShelf) -> Outcome:
    """Update the package with two entries of which the second is nothing at all."""
    return update(persona, earlier.name, [*datasets.take("single-file").uris, None])


@when(parse('{persona:Persona} updates it so that "{choice:Text}" files are copied'), target_fixture="outcome")
def update_with_copies(persona: Session, choice: str, earlier: MadePackage, datasets: DatasetShelf) -> Outcome:
    """Update the package with a good file and a choice of what the registry gets copies of."""
    return update(persona, earlier.name, datasets.take("single-file").uris, copy=choice)


@then(parse("the package has a new top hash and {count:Count} files"))
def has_new_revision(count: int, outcome: Outcome, earlier: MadePackage, updated_manifest: Manifest) -> None:
    """The registry's latest revision is the one that the call returned, is not the first, and has that many files."""
    assert updated_manifest.top_hash == outcome.value.top_hash != earlier.top_hash
    found = len(updated_manifest.entries)
    assert found == count, f"the package has {found} files, not {count}"


@then(parse("the result says that the package has {count:Count} files"))
def result_counts_files(count: int, outcome: Outcome) -> None:
    """What the call returns is about the package: "Number of files included in the package"."""
    assert outcome.value.file_count == count, f"the result says {outcome.value.file_count} files, not {count}"


@then(parse("the earlier revision still holds its {count:Count} files"))
def earlier_revision_is_kept(
    count: int,
    earlier: MadePackage,
    manifest_observer: ManifestObserver,
    storage_observer: StorageObserver,
    target: Target,
) -> None:
    """Whoever has the old hash gets the old bytes."""
    held = held_checksums(manifest_observer.revision(target.buckets.packages, earlier.top_hash), storage_observer)
    must_agree(held, earlier.checksums, "files")
    assert len(held) == count


@then(parse("the earlier revision still holds the file as it was"))
def earlier_file_is_kept(
    earlier: MadePackage, manifest_observer: ManifestObserver, storage_observer: StorageObserver, target: Target
) -> None:
    """Whoever has the old hash gets the file's old bytes."""
    held = held_checksums(manifest_observer.revision(target.buckets.packages, earlier.top_hash), storage_observer)
    must_agree(held, earlier.checksums, "files")


@then(parse("it holds exactly the other {count:Count} files, byte for byte"))
def holds_the_rest(
    count: int, first: Publication, updated_manifest: Manifest, storage_observer: StorageObserver
) -> None:
    """The last files of those that the package was created from, and no others."""
    rest = dict(list(first.checksums.items())[-count:])
    must_agree(held_checksums(updated_manifest, storage_observer), rest, "files")


@then(parse("the package holds the corrected file in place of the earlier one, byte for byte"))
def holds_correction(correction: StoredFile, updated_manifest: Manifest, storage_observer: StorageObserver) -> None:
    """One file of that name, with the new bytes."""
    held = held_checksums(updated_manifest, storage_observer)
    must_agree(held, {correction.logical_key: correction.file.sha256}, "files")


@then(parse("{persona:Persona} downloads the corrected file from it, byte for byte"))
def downloads_correction(persona: Session, correction: StoredFile, outcome: Outcome, earlier: MadePackage) -> None:
    """A link that QuiltOps gives the persona to the file gives the new bytes."""
    outcome.value  # noqa: B018 - nothing to download if it was refused
    link = attempt(persona.ops.get_content_url, earlier.name, registry=persona.registry, path=correction.logical_key)
    assert sha256(download(link.value)).hexdigest() == correction.file.sha256


@then(parse("the package has exactly this metadata:"))
@columns("field", "value")
def has_exactly_metadata(updated_manifest: Manifest, datatable: Rows) -> None:
    """The manifest of the latest revision has these fields with these values, and no others."""
    must_agree(updated_manifest.metadata, _fields(datatable), "metadata fields")


@then(parse("the files that it had keep their place, size and hash"))
def files_are_untouched(
    earlier: MadePackage, updated_manifest: Manifest, manifest_observer: ManifestObserver, target: Target
) -> None:
    """Physical key, size and hash of each file of the earlier revision are in the new one, too."""
    before = manifest_observer.revision(target.buckets.packages, earlier.top_hash).entries
    facts = {key: (entry.physical_key, entry.size, entry.hash_value) for key, entry in before.items()}
    after = {key: entry for key, entry in updated_manifest.entries.items() if key in before}
    found = {key: (entry.physical_key, entry.size, entry.hash_value) for key, entry in after.items()}
    must_agree(found, facts, "files")


@then(parse("the files that it had keep what was said about each"))
def file_metadata_are_untouched(
    earlier: MadePackage, updated_manifest: Manifest, manifest_observer: ManifestObserver, target: Target
) -> None:
    """The metadata of each file of the earlier revision are in the new one, too."""
    before = manifest_observer.revision(target.buckets.packages, earlier.top_hash).entries
    if not all(entry.metadata for entry in before.values()):
        raise SuiteError(
            f"Looked for what was said about the files of {earlier.name}", "nothing", "Say something first"
        )
    found = {key: entry.metadata for key, entry in updated_manifest.entries.items() if key in before}
    must_agree(found, {key: entry.metadata for key, entry in before.items()}, "metadata of the files")


@then(parse('{persona:Persona} is told that "{entry:Text}" was left out, or refused because of it'))
def told_what_was_left_out(persona: Session, entry: str) -> None:
    """A field of the result lists or quotes the entry, or a ValidationError names it."""
    outcome = persona.last_outcome("update_package_revision")
    if outcome.error is not None:
        refusal = refused_with(outcome, ("ValidationError",))
        assert refusal.context.get("uri") == entry or f"'{entry}'" in str(refusal), f"the entry is not named: {refusal}"
        return
    said = vars(outcome.value).values()
    named = any(entry in value if isinstance(value, list | tuple) else f"'{entry}'" in str(value) for value in said)
    assert named, f"'{entry}' was left out, and the result says only: {outcome.value!r}"


@then(parse("the message points to creating the package"))
def message_points_to_creating(stage: Stage) -> None:
    """The reader learns that a package that is not there is created, not updated."""
    message = message_of_last_named(stage)
    assert CREATE_INSTEAD.search(message), f"the message does not point to creating: {message}"


@then(parse("the package is as it was"))
def package_is_unchanged(earlier: MadePackage, storage_observer: StorageObserver, target: Target) -> None:
    """The latest revision is still the earlier one."""
    latest = storage_observer.latest_top_hash(target.buckets.packages, earlier.name)
    assert latest == earlier.top_hash, f"the latest revision is {latest}, not {earlier.top_hash}"


@then(parse('there is still no package "{name:Text}"'))
def package_is_not_there(name: str, storage_observer: StorageObserver, target: Target) -> None:
    """The registry has no pointer of that name."""
    must_be_empty({name} & storage_observer.package_names(target.buckets.packages), "packages of the name")


def _fields(datatable: Rows) -> dict[str, str]:
    """A table with the columns field and value."""
    return {row["field"]: row["value"] for row in datatable}
