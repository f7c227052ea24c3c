"""Queries over documents, with the meaning that Elasticsearch 7.10 gives them.

``score`` is None where a document does not match.

Decision: scores are not Lucene's. Every matching part counts 1, a keyword that is met whole counts 2, and boosts
multiply; that puts exact matches before partial ones (open: registry facts 8.2).
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from rapidfuzz.distance import OSA

from quilt_stack.registry.search import analysis
from quilt_stack.registry.search.documents import Document
from quilt_stack.registry.search.mapping import Field, FieldType

_PART = 1.0
_WHOLE = 2.0
_TEXTUAL = frozenset({FieldType.KEYWORD, FieldType.TEXT})


class Query(ABC):
    """Something that documents match or not."""

    @abstractmethod
    def score(self, document: Document) -> float | None:
        """How well the document matches; None if it does not."""


@dataclass(frozen=True)
class MatchAll(Query):
    """Every document."""

    def score(self, document: Document) -> float | None:
        """1 for every document."""
        return _PART


@dataclass(frozen=True)
class MatchNone(Query):
    """No document."""

    def score(self, document: Document) -> float | None:
        """None for every document."""
        return None


@dataclass(frozen=True)
class Boosted(Query):
    """A query whose score is multiplied."""

    query: Query
    factor: float

    def score(self, document: Document) -> float | None:
        """The inner score times the factor."""
        score = self.query.score(document)
        return None if score is None else score * self.factor


@dataclass(frozen=True)
class Boolean(Query):
    """All of ``must`` and ``filters``, none of ``must_not``, and at least ``minimum_should`` of ``should``.

    Only ``must`` and ``should`` add to the score.
    """

    must: tuple[Query, ...] = ()
    should: tuple[Query, ...] = ()
    must_not: tuple[Query, ...] = ()
    filters: tuple[Query, ...] = ()
    minimum_should: int | None = None

    def score(self, document: Document) -> float | None:
        """Sum of what matched; a query of exclusions alone gives 1 to all others."""
        if any(query.score(document) is not None for query in self.must_not):
            return None
        if any(query.score(document) is None for query in self.filters):
            return None
        required = [query.score(document) for query in self.must]
        if None in required:
            return None
        optional = [score for query in self.should if (score := query.score(document)) is not None]
        if len(optional) < self._minimum():
            return None
        scores = [score for score in required if score is not None] + optional
        if not self.must and not self.should:
            return 0.0 if self.filters else _PART
        return sum(scores)

    def _minimum(self) -> int:
        if self.minimum_should is not None:
            return self.minimum_should
        return 1 if self.should and not self.must and not self.filters else 0


@dataclass(frozen=True)
class FieldQuery(Query):
    """A query of one field, or of all default fields where ``field`` is None; the best field counts."""

    field: str | None

    def score(self, document: Document) -> float | None:
        """Best score over the fields."""
        scores = [self.field_score(document, searched) for searched in document.fields.named(self.field)]
        return max((score for score in scores if score is not None), default=None)

    @abstractmethod
    def field_score(self, document: Document, searched: Field) -> float | None:
        """Score in one field; None if it does not match there."""


@dataclass(frozen=True)
class Term(FieldQuery):
    """A text as the field's type sees it; several words are combined by ``all_words``."""

    text: str
    all_words: bool = False

    def field_score(self, document: Document, searched: Field) -> float | None:
        """Compare by the field's type."""
        if searched.type is FieldType.TEXT:
            return self._text_score(document.words(searched))
        exact = _exact_matcher(searched.type, self.text)
        return _WHOLE if exact is not None and any(map(exact, document.values(searched))) else None

    def _text_score(self, values: list[list[str]]) -> float | None:
        hits = sum(any(word in value for value in values) for word in self._words)
        if not hits or (self.all_words and hits < len(self._words)):
            return None
        return _PART * hits / len(self._words)

    @cached_property
    def _words(self) -> list[str]:
        return analysis.words(self.text)


@dataclass(frozen=True)
class Exact(FieldQuery):
    """The stored value itself or, for texts, one word of it, without analysis (``term`` and ``terms``)."""

    text: str

    def field_score(self, document: Document, searched: Field) -> float | None:
        """Compare without analysis."""
        if searched.type is FieldType.TEXT:
            return _PART if any(self.text in value for value in document.words(searched)) else None
        exact = _exact_matcher(searched.type, self.text)
        return _PART if exact is not None and any(map(exact, document.values(searched))) else None


@dataclass(frozen=True)
class Phrase(FieldQuery):
    """Words in order, at most ``slop`` moves apart; a keyword has to be met whole."""

    text: str
    slop: int = 0

    def field_score(self, document: Document, searched: Field) -> float | None:
        """Compare by the field's type."""
        if searched.type is not FieldType.TEXT:
            return Term(self.field, self.text).field_score(document, searched)
        wanted = analysis.words(self.text)
        if not wanted:
            return None
        return _PART if any(_near(value, wanted, self.slop) for value in document.words(searched)) else None


