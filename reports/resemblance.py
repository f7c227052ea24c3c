"""Failures that nobody claims, held against how known defects failed: one defect names other things elsewhere.

A pattern of the ledger fits the scenarios that it claims. A scenario that somebody has just written fails by the same
defect in nearly the same words, with packages and fields of its own. What Python says of a mistake ("'NoneType' object
is not a mapping") is the same in many places, and tells nothing without the operation that failed. Nor does an error
of the product by which several defects show, or a sentence that fails as it always does: then the promise has to be the
same.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from rapidfuzz import fuzz

from environment.modes import Mode
from reports.message_patterns import normalized
from reports.message_record import read_messages

_LIKENESS = 92.0
"""Of 100; how alike two messages have to be when what they name is left out."""
_SAME = 100.0
_SHORTEST = 30
"""Letters of a message that says enough to be recognized."""
_NAMED = ((r"\"[^\"]*\"|(?<!\w)'[^']*'|“[^”]*”", "…"), (r"(?:s3://)?[\w.<>-]+(?:/[\w.<>-]+)+", "<path>"), (r"\d+", "0"))
_MODE = re.compile(rf"\[({'|'.join(Mode)})\b")
_OPERATION = re.compile(r"'s (\w+) (?:failed:|was to be refused)")
"""The operation that a message is about, as `environment.product.outcome` names it."""
_ERROR = re.compile(r"(?:\bfailed: \w+|\braised \w+|\bdoes not (?:name|say)\b.*?): (?P<said>.+)$")
"""The product's own error in a message, after what the suite says of it."""
_ACTOR = re.compile(r"\b[A-Z][a-z]+(?=(?:'s \w+)? (?:was to be refused|failed\b|could not\b|did not\b))")
_LACKING = re.compile(r"(?:(?<=does not name )|(?<=does not say )).*")
_COMPLAINT = re.compile(
    r"'\w+' object (?:has no attribute '\w+'|is not [\w-]+(?: \w+)?|does not support [\w ]+|cannot be .*)"
    r"|(?:object|argument) of type '\w+' .*"
    r"|cannot unpack .*"
    r"|(?:not enough|too many) values to unpack\b.*"
    r"|(?:list|tuple|string) (?:index|indices) .*"
    r"|expected (?:string|str|bytes)\b.*|unhashable type: .*|unsupported operand .*|can only concatenate .*"
    r"|sequence item \d+: expected .*|int\(\) argument must be .*|\w+\(\) (?:got|missing|takes) .*"
    r"|(?<=failed: )'[^']*'$"  # of a KeyError
)
"""What Python says of a mistake in a program, whichever program it is."""


class _Told(NamedTuple):
    """What a message says of a call: the operation, what stands before Python's complaint, and that; "" if nothing.

    check: what the suite asked and says of the answer, whoever acts; error: the product's own, without names; "" if
    there is none.
    """

    operation: str
    before: str
    complaint: str
    check: str = ""
    error: str = ""

    @property
    def failed(self) -> tuple[str, str, str]:
        """What has to be the same in two failures by the same defect, however alike the rest is."""
        return self.operation, self.complaint, self.check

    def is_like(self, other: _Told) -> bool:
        """Whether the same failed with nearly the same error: of long messages what the suite says is alike anyway."""
        errors = fuzz.ratio(self.error, other.error, score_cutoff=_LIKENESS)
        return self.failed == other.failed and (errors > 0 or not (self.error or other.error))


def looks_like(message: str, mode: Mode) -> str | None:
    """The id of the entry by which other scenarios fail with such a message in this mode; None if not one alone.

    Where some failed in the same words, the others do not count.
    """
    asked = without_names(message)
    if len(asked) < _SHORTEST or is_shared(message):
        return None
    told = _told(asked)
    same: set[str] = set()
    nearly: set[str] = set()
    for known, entries in _recorded(mode).items():
        likeness = fuzz.ratio(asked, known, score_cutoff=_LIKENESS)
        if likeness and told.is_like(_told(known)):
            alike = same if likeness == _SAME else nearly
            alike.update(entries)
    counted = same or nearly
    return next(iter(counted)) if len(counted) == 1 else None


def has_failed_so(entry: str, message: str) -> bool:
    """Whether the record does not speak against a failure with that message being the entry's.

    It does if the entry never failed in the operation that the message is about, never with such an error in a check of
    that kind or with the same complaint of Python there; and if others failed with the same error.
    """
    told, seen = _told(message), _seen().get(entry, frozenset())
    if told.complaint:
        return any(
            told.complaint == each.complaint
            and (told.operation == each.operation if told.operation and each.operation else told.before == each.before)
            for each in seen
        )
    if is_shared(message):
        return False
    if told.error:
        return not seen or any(told.is_like(each) for each in seen)
    operations = {each.operation for each in seen if each.operation}
    return not told.operation or not operations or told.operation in operations


def is_shared(message: str) -> bool:
    """Whether several entries failed with the same error of the product, in either mode; then it tells nothing."""
    told = _told(message)
    return len(_owners().get((told.error, told.operation if told.complaint else ""), ())) > 1


def tells_of_the_product(message: str) -> bool:
    """Whether it quotes an error of the product; else any breach of the same sentence reads so."""
    return bool(_told(message).error)


@cache
def _recorded(mode: Mode) -> dict[str, dict[str, int]]:
    """By message, how often each entry failed with it."""
    found: dict[str, dict[str, int]] = {}
    for nodeid, sentences in read_messages().items():
        place = _MODE.search(nodeid)
        for entry, message in sentences.values() if place and place[1] == mode.value else ():
            entries = found.setdefault(without_names(message), {})
            entries[entry] = entries.get(entry, 0) + 1
    return found


@cache
def _seen() -> dict[str, frozenset[_Told]]:
    """What the recorded messages of each entry say, in either mode."""
    found: dict[str, set[_Told]] = {}
    for sentences in read_messages().values():
        for entry, message in sentences.values():
            found.setdefault(entry, set()).add(_told(message))
    return {entry: frozenset(those) for entry, those in found.items()}


@cache
def _owners() -> dict[tuple[str, str], frozenset[str]]:
    """The entries that failed with each error of the product; with a complaint of Python, in each operation."""
    found: dict[tuple[str, str], set[str]] = {}
    for entry, those in _seen().items():
        for each in those:
            if each.error:
                found.setdefault((each.error, each.operation if each.complaint else ""), set()).add(entry)
    return {error: frozenset(entries) for error, entries in found.items()}


@cache
def _told(message: str) -> _Told:
    line = normalized(message)
    operation, complaint, error = (each.search(line) for each in (_OPERATION, _COMPLAINT, _ERROR))
    before = line[: complaint.start()].rstrip(": ").rpartition(": ")[2] if complaint else ""
    check = _LACKING.sub("", _ACTOR.sub("…", line[: error.start("said")] if error else line))
    return _Told(
        operation[1] if operation else "",
        before,
        complaint[0] if complaint else "",
        _unnamed(check),
        without_names(error["said"]) if error else "",
    )


def without_names(message: str) -> str:
    """The first line without what it names; what Python complains of is no name."""
    text = normalized(message)
    complaint = _COMPLAINT.search(text)
    kept = complaint[0] if complaint else ""
    return _unnamed(text.replace(kept, "", 1) if kept else text) + kept


def _unnamed(text: str) -> str:
    for pattern, stands_for in _NAMED:
        text = re.sub(pattern, stands_for, text)
    return text
