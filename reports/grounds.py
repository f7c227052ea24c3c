"""On what the answers rest that a scenario's verdict is made of, where no live run validated it.

The requests that the product sent lead to sections of the page of facts (`grounds.yaml`); a section is known by
what its page marks, by the recordings that the embedded deployment agrees with, and by decisions that cite it. What AWS
alone is asked rests on what AWS publishes. That a
check rests on a section says that its answers are described there, not that it meets each fact and decision of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, TypeAdapter, ValidationError

from environment.evidence.calls import WireCall
from environment.product.calling import Sender
from environment.record import Record
from environment.settings import ROOT
from reports.documents import InvalidDocumentError, findings, read_list, shown
from reports.outcomes import ScenarioOutcome, Status
from reports.parity import Parity, key_of

GROUNDS_FILE = Path(__file__).with_name("grounds.yaml")
FACTS_PAGE = ROOT / "docs" / "facts" / "registry.md"
DECISIONS_PAGE = ROOT / "docs" / "embedded-deployment.md"

_HEADING = re.compile(r"^#{2,3} (\d+(?:\.\d+)?) (.*)$", re.M)
_CITED = re.compile(r"\bregistry facts (\d+(?:\.\d+)?(?:, \d+(?:\.\d+)?)*)")
_SENTENCE = re.compile(r"(?<=\.)\s+(?=[^a-z\s])|\n(?=[|-])|\n\n")
# What carries no mark is published (the page's own table); what is recorded or of the ancestor is public, too.
_NOT_PUBLISHED = re.compile(r"\[(?:OPEN|INF)\]")
_AWS = "AWS's published behaviour"
_DECISIONS = re.compile(r"<!-- decisions: begin -->(.*)<!-- decisions: end -->", re.S)


class _Rule(Record):
    facts: tuple[str, ...]
    requests: tuple[str, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Section:
    """A section of the facts: how it is known.

    published: it says something that is, beside what is open. decisions: what the embedded deployment decided for want
    of more.
    """

    number: str
    title: str
    published: bool
    recorded: tuple[str, ...]
    inferred: bool
    decisions: tuple[str, ...]

    @property
    def is_published_alone(self) -> bool:
        """Whether it is published, without decision and inference."""
        return self.published and not self.inferred and not self.decisions


@dataclass(frozen=True)
class ChecksByGround:
    """How many of some checks stand on what: one is counted wherever it belongs.

    live: validated live. recorded: rests on a section with recorded answers. published: on published sections without
    decision and inference. aws: on what AWS publishes of its services alone. inferred, decided: on a section with one.
    unknown: sent nothing of these.
    """

    checks: int
    live: int
    recorded: int
    published: int
    aws: int
    inferred: int
    decided: int
    unknown: int


class Grounds:
    """The sections, and which requests rest on them."""

    def __init__(
        self, sections: Mapping[str, Section], facts_of: Mapping[str, tuple[str, ...]], parity: Parity
    ) -> None:
        self.sections = sections
        self._facts_of = facts_of
        self._parity = parity

    def of(self, calls: Iterable[WireCall]) -> tuple[Section, ...]:
        """The sections on which the answers to the product's own requests rest, in their order."""
        found = {number for call in calls if call.who is Sender.PRODUCT for number in self.facts_of(call)}
        return tuple(section for number, section in self.sections.items() if number in found)

    def facts_of(self, call: WireCall) -> tuple[str, ...]:
        """The numbers of the sections of one request."""
        if call.operation is not None:
            return self._facts_of.get(call.operation) or self._facts_of.get(
                call.operation.partition(":")[0].lower(), ()
            )
        path = urlsplit(call.url).path
        return next(
            (facts for place, facts in self._facts_of.items() if place[0] == "/" and path.startswith(place)), ()
        )

    def places(self, request: str) -> bool:
        """Whether something is said of this operation, path or service."""
        return request in self._facts_of

    def in_words(self, outcomes: Sequence[ScenarioOutcome]) -> str:
        """On what these checks of one scenario rest; empty if they sent nothing to registry, catalog or AWS."""
        calls = [call for each in outcomes for call in each.calls]
        sections = self.of(calls)
        if not sections:
            return f"rests on {_AWS}" if _asks_aws(calls) else ""
        numbers = ", ".join(each.number for each in sections)
        return f"rests on facts {numbers} ({', '.join(_known_by(sections))})"

    def count(self, outcomes: Sequence[ScenarioOutcome]) -> ChecksByGround:
        """Of those that were judged."""
        judged = [each for each in outcomes if each.status is not Status.SKIPPED]
        of = [self.of(each.calls) for each in judged]
        return ChecksByGround(
            checks=len(judged),
            live=sum(key_of(each.scenario) in self._parity.validated for each in judged),
            recorded=sum(any(one.recorded for one in each) for each in of),
            published=sum(bool(each) and all(one.is_published_alone for one in each) for each in of),
            aws=sum(not each and _asks_aws(one.calls) for each, one in zip(of, judged, strict=True)),
            inferred=sum(any(one.inferred for one in each) for each in of),
            decided=sum(any(one.decisions for one in each) for each in of),
            unknown=sum(not each and not _asks_aws(one.calls) for each, one in zip(of, judged, strict=True)),
        )

    def checks_by_section(self, outcomes: Sequence[ScenarioOutcome]) -> list[tuple[Section, int]]:
        """Each section with the number of judged checks that rest on it."""
        of = [self.of(each.calls) for each in outcomes if each.status is not Status.SKIPPED]
        return [(section, sum(section in each for each in of)) for section in self.sections.values()]


