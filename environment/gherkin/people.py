"""Whom a Then means: a person whose answer it judges must have asked for it before.

What is followed is what a run does: names and pronouns in their order (`environment.people.personas.Mentions`), and the
answers that a Given or When leaves. Who does nothing before a Then has no answer that it could judge.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeGuard

from environment.errors import SuiteError
from environment.gherkin.answers import Read, answers_read, operations_called, would_ask
from environment.gherkin.confined import Confinement, confinement, is_freeing
from environment.gherkin.document import StepLine
from environment.gherkin.named_people import NAME, PersonMention
from environment.gherkin.references import Checkable, Reference
from environment.gherkin.step_functions import asks_as, calls_the_product
from environment.gherkin.vocabulary import Match, StepDefinition, Vocabulary
from environment.people.personas import CAST, IN_THE_OTHER_MODE, Mentions

PERSONA = "Persona"
"""The kind of placeholder that names a person."""

_SIGNING_IN = re.compile(r"\bsign(?:s|ed)?\b.*\bin\b")
"""How sentences say that somebody signs in, has signed in or is signed in."""

DESCRIPTION = "Description"
"""The kind of placeholder that says who a person of the cast is; sentences with one say whether they are signed in."""


def people_problems(steps: Sequence[StepLine], vocabulary: Vocabulary) -> Iterator[tuple[StepLine, str]]:
    """What a scenario asks of somebody who cannot have done it.

    That is each Then about an answer that its person cannot have, each pronoun of nobody, what somebody cannot do the
    way they act, the first act of a new colleague who has not signed in, and each sentence about how a person of the
    cast is signed in that comes after their first act: until then they were signed in as usual.

    Args:
        steps: the scenario's steps as they run, the background's first.
        vocabulary: the sentences; a step that is none of them, or several, ends the check.
    """
    mentions, answered, last_named = Mentions(), dict[str, set[str]](), ""
    confined = dict[str, Confinement]()
    introductions, acted, named = _introductions(vocabulary), set[str](), set[str]()
    signed_in = {f"{persona.name}{other}" for persona in CAST for other in ("", IN_THE_OTHER_MODE)}
    for step in steps:
        matches = vocabulary.matches(step.type, step.text)
        if len(matches) != 1:
            return  # what was asked for in it is not known
        try:
            people = _people(matches[0], mentions)
        except SuiteError as error:
            yield step, str(error)
            continue
        definition = matches[0].definition
        yield from ((step, message) for message in _wrong_descriptions(matches[0]))
        last_named = next(reversed(people.values()), last_named)
        acting = people.values() if step.type != "then" else [people[name] for name in asks_as(definition) & {*people}]
        if _SIGNING_IN.search(step.text):
            signed_in.update(re.findall(NAME, step.text), people.values())
        elif calls_the_product(definition):
            strangers = sorted(named.intersection(acting) - signed_in) if introductions else []
            yield from ((step, _not_signed_in(step, person)) for person in strangers)
            signed_in.update(acting)
        named.update(re.findall(NAME, step.text))
        if definition in introductions:
            yield from ((step, _late(step, person)) for person in sorted(acted.intersection(people.values())))
        elif calls_the_product(definition):
            acted.update(acting)
        for person in sorted(confined.keys() & {people[name] for name in asks_as(definition) & {*people}}):
            if objection := confined[person].objection(definition, step.text, person):
                yield step, objection
        if confining := confinement(definition):
            confined.update(dict.fromkeys(people.values(), confining))
        for person in people.values() if is_freeing(definition) else ():
            confined.pop(person, None)
        if step.type != "then":
            for person in people.values() if calls_the_product(definition) else ():
                answered.setdefault(person, set()).update(operations_called(definition))
            continue
        missing = False
        for placeholder, person in people.items():
            if person not in answered and placeholder not in asks_as(definition):
                missing = True
                yield step, _nothing_to_judge(step, person, answered)
        for read in () if missing else sorted(answers_read(definition), key=lambda read: read.who):
            person = people.get(read.who, "") if read.who else last_named
            lacks = _lacks(step, person, read, answered) if person or not read.who else ""
            if lacks:
                yield step, f"{lacks} {would_ask(read.operations, step.text, vocabulary)}".strip()
                break


def _wrong_descriptions(match: Match) -> Iterator[str]:
    """What a sentence says of somebody of the cast who is described in another way."""
    names = {placeholder.kind: placeholder.name for placeholder in match.definition.placeholders}
    if not {PERSONA, DESCRIPTION} <= names.keys():
        return
    named, said = (str(match.arguments[names[kind]]) for kind in (PERSONA, DESCRIPTION))
    for persona in CAST:
        if persona.name == named and persona.description != said:
            yield (
                f'it says "{named}, {said}", but {named} is {persona.description}: '
                "name somebody else, or correct the description"
            )


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


def _lacks(step: StepLine, person: str, read: Read, answered: Mapping[str, Collection[str]]) -> str:
    """What is missing for a read of the answer to a person, in words; "" if nothing is."""
    if not person:
        return f'"{step.text}" is about an answer to whoever was named last, and nobody was named.'
    if person not in answered or (read.operations and not read.operations & {*answered[person]}):
        return f'"{step.text}" is about an answer that {person} has not asked for.'
    return ""


def _introductions(vocabulary: Vocabulary) -> list[StepDefinition]:
    """The sentences that say who somebody is and how they are signed in."""
    return [
        definition
        for definition in vocabulary.definitions
        if {PERSONA, DESCRIPTION} <= {placeholder.kind for placeholder in definition.placeholders}
    ]


def _not_signed_in(step: StepLine, person: str) -> str:
    sign_in = f"{person} signs in" if step.type == "when" else f"{person} has signed in"
    return f'before "{step.text}", {person} has not signed in; add "And {sign_in}"'


def _late(step: StepLine, person: str) -> str:
    return f'"{step.text}" comes after {person} has acted, signed in as usual; begin with it'


def _nothing_to_judge(step: StepLine, person: str, answered: Collection[str]) -> str:
    others = f" (only {' and '.join(sorted(answered))} {'has' if len(answered) == 1 else 'have'})" if answered else ""
    return (
        f'"{step.text}" checks what {person} was told, but {person} has not done anything yet{others}: '
        f"give {person} a When, or name whom you mean"
    )
