"""Services that fail, in the words that features use: which requests to the deployment each of them means."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from environment.arrangement.failures import json_answer
from environment.arrangement.faults import FaultArranger
from environment.targets.target import Target
from quilt_stack import Action, Surface

GRAPHQL = "/graphql"
GRAPHQL_AND_API = r"^/(graphql|api/)"
CONFIGURATION = r"^/config\.json"


@dataclass(frozen=True)
class OtherCatalog:
    """A catalog of somebody else.

    On this machine it is the deployment's own server under another name of the machine, and so no place for a token.
    Elsewhere it is below the deployment's own host, which has no other.
    """

    address: str

    @classmethod
    def of(cls, target: Target) -> OtherCatalog:
        """One that nobody else knows."""
        parts = urlsplit(target.catalog_url)
        name = "127.0.0.1" if parts.hostname == "localhost" else "localhost"
        origin = f"{parts.scheme}://{name}:{parts.port}" if target.is_on_this_machine else target.catalog_url
        return cls(f"{origin}/{secrets.token_hex(4)}")

    @property
    def path(self) -> str:
        """Where its configuration is, as a regular expression."""
        return f"^{re.escape(urlsplit(self.address).path)}/config\\.json"


@dataclass(frozen=True)
class Requests:
    """Some requests to the deployment; of this scenario's people alone, or from whoever sends them.

    ``operation`` is the name of a GraphQL operation, as quilt-mcp calls it.
    """

    surface: Surface
    path: str
    method: str | None = None
    of_this_scenario: bool = False
    operation: str | None = None

    def answer_with(self, action: Action, faults: FaultArranger, count: int | None = None) -> None:
        """Let ``count`` of them (None: all) be answered so."""
        which: dict[str, Any] = {"path": self.path, "method": self.method, "graphql_operation": self.operation}
        if self.of_this_scenario:
            faults.break_answers_here(self.surface, action, count=count, **which)
        else:
            faults.break_answers(self.surface, action, count=count, operator_too=True, **which)


@dataclass(frozen=True)
class FailingService:
    """A service, or some of what it is asked for."""

    requests: tuple[Requests, ...]

    def answer_with(self, action: Action, faults: FaultArranger, count: int | None = None) -> None:
        """Let ``count`` requests (None: all) be answered so until the scenario ends."""
        for each in self.requests:
            each.answer_with(action, faults, count)

    @property
    def speaks_graphql(self) -> bool:
        """Whether it answers documents of GraphQL."""
        return any(each.surface is Surface.REGISTRY for each in self.requests)

    def answer_in_json(self, action: Action, faults: FaultArranger, operation: str = "") -> None:
        """Let what it says in JSON be this, in the registry in GraphQL alone; only one operation, if it is named."""
        for each in self.requests:
            path = each.path
            if each.surface is Surface.REGISTRY:
                if re.search(path, GRAPHQL) is None:
                    continue
                path = f"^{GRAPHQL}"
            faults.break_answers_here(each.surface, action, path=path, graphql_operation=operation or each.operation)


def _in_bucket(bucket: str) -> str:
    return rf"^/{re.escape(bucket)}(?:/|\?|$)"


def _registry() -> Requests:
    return Requests(Surface.REGISTRY, GRAPHQL_AND_API, of_this_scenario=True)


def _in_packages(target: Target, below: str = "") -> str:
    return rf"^/{re.escape(target.buckets.packages)}/{below}"


SERVICES: Mapping[str, Callable[[Target, OtherCatalog], tuple[Requests, ...]]] = {
    "the registry": lambda target, other: (_registry(),),
    "the registry, asked for a browsing session,": lambda target, other: (
        Requests(Surface.REGISTRY, f"^{GRAPHQL}", of_this_scenario=True, operation="BrowsingSessionCreate"),
    ),
    "the deployment": lambda target, other: (
        _registry(),
        Requests(Surface.AWS, _in_packages(target), "GET", of_this_scenario=True),
    ),
    "search": lambda target, other: (
        Requests(Surface.REGISTRY, "^/api/search", of_this_scenario=True),
        Requests(Surface.REGISTRY, f"^{GRAPHQL}", of_this_scenario=True, operation="SearchPackages"),
    ),
    "the catalog": lambda target, other: (
        Requests(Surface.CATALOG, CONFIGURATION, of_this_scenario=True),
        Requests(Surface.CATALOG, "^/browse/", of_this_scenario=True),
    ),
    "the catalog, asked for a file,": lambda target, other: (
        Requests(Surface.CATALOG, "^/browse/", of_this_scenario=True),  # whence multiuser mode has links: facts 1.6
    ),
    "the catalog, asked for its configuration,": lambda target, other: (
        Requests(Surface.CATALOG, CONFIGURATION, of_this_scenario=True),
    ),
    "another catalog": lambda target, other: (Requests(Surface.CATALOG, other.path, of_this_scenario=True),),
    "S3, asked to write to the registry,": lambda target, other: (
        Requests(Surface.AWS, _in_packages(target, r"\.quilt/"), "PUT"),
    ),
    "S3, asked to delete in the registry,": lambda target, other: (
        Requests(Surface.AWS, _in_packages(target, r"\.quilt/"), "DELETE", of_this_scenario=True),
        Requests(Surface.AWS, r"[?&]delete\b", "POST", of_this_scenario=True),  # by the list
    ),
    "S3, asked to read the data,": lambda target, other: (Requests(Surface.AWS, _in_bucket(target.buckets.data)),),
    "S3 in the other region": lambda target, other: (Requests(Surface.AWS, _in_bucket(target.buckets.remote)),),
}
"""Services by their words. Answers of the deployment are those of the registry, and of S3 where the packages lie."""


def writes_of_pointers(packages: Iterable[str], target: Target) -> FailingService:
    """S3 when the pointers of packages of these names are written."""
    names = "|".join(map(re.escape, packages))
    path = _in_packages(target, rf"\.quilt/named_packages/(?:{names})/")
    return FailingService((Requests(Surface.AWS, path, "PUT"),))


def reads_of_manifests(top_hashes: Iterable[str], target: Target) -> FailingService:
    """S3 when the manifests of these revisions are read."""
    path = _in_packages(target, rf"\.quilt/packages/(?:{'|'.join(top_hashes)})")
    return FailingService((Requests(Surface.AWS, path, "GET"),))


# --- what a catalog says of itself ------------------------------------------------------------------------------------


def configuration_without(field: str, target: Target) -> Action:
    """The deployment's own configuration without one field."""
    assert field in target.catalog_configuration, f"the configuration has no {field} to begin with"
    return json_answer({name: value for name, value in target.catalog_configuration.items() if name != field})


def _registry_at(address: str, target: Target) -> Action:
    return json_answer({**target.catalog_configuration, "registryUrl": address})


ADDRESSES: Mapping[str, Callable[[Target], Action]] = {
    "a host that does not exist": lambda target: _registry_at("http://registry.invalid", target),
    # This machine by a name that no certificate has: a deployment over TLS has a valid one for the others.
    "a host without a valid TLS certificate": lambda target: _registry_at(
        f"https://127.1:{urlsplit(target.registry_url).port}", target
    ),
}
"""Registries that cannot be reached, by what they have: what the catalog says of where they are."""
