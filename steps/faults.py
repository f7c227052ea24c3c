"""Faults: how the catalog, the registry and S3 fail, until the end of the scenario."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from pytest_bdd import given, when

from environment.arrangement.failures import FAILURES, graphql_answer, graphql_error, json_answer
from environment.arrangement.faults import FaultArranger
from environment.arrangement.services import (
    ADDRESSES,
    CONFIGURATION,
    SERVICES,
    FailingService,
    configuration_without,
    reads_of_manifests,
    writes_of_pointers,
)
from environment.driving.packages import Package
from environment.gherkin.embedded import embedded_only
from environment.gherkin.mentions import SeveralKind
from environment.gherkin.references import ReferenceKind, ValueKind, parse, register
from environment.gherkin.things import World
from environment.gherkin.values import Duration
from environment.nearest import unknown
from environment.targets.target import Target
from quilt_stack import Action, Latency, Surface
from steps.kinds import NEW_PACKAGE, PACKAGE

_READ = SeveralKind("Packages", PACKAGE)
_WRITTEN = SeveralKind("NewPackages", NEW_PACKAGE)
_LISTS = "S3, asked for the file lists of "
_POINTERS = "S3, asked to write the pointers of "


@dataclass(frozen=True)
class ServiceMention:
    """The words of a sentence that say which service fails, and perhaps for which requests."""

    text: str

    def _packages(self) -> tuple[SeveralKind, str]:
        kind, words = (_WRITTEN, _POINTERS) if self.text.startswith(_POINTERS) else (_READ, _LISTS)
        return kind, self.text.removeprefix(words).removesuffix(",")

    def follow(self, world: World) -> None:
        """Take note of the packages in the check before a run; raises MeaningError."""
        if self.text not in SERVICES:
            kind, words = self._packages()
            kind.convert(words).follow(world)

    def resolve(self, request: pytest.FixtureRequest) -> FailingService:
        """Return the service."""
        target: Target = request.getfixturevalue("target")
        if self.text in SERVICES:
            request.getfixturevalue("baseline")  # is made before anything fails
            return FailingService(SERVICES[self.text](target, request.getfixturevalue("other_catalog")))
        kind, words = self._packages()
        packages = [each for each in kind.convert(words).resolve(request) if isinstance(each, Package)]
        if kind is _WRITTEN:
            return writes_of_pointers([package.name for package in packages], target)
        return reads_of_manifests([package.latest.top_hash for package in packages], target)

    def fixtures(self) -> tuple[str, ...]:
        """Return the fixtures that resolving it may ask for."""
        return ("baseline",)

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class ServiceKind:
    """Services, in the words of `ServiceMention`."""

    name: str = "Service"

    @property
    def pattern(self) -> str:
        """The words that say which."""
        return rf"(?:{'|'.join(SERVICES)}|{_LISTS}{_READ.pattern},|{_POINTERS}{_WRITTEN.pattern},)"

    def convert(self, text: str) -> ServiceMention:
        """Return the mention that the words make."""
        return ServiceMention(text)

    def choices(self) -> Sequence[str]:
        """Return how services are mentioned."""
        return [*SERVICES, f"{_LISTS}those packages,", f'{_POINTERS}the package "name",']


_TIMES = {"": None, " once": 1, " twice": 2}
_WITHOUT = re.compile(r'a configuration without "([^"]*)"')


@dataclass(frozen=True)
class FailureMention:
    """The words of a sentence that say what is answered instead."""

    text: str

    def problem(self) -> str | None:
        """Return that nothing fails so, or None."""
        known = [*FAILURES, 'a configuration without "region"']
        return None if self.text in FAILURES or _WITHOUT.fullmatch(self.text) else unknown("failure", self.text, known)

    def resolve(self, request: pytest.FixtureRequest) -> Action:
        """Return the answer."""
        if lacking := _WITHOUT.fullmatch(self.text):
            return configuration_without(lacking[1], request.getfixturevalue("target"))
        return FAILURES[self.text]

    def __repr__(self) -> str:
        return self.text


register(
    ServiceKind(),
    ValueKind(
        "Failure",
        rf"""{_WITHOUT.pattern.replace("(", "(?:")}|[A-Za-z0-9][\w' -]+""",
        FailureMention,
        (*FAILURES, 'a configuration without "region"'),
    ),
    ReferenceKind(
        "RegistryAddress", "address of a registry", lambda: sorted(ADDRESSES), lambda name, _: name, "|".join(ADDRESSES)
    ),
    ValueKind("OfOperation", '(?: the operation "[^"]+")?', lambda text: text[16:-1], ("", ' the operation "x"')),
    ValueKind("Times", "(?: once| twice)?", lambda words: _TIMES[words], tuple(_TIMES)),
)


@given(parse("{service:Service} answers{count:Times} with {failure:Failure}"))
@embedded_only
def fails(service: FailingService, count: int | None, failure: Action, faults: FaultArranger) -> None:
    """Every answer until the scenario ends is this failure, or only the next one or two; S3's errors have S3's names.

    "The deployment" is the registry, and S3 for the packages. Registry, catalogs and deployment fail for this
    scenario's people, S3 for everyone.
    """
    service.answer_with(failure, faults, count)


@given(parse("{service:Service} answers{operation:OfOperation} with this:"))
@embedded_only
def tells(service: FailingService, operation: str, docstring: str, faults: FaultArranger) -> None:
    """Every answer (of the registry, every GraphQL answer) is this JSON, and nothing is done.

    The registry answers with what was asked for of `data`. If an operation is named, all others are carried out.
    """
    content = json.loads(docstring)
    service.answer_in_json(
        graphql_answer(content) if service.speaks_graphql else json_answer(content), faults, operation
    )


@given(parse('{service:Service} answers with the error "{message:Text}"'))
@embedded_only
def tells_error(service: FailingService, message: str, faults: FaultArranger) -> None:
    """Every GraphQL answer is this error, and nothing is done."""
    service.answer_in_json(graphql_error(message), faults)


@given(parse("{service:Service} takes {time:Duration} to answer"))
@embedded_only
def is_slow(service: FailingService, time: Duration, faults: FaultArranger) -> None:
    """Every answer is delayed by this time until the scenario ends.

    Local mode asks S3 for packages, and the registry for little: to slow it down, say `the deployment`.
    """
    service.answer_with(Latency(seconds=time.seconds), faults)


@given(parse("the registry's address leads to {address:RegistryAddress}"))
@embedded_only
def cannot_be_reached(address: str, faults: FaultArranger, target: Target) -> None:
    """The catalog gives this scenario's people a registry that does not exist, or whose port does not speak TLS."""
    faults.break_answers_here(Surface.CATALOG, ADDRESSES[address](target), path=CONFIGURATION)


@when(parse("the outage is over"))
@embedded_only
def outage_is_over(faults: FaultArranger) -> None:
    """The catalog, the registry and S3 answer normally again."""
    faults.end()
