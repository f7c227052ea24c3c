"""Secrets that came with the machine: values of variables whose name says that they are secret.

Of the process environment, and of the settings file of a live target.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping

from dotenv import dotenv_values

from environment.settings import ENVIRONMENT_FILE

_SECRET_NAME = re.compile(r"(TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|KEY|WEBHOOK)S?(_|$)")
# A number under one of these counts or measures; under any other it may be a secret of digits.
_COUNTS = re.compile(r"TOKENS(_|$)|_(COUNT|LENGTH|LIMIT|SECONDS|SIZE)$")
# These name a place where a secret lies, which messages have to tell.
_PLACES = ("_FILE", "_PATH", "_DIR", "_DIRECTORY", "_STORE", "_SOCK")
# What stands after a scheme ("Bearer …"), last in an address, or before the @ of one.
_BARE_TOKENS = (
    re.compile(r"\s(\S+)$"),
    re.compile(r"://.*[/?=]([^/?=\s]{12,})/?$"),
    re.compile(r"://[^/@\s]*:([^/@\s]+)@"),
)


def secrets_of_this_machine() -> Iterator[str]:
    """The secrets of this process's environment and of the settings file."""
    yield from secrets_among(os.environ)
    yield from secrets_among({name: value or "" for name, value in dotenv_values(ENVIRONMENT_FILE).items()})


def secrets_among(variables: Mapping[str, str]) -> Iterator[str]:
    """The values of secret variables, also the bare token in one; numbers that count (`MAX_TOKENS`) are no secrets."""
    for name, value in variables.items():
        is_secret = _SECRET_NAME.search(name.upper()) and not name.upper().endswith(_PLACES)
        counts = value.strip().isdecimal() and _COUNTS.search(name.upper())
        if is_secret and not counts:
            yield value.strip()
            yield from (match[1] for pattern in _BARE_TOKENS if (match := pattern.search(value.strip())))
