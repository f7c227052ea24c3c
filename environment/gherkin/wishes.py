"""Wishes: scenarios that say what should hold one day, also in sentences that do not exist yet.

A scenario tagged `@wish` is not run and proves nothing; `acceptance lint` lists which of its sentences are missing, and
the trace lists it as wished for. `@proposes:words-of-the-requirement` proposes a requirement that nobody has written
down yet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from environment.gherkin.document import FeatureDocument, FeatureSyntaxError, ScenarioBlock, feature_files, read_feature
from environment.gherkin.misfits import near_miss
from environment.gherkin.tags import WISH, requirement_ids, words_of
from environment.gherkin.vocabulary import Vocabulary

PROPOSES = "proposes:"


@dataclass(frozen=True)
class MissingSentence:
    """A sentence of a wish that does not exist; near_miss: what cannot stand in it, if it nearly is one that does."""

    text: str
    line: int
    near_miss: str = ""


@dataclass(frozen=True)
class Wish:
    """A scenario that is wished for; `proposed` is the requirement that it proposes, "" if it belongs to known ones."""

    path: Path
    line: int
    name: str
    requirements: tuple[str, ...]
    proposed: str
    missing: tuple[MissingSentence, ...]


def is_wish(document: FeatureDocument, scenario: ScenarioBlock) -> bool:
    """Whether a scenario is only wished for."""
    return any(tag.name == WISH for tag in document.tags_of(scenario))


def proposed_by(tag_names: Iterable[str]) -> str:
    """The requirement that the tags of a wish propose, in words; "" if they propose none."""
    return words_of(next((each.removeprefix(PROPOSES) for each in tag_names if each.startswith(PROPOSES)), ""))


def wishes(places: Iterable[Path], vocabulary: Vocabulary) -> list[Wish]:
    """Every wish in these feature files and folders."""
    found = []
    for path in feature_files(places):
        try:
            document = read_feature(path)
        except FeatureSyntaxError:
            continue  # the check before a run tells it
        found += [_wish(document, one, vocabulary) for one in document.scenarios if is_wish(document, one)]
    return found


def _wish(document: FeatureDocument, scenario: ScenarioBlock, vocabulary: Vocabulary) -> Wish:
    names = [tag.name for tag in document.tags_of(scenario)]
    return Wish(
        path=document.path,
        line=scenario.line,
        name=scenario.name,
        requirements=requirement_ids(names),
        proposed=proposed_by(names),
        missing=tuple(_missing(document, scenario, vocabulary)),
    )


def _missing(document: FeatureDocument, scenario: ScenarioBlock, vocabulary: Vocabulary) -> Iterator[MissingSentence]:
    for step in document.steps_of(scenario):
        if step.type and not vocabulary.matches(step.type, step.text):
            wrong = near_miss(step.type, step.text, vocabulary) or ""
            yield MissingSentence(f"{step.type.capitalize()} {step.text}", step.line, wrong)
