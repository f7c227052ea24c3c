"""Filters of the GraphQL search (registry facts 8.2). What is None in a filter does not restrict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from quilt_stack.registry.search import analysis
from quilt_stack.registry.search.patterns import wildcard_expressions


@dataclass(frozen=True)
class TimeSpan:
    """Moments between two, both included."""

    gte: datetime | None = None
    lte: datetime | None = None

    def accepts(self, values: Sequence[Any]) -> bool:
        """Whether one of the stored dates lies within."""
        moments = (moment for value in values if (moment := analysis.moment(value)) is not None)
        return any(
            (self.gte is None or moment >= self.gte) and (self.lte is None or moment <= self.lte) for moment in moments
        )


@dataclass(frozen=True)
class NumberSpan:
    """Numbers between two, both included."""

    gte: float | None = None
    lte: float | None = None

    def accepts(self, values: Sequence[Any]) -> bool:
        """Whether one of the numbers lies within."""
        return any(
            (self.gte is None or value >= self.gte) and (self.lte is None or value <= self.lte) for value in values
        )


@dataclass(frozen=True)
class Keyword:
    """One of some terms, exactly, or a wildcard of ``*`` and ``?``; both if both are given."""

    terms: tuple[str, ...] | None = None
    wildcard: str | None = None

    def accepts(self, values: Sequence[Any]) -> bool:
        """Whether one of the values fits.

        Raises:
            QuerySyntaxError: the wildcard ends with a lone backslash.
        """
        texts = [str(value) for value in values]
        if self.terms is not None and not any(text in self.terms for text in texts):
            return False
        if self.wildcard is None:
            return True
        pattern, _ = wildcard_expressions(self.wildcard)
        return any(pattern.fullmatch(text) for text in texts)


@dataclass(frozen=True)
class Text:
    """A query string on one text field."""

    query_string: str


@dataclass(frozen=True)
class Flag:
    """Which of the two truth values are wanted; neither means both."""

    true: bool | None = None
    false: bool | None = None

    def accepts(self, values: Sequence[Any]) -> bool:
        """Whether one of the values is wanted."""
        if not self.true and not self.false:
            return True
        return any((value is True and self.true) or (value is False and self.false) for value in values)
