"""Passwords: their rule and their hashes.

Decision: scrypt with N=2**10, far below what a public service needs: it takes about 2 ms, so that signing in does not
slow every scenario down, and the database lives only as long as its deployment.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

MINIMUM_LENGTH = 8
MAXIMUM_LENGTH = 64

_COST = 2**10


def is_acceptable(password: str) -> bool:
    """Whether a password has 8 to 64 characters (registry facts 1.3)."""
    return MINIMUM_LENGTH <= len(password) <= MAXIMUM_LENGTH


def hash_password(password: str) -> str:
    """Salted hash of a password, as ``salt:digest`` in hexadecimal."""
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_digest(password, salt).hex()}"


def matches(password: str, password_hash: str | None) -> bool:
    """Whether a password belongs to a hash; nothing belongs to None, the unusable password."""
    if password_hash is None:
        return False
    salt, digest = (bytes.fromhex(part) for part in password_hash.split(":"))
    return hmac.compare_digest(_digest(password, salt), digest)


def _digest(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=_COST, r=8, p=1)
