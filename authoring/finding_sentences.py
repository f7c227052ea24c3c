"""Finding a sentence by what it means: stems and the domain's synonyms instead of letters, and blanks filled in."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from string import Formatter

import snowballstemmer

from authoring.sentence_list import ListedSentence
from environment.gherkin.references import KINDS, PLACEHOLDER, ReferenceKind
from environment.people.personas import CAST, PRONOUNS

# Each line is one idea; the first word stands for all of them.
SYNONYMS = (
    "publish create make upload push share release",
    "update edit change fix modify amend alter correct",
    "add append attach include insert",
    "delete remove drop erase withdraw discard destroy",
    "query sql select",
    "ask request",
    "find search discover locate",
    "see show view display read look inspect",
    "browse open explore inside",
    "download fetch get retrieve",
    "compare diff difference",
    "refuse deny reject forbid block disallow prevent fail",
    "unchanged same intact untouched still preserve kept keep",
    "user person people colleague account member someone",
    "role permission right access privilege",
    "deactivate disable suspend offboard",
    "reactivate enable reinstate",
    "administrator admin",
    "metadata description tag label annotation",
    "file document object csv",
    "revision version history",
    "copy duplicate promote",
    "sign login log signin authenticate",
    "password credential",
    "expire expiry",
    "table tabulator",
    "row record line",
    "bucket storage s3",
    "rename name call",
    "mail email message",
    "fault outage slow fail down",
    "region elsewhere abroad",
)
_SMALL_WORDS = (
    "a an the of to in on at by for from with without and or is are be been was were it its that this these those he "
    "she they his her their as so not no must should can could will would has have had do does did then when given if"
)
_NOISE = frozenset([*_SMALL_WORDS.split(), *(persona.name.lower() for persona in CAST)])
_EXAMPLE_WEIGHT, _MEANING_WEIGHT = 0.3, 0.4
MOST_FOUND = 8
_LEAST_SCORE = 0.12


@dataclass(frozen=True)
class Suggestion:
    """A sentence that may say what was meant: the sentence with its blanks filled in, and how well it fits (0 to 1)."""

    entry: ListedSentence
    text: str
    score: float


def about(words: str, entries: Iterable[ListedSentence]) -> list[ListedSentence]:
    """The sentences about all of these words, in whatever form or synonym; those that say them come first."""
    wanted = set(_ideas(words))
    found = [
        (entry, len(wanted & set(_ideas(entry.shown))))
        for entry in entries
        if wanted and wanted <= {*_ideas(entry.shown), *_ideas(entry.definition.description)}
    ]
    return [entry for entry, _ in sorted(found, key=lambda pair: -pair[1])]


def suggestions(wording: str, entries: Sequence[ListedSentence], most: int = MOST_FOUND) -> list[Suggestion]:
    """The sentences that come nearest to something said in one's own words, best first."""
    vectors = [_weighted(entry) for entry in entries]
    rarity = _rarity(vectors)
    asked = Counter[str]()
    asked.update(_ideas(wording))
    scored = sorted(
        ((_likeness(dict(asked), vector, rarity), entry) for vector, entry in zip(vectors, entries, strict=True)),
        key=lambda pair: -pair[0],
    )
    return [
        Suggestion(entry, filled_in(entry, wording), score) for score, entry in scored[:most] if score >= _LEAST_SCORE
    ]


def filled_in(entry: ListedSentence, wording: str) -> str:
    """A sentence with what the wording says in its blanks; what it does not say is taken from the example."""
    left = wording
    example = entry.definition.arguments(entry.example.text) if entry.example else None

    def fill(found: re.Match[str]) -> str:
        nonlocal left
        name, kind = found.groups()
        said = _said(left, kind)
        if said:
            left = left.replace(said, " ", 1)
            return said
        if example and name in example:
            return _as_written(entry, name)
        choices = KINDS[kind].choices()
        return choices[0] if choices else ""

    return PLACEHOLDER.sub(fill, entry.definition.pattern)


def _said(wording: str, kind: str) -> str:
    """The words for a blank of this kind in a wording, "" if there are none; a blank in quotes takes a quoted text."""
    if kind == "Text":
        quoted = re.search(r'"([^"]*)"', wording)
        return quoted[1] if quoted else ""
    found = [match for match in re.finditer(rf"(?<!\w)(?:{KINDS[kind].pattern})(?!\w)", wording) if match[0].strip()]
    known = {choice.lower() for choice in KINDS[kind].choices()}
    is_listed = isinstance(KINDS[kind], ReferenceKind)
    fitting = [match[0] for match in found if not is_listed or match[0].lower() in known]
    return next((words for words in fitting if words not in PRONOUNS), next(iter(fitting), ""))


def _as_written(entry: ListedSentence, name: str) -> str:
    """What the example has in this blank, to the letter."""
    assert entry.example is not None
    literals = [re.escape(literal) for literal, *_ in Formatter().parse(entry.definition.pattern)]
    blanks = [placeholder.name for placeholder in entry.definition.placeholders]
    pattern = "(.*?)".join(literals) + ("(.*)" if len(literals) == len(blanks) else "")
    found = re.fullmatch(pattern, entry.example.text)
    return found[blanks.index(name) + 1] if found else ""


def _weighted(entry: ListedSentence) -> dict[str, float]:
    weights: dict[str, float] = {}
    parts = (
        (PLACEHOLDER.sub(lambda found: f" {found[2] or ''} ", entry.shown), 1.0),
        (entry.definition.description.split("\n")[0], _MEANING_WEIGHT),
        (entry.example.text if entry.example else "", _EXAMPLE_WEIGHT),
    )
    for text, weight in parts:
        for idea in set(_ideas(text)):
            weights[idea] = max(weights.get(idea, 0.0), weight)
    return weights


def _rarity(vectors: Sequence[dict[str, float]]) -> dict[str, float]:
    counts = Counter(idea for vector in vectors for idea in vector)
    return {idea: math.log(1 + len(vectors) / count) for idea, count in counts.items()}


def _likeness(asked: dict[str, int], vector: dict[str, float], rarity: dict[str, float]) -> float:
    """The cosine of two bags of ideas, in which rare ideas count for more."""
    one = {idea: count * rarity.get(idea, 0.0) for idea, count in asked.items()}
    other = {idea: weight * rarity[idea] for idea, weight in vector.items()}
    product = sum(weight * other.get(idea, 0.0) for idea, weight in one.items())
    length = math.hypot(*one.values()) * math.hypot(*other.values())
    return product / length if length else 0.0


def _ideas(text: str) -> Iterator[str]:
    """The ideas of a text: each word's stem, or the word that stands for its synonyms."""
    for word in re.findall(r"[a-z0-9]+", text.lower()):
        if word not in _NOISE:
            stem = _stem(word)
            yield _heads().get(stem, stem)


@cache
def _heads() -> dict[str, str]:
    heads: dict[str, str] = {}
    for line in SYNONYMS:
        first, *others = line.split()
        for word in (first, *others):
            heads.setdefault(_stem(word), _stem(first))
    return heads


@cache
def _stem(word: str) -> str:
    stemmed: str = snowballstemmer.stemmer("english").stemWord(word)
    return stemmed
