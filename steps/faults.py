"""Faults: how catalog, registry and S3 fail, from now to the end of the scenario."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_bdd import given

from environment.arrangement.failures import (
    REGISTRY_FAILURES,
    STORAGE_FAILURES,
    graphql_answer,
    graphql_error,
    json_answer,
)
from environment.arrangement.faults import FaultArranger
from environment.driving.packages import Package
from environment.gherkin.references import ReferenceKind, parse, register
from environment.gherkin.values import Duration
from environment.targets.target import Target
from environment.undo.log import UndoLog
from quilt_stack import Action, Latency, Status, Surface
from steps.baseline import Baseline

CONFIGURATION = r"^/config\.json"
GRAPHQL_AND_API = r"^/(graphql|api/)"

register(
    ReferenceKind(
        "RegistryFailure",
        "failure of a registry",
        lambda: sorted(REGISTRY_FAILURES),
        lambda name, _: REGISTRY_FAILURES[name],
        pattern=r"(?:an?|half|unfinished) [\w' -]+",
    ),
    ReferenceKind(
        "StorageFailure",
        "failure of S3",
        lambda: sorted(STORAGE_FAILURES),
        lambda name, _: STORAGE_FAILURES[name],
        pattern=r"[A-Za-z][A-Za-z ]+",
    ),
)


@pytest.fixture
def faults(target: Target, undo: UndoLog) -> FaultArranger:
    """Breaks answers of the deployment until the scenario ends."""
    return FaultArranger(target, undo)


@dataclass(frozen=True)
class OtherCatalog:
    """A catalog beside the deployment's, below the same host so that it needs no other."""

    address: str

    @property
    def path(self) -> str:
        """Where its configuration is, as a regular expression."""
        return f"^{re.escape(urlsplit(self.address).path)}/config\\.json"


@pytest.fixture
def other_catalog(target: Target) -> OtherCatalog:
    """A catalog that is this scenario's alone."""
    return OtherCatalog(f"{target.catalog_url}/{secrets.token_hex(4)}")


@given(parse("another site has no configuration"))
def site_without_configuration(faults: FaultArranger, other_catalog: OtherCatalog) -> None:
    """The other site answers 404 with a page, as any web server does."""
    page = Status(code=404, headers={"Content-Type": "text/html"}, body="<html><h1>Not Found</h1></html>")
    faults.break_answers(Surface.CATALOG, page, path=other_catalog.path)


@given(parse('another catalog has a configuration without "{field:Text}"'))
def configuration_lacks(faults: FaultArranger, field: str, other_catalog: OtherCatalog, target: Target) -> None:
    """Its configuration is the deployment's without one field."""
    assert field in target.catalog_configuration, f"the configuration has no {field} to begin with"
    kept = {name: value for name, value in target.catalog_configuration.items() if name != field}
    faults.break_answers(Surface.CATALOG, json_answer(kept), path=other_catalog.path)


@given(parse("another catalog has this configuration:"))
def configuration_is(faults: FaultArranger, other_catalog: OtherCatalog, docstring: str) -> None:
    """Its configuration is this JSON, whatever it holds."""
    faults.break_answers(Surface.CATALOG, json_answer(json.loads(docstring)), path=other_catalog.path)


@given(parse("another catalog answers with {failure:RegistryFailure}"))
def other_catalog_fails(faults: FaultArranger, failure: Action, other_catalog: OtherCatalog) -> None:
    """Whoever asks for its configuration gets this."""
    faults.break_answers(Surface.CATALOG, failure, path=other_catalog.path)


@given(parse("another catalog's configuration is a list"))
def configuration_is_a_list(faults: FaultArranger, other_catalog: OtherCatalog) -> None:
    """Its configuration is valid JSON of another shape."""
    faults.break_answers(Surface.CATALOG, json_answer(["region", "registryUrl"]), path=other_catalog.path)


@given(parse("another catalog takes {time:Duration} to answer"))
def catalog_is_slow(faults: FaultArranger, time: Duration, other_catalog: OtherCatalog) -> None:
    """Its configuration comes that much later."""
    faults.break_answers(Surface.CATALOG, Latency(seconds=time.seconds), path=other_catalog.path)


def _tell_configuration(faults: FaultArranger, configuration: Any) -> None:
    faults.break_answers_here(Surface.CATALOG, json_answer(configuration), path=CONFIGURATION)


@given(parse("the registry takes {time:Duration} to answer"))
def registry_is_slow(faults: FaultArranger, time: Duration) -> None:
    """Every answer of the registry to this scenario's people comes that much later."""
    faults.break_answers_here(Surface.REGISTRY, Latency(seconds=time.seconds), path=GRAPHQL_AND_API)


@given(parse("the registry answers with {failure:RegistryFailure}"))
def registry_fails(faults: FaultArranger, failure: Action) -> None:
    """Every answer of the registry to this scenario's people is this one."""
    faults.break_answers_here(Surface.REGISTRY, failure, path=GRAPHQL_AND_API)


@given(parse("the registry answers with this:"))
def registry_tells(faults: FaultArranger, docstring: str) -> None:
    """Every GraphQL answer of the registry to this scenario's people is this, as far as they ask for it."""
    faults.break_answers_here(Surface.REGISTRY, graphql_answer(json.loads(docstring)), path="^/graphql")


