"""Whom a Then means: a person whose answer it judges must have asked for something before.

What is followed is what a run does: names and pronouns in their order (`environment.people.personas.Mentions`), and the
answers that a Given or When leaves. Who does nothing before a Then has no answer that it could judge.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeGuard

from environment.errors import SuiteError
from environment.gherkin.document import StepLine
from environment.gherkin.named_people import PersonMention
from environment.gherkin.references import Checkable, Reference
from environment.gherkin.step_functions import asks_as, calls_the_product
from environment.gherkin.vocabulary import Match, Vocabulary
from environment.people.personas import IN_THE_OTHER_MODE, Mentions

PERSONA = "Persona"
"""The kind of placeholder that names a person."""


def people_problems(steps: Sequence[StepLine], vocabulary: Vocabulary) -> Iterator[tuple[StepLine, str]]:
    """Each Then of a scenario that is about an answer that its person cannot have, and each pronoun of nobody.

    Args:
        steps: the scenario's steps as they run, the background's first.
        vocabulary: the sentences; a step that is none of them, or several, ends the check.
    """
    mentions, answered = Mentions(), set[str]()
    for step in steps:
        matches = vocabulary.matches(step.type, step.text)
        if len(matches) != 1:
            return  # what was asked for in it is not known
        try:
            people = _people(matches[0], mentions)
        except SuiteError as error:
            yield step, str(error)
            continue
        if step.type != "then":
            if people and calls_the_product(matches[0].definition):
                answered.update(people.values())
            continue
        for placeholder, person in people.items():
            if person not in answered and placeholder not in asks_as(matches[0].definition):
                yield step, _nothing_to_judge(step, person, answered)


def _is_in_order(word: object) -> TypeGuard[Reference | PersonMention]:
    return isinstance(word, Reference | PersonMention) and not (isinstance(word, Checkable) and word.problem())


def _people(match: Match, mentions: Mentions) -> dict[str, str]:
    """Whom each placeholder for a person means."""
    kinds = {placeholder.name: placeholder.kind for placeholder in match.definition.placeholders}
    people = {}
    for name, word in match.arguments.items():
        if kinds.get(name) == PERSONA and _is_in_order(word):
            reference = word.text.removesuffix(IN_THE_OTHER_MODE)
            people[name] = mentions.meant_by(reference).name + word.text.removeprefix(reference)
    return people


def _nothing_to_judge(step: StepLine, person: str, answered: set[str]) -> str:
    others = f"; so far only {' and '.join(sorted(answered))} did" if answered else ""
    return (
        f'"{step.text}" checks what {person} was told, who has not done anything yet{others}: '
        f"let {person} do it in a When, or name the one who did"
    )
