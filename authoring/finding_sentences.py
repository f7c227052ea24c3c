"""Finding a sentence by what it means: stems and the domain's synonyms instead of letters, and blanks filled in."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import snowballstemmer

from authoring.sentence_list import ListedSentence
from environment.gherkin.references import KINDS, PLACEHOLDER, Checkable, ReferenceKind, Sentence
from environment.people.personas import CAST, PRONOUNS

# Each line is one idea; the first word stands for all of them.
SYNONYMS = (
    "publish create make upload push share release",
    "update edit change modify amend alter",
    "replace fix correct swap",
    "add append attach include insert",
    "delete remove drop erase withdraw discard destroy",
    "query sql select run",
    "ask request",
    "find discover locate",
    "search look seek",
    "see show view display read inspect",
    "browse inside contents explore",
    "exist gone vanish",
    "download fetch get retrieve",
    "compare diff difference differ",
    "refuse deny reject forbid block disallow prevent fail",
    "make promote appoint",
    "give grant assign",
    "unchanged same intact untouched still preserve kept keep nothing",
    "user person people account member someone",
    "role permission right privilege",
    "access reach",
    "deactivate disable suspend offboard",
    "reactivate enable reinstate",
    "administrator admin admins",
    "metadata label annotation",
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
    "mail email",
    "message comment note",
    "failure fault broken unavailable offline crash",
    "time duration take slow slowly seconds delay",
    "fast quick quickly less under below within",
    "region elsewhere abroad",
    "workflow convention rule",
    "author audit auditor publisher",
    "thread concurrent simultaneous parallel",
)
_SMALL_WORDS = (
    "a an the of to in on at by for from with without and or is are be been was were it its that this these those he "
    "she they his her their as so not no must should can could will would has have had do does did then when given if "
    "about very now"
)
_NOISE = frozenset([*_SMALL_WORDS.split(), *(persona.name.lower() for persona in CAST)])
_PHRASES = (
    (r"\b(?:can't|can not|could not|couldn't|unable to)\b", "cannot"),
    (r"\b(?:is|was|are|were)(?: told that \w+ (?:is|are))? (?:not|n't) allowed\b|\bmay not\b", "is refused"),
    (r"\b(?:is|was|are|were) told that \w+ (?:has|have) no (?:access|right|permission)s?\b", "is refused"),
    (r"\bno (?:permission|right)\b", "refused"),
    (r"\bopens? (?=(?:it|them|(?:the|a) package)\b)", "browses "),
    (r"\b(?:log|logs|logged|sign|signs|signed)[ -](?:in|on|into)\b", "login"),
    (r"\bnothing (?:has |is )?changed?\b|\bnot changed?\b|\bas (?:it|they) (?:was|were|is)\b", "unchanged"),
    (r"\blooks? (?:inside|into)\b", "browse"),
    (r"\blooks? (?:at|up)\b", "see"),
    (r"\bgets? (?:all|every|the|a) (?=files?\b)", "download every "),
    (r"\bcreates? an? (?:new )?(?:account|user)\b", "creates a user user"),
    (r"\b(?:at the same time|at once|before the first is done)\b", "thread"),
    (r"\bany ?(?:more|longer)\b", ""),
    (r"\b(?:is|are) down\b", "answers failure"),
    (r"\b(?:is|are)(?: very)? slow\b", "takes time answer"),
    (r"\b(?:fast|quick)(?:ly)? enough\b", "took less"),
    (r"\b(?:\d+|two|three|four|five|many|several) (?:versions|revisions)\b", "revision count"),
    (r'\b(?:change|edit|modifie|update|correct)s? (?="[^"/]+\.[a-z]{2,7}")', "replaces "),
    (r'"[^"/]+\.[a-z]{2,7}"', "file name name"),
    (r"\bpromotes? (?=\w+ to\b)", "makes "),
)
"""How several words say one thing, before single words are looked at."""
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
_PEOPLE = frozenset([*(persona.name for persona in CAST), "Nora"])
"""Whoever acts seldom acts on themselves."""
_NEVER_ACTING = frozenset({"its", "his", "him", "her"})
"""Pronouns of somebody who does nothing in their sentence."""
_IN_A_LINE = 3
SURE_SCORE = 0.4
"""Below it, a suggestion shares some words with what was said and hardly its meaning."""


@dataclass(frozen=True)
class Suggestion:
    """A sentence that may say what was meant: the sentence with its blanks filled in, and how well it fits (0 to 1)."""

    entry: ListedSentence
    text: str
    score: float


def about(words: str, entries: Iterable[ListedSentence]) -> list[ListedSentence]:
    """The sentences about these words, in whatever form or synonym: the best, and those about more than half as many.

    Of those about as many, the ones come first that say them themselves, and not only in their description.
    """
    wanted = set(_ideas(words))
    found = []
    for entry in entries:
        said = wanted & set(_ideas(entry.shown))
        matched = said | (wanted & set(_ideas(entry.definition.description)))
        if matched:
            found.append((len(matched), len(said), entry))
    most = max((matched for matched, *_ in found), default=0)
    ranked = sorted(found, key=lambda found: (-found[0], -found[1]))
    return [entry for matched, _, entry in ranked if 2 * matched > most]


def _without_keyword(wording: str) -> str:
    """A wording without the keyword with which it stands in a scenario."""
    return re.sub(r"^\s*(?:Given|When|Then|And|But)\s+", "", wording)


def suggestions(wording: str, entries: Sequence[ListedSentence], most: int = MOST_FOUND) -> list[Suggestion]:
    """The sentences that come nearest to something said in one's own words, best first."""
    wording = _without_keyword(wording)
    vectors = [_weighted(entry) for entry in entries]
    rarity = _rarity(vectors)
    asked = Counter(_ideas(wording))
    scored = sorted(
        (
            (_likeness(asked, vector, rarity) * _prior(entry, wording), entry)
            for vector, entry in zip(vectors, entries, strict=True)
        ),
        key=lambda pair: -pair[0],
    )
    near = [_suggestion(entry, wording, score) for score, entry in scored[: 3 * most] if score >= _LEAST_SCORE]
    return sorted(near, key=lambda suggestion: -suggestion.score)[:most]


