"""Finding a sentence by what it means: stems and the domain's synonyms instead of letters, and blanks filled in."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache

from authoring.ideas import denies, ideas, known_words, oppose
from authoring.sentence_list import ListedSentence
from environment.gherkin.mentions import noun_of
from environment.gherkin.named_people import NAME, PeopleKind, PersonKind
from environment.gherkin.references import KINDS, PLACEHOLDER, Checkable, ReferenceKind, Sentence
from environment.people.personas import CAST, PRONOUNS

_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_EXAMPLE_WEIGHT, _MEANING_WEIGHT, _CHOICES_WEIGHT, _KIND_WEIGHT = 0.2, 0.4, 0.5, 1.0
# Whoever begins with a person means a sentence that does, whoever quotes a text one that has a place for it; a sentence
# that is used often is more likely meant.
_OTHER_BEGINNING, _WITH_A_TEXT, _PER_USE, _PER_UNSAID = 0.7, 1.3, 0.06, 0.92
MOST_FOUND = 8
_LEAST_SCORE = 0.12
_FORBIDDEN = re.compile(
    r"^Then (?P<who>.+?) (?:cannot|can't|can not|may not|(?:is not|isn't) allowed to|is forbidden to) (?P<what>.+)$"
)
_SEVERAL_PEOPLE = re.compile(rf"^(?:Given|When|Then) (?P<who>{NAME}(?:, {NAME})* and {NAME}) (?!in\b)")
"""Sentences are about what one person does."""
PEOPLE = frozenset([*(persona.name for persona in CAST), "Nora"])
"""Whoever acts seldom acts on themselves."""
_NEVER_ACTING = frozenset({"its", "his", "him", "her", "it"})
"""Pronouns of somebody who does nothing in their sentence; `it` is mostly a package."""
_NOT_PEOPLE = frozenset({"Athena", "Quilt", "Tabulator", "Python"})
_ANY_WORDS = "a quick brown fox"
"""A kind of words that takes these takes almost anything, so that only what is known of it is meant."""
_QUOTED = re.compile(r'"[^"]*"')
_A_FILE = re.compile(r'"[^"/]+\.[a-z]{2,7}"')
_IN_A_LINE = 3
_ANYBODY = CAST[0].name
_SURE = 0.2
"""Below it, a suggestion shares some words with what was said and hardly its meaning."""
_CLEARLY, _CLEAR_SHARE = 1.3, 0.6
_DENIED, _OPPOSITE = 0.4, 0.4
_LONG, _SPELLED_ALIKE = 5, 0.8
_THINGS = ("package", "table", "role")
_THING = re.compile(rf"\b({'|'.join(_THINGS)})s?\b")
_OTHER_THING = 0.85
"""Who speaks of a package seldom means a sentence about a table."""
_PROGRAM = "program"
"""Sentences about somebody's program are for those who say so."""
_WORDINGS = (
    (re.compile(r"\bcan no longer\b|\bno longer can\b"), "cannot"),
    (re.compile(rf"\bchang(?:es?|ed) ({NAME})'s role to (?=\")"), r"gives \1 the role "),
    (re.compile(r"^a package\b(?=.* (?:with|and) (?:the |this )?metadata\b)"), f"{_ANYBODY} has published a package"),
)
"""What sentences say in another way altogether: a package with metadata is one that somebody published."""


@dataclass(frozen=True)
class Suggestion:
    """A sentence that may say what was meant, with its blanks filled in.

    score: how well it fits (0 to 1); covered: the share of what was said that it says too, by how rare the words are.
    """

    entry: ListedSentence
    text: str
    score: float
    covered: float

    @property
    def is_sure(self) -> bool:
        """Whether it shares the meaning of what was said, and not only some words."""
        return self.score * self.covered >= _SURE


def about(words: str, entries: Iterable[ListedSentence]) -> list[ListedSentence]:
    """The sentences about these words, in whatever form or synonym: the best, and those about more than half as many.

    Of those about as many, the ones come first that say them themselves, and not only in their description.
    """
    wanted = set(ideas(words))
    found = []
    for entry in entries:
        said = wanted & set(ideas(entry.shown))
        matched = said | (wanted & set(ideas(entry.definition.description)))
        if matched:
            found.append((len(matched), len(said), entry))
    most = max((matched for matched, *_ in found), default=0)
    ranked = sorted(found, key=lambda found: (-found[0], -found[1]))
    return [entry for matched, _, entry in ranked if 2 * matched > most]


