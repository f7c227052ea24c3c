"""Messages of failures without what varies from run to run: to compare them, and to make patterns of them.

What varies is replaced by a word in angle brackets; each such word knows the regular expression that it stands for.
"""

from __future__ import annotations

import re

# Where a long value is cut depends on the names in it: what stands beside the dots varies with their length.
CUT = r"(?:\b[0-9a-f]+)?\.\.\.[^\s'\"]+"
# The order matters: what is longer or more special comes first.
VARYING: tuple[tuple[str, str], ...] = (
    ("<time>", r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?"),
    ("<cut>", CUT),
    ("<uuid>", r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    ("<hash>", r"\b[0-9a-f]{64}\b"),
    ("<id>", r"\b[0-9a-f]{32}\b"),
    ("<file>", r"/(?:work|tmp|home|root|Users|private|var)/[^\s'\"]+"),
    ("<name>", r"[A-Za-z][A-Za-z0-9_.]*(?:[-_.][A-Za-z0-9]+)*[-_.][0-9a-f]{8}[-_.]\d+"),
    ("<host>", r"(?:127\.0\.0\.1|localhost):\d+"),
    ("<address>", r"0x[0-9a-f]{6,}"),
    ("<token>", r"\b[0-9a-f]{8}\b"),
    ("<second>", r"\b1[5-9]\d{8}\b"),
    # A sentence that the suite made up (`environment.people.names`): words that no language has, and a full stop.
    ("<sentence>", r"(?<=')[A-Z][a-z]+(?: [a-z]+){2,}\.(?=')"),
    ("<seconds>", r"\d+\.\d+ s\b"),
)
_PLACEHOLDERS = dict(VARYING)
_LONGEST = 2000
_LONGEST_PATTERN = 200


def normalized(message: str, longest: int = _LONGEST) -> str:
    """The first line of a message with what varies from run to run replaced; what is longer ends in an ellipsis."""
    line = message.strip("\n").partition("\n")[0].replace("\r", "\\r")
    for placeholder, expression in VARYING:
        line = re.sub(expression, placeholder, line)
    return line if len(line) <= longest else re.sub(r"<\w*$", "", line[:longest]) + "…"


def tight_pattern(message: str) -> str:
    """A regular expression for exactly this message, whatever varies from run to run.

    It is anchored at its beginning, and at its end if the message has one line and is not cut.
    """
    whole = normalized(message, _LONGEST_PATTERN)
    cut = whole.endswith("…")
    found = re.split(f"({'|'.join(map(re.escape, _PLACEHOLDERS))})", whole.removesuffix("…"))
    pattern = "".join(_varying(part) if part in _PLACEHOLDERS else _escaped(part) for part in found)
    ends = not cut and "\n" not in message.strip("\n")
    return f"^{pattern}{'$' if ends else ''}"


def _varying(placeholder: str) -> str:
    """What the placeholder stands for, or itself: a message may have had it from the beginning."""
    return f"(?:{_PLACEHOLDERS[placeholder]}|{placeholder})"


def _escaped(text: str) -> str:
    """The text as part of an expression; `re.escape` would also put a backslash before blanks and harmless signs."""
    return re.sub(r"(\\(?!r)|[.^$*+?{}\[\]()|])", r"\\\1", text)
