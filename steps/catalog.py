"""The catalog: what QuiltOps says about it, which one is the default, and which registry belongs to it."""

from __future__ import annotations

import os
import re
import subprocess
import sys

from pytest_bdd import then, when

from environment.gherkin.references import parse
from environment.observers.registry import RegistryObserver
from environment.product.outcome import Outcome, attempt
from environment.sessions.session import Session
from environment.sessions.stage import Stage
from environment.targets.target import Target
from steps.faults import OtherCatalog
from steps.refusals import message_of_last_named, refusal_of_last_named, words_of

# The document is called what it is, and said to be none: "Expecting value" or "has no attribute" say neither.
_NO_CONFIGURATION = re.compile(
    r"\b(?:not|no|isn't|invalid|malformed|unexpected)(?: \w+){0,3} (?:JSON|configuration|config\.json)\b"
    r"|\b(?:JSON|configuration|config\.json)(?: \w+){0,3} (?:not|invalid|malformed|unexpected)\b",
    re.IGNORECASE,
)
_TELL_DEFAULT = "import quilt3; print(quilt3.config()['navigator_url'])"


@when(parse("{persona:Persona} reads the configuration of this catalog"), target_fixture="outcome")
def read_configuration(persona: Session, target: Target) -> Outcome:
    """Read what the deployment's catalog says about itself."""
    return attempt(persona.ops.get_catalog_config, target.catalog_url)


@when(
    parse("{persona:Persona} reads the configuration of this catalog, with a slash after its address"),
    target_fixture="outcome",
)
def read_configuration_with_slash(persona: Session, target: Target) -> Outcome:
    """Read it as somebody does who copied the address from a browser."""
    return attempt(persona.ops.get_catalog_config, f"{target.catalog_url}/")


@when(parse("{persona:Persona} reads the configuration of a web page"), target_fixture="outcome")
def read_configuration_of_page(persona: Session, other_catalog: OtherCatalog) -> Outcome:
    """Read it from an address where a web page is and nothing else."""
    return attempt(persona.ops.get_catalog_config, other_catalog.address)


@when(parse('{persona:Persona} reads the configuration of the catalog "{address:Text}"'), target_fixture="outcome")
def read_configuration_of(persona: Session, address: str) -> Outcome:
    """Read what some address says about itself."""
    return attempt(persona.ops.get_catalog_config, address)


@when(parse("{persona:Persona} reads the configuration of that catalog"), target_fixture="outcome")
def read_other_configuration(persona: Session, other_catalog: OtherCatalog) -> Outcome:
    """Read what the other catalog of the scenario says about itself."""
    return attempt(persona.ops.get_catalog_config, other_catalog.address)


@when(parse("{persona:Persona} makes this catalog his default"), target_fixture="outcome")
def make_default(persona: Session, target: Target) -> Outcome:
    """Make the deployment's catalog the default one."""
    return attempt(persona.ops.configure_catalog, target.catalog_url)


@when(parse('{persona:Persona} makes the catalog "{address:Text}" her default'), target_fixture="outcome")
def make_other_default(persona: Session, address: str) -> Outcome:
    """Make some address the default catalog."""
    return attempt(persona.ops.configure_catalog, address)


@when(parse("{persona:Persona} asks for the registry's URL"), target_fixture="outcome")
def ask_for_registry(persona: Session) -> Outcome:
    """Ask QuiltOps which registry it uses."""
    return attempt(persona.ops.get_registry_url)


@then(parse("it gives the region, the registry, the API gateway and the analytics bucket of this deployment"))
def gives_configuration(outcome: Outcome, target: Target) -> None:
    """Each is what config.json says, read by a plain HTTP client."""
    found, said = outcome.value, target.catalog_configuration
    assert (found.region, found.registry_url) == (said["region"], said["registryUrl"])
    assert (found.api_gateway_endpoint, found.analytics_bucket) == (said["apiGatewayEndpoint"], said["analyticsBucket"])


@then(parse("it gives the stack prefix and the Tabulator data catalog of this deployment"))
def gives_tabulator_catalog(outcome: Outcome, target: Target) -> None:
    """Athena's data catalog is named after the stack, and the stack after the prefix of its buckets."""
    assert outcome.value.tabulator_data_catalog == target.tabulator_data_catalog
    assert outcome.value.stack_prefix == target.tabulator_data_catalog.removeprefix("quilt-").removesuffix("-tabulator")


@then(parse("it is the registry of this deployment"))
def is_the_registry(outcome: Outcome, target: Target) -> None:
    """The URL that the catalog's configuration names."""
    assert outcome.value == target.registry_url


@then(parse("the registry's URL that {persona:Persona} is told is this deployment's"))
def told_registry(persona: Session, target: Target) -> None:
    """Asked now, QuiltOps names the deployment's registry."""
    assert attempt(persona.ops.get_registry_url).value == target.registry_url


@then(parse("a client that knows this URL and the token of {persona:Persona} alone is let in"))
def registry_is_usable(persona: Session) -> None:
    """gql with nothing but the URL that the persona was given and their token is told who it is."""
    url, token = persona.last_outcome("get_registry_url").value, persona.target.token(persona.persona.account)
    assert RegistryObserver(f"{url}/graphql", token).me()["name"] == persona.user_name


@then(parse("the error names the address that was read"))
def error_names_address(stage: Stage, other_catalog: OtherCatalog) -> None:
    """The reader learns which site it is about."""
    refusal = refusal_of_last_named(stage)
    assert other_catalog.address in words_of(refusal), f"the error does not name the address of the site: {refusal}"


@then(parse("the message says that the answer is not a configuration"))
def message_says_no_configuration(stage: Stage) -> None:
    """The reader learns what is wrong with the site: what it answers is not JSON, or is no configuration."""
    message = message_of_last_named(stage)
    assert _NO_CONFIGURATION.search(message), f"the message does not say that it is not a configuration: {message}"


@then(parse("quilt3 in a new process has this catalog as its default"))
def default_survives(target: Target) -> None:
    """What quilt3's own configuration says when the same user starts anew."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    told = subprocess.run(
        [sys.executable, "-c", _TELL_DEFAULT], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.strip() == target.catalog_url, f"the default is {told.stdout.strip() or 'none'}"
