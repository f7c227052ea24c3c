"""Tags: which exist, what they mean, which marks they become.

A tag is a word (`@smoke`), a word with a value (`@severity:critical`, `@skip:waits-for-the-new-registry`) or the id of
a requirement (`@AUTH-1`). In `-m`: `-m "smoke and not slow"`, `-m AUTH-1`,
`-m "severity:blocker or severity:critical"`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pytest

from environment.modes import Mode
from environment.nearest import nearest, unknown

MODES = tuple(mode.value for mode in Mode)
REQUIREMENT = re.compile(r"[A-Z]+-\d+")

EMBEDDED_ONLY = "embedded_only"
"""Tag of scenarios that need what no live deployment has."""
WORDS = {
    "smoke": "the few scenarios that tell at once whether a build is worth testing",
    "slow": "takes more than ten seconds",
    "large": "moves hundreds of megabytes",
    "requires_admin": "needs a persona with admin rights",
    "local_mode": "holds in local mode only (quilt3 session)",
    "multiuser_mode": "holds in multiuser mode only (JWT and GraphQL)",
    "exclusive": "runs while no other scenario runs on its deployment: it changes what all share",
    EMBEDDED_ONLY: "needs what no live deployment has: faults, a clock, a mailbox, tokens of any age",
    "journey": "a person's way through several capabilities",
    "wish": "wished for: not run, and may hold sentences that do not exist yet",
}
WISH = "wish"
SEVERITIES = ("blocker", "critical", "normal", "minor", "trivial")


@dataclass(frozen=True)
class ValuedTag:
    """A tag with a value: the mark's argument name, what it means, the values it may take (None: any text)."""

    argument: str
    meaning: str
    values: tuple[str, ...] | None = None


VALUED = {
    "severity": ValuedTag("level", "how much a failure matters: " + ", ".join(SEVERITIES), SEVERITIES),
    "owner": ValuedTag("name", "who answers for the scenario"),
    "issue": ValuedTag("id", "the issue that the scenario belongs to"),
    "skip": ValuedTag("reason", "not run, for the reason given"),
    "proposes": ValuedTag("requirement", "a requirement that nobody has written down yet, on a wish"),
}


_AT = re.compile(r"(?<![^\s(])@(?=\w)")
_WITH_VALUE = re.compile(rf"(?<![^\s(])({'|'.join(VALUED)}):([^\s()]*)")


def mark_expression(expression: str) -> str:
    """Return what `-m` asks for in pytest's words: tags stand in it as features write them, `severity:blocker`.

    Raises:
        ValueError: a value that the tag cannot have; the message has the known ones.
    """

    def mark(found: re.Match[str]) -> str:
        wrong = problem(found[0])
        if wrong:
            raise ValueError(wrong)
        key, value = found.groups()
        return f'{key}({VALUED[key].argument}="{words_of(value) if key == "skip" else value}")'

    return _WITH_VALUE.sub(mark, _AT.sub("", expression))


def marker_lines() -> list[str]:
    """Return the lines that register the known tags with pytest (`skip` is pytest's own)."""
    words = [f"{word}: {meaning}" for word, meaning in WORDS.items()]
    valued = [f"{key}({tag.argument}): {tag.meaning}" for key, tag in VALUED.items() if key != "skip"]
    return [*words, *valued, "requirement(id): the requirement that the scenario proves"]


def known_tags() -> list[str]:
    """Return the known tags as a writer of features types them, without the requirement ids."""
    values = [f"{key}:{'|'.join(tag.values) if tag.values else tag.argument.upper()}" for key, tag in VALUED.items()]
    return [*WORDS, *values]


def requirement_ids(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the requirement ids among the tags, sorted, each once."""
    return tuple(sorted({tag for tag in tags if REQUIREMENT.fullmatch(tag)}))


def problem(tag: str, requirements: Collection[str] | None = None) -> str | None:
    """Return in one line what is wrong with a tag, or None; `requirements` None means that any id will do."""
    if REQUIREMENT.fullmatch(tag):
        if requirements is not None and tag not in requirements:
            return unknown("requirement", tag, sorted(requirements))
        return None
    key, colon, value = tag.partition(":")
    if key == "skip" and not value.strip("-_ "):
        return "a skip needs a reason: @skip:why-it-is-not-run"
    if colon and key in VALUED:
        allowed = VALUED[key].values
        if not value:
            return f"@{key} needs a value: @{key}:{VALUED[key].argument.upper()}"
        return unknown(key, value, allowed) if allowed is not None and value not in allowed else None
    if tag in WORDS:
        return None
    return _unknown_tag(tag)


def _unknown_tag(tag: str) -> str:
    _, colon, value = tag.partition(":")
    candidates = [*WORDS, *([f"{name}:{value}" for name in VALUED] if colon else VALUED)]
    close = nearest(tag, candidates)
    hint = f"; did you mean @{close[0]}?" if close else ";"
    return (
        f"unknown tag @{tag}{hint} known: {', '.join('@' + name for name in known_tags())}, requirement ids (@AUTH-1)"
    )


def modes_of(tags: Collection[str], chosen: Iterable[str] = MODES) -> tuple[str, ...]:
    """Return the modes, among the chosen ones, that a scenario with these tags runs in."""
    only = {mode for mode in MODES if f"{mode}_mode" in tags}
    return tuple(mode for mode in chosen if not only or mode in only)


def marks(tag: str) -> list[pytest.MarkDecorator]:
    """Return the marks of a known tag; a requirement id has one of its own (for `-m AUTH-1`) and `requirement`.

    Raises:
        ValueError: the tag is not known.
    """
    wrong = problem(tag)
    if wrong:
        raise ValueError(wrong)
    if REQUIREMENT.fullmatch(tag):
        return [getattr(pytest.mark, tag), pytest.mark.requirement(id=tag)]
    key, colon, value = tag.partition(":")
    if key == "skip":
        return [pytest.mark.skip(reason=words_of(value))]
    if colon:
        return [getattr(pytest.mark, key)(**{VALUED[key].argument: value})]
    return [getattr(pytest.mark, tag)]


def words_of(reason: str) -> str:
    """Return the words of a tag's value: `waits-for-a-fix` is "waits for a fix"."""
    return " ".join(re.split(r"[-_]+", reason)).strip()


def register_requirement(config: pytest.Config, tag: str) -> None:
    """Make a requirement id a registered mark (strict markers); other tags are registered at the start."""
    line = f"{tag}: proves requirement {tag}"
    if REQUIREMENT.fullmatch(tag) and line not in config.getini("markers"):
        config.addinivalue_line("markers", line)
