"""Revisions: the same one seen in both modes, and earlier beside later ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_bdd import given, then, when

from data.upload import ArrangedDataset
from environment.checking.comparing import must_agree, must_be_exactly
from environment.gherkin.references import parse
from environment.observers.manifest import Manifest, ManifestObserver
from environment.observers.storage import StorageObserver
from environment.people.names import Names
from environment.product.outcome import attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.undo.log import UndoLog
from steps.arrangement import MadePackage
from steps.browsing import walk_files
from steps.creation import Publication, publish


@given(parse("{persona:Persona} is signed in, too"))
def sign_in_too(persona: Session) -> None:
    """The persona has a second session, in the mode in which the scenario does not run."""
    persona.sign_in()


@when(
    parse('{persona:Persona} publishes the "{dataset:Dataset}" dataset once more, in the same words'),
    target_fixture="second",
)
def publish_once_more(
    persona: Session, dataset: ArrangedDataset, publication: Publication, names: Names, undo: UndoLog, target: Target
) -> Publication:
    """The same files, metadata and message under another name."""
    name = names.package_name("test-user")
    undo.book("package", f"the package {name}", bucket=target.buckets.packages, name=name)
    said: Mapping[str, Any] = {"metadata": dict(publication.metadata)} if publication.metadata else {}
    return publish(persona, name, dataset.files, **said)


@then(parse("both packages have the same files, metadata and top hash"))
def packages_are_the_same(
    publication: Publication, second: Publication, manifest_observer: ManifestObserver, target: Target
) -> None:
    """Entry by entry, field by field, and therefore in their top hashes, which do not depend on the name."""
    one, other = (_facts(made, manifest_observer, target) for made in (publication, second))
    must_agree(other, one, "packages")


@then(parse("{persona:Persona} is told the same top hash"))
def told_top_hash(
    persona: Session, publication: Publication, storage_observer: StorageObserver, target: Target
) -> None:
    """The details give the hash that the one who published was given, and that the registry has."""
    name, told = publication.package_name, publication.outcome.value.top_hash
    details = attempt(persona.ops.get_package_info, name, registry=persona.registry)
    found = {
        "details": details.value.top_hash,
        "registry": storage_observer.latest_top_hash(target.buckets.packages, name),
    }
    must_agree(found, dict.fromkeys(found, told), "top hashes")


@then(parse("{persona:Persona} sees {count:Count} files in it"))
def sees_files(
    persona: Session, count: int, earlier: MadePackage, manifest_observer: ManifestObserver, target: Target
) -> None:
    """Browsing the latest revision, folder by folder, gives its files, and they are so many."""
    files, latest = walk_files(persona, earlier.name), manifest_observer.latest(target.buckets.packages, earlier.name)
    assert latest is not None, f"the registry holds no package {earlier.name}"
    must_be_exactly(files, latest.entries, "files")
    assert len(files) == count, f"{persona} sees {len(files)} files, not {count}"


def _facts(made: Publication, manifests: ManifestObserver, target: Target) -> dict[str, Any]:
    top_hash = made.outcome.value.top_hash
    manifest: Manifest = manifests.revision(target.buckets.packages, top_hash)
    must_be_exactly(manifest.entries, made.files, f"files of {made.package_name}")
    entries = {
        key: (entry.physical_key, entry.size, entry.hash_value, entry.metadata)
        for key, entry in manifest.entries.items()
    }
    said = {"metadata": manifest.metadata, "message": manifest.message, "top hash": top_hash}
    return {**entries, **said}