def suggestions(wording: str, entries: Sequence[ListedSentence], most: int = MOST_FOUND) -> list[Suggestion]:
    """The sentences that come nearest to something said in one's own words, best first."""
    return _best(_Said.of(wording), _ranked(_Said.of(wording), entries), most)


def nearest_to(step: str, entries: Sequence[ListedSentence], most: int = _IN_A_LINE) -> list[Suggestion]:
    """The sentences that come nearest to a step with its Given, When or Then, best first.

    One of another keyword is among them only if it is clearly better than all of the step's own.
    """
    said = _Said.of(step)
    ranked = _ranked(said, entries)
    own = _best(said, [each for each in ranked if said.keyword in each.entry.keywords.split("/")], most)
    others = _best(said, [each for each in ranked if said.keyword not in each.entry.keywords.split("/")], 1)
    is_clear = bool(others) and others[0].is_sure and others[0].covered >= _CLEAR_SHARE
    is_better = is_clear and (not own or others[0].score >= _CLEARLY * own[0].score)
    return [*others, *own][:most] if is_better else own


def suggested(step: str, entries: Sequence[ListedSentence], *, wished: bool = False) -> str:
    """The three sentences that come nearest to a step, in one line, and what to do if none says it.

    Args:
        step: as it was written, with Given, When or Then; a sentence of another keyword is named with its own.
        entries: the sentences that exist.
        wished: it stands in a scenario that is tagged @wish already.
    """
    keyword = step.split(" ", 1)[0]
    found = nearest_to(step, entries)
    several = _SEVERAL_PEOPLE.match(step)
    if several and not (found and re.search(rf"{NAME} and {NAME}", found[0].text)):
        each = ", then for ".join(re.findall(NAME, several["who"]))
        return f"one sentence for each person: say it for {each}; {_nearest(found, keyword)}"
    hint = _nearest(found, keyword)
    tried = _FORBIDDEN.match(step)
    if tried and not (found and found[0].is_sure and denies(found[0].text)):
        who, what = tried["who"], tried["what"]
        return f'let {who} try to {what} in a When, and say "Then {who} is refused: not allowed"; {hint}'
    if found and found[0].is_sure:
        return hint
    return hint if wished else f"{hint}; if none says it, tag the scenario @wish"


def _nearest(found: Sequence[Suggestion], keyword: str) -> str:
    """The sentences that come nearest, in a line; those of another keyword with their own."""
    nearest = " | ".join(
        one.text if keyword in one.entry.keywords.split("/") else f'"{one.entry.keywords} {one.text}"' for one in found
    )
    return f"nearest: {nearest}" if found else "no sentence is like it"


@dataclass(frozen=True)
class _Said:
    """A wording: its keyword, "" if it has none, its words, their ideas, and whether it denies what it says."""

    keyword: str
    words: str
    ideas: Mapping[str, int]
    denies: bool

    @classmethod
    def of(cls, wording: str) -> _Said:
        found = re.match(r"\s*(?:(Given|When|Then|And|But)\s+)?(.*)", wording, re.DOTALL)
        assert found is not None, "the expression takes every text"
        words = found[2]
        for form, meaning in _WORDINGS:
            words = form.sub(meaning, words)
        plain = _QUOTED.sub(lambda quoted: quoted[0] if _A_FILE.fullmatch(quoted[0]) else " ", words)
        for name in people_in(words):
            plain = re.sub(rf"\b{name}\b", _ANYBODY, plain)
        return cls(found[1] or "", words, Counter(ideas(plain)), denies(plain))


@dataclass(frozen=True)
class _Ranked:
    entry: ListedSentence
    score: float
    covered: float


def _ranked(said: _Said, entries: Sequence[ListedSentence]) -> list[_Ranked]:
    if _PROGRAM not in said.words:
        entries = [entry for entry in entries if _PROGRAM not in entry.definition.pattern]
    vectors = [_weighted(entry) for entry in entries]
    rarity = _rarity(vectors)
    asked = _spelled_right(said.ideas, rarity)
    found = [
        _Ranked(
            entry,
            _likeness(asked, vector, rarity) * _prior(entry, said.words) * _agreement(said, entry),
            _covered(asked, vector, rarity, len(vectors)),
        )
        for vector, entry in zip(vectors, entries, strict=True)
    ]
    return sorted(found, key=lambda each: -each.score)


