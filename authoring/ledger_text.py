"""Changes of the ledger's text that leave all of it but the lines concerned as it is, byte for byte."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import yaml

from environment.errors import SuiteError, unknown

_CLAIMS = ("claims", "scenarios")
Claim = dict[str, Any]


@dataclass(frozen=True)
class Part:
    """What of an entry is meant: claims on a scenario, in a mode, on a row, on a sentence; what is not given is any."""

    scenario: str | None = None
    mode: str | None = None
    sentence: str | None = None
    example: Mapping[str, str] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether nothing is left out."""
        return self == Part()

    def __str__(self) -> str:
        given = {"scenario": self.scenario, "mode": self.mode, "sentence": self.sentence}
        words = [f"{name} '{value}'" for name, value in given.items() if value]
        return " with ".join([*words, *(f"{name}={value}" for name, value in self.example.items())])


Rows = Mapping[str, Sequence[Mapping[str, str]]]
"""The rows of each outline, by the scenario's name: to take one row from a claim on all of them."""


def without(text: str, identifier: str, part: Part, rows: Rows) -> str:
    """The ledger's text without an entry, or without a part of it; an entry of which nothing is left goes whole.

    Raises:
        SuiteError: if there is no such entry, or it does not claim that part.
    """
    entries: list[dict[str, Any]] = yaml.safe_load(text) or []
    index = _index(entries, identifier)
    if part.whole:
        return _checked(_without_entry(text, index), entries[:index] + entries[index + 1 :])
    entry = deepcopy(entries[index])
    key = next(each for each in _CLAIMS if each in entry)
    before = [_as_mapping(each) for each in entry[key]]
    modes = list(entry["modes"])
    if part == Part(mode=part.mode):
        # the entry's own modes shrink, and with them what is claimed in all of them
        modes = [mode for mode in modes if mode != part.mode]
    after = [
        [claim] if modes != entry["modes"] and "modes" not in claim else _reduced(claim, part, entry["modes"], rows)
        for claim in before
    ]
    if modes == entry["modes"] and [[claim] for claim in before] == after:
        raise SuiteError(f"Took {part} off {identifier}", "it claims nothing of the kind", _claimed(before))
    kept = [claim for claims in after for claim in claims]
    modes = _modes_left(kept, modes)
    if not kept or not modes:
        return _checked(_without_entry(text, index), entries[:index] + entries[index + 1 :])
    changed = _with_claims(text, index, key, before, after)
    if modes != entry["modes"]:
        changed = _with_modes(changed, index, modes)
    entry.update({key: kept, "modes": modes})
    return _checked(changed, [*entries[:index], entry, *entries[index + 1 :]])


def appended(text: str, entry: str) -> str:
    """The ledger's text with another entry at its end."""
    return f"{text.rstrip()}\n\n{entry.rstrip()}\n"


def claim_lines(claim: Claim, margin: str = "    ") -> list[str]:
    """A claim as lines of YAML, in the ledger's style."""
    if set(claim) == {"scenario"}:
        return [f"{margin}- {flow(claim['scenario'])}\n"]
    lines = [f"{name}: {flow(value)}\n" for name, value in claim.items()]
    return [f"{margin}- {lines[0]}", *(f"{margin}  {line}" for line in lines[1:])]


