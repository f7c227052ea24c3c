"""The catalog: what QuiltOps says about it, which one is the default, and which registry belongs to it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pytest_bdd import given, then, when

from environment.arrangement.foreign_site import ForeignSite, foreign_site
from environment.arrangement.services import OtherCatalog
from environment.checking.comparing import must_not_be_empty
from environment.driving.session import Session
from environment.gherkin.references import ValueKind, parse, register
from environment.gherkin.values import unquoted
from environment.observers.registry import RegistryObserver
from environment.product.outcome import attempt
from environment.targets.target import Target

_WITH_SLASH = ", with a slash at the end of its address"
_FOREIGN = "a foreign site"
_NAMED = re.compile(r'the catalog "(.*)"')


def _address(words: str, request: pytest.FixtureRequest) -> str:
    target: Target = request.getfixturevalue("target")
    if words.startswith("this catalog"):
        return f"{target.catalog_url}/" if words.endswith(_WITH_SLASH) else target.catalog_url
    if words == _FOREIGN:
        foreign: ForeignSite = request.getfixturevalue("foreign")
        return foreign.address
    other: OtherCatalog = request.getfixturevalue("other_catalog")
    return other.address


@pytest.fixture
def foreign() -> Iterator[ForeignSite]:
    """A site outside the deployment, which records what it is sent."""
    with foreign_site() as site:
        yield site


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
        rf'this catalog(?:{_WITH_SLASH})?|that catalog|a web page|{_FOREIGN}|the catalog "[^"]*"',
        CatalogAddress,
        (
            "this catalog",
            f"this catalog{_WITH_SLASH}",
            "that catalog",
            "a web page",
            _FOREIGN,
            'the catalog "https://example.com"',
        ),
    )
)
_CREDENTIALS = re.compile(r"^(?:authorization|cookie|x-amz-security-token):", re.IGNORECASE | re.MULTILINE)
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


@then(parse("{persona:Persona} can see the registry of this deployment"))
def can_see_registry(persona: Session, target: Target) -> None:
    """Asked now, QuiltOps names the deployment's registry."""
    told = attempt(persona.ops.get_registry_url).value
    assert told == target.registry_url, f"the registry's address is told as {told}, not {target.registry_url}"


@then(parse("a client that knows only this URL and {persona:Persona}'s token is let in"))
def registry_is_usable(persona: Session) -> None:
    """gql, with nothing but the URL that the persona was given and their token, learns who they are."""
    url, token = persona.last_outcome("get_registry_url").value, persona.target.token(persona.persona.account)
    name = RegistryObserver(f"{url}/graphql", token).me()["name"]
    assert name == persona.user_name, f"the registry there takes {persona} for {name}, not {persona.user_name}"


@then(parse("the foreign site is sent no token of {persona:Persona}'s"))
def foreign_site_learns_nothing(persona: Session, foreign: ForeignSite) -> None:
    """It received requests, and none of them contains the persona's token or any credentials."""
    received = must_not_be_empty(foreign.received, "requests to the foreign site")
    token = persona.account.token()
    telling = [each.partition("\n")[0] for each in received if token in each or _CREDENTIALS.search(each)]
    assert not telling, f"the foreign site was sent credentials with {', '.join(telling)}"


@then(parse("quilt3 in a new process has this catalog as the default"))
def default_survives(target: Target) -> None:
    """What quilt3's own configuration says when the same user starts it again."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
    told = subprocess.run(
        [sys.executable, "-c", _TELL_DEFAULT], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    assert told.stdout.strip() == target.catalog_url, f"the default is {told.stdout.strip() or 'none'}"