@given(parse('the registry answers the operation "{operation:Text}" with this:'))
def registry_tells_one(faults: FaultArranger, operation: str, docstring: str) -> None:
    """Likewise, and all other operations are carried out."""
    faults.break_answers_here(
        Surface.REGISTRY, graphql_answer(json.loads(docstring)), path="^/graphql", graphql_operation=operation
    )


@given(parse('the registry answers with the error "{message:Text}"'))
def registry_tells_error(faults: FaultArranger, message: str) -> None:
    """Every GraphQL answer of the registry to this scenario's people is this error, and nothing is done."""
    faults.break_answers_here(Surface.REGISTRY, graphql_error(message), path="^/graphql")


@given(parse("the registry and S3 take {time:Duration} to answer"))
def all_is_slow(faults: FaultArranger, time: Duration, target: Target) -> None:
    """So it is for this scenario's people, in S3 where the packages lie."""
    registry_is_slow(faults, time)
    faults.break_answers_here(Surface.AWS, Latency(seconds=time.seconds), path=_in_packages_bucket(target))


@given(parse("the catalog answers with {failure:RegistryFailure} when asked for a file"))
def files_cannot_be_had(faults: FaultArranger, failure: Action) -> None:
    """Where multiuser mode gets its links from, this scenario's people get this instead (registry facts 1.6)."""
    faults.break_answers_here(Surface.CATALOG, failure, path="^/browse/")


@given(parse("the catalog answers with {failure:RegistryFailure} when asked for its configuration"))
def configuration_cannot_be_had(faults: FaultArranger, failure: Action) -> None:
    """Where a client finds out about the deployment, this scenario's people get this instead."""
    faults.break_answers_here(Surface.CATALOG, failure, path=CONFIGURATION)


@given(parse("the registry's host is unknown"))
def registry_has_no_address(faults: FaultArranger, target: Target) -> None:
    """The catalog names a registry whose host name leads nowhere, to this scenario's people."""
    _tell_configuration(faults, {**target.catalog_configuration, "registryUrl": "http://registry.invalid"})


@given(parse("the registry has no valid TLS certificate"))
def registry_without_tls(faults: FaultArranger, target: Target) -> None:
    """The catalog names a registry by https whose port does not speak TLS, to this scenario's people."""
    address = urlsplit(target.registry_url)._replace(scheme="https").geturl()
    _tell_configuration(faults, {**target.catalog_configuration, "registryUrl": address})


def _in_packages_bucket(target: Target) -> str:
    return rf"^/{re.escape(target.buckets.packages)}/"


def _writes(target: Target) -> str:
    return rf"^/{re.escape(target.buckets.packages)}/\.quilt/"


@given(parse("S3 answers the next two writes of the pointers of {package:NewPackage} with {failure:StorageFailure}"))
def storage_fails_twice(faults: FaultArranger, failure: Action, package: Package, target: Target) -> None:
    """Two attempts to write a pointer of the new package fail, whoever writes it; later ones succeed."""
    path = f"{_writes(target)}named_packages/{re.escape(package.name)}/"
    faults.break_answers(Surface.AWS, failure, count=2, method="PUT", path=path, operator_too=True)


@given(parse("S3 answers every write to the registry with {failure:StorageFailure}"))
def storage_fails(faults: FaultArranger, failure: Action, target: Target) -> None:
    """No manifest and no pointer can be written, whoever writes them."""
    faults.break_answers(Surface.AWS, failure, method="PUT", path=_writes(target), operator_too=True)


@given(parse("S3 answers every deletion in the registry with {failure:StorageFailure}"))
def nothing_can_be_deleted(faults: FaultArranger, failure: Action, target: Target) -> None:
    """No pointer can be deleted by this scenario's people, one by one or by the list; the registry itself can."""
    for which in ({"method": "DELETE", "path": _writes(target)}, {"method": "POST", "path": r"[?&]delete\b"}):
        faults.break_answers_here(Surface.AWS, failure, **which)


@given(parse("S3 answers every read of the data with {failure:StorageFailure}"))
def data_cannot_be_read(faults: FaultArranger, failure: Action, target: Target) -> None:
    """No object of the data bucket can be read, whoever reads it."""
    faults.break_answers(Surface.AWS, failure, path=rf"^/{re.escape(target.buckets.data)}/", operator_too=True)


@given(parse("the registry and S3 answer with {failure:RegistryFailure}"))
def all_fails(faults: FaultArranger, failure: Action, baseline: Baseline, target: Target) -> None:
    """So it is for this scenario's people, in S3 where the packages lie; the baseline was made before."""
    registry_fails(faults, failure)
    faults.break_answers_here(Surface.AWS, failure, method="GET", path=_in_packages_bucket(target))


@given(parse("the bucket in the other region does not answer"))
def remote_bucket_fails(faults: FaultArranger, target: Target) -> None:
    """Every request to the remote bucket is answered with InternalError, whoever sends it."""
    faults.break_answers(
        Surface.AWS, Status(code=500), path=rf"^/{re.escape(target.buckets.remote)}(/|\?|$)", operator_too=True
    )
