"""The ideas of a text: stems and the domain's synonyms instead of letters, and whether it denies what it says."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

import snowballstemmer

from environment.people.personas import CAST

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
    "make appoint",
    "give grant assign",
    "unchanged same intact untouched still preserve kept keep nothing",
    "user person people account member someone",
    "role permission right privilege",
    "access reach",
    "deactivate disable suspend offboard inactive",
    "reactivate enable reinstate",
    "administrator admin admins",
    "metadata label annotation",
    "file document object csv",
    "revision version history",
    "copy duplicate promote",
    "sign login log signin authenticate",
    "password credential",
    "expire expiry",
    "revoke strip",
    "hold contain",
    "restore revert undo rollback",
    "table tabulator",
    "row record line",
    "bucket storage s3",
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
    "about very now i we me my am whether"
)
_QUANTITIES = "some somebody everybody nobody every each all both two three many several another whoever i we"
_NOISE = frozenset([*_SMALL_WORDS.split(), *(persona.name.lower() for persona in CAST)])
_LONG_FORMS = (
    (r"\b(?:can't|can not|could not|couldn't|unable to)", "cannot"),
    (r"\bwon't\b", "will not"),
    (r"(?<=\w)n't\b", " not"),
    (r"(?<=[A-Za-z])['\u2019]s\b", " of"),
)
"""Contractions, and whose something is: `Nora's role` is the role of Nora."""
_PHRASES = (
    (r"\b(?:is|was|are|were)(?: told that \w+ (?:is|are))? (?:not) allowed\b|\bmay not\b", "is refused"),
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
    (r"\b(?:loses?|lost) (?:.+ )?access\b", "from now on role may access"),
    (r"\bopens? the (?=(?:first|second|third|previous|latest|old|cited) revision\b)", "installs "),
    (r"\bgets an error that says\b|\bis told why\b", "message says"),
    (r"\brole (?:changes|is changed) to\b", "given role"),
    (r"\b(?:is|are) down\b", "answers failure"),
    (r"\b(?:is|are)(?: very)? slow\b", "takes time answer"),
    (r"\b(?:fast|quick)(?:ly)? enough\b", "took less"),
    (r"\b(?:\d+|two|three|four|five|many|several) (?:versions|revisions)\b", "revision count"),
    (r'\b(?:change|edit|modifie|update|correct)s? (?="[^"/]+\.[a-z]{2,7}")', "replaces "),
    (r'"[^"/]+\.[a-z]{2,7}"', "file name"),
    (r"\bpromotes? (?=(?-i:[A-Z])\w+ to\b)", "makes "),
    (r"\btakes? (.+?) (?:rights|permissions?) away\b", r"revokes \1 admin rights"),
    (r"\btakes? (.+?) away from\b", r"removes \1 from"),
    (r"\b(?:is|are|was|were) turned down\b", "is refused"),
    (r"\b(?:puts?|rolls?|takes?|taken) (?:.+ )?back\b", "restores"),
    (r"\bworks? again\b|\bis (?:back|up) again\b", "outage over"),
    (r"\bsees? that (?-i:[A-Z])\w+ is\b|\blast (?:signed|logged) in\b", "sees current details"),
    (r"\b(?:has|have) the (?=role\b)", "given the "),
    (r"\bis gone\b", "does not exist"),
    (r"\bin the list of buckets\b", "only"),
    (r"\bfrom now on\b", "changes"),
    (
        r"\b(?:is|are|was) (?:not|never) told (?:that|about)\b|\bdoes not (?:hear|know|learn) (?:that|about|of)\b",
        "learns nothing about",
    ),
    (r"\b(?:am|is|are) told that (?:.*)(?:does not exist|is missing|are missing)", "is refused not found error names"),
)
"""How several words say one thing, before single words are looked at."""


_WORDINGS = tuple((re.compile(form, re.IGNORECASE), f" {meaning} ") for form, meaning in (*_LONG_FORMS, *_PHRASES))
_DENIES = re.compile(
    r"\b(?:does|do|did|is|are|was|were|has|have|had|will|would|may|must|should) not\b|\bcannot\b|\bno longer\b"
    r"|\bnever\b|\bwithout (?!sign)\w|\bnobody\b|\bno one\b|\brefused\b|\bthere (?:is|are) no\b"
    r"|\b(?:sees?|gets?|has|have|learns?|finds?) (?:no|nothing|none)\b"
)
_OPPOSITES = (
    "publish delete",
    "add delete",
    "give delete",
    "give revoke",
    "make revoke",
    "publish revoke",
    "restore delete",
    "deactivate reactivate",
    "deactivate login",
)
"""Ideas of which a sentence about one does not say the other."""


@cache
def denies(text: str) -> bool:
    """Whether a text says that something is not so."""
    return _DENIES.search(_in_other_words(text)) is not None


def oppose(one: Collection[str], other: Collection[str]) -> bool:
    """Whether the ideas of two texts are of opposite things, one of a pair in each."""
    return any(
        (first in one and second in other and second not in one and first not in other)
        or (second in one and first in other and first not in one and second not in other)
        for first, second in _pairs()
    )


@cache
def _pairs() -> list[tuple[str, str]]:
    return [(first, second) for first, second in ([*ideas(pair)] for pair in _OPPOSITES) if first != second]


def _in_other_words(text: str) -> str:
    for form, meaning in _WORDINGS:
        text = " ".join(form.sub(meaning, text).split())
    return text


@cache
def ideas(text: str) -> tuple[str, ...]:
    """The ideas of a text: each word's stem, or the word that stands for its synonyms."""
    words = (word for word in re.findall(r"[a-z0-9]+", _in_other_words(text).lower()) if word not in _NOISE)
    return tuple(_heads().get(_stem(word), _stem(word)) for word in words)


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


@cache
def known_words() -> frozenset[str]:
    """The words that mean something here, and so are no names of people."""
    return frozenset([*_SMALL_WORDS.split(), *" ".join(SYNONYMS).split(), *_QUANTITIES.split()])
