"""Passwords of the test users: random, set through the link that the registry mails, kept in the secret store.

The admin API sets no passwords (registry facts 3.3): a new user gets a mail with a link, and who has the link chooses.
On an embedded deployment the mail is read from its mailbox; on a live one whoever reads the address gives the link.
"""

from __future__ import annotations

import secrets

import requests

from environment.errors import SuiteError
from environment.secrecy.redaction import SHORTEST_SECRET, register_secret
from infra.secret_store import SecretStore

_ANSWER_LIMIT_SECONDS = 30
_RANDOM_BYTES = 32


def choose_password(registry_url: str, store: SecretStore, user_name: str, link: str) -> None:
    """Give a user a new random password and keep it in the store; it is shown nowhere.

    Args:
        registry_url: origin of the registry's API.
        store: where the password is kept.
        user_name: whose password.
        link: the mailed link, or its last segment.

    Raises:
        SuiteError: if the store or the registry refuse; the password that was in force then still is.
    """
    password = secrets.token_urlsafe(_RANDOM_BYTES)
    token = link.strip().rstrip("/").rsplit("/", 1)[-1]
    for secret in (password, token):
        if len(secret) >= SHORTEST_SECRET:  # a shorter one is no token, and the registry refuses it
            register_secret(secret)
    with store.replacing(user_name, password):
        _change(registry_url, user_name, token, password)


def _change(registry_url: str, user_name: str, link: str, password: str) -> None:
    tried = f"Chose a password for {user_name}"
    new_link = "Ask for a new link: the catalog's sign-in page has 'forgot password'"
    try:
        answer = requests.post(
            f"{registry_url}/api/change_password",
            json={"link": link, "password": password},
            timeout=_ANSWER_LIMIT_SECONDS,
        )
    except requests.RequestException as error:
        raise SuiteError(tried, f"no answer ({type(error).__name__})", "Check that the registry is up") from error
    if not answer.ok:
        raise SuiteError(tried, f"the registry answered {answer.status_code}", new_link)
