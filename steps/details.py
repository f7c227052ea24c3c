"""Details: what people learn about packages and the deployment, fact by fact."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pytest_bdd import then

from environment.checking.comparing import must_agree
from environment.clients.quilt3_elsewhere import Installed
from environment.driving.packages import Package, PackageRevision
from environment.driving.session import Session
from environment.driving.work import details, metadata
from environment.errors import SuiteError
from environment.gherkin.references import parse, register
from environment.gherkin.step_arguments import CellWords, Rows, columns
from environment.gherkin.values import listed
from environment.targets.target import Target

METADATA = "metadata"
NO_VALUE = "none"
"""What a table says of a field that has no value, whether it is left out, null or empty."""


def _given_as(field: str, revision: PackageRevision) -> Any:
    """What a revision was given as its description or its tags.

    Raises:
        SuiteError: nothing, so there is nothing to see.
    """
    known = revision.expected().metadata
    if field not in known:
        some = f"a {field}" if field == "description" else field
        raise SuiteError(
            f"Looked for the {field} of the {revision.package}",
            f"it was published without {some}",
            f"Publish it with metadata that has {some}",
        )
    return known[field]


FACTS: Mapping[str, tuple[Callable[[Any], Any], Callable[[PackageRevision], Any]]] = {
    "name": (lambda shown: shown.name, lambda revision: revision.package.name),
    "registry": (lambda shown: shown.registry, lambda revision: revision.package.registry),
    "bucket": (lambda shown: shown.bucket, lambda revision: revision.package.bucket),
    "top hash": (lambda shown: shown.top_hash, lambda revision: revision.top_hash()),
    "description": (lambda shown: shown.description, lambda revision: _given_as("description", revision)),
    "tags": (lambda shown: sorted(shown.tags), lambda revision: sorted(_given_as("tags", revision))),
    METADATA: (lambda shown: shown, lambda revision: revision.expected().metadata),
}
"""What there is to know of a package: how an answer gives it, and what it must be."""

DEPLOYMENT: Mapping[str, tuple[str, Callable[[Target], object]]] = {
    "catalog": ("catalog_name", lambda target: target.catalog_name),
    "registry": ("registry_url", lambda target: target.registry_url),
    "region": ("region", lambda target: target.region),
    "Tabulator data catalog": ("tabulator_data_catalog", lambda target: target.tabulator_data_catalog),
    "API gateway": ("api_gateway_endpoint", lambda target: target.catalog_configuration["apiGatewayEndpoint"]),
    "analytics bucket": ("analytics_bucket", lambda target: target.catalog_configuration["analyticsBucket"]),
    "stack prefix": (
        "stack_prefix",
        lambda target: target.tabulator_data_catalog.removeprefix("quilt-").removesuffix("-tabulator"),
    ),
    "GraphQL endpoint": ("graphql_endpoint", lambda target: target.graphql_endpoint),
}
"""What there is to know of the deployment: what answers call it, and what it is.

Athena's data catalog is named after the stack, and the stack after the prefix of its buckets.
"""
URLS = {"get_registry_url": "registry_url", "get_graphql_endpoint": "graphql_endpoint"}
"""Operations that answer with nothing but a URL, and what that is."""

register(listed("PackageFacts", list(FACTS)), listed("DeploymentFacts", list(DEPLOYMENT)))


@then(parse("{persona:Persona} sees the {facts:PackageFacts} of {revision:Revision}"))
def sees_facts(persona: Session, facts: tuple[str, ...], revision: PackageRevision) -> None:
    """The details or the metadata that were asked for last, or the metadata installed last, are those of the revision.

    The top hash is the one that S3 holds; metadata are exactly as they were stored. A package stands for its latest
    revision.
    """
    shown = persona.last_outcome("get_package_info", "get_package_metadata", "install").value
    if isinstance(shown, Installed):
        shown = shown.metadata
        if facts != (METADATA,):
            raise SuiteError("Looked for details of what was installed", "it has metadata alone", "Ask for the details")
    _must_be(shown, facts, revision)


@then(parse("{persona:Persona} can see the {facts:PackageFacts} of {package:Package}"))
def can_see_facts(persona: Session, facts: tuple[str, ...], package: Package) -> None:
    """QuiltOps, asked now, gives them as the registry has them or as they were published."""
    outcome = metadata(persona, package) if facts == (METADATA,) else details(persona, package)
    _must_be(outcome.value, facts, PackageRevision(package, None, is_latest=True))


@then(parse("{persona:Persona} sees the {facts:DeploymentFacts} of this deployment"))
def sees_deployment(persona: Session, facts: tuple[str, ...], target: Target) -> None:
    """The status, configuration or URL that was asked for last is what a plain HTTP client reads in config.json."""
    outcome = persona.last_outcome("get_auth_status", "get_catalog_config", "get_registry_url", "get_graphql_endpoint")
    url = URLS.get(outcome.operation)
    answer = {url: outcome.value} if url else vars(outcome.value)
    names = {fact: DEPLOYMENT[fact] for fact in facts}
    found = {fact: answer.get(attribute) for fact, (attribute, _) in names.items()}
    must_agree(found, {fact: known(target) for fact, (_, known) in names.items()}, "facts about the deployment")


@then(parse("{persona:Persona} sees this configuration:"))
@columns("field", "value", cells={"field": CellWords(tuple(DEPLOYMENT))})
def sees_this_configuration(persona: Session, datatable: Rows) -> None:
    """The configuration that was read last has these fields with these values; `none` is no value."""
    found = vars(persona.last_outcome("get_catalog_config").value)
    wanted = {row["field"]: None if row["value"] == NO_VALUE else row["value"] for row in datatable}
    shown = {field: found.get(DEPLOYMENT[field][0]) or None for field in wanted}
    must_agree(shown, wanted, "fields of the configuration")


def _must_be(shown: Any, facts: tuple[str, ...], revision: PackageRevision) -> None:
    package = revision.package
    if METADATA in facts and not revision.expected().metadata:
        raise SuiteError(
            f"Looked for the metadata of the {package}", "it was given none", 'Give it some, or say "has no metadata"'
        )
    found = {fact: FACTS[fact][0](shown) for fact in facts}
    must_agree(found, {fact: FACTS[fact][1](revision) for fact in facts}, f"details of the {package}")
