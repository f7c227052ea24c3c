"""Tables of measurements: rows drawn from a byte stream, and their CSV and JSON text written byte by byte.

Every field has a fixed width, so that the size of a file follows from its number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

from data.datasets.model import Sink, Writer
from data.datasets.stream import ByteStream

COLUMNS = ("id", "name", "value", "category", "timestamp")
CATEGORIES = ("blood", "brain", "colon", "heart", "liver")
CSV_HEADER = (",".join(COLUMNS) + "\n").encode()
FIRST_ID = 100_001
ROW_BYTES = len("100001,sample-100001,123.456,blood,2024-01-01T00:00:00Z\n")

_ROWS_PER_DAY = 5760
_SECONDS_BETWEEN_ROWS = 15
_WHOLES = tuple(str(whole) for whole in range(100, 1000))
_DECIMALS = tuple(f".{thousandths:03}" for thousandths in range(1000))


class Row(NamedTuple):
    """One measurement; ``thousandths`` is the value times 1,000, between 100,000 and 999,999."""

    number: int
    thousandths: int
    category: str
    time: str

    @property
    def name(self) -> str:
        """Name of the sample."""
        return f"sample-{self.number}"

    @property
    def value(self) -> float:
        """The measured value, with three decimals."""
        return self.thousandths / 1000


class _Day(NamedTuple):
    """The rows of one day: the number of the first, one random word for each, and the date."""

    first: int
    words: tuple[int, ...]
    date: str


def rows(stream: ByteStream, count: int, first_day: str = "2024-01-01") -> Iterator[Row]:
    """Yield ``count`` rows, 15 seconds apart, beginning at midnight UTC of ``first_day`` (YYYY-MM-DD)."""
    for day in _days(stream, count, first_day):
        for number, word, time in zip(_numbers(day), day.words, _clock_times(), strict=False):
            yield Row(number, _thousandths(word), _category(word), day.date + time)


def csv_writer(seed: int, label: str, count: int, first_day: str = "2024-01-01") -> Writer:
    """Return a writer of a CSV file with header and ``count`` rows, those that ``rows`` gives."""

    def write(sink: Sink) -> None:
        sink.write(CSV_HEADER)
        for day in _days(ByteStream(seed, label), count, first_day):
            sink.write("".join(_csv_lines(day)).encode())

    return write


def json_writer(seed: int, label: str, count: int) -> Writer:
    """Return a writer of a JSON array of ``count`` objects with the five columns, one object a line."""

    def write(sink: Sink) -> None:
        stream = ByteStream(seed, label)
        separator = "[\n"
        for row in rows(stream, count):
            sink.write(
                f'{separator}{{"id": {row.number}, "name": "{row.name}", "value": {row.value:.3f}, '
                f'"category": "{row.category}", "timestamp": "{row.time}"}}'.encode()
            )
            separator = ",\n"
        sink.write(b"\n]\n")

    return write


def _days(stream: ByteStream, count: int, first_day: str) -> Iterator[_Day]:
    midnight = datetime.fromisoformat(first_day)
    for index, start in enumerate(range(0, count, _ROWS_PER_DAY)):
        words = stream.words(min(_ROWS_PER_DAY, count - start))
        yield _Day(FIRST_ID + start, words, (midnight + timedelta(days=index)).strftime("%Y-%m-%d"))


def _csv_lines(day: _Day) -> list[str]:
    # The arithmetic of _thousandths and _category written out: this line makes 40 MB of text.
    return [
        f"{number},sample-{number},{_WHOLES[word % 900]}{_DECIMALS[(word >> 20) % 1000]},"
        f"{CATEGORIES[(word >> 40) % 5]},{day.date}{time}\n"
        for number, word, time in zip(_numbers(day), day.words, _clock_times(), strict=False)
    ]


def _numbers(day: _Day) -> range:
    return range(day.first, day.first + len(day.words))


def _thousandths(word: int) -> int:
    return (100 + word % 900) * 1000 + (word >> 20) % 1000


def _category(word: int) -> str:
    return CATEGORIES[(word >> 40) % 5]


@cache
def _clock_times() -> tuple[str, ...]:
    start = datetime(2024, 1, 1, tzinfo=UTC)
    step = timedelta(seconds=_SECONDS_BETWEEN_ROWS)
    return tuple((start + index * step).strftime("T%H:%M:%SZ") for index in range(_ROWS_PER_DAY))