def _spelled_right(asked: Mapping[str, int], rarity: Mapping[str, float]) -> Mapping[str, int]:
    """The same ideas, but for words that no sentence has and that are one of a sentence's but for a letter or two."""
    known = [idea for idea in rarity if len(idea) >= _LONG]
    right: Counter[str] = Counter()
    for idea, count in asked.items():
        close = [] if idea in rarity or len(idea) < _LONG else get_close_matches(idea, known, 1, _SPELLED_ALIKE)
        right[close[0] if close else idea] += count
    return right


def _best(said: _Said, ranked: Sequence[_Ranked], most: int) -> list[Suggestion]:
    near = [_suggestion(each, said) for each in ranked[: 3 * most] if each.score >= _LEAST_SCORE]
    return sorted(near, key=lambda suggestion: -suggestion.score)[:most]


def _agreement(said: _Said, entry: ListedSentence) -> float:
    """How much it takes from a sentence that it denies what was said, or is about the opposite."""
    words = PLACEHOLDER.sub(" ", entry.shown)
    agrees = said.denies == denies(words) or any(_says_either(blank.kind) for blank in entry.definition.placeholders)
    return (1.0 if agrees else _DENIED) * (_OPPOSITE if oppose(said.ideas, ideas(words)) else 1.0)


@cache
def _says_either(kind: str) -> bool:
    """Whether words of this kind say that something is so, or that it is not: `can`, `cannot`."""
    denied = {denies(choice) for choice in KINDS[kind].choices()}
    return len(denied) > 1 and not noun_of(KINDS[kind])


def _covered(asked: Mapping[str, int], vector: Mapping[str, float], rarity: Mapping[str, float], number: int) -> float:
    """The share of what was said that a sentence says too; what no sentence says counts most."""
    weights = {idea: rarity.get(idea, math.log(1 + number)) for idea in asked}
    said = sum(weight for idea, weight in weights.items() if vector.get(idea, 0.0) >= _MEANING_WEIGHT)
    return said / sum(weights.values()) if weights else 0.0


def _suggestion(ranked: _Ranked, said: _Said) -> Suggestion:
    """A sentence with what the wording says in its blanks; what it does not say is taken from the example.

    Each blank that has no words in the wording, and without which the sentence is nothing, makes it less likely.
    """
    entry, wording = ranked.entry, said.words
    left, unsaid, taken = wording, 0, set[str]()
    parser = entry.definition.parser
    example = parser.words(entry.example.text) if entry.example and isinstance(parser, Sentence) else {}

    def fill(found: re.Match[str]) -> str:
        nonlocal left, unsaid
        name, kind = found.groups()
        words = _said(left, kind)
        if words is not None:
            left = f"{left[: words.start()]} {left[words.end() :]}"
            taken.add(words[0])
            return words[0].strip('"') if kind == "Text" else words[0]
        unsaid += re.fullmatch(KINDS[kind].pattern, "") is None
        usual = [*([example[name]] if name in example else []), *KINDS[kind].choices(), ""]
        fitting = next(
            (each for each in usual if each not in PRONOUNS and (each not in taken or each not in PEOPLE)), ""
        )
        taken.add(fitting)
        return fitting

    pattern = _in_the_past(entry) if said.keyword == "Given" else entry.definition.pattern
    text = PLACEHOLDER.sub(fill, pattern)
    score = 1.0 if text == wording else ranked.score * _PER_UNSAID**unsaid
    return Suggestion(entry, text, score, ranked.covered)


def _in_the_past(entry: ListedSentence) -> str:
    """An act as a Given says it; any other sentence as it is."""
    return re.sub(r"\[[^|\]]*\|([^\]]*)\]", r"\1", entry.in_both_tenses) or entry.definition.pattern


