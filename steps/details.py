"""Details of a package: what the registry knows about it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pytest_bdd import then, when

from environment.gherkin.references import parse
from environment.observers.registry import RegistryObserver
from environment.observers.storage import StorageObserver
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.targets.target import Target
from steps.baseline import Baseline


@when(parse('{persona:Persona} asks for the details of "{name:Text}"'), target_fixture="outcome")
def ask_for_details(persona: Session, name: str, baseline: Baseline) -> Outcome:
    """Ask for what the registry knows about a package."""
    return attempt(persona.ops.get_package_info, name, registry=persona.registry)


@then(parse('the details are those of "{name:Text}" in this registry'))
def details_name_the_package(outcome: Outcome, name: str, target: Target) -> None:
    """Name, registry and bucket are those asked for."""
    details = outcome.value
    assert (details.name, details.registry, details.bucket) == (name, target.registry, target.buckets.packages)


@then(parse('the top hash is the one that the registry holds for "{name:Text}"'))
def top_hash_is_the_registrys(outcome: Outcome, name: str, storage_observer: StorageObserver, target: Target) -> None:
    """The hash is the one that the package's latest pointer in S3 holds."""
    top_hash = storage_observer.latest_top_hash(target.buckets.packages, name)
    assert top_hash is not None, f"the registry holds no package {name}"
    assert outcome.value.top_hash == top_hash


@then(parse('the date, in ISO 8601, is when "{name:Text}" was last changed'))
def date_is_that_of_the_change(
    outcome: Outcome, name: str, registry_observer: RegistryObserver, target: Target
) -> None:
    """Date and time with a time zone, in the form that every program reads: to the second, the registry's own."""
    known = registry_observer.package(target.buckets.packages, name)
    assert known is not None, f"the registry has no package {name}"
    given, changed = outcome.value.modified_date, datetime.fromisoformat(known["modified"])
    found = datetime.fromisoformat(given)
    assert found.tzinfo is not None, f"the date {given} has no time zone"
    assert abs(found - changed) < timedelta(seconds=1), f"the date is {given}, and the package was changed at {changed}"


@then(parse('description and tags are those that "{name:Text}" was made with'))
def description_and_tags_are_kept(outcome: Outcome, name: str, baseline: Baseline) -> None:
    """What was said about the package at its making is said now."""
    dataset = baseline.dataset(name)
    assert outcome.value.description == dataset.description
    assert sorted(outcome.value.tags) == sorted(dataset.tags)
