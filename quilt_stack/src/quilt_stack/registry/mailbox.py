"""The mailbox in which every mail of the deployment ends up, read through the control port."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Mail:
    """One delivered mail; ``links`` holds the URLs that its text carries."""

    recipient: str
    subject: str
    text: str
    links: tuple[str, ...]
    sent: datetime


class Mailbox:
    """Mails in order of delivery; thread-safe."""

    def __init__(self) -> None:
        self._mails: list[Mail] = []
        self._lock = threading.Lock()

    def deliver(self, mail: Mail) -> None:
        """Add a mail."""
        with self._lock:
            self._mails.append(mail)

    def mails(self, recipient: str | None = None) -> list[Mail]:
        """All mails, or those to one address (compared without regard to case), oldest first."""
        with self._lock:
            return [mail for mail in self._mails if recipient is None or mail.recipient.lower() == recipient.lower()]

    def replace(self, mails: list[Mail]) -> None:
        """Hold these mails instead."""
        with self._lock:
            self._mails = list(mails)