@dataclass(frozen=True)
class Pattern(FieldQuery):
    """A wildcard or regular expression, matched against whole keywords as they are, and against words of texts.

    ``folded`` is the pattern for texts, whose words are in lower case.
    """

    exact: re.Pattern[str]
    folded: re.Pattern[str]

    def field_score(self, document: Document, searched: Field) -> float | None:
        """Compare keywords and texts; other types have no patterns."""
        if searched.type is FieldType.TEXT:
            words = (word for value in document.words(searched) for word in value)
            return _PART if any(map(self.folded.fullmatch, words)) else None
        if searched.type is FieldType.KEYWORD:
            return _PART if any(self.exact.fullmatch(str(value)) for value in document.values(searched)) else None
        return None


@dataclass(frozen=True)
class Fuzzy(FieldQuery):
    """Terms within some edits; ``edits`` None means by length: up to 2 characters 0, up to 5 one, else two."""

    text: str
    edits: int | None = None

    def field_score(self, document: Document, searched: Field) -> float | None:
        """Compare keywords and words; other types are compared exactly."""
        if searched.type not in _TEXTUAL:
            return Term(self.field, self.text).field_score(document, searched)
        if searched.type is FieldType.KEYWORD:
            return _PART if any(self._near(self.text, str(value)) for value in document.values(searched)) else None
        words = [word for value in document.words(searched) for word in value]
        return _PART if any(self._near(self.text.lower(), word) for word in words) else None

    def _near(self, wanted: str, found: str) -> bool:
        by_length = 0 if len(wanted) < 3 else 1 if len(wanted) < 6 else 2
        edits = by_length if self.edits is None else min(self.edits, 2)
        return bool(OSA.distance(wanted, found, score_cutoff=edits) <= edits)


@dataclass(frozen=True)
class Range(FieldQuery):
    """Values between two bounds; None is open. Dates mean spans: up to ``2024`` includes the whole year."""

    low: str | None = None
    high: str | None = None
    include_low: bool = True
    include_high: bool = True

    def field_score(self, document: Document, searched: Field) -> float | None:
        """Compare by the field's type."""
        if searched.type is FieldType.BOOLEAN:
            return None
        if searched.type is FieldType.TEXT:
            values: list[Any] = [word for value in document.words(searched) for word in value]
        else:
            values = document.values(searched)
        low = None if self.low is None else _bound(searched.type, self.low, upper=not self.include_low)
        high = None if self.high is None else _bound(searched.type, self.high, upper=self.include_high)
        if (self.low is not None and low is None) or (self.high is not None and high is None):
            return None
        return _PART if any(self._holds(_comparable(searched.type, value), low, high) for value in values) else None

    def _holds(self, value: Any, low: Any, high: Any) -> bool:
        if value is None:
            return False
        above = low is None or (value >= low if self.include_low else value > low)
        return bool(above and (high is None or (value <= high if self.include_high else value < high)))


@dataclass(frozen=True)
class Exists(Query):
    """Documents with a value in a field; empty texts do not count in text fields."""

    field: str

    def score(self, document: Document) -> float | None:
        """1 where there is a value."""
        for searched in document.fields.named(self.field):
            found = (
                document.words(searched)
                if searched.type is FieldType.TEXT
                else [[v] for v in document.values(searched)]
            )
            if any(found):
                return _PART
        return None


@dataclass(frozen=True)
class ConstantScore(Query):
    """A query whose matches all score the same."""

    query: Query
    value: float = field(default=_PART)

    def score(self, document: Document) -> float | None:
        """The constant where the query matches."""
        return None if self.query.score(document) is None else self.value


# A query asks thousands of documents the same.
@lru_cache(maxsize=1024)
def _exact_matcher(type_: FieldType, text: str) -> Any:
    """A predicate over stored values; None if the text can be no value of the type."""
    if type_ is FieldType.KEYWORD:
        return lambda value: str(value) == text
    if type_ is FieldType.BOOLEAN:
        return (lambda value: value is (text == "true")) if text in ("true", "false") else None
    if type_ is FieldType.DATE:
        span = analysis.time_span(text)
        if span is None:
            return None
        return lambda value: (at := analysis.moment(value)) is not None and span[0] <= at <= span[1]
    number = _number(text)
    return None if number is None else lambda value: value == number


def _bound(type_: FieldType, text: str, *, upper: bool) -> Any:
    if type_ is FieldType.DATE:
        span = analysis.time_span(text)
        return None if span is None else span[1 if upper else 0]
    if type_ is FieldType.NUMBER:
        return _number(text)
    return text.lower() if type_ is FieldType.TEXT else text


def _comparable(type_: FieldType, value: Any) -> Any:
    if type_ is FieldType.DATE:
        return analysis.moment(value)
    return value if type_ is FieldType.NUMBER else str(value)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if number == number and abs(number) != float("inf") else None


def _near(words: list[str], wanted: list[str], slop: int) -> bool:
    """Whether the wanted words stand in order, or can be brought there by at most ``slop`` moves."""
    places = [
        [index - offset for index, word in enumerate(words) if word == sought] for offset, sought in enumerate(wanted)
    ]
    if not all(places):
        return False
    if slop == 0:
        return bool(set.intersection(*map(set, places)))
    starts = sorted({place for offsets in places for place in offsets})
    return any(all(any(start <= place <= start + slop for place in offsets) for offsets in places) for start in starts)
