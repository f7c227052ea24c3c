"""Copies and references: where a package's files lie, and what publishing large ones takes."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from pytest_bdd import given, then, when

from data.upload import ArrangedDataset, StoredFile
from environment.checking.comparing import must_agree, must_be_empty
from environment.checking.figures import Figures
from environment.gherkin.references import parse
from environment.observers.manifest import Manifest
from environment.observers.storage import StorageObserver
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.creation import Publication, publish

WORKFLOWS = ".quilt/workflows/"
_OWN_SUCCESSOR = """\
version: "1"
is_workflow_required: false
workflows:
  unused:
    name: Unused
successors:
  s3://{bucket}:
    title: This bucket
    copy_data: true
"""


@given(parse("the registry's rules let packages be promoted within it"))
def promotion_is_allowed(target: Target, undo: UndoLog) -> None:
    """A workflows configuration that names the registry's bucket as its own successor (registry facts 7.7)."""
    bucket = target.buckets.packages
    undo.book("objects", f"the workflows configuration of {bucket}", bucket=bucket, prefix=WORKFLOWS)
    configuration = _OWN_SUCCESSOR.format(bucket=bucket).encode()
    target.client("s3").put_object(Bucket=bucket, Key=f"{WORKFLOWS}config.yml", Body=configuration)


@when(parse("{persona:Persona} creates a package from those files and has them copied"), target_fixture="publication")
def create_with_copies(persona: Session, files: Mapping[str, StoredFile], package_name: str) -> Publication:
    """Publish files so that the registry gets copies of its own."""
    return publish(persona, package_name, files, copy=True)


@when(
    parse('{persona:Persona} creates a package from the large "{dataset:Dataset}" dataset'),
    target_fixture="publication",
)
def create_large(persona: Session, dataset: ArrangedDataset, package_name: str, figures: Figures) -> Publication:
    """Publish a large dataset where it lies; time and memory are measured."""
    with figures.measured("publishing"):
        return publish(persona, package_name, dataset.files)


@when(
    parse('{persona:Persona} creates a package from the large "{dataset:Dataset}" dataset and has it copied'),
    target_fixture="publication",
)
def create_large_copy(persona: Session, dataset: ArrangedDataset, package_name: str, figures: Figures) -> Publication:
    """Publish a large dataset so that the registry gets copies of its own; time and memory are measured."""
    with figures.measured("publishing"):
        return publish(persona, package_name, dataset.files, copy=True)


@then(parse("every file of the package lies in the registry's bucket"))
def lies_in_registry(publication: Publication, latest_manifest: Manifest, target: Target) -> None:
    """Each file that was published has a physical key that names the registry's own bucket."""
    places = {key: urlsplit(entry.physical_key).netloc for key, entry in latest_manifest.entries.items()}
    must_agree(places, dict.fromkeys(publication.files, target.buckets.packages), "buckets of the files")


@then(parse("every file of the package is the very version that lies in S3"))
def is_that_version(publication: Publication, latest_manifest: Manifest) -> None:
    """Each physical key of the manifest is bucket, key and version of what was published."""
    found = {key: entry.physical_key for key, entry in latest_manifest.entries.items()}
    must_agree(found, {key: file.physical_key for key, file in publication.files.items()}, "physical keys")


@then(parse("nothing was copied into the registry's bucket"))
def nothing_was_copied(
    publication: Publication, latest_manifest: Manifest, storage_observer: StorageObserver, target: Target
) -> None:
    """The package is there, and no object where its copies would lie (registry facts 7.7)."""
    assert latest_manifest.entries, "the package has no files that could have been copied"
    copies = storage_observer.keys(target.buckets.packages, f"{publication.package_name}/")
    must_be_empty(copies, "objects in the registry's bucket")
