"""Updating packages: what a new revision holds, and what becomes of the earlier one."""

from __future__ import annotations

from pytest_bdd import then, when

from environment.comparing import must_agree
from environment.gherkin.references import sentence
from environment.observers.manifest import Manifest, ManifestObserver
from environment.observers.storage import StorageObserver
from environment.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from infra.upload import ArrangedDataset
from steps.creation import Publication


@when(
    sentence('{persona:Persona} adds {count:Count} files of the "{dataset:Dataset}" dataset to it'),
    target_fixture="outcome",
)
def add_files(persona: Session, count: int, dataset: ArrangedDataset, first: Publication) -> Outcome:
    """Update the package with the first files of a dataset."""
    update = persona.ops.update_package_revision
    return attempt(update, first.package_name, dataset.uris[:count], registry=persona.registry)


@then(sentence("the package has a new top hash and {count:Count} files"))
def has_new_revision(
    count: int, outcome: Outcome, first: Publication, manifest_observer: ManifestObserver, target: Target
) -> None:
    """The registry's latest revision is the one that the call returned, is not the first, and has that many files."""
    latest = manifest_observer.latest(target.buckets.packages, first.package_name)
    assert latest is not None
    assert latest.top_hash == outcome.value.top_hash != first.outcome.value.top_hash
    assert len(latest.entries) == count


@then(sentence("the earlier revision still holds its {count:Count} files"))
def earlier_revision_is_kept(
    count: int,
    first: Publication,
    manifest_observer: ManifestObserver,
    storage_observer: StorageObserver,
    target: Target,
) -> None:
    """Whoever has the old hash gets the old bytes."""
    earlier: Manifest = manifest_observer.revision(target.buckets.packages, first.outcome.value.top_hash)
    held = {key: storage_observer.sha256(entry.physical_key) for key, entry in earlier.entries.items()}
    must_agree(held, first.checksums, "files")
    assert len(held) == count
