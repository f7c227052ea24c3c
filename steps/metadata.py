"""Metadata: what is said about a package, read back."""

from __future__ import annotations

from pytest_bdd import then, when

from environment.checking.comparing import must_agree
from environment.gherkin.references import parse
from environment.observers.manifest import Manifest
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from steps.baseline import Baseline
from steps.creation import Publication


@when(parse('{persona:Persona} reads the metadata of "{name:Text}"'), target_fixture="outcome")
def read_metadata(persona: Session, name: str, baseline: Baseline) -> Outcome:
    """Ask for the metadata of a package."""
    return attempt(persona.ops.get_package_metadata, name, registry=persona.registry)


@then(parse('the metadata are exactly those that "{name:Text}" was made with'))
def metadata_are_exact(outcome: Outcome, name: str, baseline: Baseline) -> None:
    """Nested values, numbers, nulls and all scripts as they were stored, and nothing besides."""
    must_agree(outcome.value, baseline.package(name).metadata, "metadata")


@then(parse("the package has the metadata that {publisher:Persona} gave"))
def package_has_metadata(publisher: Session, publication: Publication, latest_manifest: Manifest) -> None:
    """The manifest holds what was given, and nothing besides."""
    publication.must_be_of(publisher)
    must_agree(latest_manifest.metadata, publication.metadata, "metadata")


@then(parse("{persona:Persona} reads the metadata that {publisher:Persona} gave"))
def reads_published_metadata(persona: Session, publisher: Session, publication: Publication) -> None:
    """QuiltOps gives the persona what was stored."""
    publication.must_be_of(publisher)
    found = attempt(persona.ops.get_package_metadata, publication.package_name, registry=persona.registry)
    must_agree(found.value, publication.metadata, "metadata")


@then(parse("{persona:Persona} sees that description and those tags in its details"))
def details_show_account(persona: Session, publication: Publication) -> None:
    """The details say what the publisher said."""
    details = attempt(persona.ops.get_package_info, publication.package_name, registry=persona.registry).value
    assert details.description == publication.metadata["description"]
    assert details.tags == publication.metadata["tags"]
