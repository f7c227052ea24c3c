"""The rules for names and e-mail addresses of users (registry facts 3.3)."""

from __future__ import annotations

import re

RESERVED_NAMES = frozenset({"team", "public", "anonymous", "quilt"})

# Decision: letters and digits are ASCII, and 64 characters are the limit, that of an STS session name (open: registry
# facts 3.3).
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")

# Decision: 254 characters at most (RFC 5321); beyond that the published rule alone, something@something without blanks
# (open: registry facts 3.3).
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+")
_EMAIL_MAXIMUM = 254


def is_valid_name(name: str) -> bool:
    """Letter or underscore first, then letters, digits, underscores; four names are reserved."""
    return _NAME.fullmatch(name) is not None and name not in RESERVED_NAMES


def is_valid_email(email: str) -> bool:
    """Something before and after one @, no blanks and nothing unprintable."""
    return len(email) <= _EMAIL_MAXIMUM and email.isprintable() and _EMAIL.fullmatch(email) is not None
