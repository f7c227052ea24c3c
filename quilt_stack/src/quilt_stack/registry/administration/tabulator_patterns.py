"""The regular expressions of a table's source: what belongs to the table, and which columns the names give.

They are RE2's, which is linear in the length of what it looks at, so that no expression can keep the deployment busy.
RE2 has neither look-around nor back-references.

A pattern is kept as it is, also one that is no regular expression, such as ``*.csv`` (registry facts 11).

Decision: a table with a pattern that cannot be used exists, without columns of groups, and each query of it fails
(open: registry facts 11).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_NAMED_GROUP = re.compile(r"\(\?P?<([A-Za-z_][A-Za-z0-9_]*)>")


class PatternError(ValueError):
    """A pattern that cannot be used; the message says why."""


@dataclass(frozen=True)
class Pattern:
    """A regular expression; it is searched for, wherever ``^`` and ``$`` do not say otherwise (registry facts 9.1).

    Attributes:
        text: the expression, in which only named groups capture.
        groups: their names, in the order of the text.
        problem: why it cannot be used, None if it can.
    """

    text: str
    groups: tuple[str, ...]
    problem: str | None = None

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Read an expression; a named group is written ``(?<name>…)`` or ``(?P<name>…)``.

        One that does not compile, or gives one name to two groups, cannot be used and has no groups.
        """
        pattern = cls(*_normalized(text))
        if len(set(map(str.lower, pattern.groups))) < len(pattern.groups):
            return cls(text, (), "two groups have the same name")
        try:
            pattern.search([""])
        except PatternError as error:
            return cls(text, (), str(error))
        return pattern

    def search(self, texts: Sequence[str]) -> list[dict[str, str | None] | None]:
        """For each text its groups, or None if the expression is not found in it.

        Decision: a group that took no part in the match is empty, because RE2 as Arrow offers it does not tell (open:
        registry facts 9.1).

        Raises:
            PatternError: the expression cannot be used.
        """
        if self.problem is not None:
            raise PatternError(self.problem)
        # Late: Arrow takes its time to load.
        import pyarrow as pa
        import pyarrow.compute as pc

        values = pa.array(texts, pa.string())
        try:
            if self.groups:
                return list(pc.extract_regex(values, self.text).to_pylist())
            found = pc.match_substring_regex(values, self.text).to_pylist()
        except pa.ArrowInvalid as error:
            raise PatternError(str(error).removeprefix("Invalid regular expression: ")) from None
        return [{} if each else None for each in found]


def _normalized(text: str) -> tuple[str, tuple[str, ...]]:
    """The expression with RE2's form of named groups and no other capturing groups, and the names."""
    out: list[str] = []
    groups: list[str] = []
    position, in_class = 0, False
    while position < len(text):
        step = text[position]
        if step == "\\":
            step = text[position : position + 2]
        elif in_class:
            in_class = step != "]"
        elif step == "[":
            in_class = True
            # A bracket that opens the class does not close it.
            opening = re.match(r"\[\^?\]?", text[position:])
            step = opening[0] if opening else step
        elif found := _NAMED_GROUP.match(text, position):
            groups.append(found[1])
            out.append(f"(?P<{found[1]}>")
            position = found.end()
            continue
        elif step == "(" and text[position + 1 : position + 2] != "?":
            out.append("(?:")
            position += 1
            continue
        out.append(step)
        position += len(step)
    return "".join(out), tuple(groups)
