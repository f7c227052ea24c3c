"""Deleting packages: what is gone afterwards, and what is not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from pytest_bdd import given, then, when

from environment.arrangement.packages import PackageArranger
from environment.checking.comparing import must_agree, must_not_be_empty
from environment.gherkin.references import parse
from environment.observers.registry import RegistryObserver
from environment.observers.storage import StorageObserver
from environment.people.names import Names
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from environment.undo.log import UndoLog
from environment.waiting import wait_until
from steps.arrangement import DatasetShelf, entry_of
from steps.baseline import Baseline
from steps.creation import Publication
from steps.errors import refused_with


def _delete(persona: Session, name: str) -> Outcome:
    return attempt(persona.ops.delete_package, persona.target.buckets.packages, name)


def _found(persona: Session, text: str) -> list[str]:
    results = attempt(persona.ops.search_packages, text, registry=persona.registry).value
    return [package.name for package in results]


@pytest.fixture
def latest_before(baseline: Baseline, storage_observer: StorageObserver, target: Target) -> Mapping[str, str | None]:
    """Top hash of each baseline package when the scenario first asks for it."""
    bucket = target.buckets.packages
    found = {name: storage_observer.latest_top_hash(bucket, name) for name in baseline.package_names}
    missing = [name for name, top_hash in found.items() if top_hash is None]
    assert not missing, f"baseline packages are not there: {', '.join(missing)}"
    return found


@given(parse("a package whose name goes on where that one's ends"), target_fixture="neighbours")
def neighbour(
    first: Publication, package_arranger: PackageArranger, datasets: DatasetShelf, undo: UndoLog, target: Target
) -> dict[str, str]:
    """A second package, called like the first one and some letters more."""
    return _arranged((f"{first.package_name}-too",), package_arranger, datasets, undo, target)


@given(parse("two packages of a project of their own"), target_fixture="neighbours")
def project(
    names: Names, package_arranger: PackageArranger, datasets: DatasetShelf, undo: UndoLog, target: Target
) -> dict[str, str]:
    """Two packages under a first name part that no other package has."""
    owner = names.package_name("project").replace("/", "-")
    return _arranged((f"{owner}/soil", f"{owner}/weather"), package_arranger, datasets, undo, target)


def _arranged(
    names: tuple[str, ...], arranger: PackageArranger, datasets: DatasetShelf, undo: UndoLog, target: Target
) -> dict[str, str]:
    """Top hashes by name of packages that the registry made of the one-file dataset."""
    bucket = target.buckets.packages
    entries = [entry_of(file) for file in datasets.take("single-file").files.values()]
    for name in names:
        undo.book("package", f"the package {name}", bucket=bucket, name=name)
    return {name: arranger.construct(bucket, name, entries) for name in names}


@given(parse("{persona:Persona} has found it by search"))
def has_found(persona: Session, first: Publication, target: Target) -> None:
    """The index knows the package, so that its absence will mean something."""
    name = first.package_name
    wait_until(
        lambda: name in _found(persona, name.split("/")[1]),
        limit_seconds=target.indexing_limit_seconds,
        what=f"{persona} to find {name} by search",
    )


@given(parse("{persona:Persona} has deleted it"))
def has_deleted(persona: Session, first: Publication) -> None:
    """The package was deleted before; that must have succeeded."""
    assert _delete(persona, first.package_name).value is True


@when(parse("{persona:Persona} deletes it"), target_fixture="outcome")
@when(parse("{persona:Persona} deletes it again"), target_fixture="outcome")
def delete(persona: Session, first: Publication, latest_before: Mapping[str, str | None]) -> Outcome:
    """Delete the package with all its revisions."""
    return _delete(persona, first.package_name)


@when(parse('{persona:Persona} deletes the package "{name:Text}"'), target_fixture="outcome")
def delete_by_name(persona: Session, name: str, latest_before: Mapping[str, str | None]) -> Outcome:
    """Delete by a name that need not be one."""
    return _delete(persona, name)


@when(parse("{persona:Persona} deletes by the project's name alone"), target_fixture="outcome")
def delete_by_first_part(
    persona: Session, neighbours: Mapping[str, str], latest_before: Mapping[str, str | None]
) -> Outcome:
    """Delete by the first part of two packages' names, which is no package name."""
    return _delete(persona, next(iter(neighbours)).split("/")[0])


@when(parse("{persona:Persona} asks for its details"), target_fixture="outcome")
def ask_for_its_details(persona: Session, first: Publication) -> Outcome:
    """Ask for what the registry knows about the package that was made first."""
    return attempt(persona.ops.get_package_info, first.package_name, registry=persona.registry)


@then(parse("{persona:Persona} is told that it was deleted"))
def deletion_succeeded(persona: Session) -> None:
    """The call says so: True."""
    outcome = persona.last_outcome("delete_package")
    assert outcome.value is True, f"the deletion returned {outcome.value!r}"


@then(parse("the deletion is refused"))
def deletion_is_refused(outcome: Outcome) -> None:
    """The call says that nothing was deleted: False ("when deletion fails"), or an error that tells why."""
    if outcome.error is None:
        assert outcome.value is False, f"the deletion was to be refused, but it returned {outcome.value!r}"
        return
    refused_with(outcome, ("ValidationError", "NotFoundError", "PermissionError"))


@then(parse("the registry holds no package of that name"))
def registry_holds_none(
    first: Publication, storage_observer: StorageObserver, registry_observer: RegistryObserver, target: Target
) -> None:
    """There is no pointer in S3, and the registry's GraphQL knows no such package."""
    bucket = target.buckets.packages
    assert first.package_name not in storage_observer.package_names(bucket)
    assert registry_observer.package(bucket, first.package_name) is None


@then(parse("{persona:Persona} no longer finds it, by name or among all packages"))
def no_longer_found(persona: Session, first: Publication, target: Target) -> None:
    """Neither a search for the last part of the name nor a list of everything has it; that list has other packages."""
    name = first.package_name
    for text in (name.split("/")[1], ""):
        wait_until(
            lambda text=text: name not in _found(persona, text),  # type: ignore[misc]  # bound on purpose
            limit_seconds=target.indexing_limit_seconds,
            what=f"{name} to be gone from what {persona} finds",
        )
    must_not_be_empty(_found(persona, ""), "packages listed")


@then(parse("every other package is as it was"))
def others_are_untouched(
    latest_before: Mapping[str, str | None],
    neighbours: Mapping[str, str],
    storage_observer: StorageObserver,
    target: Target,
) -> None:
    """The baseline packages and the ones that were made beside have the same latest revision as before."""
    bucket = target.buckets.packages
    expected = {**latest_before, **neighbours}
    found = {name: storage_observer.latest_top_hash(bucket, name) for name in expected}
    must_agree(found, expected, "latest revisions")


@pytest.fixture
def neighbours() -> dict[str, str]:
    """Top hashes by name of the packages that a scenario made beside the one that it deletes: none."""
    return {}


@then(parse("its files still lie where they were"))
def files_are_kept(first: Publication, storage_observer: StorageObserver) -> None:
    """What the package referred to is not the package's to delete."""
    found = {key: storage_observer.sha256(file.physical_key) for key, file in first.files.items()}
    must_agree(found, first.checksums, "files")
