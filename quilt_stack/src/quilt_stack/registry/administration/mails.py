"""The mails that the registry sends to its users.

Decision: what a mail was about has happened, whether the mail can be sent or not: a new user exists, a password that
was reset is worthless (inferred: registry facts 3.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from quilt_stack.registry.mailbox import Mail

if TYPE_CHECKING:
    from quilt_stack.clock import Clock
    from quilt_stack.registry.conditions import StackConditions
    from quilt_stack.registry.mailbox import Mailbox


class MailNotSent(Exception):  # noqa: N818 - what happened, and no defect
    """The mail server does not take the mail; the message is the published text's (registry facts 1.3)."""

    def __init__(self) -> None:
        super().__init__("SMTP settings are invalid: the mail could not be sent.")


@dataclass(frozen=True)
class Mails:
    """Sends the registry's mails; the URLs are origins without a trailing slash.

    Every sending method raises `MailNotSent`.
    """

    mailbox: Mailbox
    conditions: StackConditions
    clock: Clock
    catalog_url: str
    registry_url: str

    def send_welcome(self, *, name: str, email: str, link: str) -> None:
        """Tell a new user, whom an administrator created, how to choose a password."""
        url = self._password_url(link)
        text = f"Hello {name},\n\nan account was created for you. Choose your password here:\n{url}\n"
        self._send(email, "Welcome to Quilt", text, url)

    def send_activation(self, *, name: str, email: str, link: str) -> None:
        """Ask who signed up to confirm the address."""
        url = f"{self.registry_url}/activate/{link}"
        text = f"Hello {name},\n\nactivate your account here:\n{url}\n"
        self._send(email, "Activate your Quilt account", text, url)

    def send_password_reset(self, *, name: str, email: str, link: str) -> None:
        """Send the link for choosing a new password."""
        url = self._password_url(link)
        text = f"Hello {name},\n\nchoose a new password here:\n{url}\n\nIgnore this mail if you did not expect it.\n"
        self._send(email, "Reset your Quilt password", text, url)

    def _password_url(self, link: str) -> str:
        return f"{self.catalog_url}/reset_password/{link}"

    def _send(self, recipient: str, subject: str, text: str, url: str) -> None:
        if not self.conditions.current.mail_accepted:
            raise MailNotSent
        self.mailbox.deliver(Mail(recipient=recipient, subject=subject, text=text, links=(url,), sent=self.clock.now()))
