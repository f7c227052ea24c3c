"""What a request presents to be let in."""

from __future__ import annotations

from enum import StrEnum


class Credential(StrEnum):
    """Kinds, in the words of a report.

    TOKEN: a JWT, an API key, a cookie; SIGNATURE: of AWS credentials, or the session token that belongs to them.
    """

    TOKEN = "a token"  # words, no secret
    SIGNATURE = "a signature of AWS credentials"
