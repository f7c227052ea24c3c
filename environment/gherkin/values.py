"""Typed values in sentences: sizes, durations, counts, reasons for a refusal, quoted text.

# Decision: KB, MB, GB are decimal (1 MB = 1,000,000 bytes), as storage is sold and as the datasets are measured;
# whoever means 1,048,576 bytes writes MiB.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from environment.gherkin.references import ValueKind, register
from environment.nearest import unknown
from environment.product.wording import REASONS

SIZE_UNITS = {
    "bytes": 1,
    "byte": 1,
    "B": 1,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
    "KiB": 2**10,
    "MiB": 2**20,
    "GiB": 2**30,
    "TiB": 2**40,
}
TIME_UNITS = {
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "second": Fraction(1),
    "seconds": Fraction(1),
    "min": Fraction(60),
    "minute": Fraction(60),
    "minutes": Fraction(60),
    "h": Fraction(3600),
    "hour": Fraction(3600),
    "hours": Fraction(3600),
    "day": Fraction(86400),
    "days": Fraction(86400),
}
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_MEASURE = re.compile(rf"(?P<number>{_NUMBER})(?:\s*(?P<unit>[A-Za-z]+))?")


@dataclass(frozen=True)
class Size:
    """An amount of data as written: `5 MB`, `100 KB`, `1 GiB`."""

    text: str

    @property
    def bytes(self) -> int:
        """The amount in whole bytes.

        Raises:
            ValueError: the text is not a size (`problem` says why).
        """
        return int(_measured(self.text, SIZE_UNITS, self.problem()))

    def problem(self) -> str | None:
        """Return what is wrong (no unit, an unknown unit, a part of a byte), or None."""
        wrong = _problem("size", self.text, SIZE_UNITS, "5 MB")
        if wrong is None and _measured(self.text, SIZE_UNITS, None).denominator != 1:
            return f'the size "{self.text}" is not a whole number of bytes'
        return wrong

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Duration:
    """A time as written: `30 s`, `200 ms`, `5 minutes`."""

    text: str

    @property
    def seconds(self) -> float:
        """The time in seconds.

        Raises:
            ValueError: the text is not a duration (`problem` says why).
        """
        return float(_measured(self.text, TIME_UNITS, self.problem()))

    def problem(self) -> str | None:
        """Return what is wrong (no unit, an unknown unit), or None."""
        return _problem("duration", self.text, TIME_UNITS, "30 s")

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Refusal:
    """Why somebody is refused, as written: `not found`, or one of two reasons, `invalid or not found`."""

    text: str

    @property
    def errors(self) -> tuple[str, ...]:
        """The names of the errors of QuiltOps that say so; any of them will do."""
        return tuple(REASONS[reason] for reason in self.text.split(" or "))

    def problem(self) -> str | None:
        """Return that there is no such reason, or None."""
        wrong = [reason for reason in self.text.split(" or ") if reason not in REASONS]
        return unknown("reason for a refusal", wrong[0], list(REASONS)) if wrong else None

    def __repr__(self) -> str:
        return self.text


def count(text: str) -> int:
    """Return a number of things: `3`, `1,000`, `no`, `one` to `twelve`."""
    return NUMBER_WORDS.index(text) if text in NUMBER_WORDS else int(text.replace(",", ""))


def unquoted(text: str) -> str:
    r"""Return what a writer means by a text in quotes: `\"` is a quotation mark, `\\` a backslash, `\n` a new line.

    A new line is the one of HTTP and of Windows, a carriage return and a line feed, which is what forges headers.
    """
    return re.sub(r'\\(["\\n])', lambda found: "\r\n" if found[1] == "n" else found[1], text)


def _problem(noun: str, text: str, units: dict[str, int] | dict[str, Fraction], example: str) -> str | None:
    match = _MEASURE.fullmatch(text)
    if match is None:
        return f'"{text}" is not a {noun}; write a number and a unit: {example}'
    unit = match["unit"]
    if unit is None:
        return f'the {noun} "{text}" has no unit; write {example}; known: {", ".join(units)}'
    return None if unit in units else unknown(f"unit of a {noun}", unit, list(units))


def _measured(text: str, units: dict[str, int] | dict[str, Fraction], wrong: str | None) -> Fraction:
    match = _MEASURE.fullmatch(text)
    if wrong is not None or match is None:
        raise ValueError(wrong or text)
    return Fraction(match["number"].replace(",", "")) * units[match["unit"]]


def _how_many(noun: str) -> ValueKind:
    """The kind of numbers of these things: `1 file`, `3 files`, `no files`."""
    words = rf"(?:1|one) {noun}|(?!(?:1|one) )(?:{_COUNT}) {noun}s"
    return ValueKind(
        f"{noun.capitalize()}Count", words, lambda text: count(text.split()[0]), (f"1 {noun}", f"3 {noun}s")
    )


_COUNT = rf"\d[\d,]*|{'|'.join(NUMBER_WORDS)}"
_MEASURED_WORDS = rf"{_NUMBER}(?:\s*[A-Za-z]+)?"

register(
    ValueKind("Size", _MEASURED_WORDS, Size, ("100 KB", "5 MB", "1 GiB")),
    ValueKind("Duration", _MEASURED_WORDS, Duration, ("200 ms", "30 s", "5 minutes")),
    ValueKind("Count", _COUNT, count, ("5", "1,000", "no", "three")),
    *map(_how_many, ("file", "revision")),
    ValueKind("Refusal", r"[A-Za-z][A-Za-z ]*", Refusal, (*REASONS, "invalid or not found")),
    ValueKind("Text", r'(?:[^"\\]|\\.)*', unquoted, ("any text without quotation marks", r"a \"quoted\" word")),
)


def listed(name: str, words: Sequence[str]) -> ValueKind:
    """The kind of lists of some of these words: `name`, `name and tags`, `name, tags and the top hash`."""
    one = "|".join(sorted(words, key=len, reverse=True))
    pattern = rf"(?:{one})(?:(?:, | and )(?:the )?(?:{one}))*"
    return ValueKind(name, pattern, lambda text: tuple(re.findall(one, text)), (*words, f"{words[0]} and {words[1]}"))
