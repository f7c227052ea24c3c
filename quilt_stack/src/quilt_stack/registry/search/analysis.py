"""How Elasticsearch sees values: words of texts, points in time of dates.

Words follow the standard analyzer: the word boundaries of Unicode (UAX #29), in lower case. A dot or an apostrophe
between letters, and a dot or a comma between digits, do not divide; a hyphen, a slash and a blank do.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache

MAXIMUM_WORD_LENGTH = 255

_IDEOGRAPH = r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]"
_CHARACTER = rf"(?!{_IDEOGRAPH})\w"
_LETTER = r"[^\W\d_]"
_WORD = re.compile(
    rf"{_IDEOGRAPH}|(?:{_CHARACTER})+"
    rf"(?:(?:(?<={_LETTER})['.:\u2019\u00b7](?={_LETTER})|(?<=\d)['.,;](?=\d))(?:{_CHARACTER})+)*"
)
_YEAR = re.compile(r"\d{4}")
_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_SECOND = re.compile(r".*T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:?\d{2})?")
_MINUTE = re.compile(r".*T\d{2}:\d{2}(Z|[+-]\d{2}:?\d{2})?")
_HOUR = re.compile(r".*T\d{2}(Z|[+-]\d{2}:?\d{2})?")
_EPOCH_MILLISECONDS = re.compile(r"-?\d{5,}")


def words(text: str) -> list[str]:
    """The words of a text, in order, in lower case; longer words than the analyzer takes are cut into pieces."""
    found: list[str] = []
    for match in _WORD.finditer(text):
        word = match.group().lower()
        found.extend(word[start : start + MAXIMUM_WORD_LENGTH] for start in range(0, len(word), MAXIMUM_WORD_LENGTH))
    return found


@lru_cache(maxsize=4096)
def time_span(text: str) -> tuple[datetime, datetime] | None:
    """First and last moment that a date means: ``2024`` is a year, ``2024-05`` a month, ``2024-05-01`` a day.

    Also takes ISO 8601 times and milliseconds since the epoch; None if the text is no date.
    """
    try:
        if _YEAR.fullmatch(text):
            return _until(datetime(int(text), 1, 1, tzinfo=UTC), datetime(int(text) + 1, 1, 1, tzinfo=UTC))
        if month := _MONTH.fullmatch(text):
            first = datetime(int(month[1]), int(month[2]), 1, tzinfo=UTC)
            return _until(first, (first + timedelta(days=32)).replace(day=1))
        if _EPOCH_MILLISECONDS.fullmatch(text):
            moment = datetime.fromtimestamp(int(text) / 1000, UTC)
            return moment, moment
        moment = datetime.fromisoformat(text)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return _until(moment, moment + _precision(text))
    except (ValueError, OverflowError, OSError):
        return None


def moment(value: object) -> datetime | None:
    """The moment that a stored date means; None if it is no date."""
    span = time_span(str(value))
    return None if span is None else span[0]


def _precision(text: str) -> timedelta:
    if _DAY.fullmatch(text):
        return timedelta(days=1)
    if _HOUR.fullmatch(text):
        return timedelta(hours=1)
    if _MINUTE.fullmatch(text):
        return timedelta(minutes=1)
    if _SECOND.fullmatch(text):
        return timedelta(seconds=1)
    return timedelta(milliseconds=1)


def _until(first: datetime, after: datetime) -> tuple[datetime, datetime]:
    return first, after - timedelta(microseconds=1)