def _said(wording: str, kind: str) -> re.Match[str] | None:
    """The words for a blank of this kind in a wording, None if there are none; one in quotes takes a quoted text."""
    if kind == "Text":
        return _QUOTED.search(wording)
    known = {choice.lower() for choice in KINDS[kind].choices()}
    people = people_in(wording)
    found = [
        match
        for match in re.finditer(rf"(?<!\w)(?:{KINDS[kind].pattern})(?!\w)", wording)
        if match[0].strip()
        and not _is_quoted(match, wording)
        and (match[0] in people or not re.fullmatch(NAME, match[0]))
    ]
    if isinstance(KINDS[kind], PersonKind | PeopleKind):
        acting = PRONOUNS - _NEVER_ACTING
        fitting = [match for match in found if match[0] in acting or people & {*re.findall(NAME, match[0])}]
    elif isinstance(KINDS[kind], ReferenceKind) or re.fullmatch(KINDS[kind].pattern, _ANY_WORDS):
        fitting = [match for match in found if match[0].lower() in known]
    else:
        fitting = [match for match in found if match[0] != "no" and _has_meaning(match[0], kind)]
    return next((each for each in fitting if each[0] not in PRONOUNS), next(iter(fitting), None))


def people_in(wording: str) -> set[str]:
    """The names of people in a wording: words with a capital that are neither quoted nor another word of a sentence."""
    names = re.findall(rf"\b{NAME}\b(?! (?:role|team|bucket|table|group)s?\b)", _QUOTED.sub(" ", wording))
    return {name for name in names if name not in _NOT_PEOPLE and name.lower() not in known_words()}


def _is_quoted(match: re.Match[str], wording: str) -> bool:
    return wording[: match.start()].count('"') % 2 == 1


def _has_meaning(words: str, kind: str) -> bool:
    value = KINDS[kind].convert(words)
    return not isinstance(value, Checkable) or value.problem() is None


def _prior(entry: ListedSentence, wording: str) -> float:
    """How likely a sentence is meant before its words are looked at."""
    by_person = re.match(r"\{\w+:(?:Persona|New)?Users?\}|\{\w+:Persona\}", entry.definition.pattern) is not None
    said_of_person = re.match(r"[A-Z][a-z]+\b(?!')", wording) is not None
    fits = 1.0 if by_person == said_of_person else _OTHER_BEGINNING
    things = _things_of(entry)
    fits *= _OTHER_THING if things and (named := _THING.findall(wording)) and not things & set(named) else 1.0
    quotes = '"' in PLACEHOLDER.sub("", entry.definition.pattern) and re.search(
        r'(?<!package )(?<!table )"\w+"', wording
    )
    return fits * (_WITH_A_TEXT if quotes else 1.0) * (1 + _PER_USE * math.log(1 + entry.uses))


def _things_of(entry: ListedSentence) -> set[str]:
    """The nouns of the things that a sentence has a place for."""
    return {noun_of(KINDS[blank.kind]).removesuffix("s") for blank in entry.definition.placeholders} & {*_THINGS}


def _weighted(entry: ListedSentence) -> dict[str, float]:
    weights: dict[str, float] = {}
    parts = (
        (PLACEHOLDER.sub(" ", entry.shown), 1.0),
        (" ".join(_CAMEL.sub(" ", each.kind) for each in entry.definition.placeholders), _KIND_WEIGHT),
        (" ".join(word for words in entry.choices.values() for word in words), _CHOICES_WEIGHT),
        (entry.definition.description.split("\n")[0], _MEANING_WEIGHT),
        (entry.example.text if entry.example else "", _EXAMPLE_WEIGHT),
    )
    for text, weight in parts:
        for idea in set(ideas(text)):
            weights[idea] = max(weights.get(idea, 0.0), weight)
    return weights


def _rarity(vectors: Sequence[dict[str, float]]) -> dict[str, float]:
    counts = Counter(idea for vector in vectors for idea in vector)
    return {idea: math.log(1 + len(vectors) / count) for idea, count in counts.items()}


def _likeness(asked: Mapping[str, int], vector: dict[str, float], rarity: dict[str, float]) -> float:
    """The cosine of two bags of ideas, in which rare ideas count for more."""
    one = {idea: count * rarity.get(idea, 0.0) for idea, count in asked.items()}
    other = {idea: weight * rarity[idea] for idea, weight in vector.items()}
    product = sum(weight * other.get(idea, 0.0) for idea, weight in one.items())
    length = math.hypot(*one.values()) * math.hypot(*other.values())
    return product / length if length else 0.0
