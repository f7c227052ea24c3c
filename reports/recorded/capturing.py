"""From what a deployment answered to a recording: without secrets, and without what is its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from environment.secrecy.redaction import REDACTED, redact_tree
from environment.targets.target import Target
from reports.documents import InvalidDocumentError, shown
from reports.recorded.comparing import differences, is_time
from reports.recorded.confidential import ACCOUNT, HOST, MAIL, problem_of
from reports.recorded.recording import MORE, Basis, Recording
from reports.recorded.replaying import Replay

_NOT_TOLD_APART = {"stack"}  # too short to be told from other words
_OWN = re.compile(
    r"\b(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[a-z]*\d)[0-9a-f]{16,}|\d{12})\b"
    rf"|[\w.+-]+@[\w.-]+|{ACCOUNT.pattern}|{MAIL.pattern}|(?i:{HOST.pattern})"
)
_HOST = re.compile(r"(https?://)[\w.:-]+")


def captured(recording: Recording, found: Any, replay: Replay, target: Target) -> Recording:
    """The recording with this answer of this deployment; what the one before leaves open stays open."""
    names = {value: f"<{name}>" for name, value in replay.names.items() if name not in _NOT_TOLD_APART}
    return recording.model_copy(
        update={"answer": _generalized(recording.answer, _named(found, names), ""), **_origin_of(target)}
    )


def write_recording(recording: Recording, path: Path) -> None:
    """Write the file; the loader reads the same from it.

    Raises:
        InvalidDocumentError: if it still holds a secret, or names a host, somebody or an account.
    """
    content = recording.model_dump(mode="json", exclude_defaults=True)
    problem = problem_of(content)
    if problem is not None:
        raise InvalidDocumentError([f"{shown(path)}: not written: {problem}"])
    path.write_text(
        yaml.dump(content, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120), encoding="utf-8"
    )


class _Dumper(yaml.SafeDumper):
    """Texts of several lines as such."""


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None),
)


def _origin_of(target: Target) -> dict[str, Any]:
    """On what an answer of this deployment rests: one on this machine has recorded nothing of a real stack."""
    today = f"{date.today():%Y-%m-%d}"
    if target.kind == "live" and not target.is_on_this_machine:
        source = f"acceptance record, on a stack of version {target.platform_version}"
        return {"basis": Basis.RECORDED, "source": source, "when": today}
    return {"basis": Basis.DECIDED, "source": "the embedded deployment", "when": today}


def _named(value: Any, names: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        for own in sorted(names, key=len, reverse=True):
            value = value.replace(own, names[own])
        return value
    if isinstance(value, Mapping):
        return {_named(key, names): _named(each, names) for key, each in value.items()}
    return [_named(each, names) for each in value] if isinstance(value, list) else value


def _generalized(expected: Any, found: Any, key: str) -> Any:
    """What was found, with what the earlier answer left open, and what is of this deployment alone, left open."""
    if not any(differences(expected, found)):
        return expected
    if isinstance(found, dict):
        known = expected if isinstance(expected, Mapping) else {}
        kept = {name: each for name, each in found.items() if name in known or MORE not in known}
        told = {name: _generalized(known.get(name), each, name) for name, each in kept.items()}
        return {**told, **({MORE: True} if MORE in known else {})}
    if isinstance(found, list):
        members = expected if isinstance(expected, list) else []
        known_members = [*members, *([None] * len(found))]
        return [_generalized(one, other, key) for one, other in zip(known_members, found, strict=False)]
    if isinstance(found, str):
        return _text(found, key)
    return "<number>" if isinstance(found, int | float) and not isinstance(found, bool) and key != "status" else found


def _text(text: str, key: str) -> str:
    redacted = redact_tree({key: text})
    if REDACTED in text or redacted != {key: text}:
        return "<text>"
    if is_time(text):
        return "<time>"
    return _OWN.sub("<any>", _HOST.sub(r"\1<any>", text))
