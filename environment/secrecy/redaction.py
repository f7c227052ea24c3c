"""Redaction: no secret leaves the process (rule 11).

Two nets, one after the other: values that someone registered (`register_secret`), in every encoding in which clients
and logs show them, then the shapes of secrets (`patterns`) and fields whose name says what they hold (`fields`).

Out of reach, by decision: a secret inside base64 of a larger text, in compressed data, or split over several strings.
The tests look into those after a run (`tests/support/secret_search.py`).
"""

from __future__ import annotations

import dataclasses
import html
import json
import re
import threading
from collections.abc import Iterable
from functools import cache, cached_property
from urllib.parse import quote

from _pytest._code.code import TerminalRepr

from environment.secrecy.fields import is_secret_name, redact_fields
from environment.secrecy.patterns import REDACTED, SHAPES
from environment.secrecy.variables import secrets_of_this_machine
from quilt_stack.patches import Patch

__all__ = [
    "REDACTED",
    "forget_secrets",
    "is_secret_name",
    "redact",
    "redact_bytes",
    "redact_tree",
    "register_secret",
    "registered_secrets",
]

SHORTEST_SECRET = 6
"""Characters. Shorter values would be found in words that have nothing to do with them."""


@dataclasses.dataclass(frozen=True, repr=False)
class _KnownSecret:
    """A registered value, and its longest run of ASCII letters and digits, which no encoding changes."""

    value: str
    core: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What it looks like in any encoding; made only where the core was found, for that takes milliseconds."""
        return re.compile("".join(map(_character_pattern, self.value)))


_known: dict[str, _KnownSecret] = {}
_lock = threading.Lock()  # guards changes; readers take the dictionary that is in place, which nobody changes


def register_secret(*values: str) -> None:
    """Redact these values from now on, wherever they appear.

    Raises ValueError, without repeating the value, for one that is shorter than `SHORTEST_SECRET` or part of the
    redaction mark.
    """
    for value in values:
        if value in _known:
            continue
        if len(value) < SHORTEST_SECRET:
            raise ValueError(
                f"a secret of {len(value)} characters cannot be told from ordinary text;"
                f" give the persona one of {SHORTEST_SECRET} or more"
            )
        if value in REDACTED:
            raise ValueError("a secret that is part of the redaction mark cannot be redacted; choose another one")
        with _lock:
            _put_in_place({**_known, value: _known_secret(value)})


def registered_secrets() -> frozenset[str]:
    """Every value registered so far in this process."""
    return frozenset(_known)


def forget_secrets(values: Iterable[str]) -> None:
    """Redact these values no longer by themselves (for tests of the redaction)."""
    with _lock:
        forgotten = frozenset(values)
        _put_in_place({value: secret for value, secret in _known.items() if value not in forgotten})


def _put_in_place(known: dict[str, _KnownSecret]) -> None:
    # Longest first: one secret may contain another.
    global _known
    _known = dict(sorted(known.items(), key=lambda item: len(item[0]), reverse=True))


PATCH = Patch(
    __name__,
    "pytest",
    reason="Secrets are taken out of pytest's texts of failures, whose class is private.",
    bodies={
        "_pytest._code.code:TerminalRepr.__str__": "da0541b2199d",
    },
    fence="tests/environment/evidence/test_redacting.py::test_no_planted_secret_reaches_an_artefact",
    until="pytest has a public class of texts of failures",
)


def redact(text: str) -> str:
    """``text`` with every secret in it replaced by `REDACTED`; twice gives the same as once."""
    for secret in _known.values():
        if secret.core in text:
            text = secret.pattern.sub(REDACTED, text)
    lowered = text.lower()
    for shape in SHAPES:
        text = shape.redact(text, lowered)
    return redact_fields(text, lowered)


def redact_bytes(content: bytes) -> bytes:
    """The same for bytes; of what is no UTF-8 text, the values that someone registered."""
    try:
        return redact(content.decode("utf-8")).encode("utf-8")
    except UnicodeDecodeError:
        for value in _known:
            content = content.replace(value.encode("utf-8", "surrogatepass"), REDACTED.encode())
        return content


def redact_tree(value: object) -> object:
    """The same structure with every string in it redacted, and all bytes.

    Dictionaries (values only, and whole values under a secret name), lists, tuples and sets are rebuilt; dataclasses,
    attrs classes (Allure's model) and pytest's representations of failures are changed in place. Anything else stays.
    """
    return _redact_tree(value, set())


def _redact_tree(value: object, seen: set[int]) -> object:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, bytes):
        return redact_bytes(value)
    if isinstance(value, int | float | None) or id(value) in seen:
        return value
    if isinstance(value, dict):
        return {key: _redact_item(key, item, seen) for key, item in value.items()}
    if type(value) in (list, tuple, set, frozenset):
        return type(value)(_redact_tree(item, seen) for item in value)  # type: ignore[call-arg, attr-defined]
    if isinstance(value, TerminalRepr) or dataclasses.is_dataclass(type(value)) or hasattr(value, "__attrs_attrs__"):
        seen.add(id(value))
        for name, item in list(vars(value).items()):
            redacted = _redact_tree(item, seen)
            if redacted is not item:
                object.__setattr__(value, name, redacted)
    return value


def _redact_item(key: object, item: object, seen: set[int]) -> object:
    if isinstance(key, str) and isinstance(item, str) and item and is_secret_name(key):
        return REDACTED
    return _redact_tree(item, seen)


def _known_secret(value: str) -> _KnownSecret:
    runs = re.findall(r"[A-Za-z0-9]+", value)
    return _KnownSecret(value, core=max(runs, key=len, default=""))


@cache
def _character_pattern(character: str) -> str:
    """A pattern for one character of a secret as itself or in any encoding commonly met.

    Percent-encoded once or twice, in JSON or Python's repr (also JSON within JSON), in XML and HTML.
    """
    if character.isascii() and character.isalnum():
        return character
    percent = "".join(f"%{byte:02X}" for byte in character.encode("utf-8", "surrogatepass"))
    percent_alternatives = (percent, percent.replace("%", "%25"))
    escaped = json.dumps(character)[1:-1].lstrip("\\")  # "n" for a line break, "u00e9" for é
    entity = html.escape(character)
    literal = [re.escape(character), re.escape(quote(character, errors="surrogatepass")), re.escape(entity)]
    numeric_entities = [f"&#{ord(character)};", f"&#x{ord(character):x};"]
    # A backslash doubles at each level of JSON, and escapes bring their own.
    escapes = {character, escaped, f"u{ord(character):04x}", f"U{ord(character):08x}", f"x{ord(character):02x}"}
    escapes.add("\\".join(f"x{byte:02x}" for byte in character.encode("utf-8", "surrogatepass")))  # in repr of bytes
    backslashed = [r"\\+" + _any_case(text).replace(r"\\", r"\\+") for text in sorted(escapes)]
    if character == "\\":
        backslashed = [r"\\+"]
    if character == " ":
        literal.append(r"\+")
    encoded = map(_any_case, (*percent_alternatives, *numeric_entities))
    return f"(?:{'|'.join([*backslashed, *encoded, *literal])})"


def _any_case(text: str) -> str:
    return f"(?i:{re.escape(text)})"


# In each process, before anything that could show one: a run cleans its environment later.
register_secret(
    *(value for value in secrets_of_this_machine() if len(value) >= SHORTEST_SECRET and value not in REDACTED)
)