def load_grounds(parity: Parity) -> Grounds:
    """What the pages and the file say.

    Raises:
        InvalidDocumentError: if the file is none, or cites a section that is not there.
    """
    try:
        rules = TypeAdapter(list[_Rule]).validate_python(read_list(GROUNDS_FILE))
    except ValidationError as error:
        raise InvalidDocumentError([f"{shown(GROUNDS_FILE)}: {finding}" for finding in findings(error)]) from error
    sections = _Pages(parity).sections
    unknown = sorted({number for rule in rules for number in rule.facts} - sections.keys())
    if unknown:
        raise InvalidDocumentError([f"{shown(GROUNDS_FILE)}: {shown(FACTS_PAGE)} has no section {unknown[0]}"])
    return Grounds(sections, {request: rule.facts for rule in rules for request in rule.requests}, parity)


class _Pages:
    def __init__(self, parity: Parity) -> None:
        self._facts = FACTS_PAGE.read_text(encoding="utf-8")
        self._parity = parity

    @cached_property
    def _decisions(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        listed = _DECISIONS.search(DECISIONS_PAGE.read_text(encoding="utf-8"))
        for line in (listed[1] if listed else "").splitlines():
            for cited in _CITED.finditer(line):
                for number in cited[1].split(", "):
                    found.setdefault(number, []).append(line.removeprefix("- "))
        return found

    @cached_property
    def sections(self) -> dict[str, Section]:
        headings = [*_HEADING.finditer(self._facts)]
        ends = [*(each.start() for each in headings[1:]), len(self._facts)]
        return {
            found[1]: Section(
                number=found[1],
                title=found[2],
                published=_says_something_published(self._facts[found.end() : end]),
                # A run's deployment has the default settings.
                recorded=tuple(
                    name for name, each in self._parity.recorded.items() if found[1] in each.facts and not each.settings
                ),
                inferred="[INF]" in self._facts[found.start() : end],
                decisions=tuple(self._decisions.get(found[1], ())),
            )
            for found, end in zip(headings, ends, strict=True)
        }


def _says_something_published(text: str) -> bool:
    said = (each.strip(" \n|-*") for each in _SENTENCE.split(text))
    return any(each and not _NOT_PUBLISHED.search(each) for each in said)


def _asks_aws(calls: Iterable[WireCall]) -> bool:
    """Whether the product sent a request to AWS: its operations are named with their service, as ``s3:PutObject``."""
    return any(call.who is Sender.PRODUCT and ":" in (call.operation or "") for call in calls)


def _known_by(sections: Sequence[Section]) -> list[str]:
    recorded = len({name for each in sections for name in each.recorded})
    decided = len({text for each in sections for text in each.decisions})
    words = [f"{recorded} recorded {'answer' if recorded == 1 else 'answers'}"] if recorded else []
    words += ["published"] if any(each.published for each in sections) else []
    words += ["inferred in part"] if any(each.inferred for each in sections) else []
    words += [f"{decided} {'decision' if decided == 1 else 'decisions'}"] if decided else []
    return words
