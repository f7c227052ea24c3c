"""What a message says without what changes from run to run, so that two runs can be compared."""

from __future__ import annotations

import re

from environment.settings import ROOT
from reports.message_patterns import CUT

_DAY = r"\d{4}-\d\d-\d\d"
_CLOCK = r"\d\d:\d\d(:\d\d)?(\.\d+)?"
# In this order: a path may hold a hash, a time looks like a port.
_CHANGING: tuple[tuple[str, str], ...] = (
    (rf"(?:{re.escape(str(ROOT))}|/work|/tmp|/var|/private|/home|/Users|/root)/(?:[^\s/'\"`]+/)*", "<folder>/"),
    (rf"{_DAY}([T ]{_CLOCK} ?(Z|UTC|[+-]\d\d:?\d\d)?)?", "<time>"),
    (rf"\w{{3}}, \d\d \w{{3}} \d{{4}} {_CLOCK} GMT", "<time>"),
    (r"\b1[5-9]\d{8}(\d{3})?(\.\d+)?\b", "<time>"),
    (r"\b\d+(\.\d+)? ?(ms|s|milliseconds?|seconds?)\b", "<duration>"),
    (r"((?:://|@)[\w.-]+|\[::1\]|127\.0\.0\.1|localhost):\d{2,5}\b", r"\1:<port>"),
    (r"\bport([ =])\d{2,5}\b", r"port\1<port>"),
    (r"0x[0-9a-f]+", "<address>"),
    (CUT, "<cut>"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "<id>"),
    # What a run makes is called by words of its seed, the run's token and a number.
    (r"(?:[A-Za-z]\w*[-_.])*[0-9a-f]{8}[-_.]\d+(?![0-9A-Za-z])", "<name>"),
    # A sentence that the suite made up (`environment.people.names`): words that no language has, and a full stop.
    (r"(?<=['\"])[A-Z][a-z]+(?: [a-z]+){2,}\.(?=['\"])", "<sentence>"),
    (r"(?<![0-9A-Za-z])(?=[0-9a-f]*[a-f])(?=[a-f]*\d)[0-9a-f]{7,}(?![0-9A-Za-z])", "<id>"),
    (r"(?<=[-_/])\d{8}(?=[-_/])", "<id>"),  # a run's token that has no letter by chance
    (r"(?<![0-9A-Za-z])[0-9A-Za-z]{32,}(?![0-9A-Za-z])", "<id>"),
)
_COMPILED = tuple((re.compile(pattern), name) for pattern, name in _CHANGING)


def comparable(message: str) -> str:
    """The message with a name in place of each time, duration, port, folder, address, hash and token of a run.

    What pytest adds of an assertion that has a message is left out: it shows objects with all that they hold.
    """
    message = message.partition("\nassert ")[0]
    for pattern, name in _COMPILED:
        message = pattern.sub(name, message)
    return message