def flow(value: object) -> str:
    """A value in one line of YAML; texts with signs that YAML would take for its own stand in single quotes."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_quoted(item)}" for name, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_quoted, value))}]"
    plain = yaml.safe_dump(value, width=10**6, allow_unicode=True).removesuffix("...\n").strip()
    return plain if "\n" not in plain else _quoted(value)


def _quoted(value: object) -> str:
    """A value inside a flow: a text is in quotes unless it is a plain word."""
    if isinstance(value, Mapping | list | tuple):
        return flow(value)
    text = str(value)
    if text.replace("-", "").replace("_", "").replace(".", "").isalnum() and isinstance(yaml.safe_load(text), str):
        return text
    return "'" + text.replace("'", "''") + "'" if "\n" not in text else yaml.safe_dump(text, default_style='"').strip()


def _index(entries: Sequence[Mapping[str, Any]], identifier: str) -> int:
    ids = [str(each.get("id")) for each in entries]
    if identifier not in ids:
        raise unknown("entry of the ledger", identifier, ids)
    return ids.index(identifier)


def _as_mapping(claim: Any) -> Claim:
    return {"scenario": claim} if isinstance(claim, str) else dict(claim)


def _reduced(claim: Claim, part: Part, modes: Sequence[str], rows: Rows) -> list[Claim]:
    """What is left of a claim: itself, less, or nothing."""
    name = str(claim["scenario"]).rpartition("::")[2]
    if part.scenario is not None and part.scenario not in (claim["scenario"], name):
        return [claim]
    sentences = claim.get("sentence")
    listed = sentences if isinstance(sentences, list) else [sentences]
    if part.sentence is not None and part.sentence not in listed:
        return [claim]
    example = claim.get("example", {})
    if any(value not in _values(example.get(column, value)) for column, value in part.example.items()):
        return [claim]
    own = list(claim.get("modes", modes))
    if part.mode is not None and part.mode not in own:
        return [claim]
    left: list[Claim] = []
    if part.mode is not None and len(own) > 1:
        left.append({**claim, "modes": [mode for mode in own if mode != part.mode]})
    within = {**claim, "modes": [part.mode]} if part.mode is not None and len(own) > 1 else claim
    column = next(iter(part.example), "")
    if column and example.get(column) != part.example[column]:
        known = _values(example.get(column) or list(dict.fromkeys(row[column] for row in rows.get(name, ()))))
        others = [value for value in known if value != part.example[column]]
        if others:
            rest: Any = others if len(others) > 1 else others[0]
            left.append(_ordered({**within, "example": {**example, column: rest}}))
        within = _ordered({**within, "example": {**example, **part.example}})
    if part.sentence is not None and len(listed) > 1:
        kept = [each for each in listed if each != part.sentence]
        left.append({**within, "sentence": kept if len(kept) > 1 else kept[0]})
    return left


def _values(cell: str | list[str]) -> list[str]:
    return cell if isinstance(cell, list) else [cell]


def _ordered(claim: Claim) -> Claim:
    order = ("scenario", "example", "sentence", "modes", "fails_with")
    return {name: claim[name] for name in order if name in claim}


def _modes_left(claims: Sequence[Claim], modes: Sequence[str]) -> list[str]:
    used = {mode for claim in claims for mode in claim.get("modes", modes)}
    return [mode for mode in modes if mode in used]


def _claimed(claims: Sequence[Claim]) -> str:
    return "It claims: " + "; ".join(dict.fromkeys(str(claim["scenario"]) for claim in claims))


def _nodes(text: str) -> list[Any]:
    composed: Any = yaml.compose(text)
    return list(composed.value)


def _value(node: Any, key: str) -> Any:
    return next(value for name, value in node.value if name.value == key)


def _without_entry(text: str, index: int) -> str:
    lines = text.splitlines(keepends=True)
    first, last = _extent(lines, _nodes(text), index)
    while last < len(lines) and not lines[last].strip():
        last += 1
    rest = "".join(lines[:first] + lines[last:])
    return rest if last < len(lines) else f"{rest.rstrip()}\n" if rest.strip() else ""


def _extent(lines: Sequence[str], nodes: Sequence[Any], index: int) -> tuple[int, int]:
    """First line of an item and the line after its last one; blank lines and comments behind it are not its own."""
    first, last = nodes[index].start_mark.line, _end(nodes[index])
    while last > first + 1 and (not lines[last - 1].strip() or lines[last - 1].lstrip().startswith("#")):
        last -= 1
    return first, last


def _end(node: Any) -> int:
    """The line after the last one of a node; a mapping's own mark is where the next thing begins."""
    if isinstance(node, yaml.ScalarNode) or node.flow_style:
        return int(node.end_mark.line) + (node.style not in ("|", ">") if isinstance(node, yaml.ScalarNode) else 1)
    members = node.value if isinstance(node, yaml.SequenceNode) else [value for _, value in node.value]
    return max(_end(member) for member in members)


def _with_claims(text: str, index: int, key: str, before: Sequence[Claim], after: Sequence[list[Claim]]) -> str:
    lines = text.splitlines(keepends=True)
    sequence = _value(_nodes(text)[index], key)
    if sequence.flow_style:
        first, last = sequence.start_mark.line, sequence.end_mark.line
        head = lines[first][: sequence.start_mark.column].rstrip() + "\n"
        kept = [line for claims in after for claim in claims for line in claim_lines(claim)]
        return "".join([*lines[:first], head, *kept, *lines[last + 1 :]])
    for number in reversed(range(len(before))):
        if after[number] == [before[number]]:
            continue
        first, last = _extent(lines, sequence.value, number)
        margin = lines[first][: len(lines[first]) - len(lines[first].lstrip())]
        lines[first:last] = [line for claim in after[number] for line in claim_lines(claim, margin)]
    return "".join(lines)


def _with_modes(text: str, index: int, modes: Sequence[str]) -> str:
    node = _value(_nodes(text)[index], "modes")
    return text[: node.start_mark.index] + flow(list(modes)) + text[node.end_mark.index :]


def _checked(text: str, expected: Sequence[Mapping[str, Any]]) -> str:
    """The text, if it says what it is meant to say."""
    if _normal(yaml.safe_load(text) or []) != _normal(expected):
        raise SuiteError(
            "Changed the text of the ledger",
            "the result would not say what it should",
            "Change it by hand, and report it",
        )
    return text


def _normal(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {name: [_as_mapping(each) for each in value] if name in _CLAIMS else value for name, value in entry.items()}
        for entry in entries
    ]
