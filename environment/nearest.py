"""One wording for "that name is not known": names the nearest and the known ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz, process

LISTED = 20


def nearest(text: str, known: Iterable[str], *, limit: int = 1, least_score: float = 55.0) -> list[str]:
    """Return up to `limit` of the known texts, best match first; none when nothing scores `least_score` (0 to 100)."""
    matches = process.extract(text, list(known), scorer=fuzz.ratio, processor=str.lower, limit=limit)
    return [match for match, score, _ in matches if score >= least_score]


def unknown(noun: str, text: str, known: Sequence[str]) -> str:
    """Say in one line that `text` is no known `noun`, with the nearest match and the known ones."""
    return f'unknown {noun} "{text}"; {hint(text, known)}'


def hint(text: str, known: Sequence[str], *, listed: int = LISTED) -> str:
    """The nearest match of the known texts and the first of them all: ``did you mean "…"? known: …``."""
    close = nearest(text, known)
    question = f'did you mean "{close[0]}"? ' if close else ""
    more = f" and {len(known) - listed} more" if len(known) > listed else ""
    return f"{question}known: {', '.join(known[:listed]) or 'none'}{more}"
