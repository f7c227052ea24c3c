"""The mails that the registry sends to its users.

Decision: what a mail was about has happened, whether the mail can be sent or not: a new user exists, a password that
was reset is worthless (inferred: registry facts 3.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_stack.registry.mailbox import Mail

if TYPE_CHECKING:
    from quilt_stack.registry.services import Services


class MailNotSent(Exception):  # noqa: N818 - what happened, and no defect
    """The mail server does not take the mail; the message is the published text's (registry facts 1.3)."""

    def __init__(self) -> None:
        super().__init__("SMTP settings are invalid: the mail could not be sent.")


def send_welcome(services: Services, *, name: str, email: str, link: str) -> None:
    """Tell a new user, whom an administrator created, how to choose a password."""
    url = _password_url(services, link)
    text = f"Hello {name},\n\nan account was created for you. Choose your password here:\n{url}\n"
    _send(services, email, "Welcome to Quilt", text, url)


def send_activation(services: Services, *, name: str, email: str, link: str) -> None:
    """Ask who signed up to confirm the address."""
    url = f"{services.registry_url}/activate/{link}"
    text = f"Hello {name},\n\nactivate your account here:\n{url}\n"
    _send(services, email, "Activate your Quilt account", text, url)


def send_password_reset(services: Services, *, name: str, email: str, link: str) -> None:
    """Send the link for choosing a new password."""
    url = _password_url(services, link)
    text = f"Hello {name},\n\nchoose a new password here:\n{url}\n\nIgnore this mail if you did not expect it.\n"
    _send(services, email, "Reset your Quilt password", text, url)


def _password_url(services: Services, link: str) -> str:
    return f"{services.catalog_url}/reset_password/{link}"


def _send(services: Services, recipient: str, subject: str, text: str, url: str) -> None:
    if not services.conditions.current.mail_accepted:
        raise MailNotSent
    services.mailbox.deliver(
        Mail(recipient=recipient, subject=subject, text=text, links=(url,), sent=services.clock.now())
    )
