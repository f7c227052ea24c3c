"""A message to a Slack channel about a run that was not accepted: what failed, and where to read more."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import requests

from environment.errors import SuiteError
from environment.modes import Mode
from environment.secrecy.redaction import redact
from reports.changes import Changes
from reports.known_defects import Ledger
from reports.outcomes import RunRecord, Status
from reports.summary import verdict

_MOST_NAMED = 10
_LIMIT_SECONDS = 30


def message(
    record: RunRecord | None, ledger: Ledger, changes: Changes | str, link: str, findings: Sequence[str] = ()
) -> str:
    """The text for the channel; without a record the run did not even get to its scenarios.

    `findings` are what was found before it (`findings_before`).
    """
    if record is None:
        nothing = f"QuiltOps acceptance: the run left no result. <{link}|See why>"
        return redact("\n".join([nothing, *map(_plain, findings)]))
    shown = record.broke[:_MOST_NAMED]
    named = [f"• {_plain(each.scenario.title)} [{each.scenario.mode}]: {each.status.in_words}" for each in shown]
    more = len(record.broke) - len(named)
    lines = [
        f"QuiltOps acceptance, {record.product_name} {record.product_version} on the {record.target} target",
        *verdict(record, ledger, changes),
        _ran(record),
        *named,
        *([f"… and {more} more"] if more > 0 else []),
        *map(_plain, findings),
        f"<{link}|Report>",
    ]
    return redact("\n".join(lines))


def _ran(record: RunRecord) -> str:
    """How many checks of each mode ran: of one that did not run, nothing failed either."""
    modes = Counter(each.scenario.mode for each in record.scenarios if each.status is not Status.SKIPPED)
    ran = [f"{modes[mode] or 'none'} in {mode} mode" for mode in Mode]
    return f"Checks that ran: {', '.join(ran)}."


def findings_before(parts: Path) -> list[str]:
    """What was found wrong before the parts ran, each once: from what the doctor (`doctor.txt` in a part's folder) and
    the look at the costs (`cost.txt`) printed."""
    found: dict[str, str] = {}
    for path in sorted(parts.glob("*/doctor.txt")):
        for line in map(str.strip, path.read_text("utf-8").splitlines()):
            if line.startswith("wrong "):
                found.setdefault(line, f"Doctor, {path.parent.name}: {line.removeprefix('wrong').strip()}")
    for path in parts.glob("*/cost.txt"):
        for line in path.read_text("utf-8").splitlines():
            if "OVER the budget" in line or line.startswith("acceptance: "):
                found[line] = f"Costs: {line}"
    return list(found.values())[:_MOST_NAMED]


def _plain(text: str) -> str:
    """The text as Slack shows it as it stands: it takes <…> for a link and &…; for a character."""
    return html.escape(text, quote=False)


def announce(webhook: str, text: str) -> None:
    """Post a text to a Slack webhook.

    Raises SuiteError if it is not accepted; the webhook's address is a secret and stays out of the message.
    """
    try:
        answer = requests.post(webhook, json={"text": text}, timeout=_LIMIT_SECONDS)
    except requests.RequestException as error:
        raise _failed(type(error).__name__) from None
    if answer.status_code != requests.codes.ok:
        raise _failed(f"HTTP {answer.status_code}")


def _failed(came_back: str) -> SuiteError:
    return SuiteError("Posted to Slack", came_back, "Check the secret SLACK_WEBHOOK_URL and the network")
