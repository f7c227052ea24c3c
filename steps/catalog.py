"""The catalog: what QuiltOps says about it, which one is the default, and which registry belongs to it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass

import pytest
from pytest_bdd import given, then, when

from environment.checking.comparing import must_agree
from environment.driving.session import Session
from environment.driving.stage import Stage
from environment.gherkin.references import ValueKind, parse, register
from environment.gherkin.step_arguments import Rows, columns
from environment.gherkin.values import unquoted
from environment.observers.registry import RegistryObserver
from environment.product.outcome import attempt
from environment.targets.target import Target
from steps.faults import OtherCatalog
from steps.refusals import refusal_of_last_named, words_of

_WITH_SLASH = ", with a slash at the end of its address"
_NAMED = re.compile(r'the catalog "(.*)"')


def _address(words: str, request: pytest.FixtureRequest) -> str:
    target: Target = request.getfixturevalue("target")
    if words.startswith("this catalog"):
        return f"{target.catalog_url}/" if words.endswith(_WITH_SLASH) else target.catalog_url
    other: OtherCatalog = request.getfixturevalue("other_catalog")
    return other.address


@dataclass(frozen=True)
class CatalogAddress:
    """The words that say which catalog: the deployment's own, another site's, or any address."""

    text: str

    def resolve(self, request: pytest.FixtureRequest) -> str:
        """Return the address."""
        named = _NAMED.fullmatch(self.text)
        return unquoted(named[1]) if named else _address(self.text, request)

    def __repr__(self) -> str:
        return self.text


register(
    ValueKind(
        "CatalogAddress",
        rf'this catalog(?:{_WITH_SLASH})?|that catalog|a web page|the catalog "[^"]*"',
        CatalogAddress,
        (
            "this catalog",
            f"this catalog{_WITH_SLASH}",
            "that catalog",
            "a web page",
            'the catalog "https://example.com"',
        ),
    )
)
_TELL_DEFAULT = "import quilt3; print(quilt3.config()['navigator_url'])"


@given(parse("{persona:Persona} has read the configuration of {address:CatalogAddress}"))
@when(parse("{persona:Persona} reads the configuration of {address:CatalogAddress}"))
def read_configuration(persona: Session, address: str) -> None:
    """Read what the catalog at some address says about itself."""
    attempt(persona.ops.get_catalog_config, address)


@given(parse("{persona:Persona} has made {address:CatalogAddress} the default"))
@when(parse("{persona:Persona} makes {address:CatalogAddress} the default"))
def make_default(persona: Session, address: str) -> None:
    """Make a catalog the default one."""
    attempt(persona.ops.configure_catalog, address)


@given(parse("{persona:Persona} has asked for the registry's URL"))
@when(parse("{persona:Persona} asks for the registry's URL"))
def ask_for_registry(persona: Session) -> None:
    """Ask QuiltOps which registry it uses."""
    attempt(persona.ops.get_registry_url)


@then(
    parse(
        "{persona:Persona} sees the region, the registry, the API gateway and the analytics bucket of this deployment"
    )
)
def sees_configuration(persona: Session, target: Target) -> None:
    """Each is what config.json says, read by a plain HTTP client."""
    found, said = persona.last_outcome("get_catalog_config").value, target.catalog_configuration
    assert (found.region, found.registry_url) == (said["region"], said["registryUrl"])
    assert (found.api_gateway_endpoint, found.analytics_bucket) == (said["apiGatewayEndpoint"], said["analyticsBucket"])


@then(parse("{persona:Persona} sees the stack prefix and the Tabulator data catalog of this deployment"))
def sees_tabulator_catalog(persona: Session, target: Target) -> None:
    """Athena's data catalog is named after the stack, and the stack after the prefix of its buckets."""
    found = persona.last_outcome("get_catalog_config").value
    assert found.tabulator_data_catalog == target.tabulator_data_catalog
    assert found.stack_prefix == target.tabulator_data_catalog.removeprefix("quilt-").removesuffix("-tabulator")


SHOWN = {
    "region": "region",
    "registry": "registry_url",
    "API gateway": "api_gateway_endpoint",
    "analytics bucket": "analytics_bucket",
    "stack prefix": "stack_prefix",
    "Tabulator data catalog": "tabulator_data_catalog",
}
"""What a configuration shows, and the field of QuiltOps's answer that holds it."""


@then(parse("{persona:Persona} sees this configuration:"))
@columns("field", "value")
def sees_this_configuration(persona: Session, datatable: Rows) -> None:
    """The configuration that was read last shows exactly this."""
    found = vars(persona.last_outcome("get_catalog_config").value)
    wanted = {SHOWN[row["field"]]: row["value"] for row in datatable}
    must_agree(found, wanted, "fields of the configuration")


@then(parse("{persona:Persona} is told the registry of this deployment"))
def told_registry(persona: Session, target: Target) -> None:
    """The URL that the catalog's configuration names."""
    assert persona.last_outcome("get_registry_url").value == target.registry_url


@then(parse("{persona:Persona} can see the registry of this deployment"))
def can_see_registry(persona: Session, target: Target) -> None:
    """Asked now, QuiltOps names the deployment's registry."""
    assert attempt(persona.ops.get_registry_url).value == target.registry_url


@then(parse("a client that knows only this URL and the token of {persona:Persona} is let in"))
def registry_is_usable(persona: Session) -> None:
    """gql with nothing but the URL that the persona was given and their token is told who it is."""
    url, token = persona.last_outcome("get_registry_url").value, persona.target.token(persona.persona.account)
    assert RegistryObserver(f"{url}/graphql", token).me()["name"] == persona.user_name


@then(parse("the error names the address of that catalog"))
def error_names_address(stage: Stage, other_catalog: OtherCatalog) -> None:
    """The reader learns which site it is about."""
    refusal = refusal_of_last_named(stage)
    assert other_catalog.address in words_of(refusal), f"the error does not name the address of the site: {refusal}"


@then(parse("quilt3 in a new process has this catalog as the default"))
def default_survives(target: Target) -> None:
    """What quilt3's own configuration says when the same user starts anew."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    told = subprocess.run(
        [sys.executable, "-c", _TELL_DEFAULT], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.strip() == target.catalog_url, f"the default is {told.stdout.strip() or 'none'}"
