"""How each claim of the ledger failed last: its message, normalized, in reports/known_defect_messages.json.

A pattern says what an entry covers; this says what was seen. When the message changes although the pattern still
matches, something else may have broken behind a known defect. `acceptance defect record` writes the file.
"""

from __future__ import annotations

import json
from collections.abc import Set
from pathlib import Path

from environment.settings import ROOT
from reports.documents import InvalidDocumentError, shown
from reports.message_patterns import normalized
from reports.outcomes import RunRecord, Status

MESSAGES_FILE = ROOT / "reports" / "known_defect_messages.json"
RECORD = "acceptance defect record"

Messages = dict[str, dict[str, tuple[str, str]]]
"""By scenario run (node id) and sentence: the entry, and the normalized message."""

IN_SET_UP = "set-up"


def messages_of(record: RunRecord) -> Messages:
    """How each known defect of a run failed."""
    found: Messages = {}
    for scenario in record.scenarios:
        known = {
            step.text: (ended.defect, normalized(ended.message))
            for step, ended in scenario.judged
            if ended.status is Status.KNOWN and ended.defect
        }
        if not scenario.sentences and scenario.status is Status.KNOWN:
            known[IN_SET_UP] = (scenario.defects[0], normalized(scenario.in_this_run))
        if known:
            found[scenario.nodeid] = known
    return found


def read_messages(path: Path = MESSAGES_FILE) -> Messages:
    """What was recorded; nothing if there is no file.

    Raises InvalidDocumentError when the file is not one of ours.
    """
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {
            nodeid: {sentence: (str(defect), str(message)) for sentence, (defect, message) in sentences.items()}
            for nodeid, sentences in content.items()
        }
    except (ValueError, AttributeError, TypeError) as error:
        raise InvalidDocumentError([f"{shown(path)}: {error}; write it again with `{RECORD}`"]) from error


def write_messages(record: RunRecord, path: Path = MESSAGES_FILE, claimed: Set[str] | None = None) -> tuple[int, int]:
    """Record the messages of a run beside those of what it did not run; returns how many changed, and how many are new.

    What the run judged and found in another state than known (it passes, say) is forgotten, and so are scenarios of
    which the ledger claims nothing any more, if their names (``claimed``) are given.
    """
    before, seen = read_messages(path), messages_of(record)
    ran = {each.nodeid for each in record.scenarios if each.status is not Status.SKIPPED}
    kept = {
        nodeid: sentences
        for nodeid, sentences in before.items()
        if nodeid not in ran and (claimed is None or _scenario(nodeid) in claimed)
    }
    after = {**kept, **seen}
    path.write_text(json.dumps(after, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    pairs = [
        (before.get(nodeid, {}).get(sentence), found)
        for nodeid, sentences in seen.items()
        for sentence, found in sentences.items()
    ]
    return sum(was is not None and was != now for was, now in pairs), sum(was is None for was, _ in pairs)


def changed_messages(record: RunRecord, before: Messages) -> list[str]:
    """A line for each known defect that fails with another message than was recorded, equal ones once."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for nodeid, sentences in messages_of(record).items():
        for sentence, (defect, now) in sentences.items():
            _, was = before.get(nodeid, {}).get(sentence, ("", now))
            if was != now:
                found.setdefault((defect, was, now), []).append(f"{nodeid}: {sentence}")
    return [
        f"{defect} fails with another message than before ({_places(places)}): was {was!r}, is {now!r}; "
        f"if it is the same defect: {RECORD}"
        for (defect, was, now), places in found.items()
    ]


def _scenario(nodeid: str) -> str:
    return nodeid.partition("::")[2].rpartition("[")[0]


def _places(places: list[str]) -> str:
    return places[0] if len(places) == 1 else f"{places[0]} and {len(places) - 1} more"
