"""What a deployment says about the requests that it answered: the way to the body of an answer.

The recorder on this side sees no answer's body. The embedded deployment keeps a journal; whoever brings the deployment
up puts a way to ask it into ``config.stash[JOURNAL]``. Without one (a live deployment) bodies of answers are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest


@dataclass(frozen=True)
class JournalRecord:
    """One request in the deployment's journal.

    ``target`` is path and query, ``status`` None if the deployment gave no answer, ``response_body`` (as much as was
    kept of it) None if the deployment kept none.
    """

    method: str
    target: str
    status: int | None
    response_body: str | None


AskJournal = Callable[[int, float], Sequence[JournalRecord]]
"""``(local port of the client, epoch seconds)`` to the records of that port from that time on, oldest first."""

JOURNAL = pytest.StashKey[AskJournal]()
"""In ``config.stash``, set where the deployment is brought up."""