def suggested(wording: str, entries: Sequence[ListedSentence], *, wished: bool = False) -> str:
    """The three sentences that come nearest to a wording, in one line, and what to do if none says it.

    Args:
        wording: the step as it was written, with Given, When or Then; only sentences of its kind are named.
        entries: the sentences that exist.
        wished: it stands in a scenario that is tagged @wish already.
    """
    keyword = wording.split(" ", 1)[0]
    found = suggestions(wording, [entry for entry in entries if keyword in entry.keywords.split("/")], _IN_A_LINE)
    nearest = " | ".join(one.text for one in found)
    hint = f"nearest: {nearest}" if found else "no sentence is like it"
    is_sure = bool(found) and found[0].score >= SURE_SCORE
    if is_sure:
        return hint
    tried = _FORBIDDEN.match(wording)
    if tried:
        who, what = tried["who"], tried["what"]
        hint = f'let {who} try to {what} in a When, and say "Then {who} is refused: not allowed"; {hint}'
    return hint if wished else f"{hint}; if none says it, tag the scenario @wish"


def _suggestion(entry: ListedSentence, wording: str, likeness: float) -> Suggestion:
    """A sentence with what the wording says in its blanks; what it does not say is taken from the example.

    Each blank that has no words in the wording, and without which the sentence is nothing, makes it less likely.
    """
    left, unsaid, taken = wording, 0, set[str]()
    parser = entry.definition.parser
    example = parser.words(entry.example.text) if entry.example and isinstance(parser, Sentence) else {}

    def fill(found: re.Match[str]) -> str:
        nonlocal left, unsaid
        name, kind = found.groups()
        said = _said(left, kind)
        if said:
            left = left.replace(said, " ", 1)
            taken.add(said)
            return said
        unsaid += re.fullmatch(KINDS[kind].pattern, "") is None
        words = [*([example[name]] if name in example else []), *KINDS[kind].choices(), ""]
        fitting = next((each for each in words if each not in taken or each not in _PEOPLE), "")
        taken.add(fitting)
        return fitting

    text = PLACEHOLDER.sub(fill, entry.definition.pattern)
    return Suggestion(entry, text, likeness * _PER_UNSAID**unsaid)


def _said(wording: str, kind: str) -> str:
    """The words for a blank of this kind in a wording, "" if there are none; a blank in quotes takes a quoted text."""
    if kind == "Text":
        quoted = re.search(r'"([^"]*)"', wording)
        return quoted[1] if quoted else ""
    found = [match for match in re.finditer(rf"(?<!\w)(?:{KINDS[kind].pattern})(?!\w)", wording) if match[0].strip()]
    known = {choice.lower() for choice in KINDS[kind].choices()}
    is_listed = isinstance(KINDS[kind], ReferenceKind)
    fitting = [
        match[0] for match in found if (match[0].lower() in known if is_listed else _has_meaning(match[0], kind))
    ]
    acting = [words for words in fitting if words not in _NEVER_ACTING and words != "no"]
    return next((words for words in acting if words not in PRONOUNS), next(iter(acting), ""))


def _has_meaning(words: str, kind: str) -> bool:
    value = KINDS[kind].convert(words)
    return not isinstance(value, Checkable) or value.problem() is None


def _prior(entry: ListedSentence, wording: str) -> float:
    """How likely a sentence is meant before its words are looked at."""
    by_person = re.match(r"\{\w+:(?:Persona|New)?Users?\}|\{\w+:Persona\}", entry.definition.pattern) is not None
    said_of_person = re.match(r"[A-Z][a-z]+\b(?!')", wording) is not None
    fits = 1.0 if by_person == said_of_person else _OTHER_BEGINNING
    quotes = '"' in PLACEHOLDER.sub("", entry.definition.pattern) and re.search(
        r'(?<!package )(?<!table )"\w+"', wording
    )
    return fits * (_WITH_A_TEXT if quotes else 1.0) * (1 + _PER_USE * math.log(1 + entry.uses))


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
        for idea in set(_ideas(text)):
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


def _ideas(text: str) -> Iterator[str]:
    """The ideas of a text: each word's stem, or the word that stands for its synonyms."""
    for phrase, meaning in _PHRASES:
        text = re.sub(phrase, f" {meaning} ", text, flags=re.IGNORECASE)
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
