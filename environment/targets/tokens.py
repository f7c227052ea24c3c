"""Tokens that a registry must refuse, by what is wrong with them."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import TypeAlias

import jwt

from environment.secrecy.redaction import register_secret
from environment.targets.target import Target
from environment.undo.log import UndoLog

Flaw: TypeAlias = Callable[[Target, str, UndoLog], str]
"""Makes such a token for an account of a target; what is made for it is booked for undoing."""

_YEAR = 365 * 24 * 3600


def _expired(target: Target, account: str, _: UndoLog) -> str:
    return target.expired_token(account)


def _tampered(target: Target, account: str, _: UndoLog) -> str:
    header, payload, signature = target.token(account).split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["exp"] += _YEAR
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"{header}.{forged}.{signature}"


def _signed_with_another_key(target: Target, account: str, _: UndoLog) -> str:
    claims = jwt.decode(target.token(account), options={"verify_signature": False})
    return jwt.encode(claims, "a key that the registry does not know, long enough", algorithm="HS256")


def _deactivated(target: Target, _: str, undo: UndoLog) -> str:
    return target.deactivated_token(undo)


def _registered(make: Flaw) -> Flaw:
    def made(target: Target, account: str, undo: UndoLog) -> str:
        token = make(target, account, undo)
        register_secret(token)
        return token

    return made


FLAWS: dict[str, Flaw] = {
    "expired": _registered(_expired),
    "tampered with": _registered(_tampered),
    "signed with another key": _registered(_signed_with_another_key),
    "of a deactivated user": _registered(_deactivated),
}
"""What is wrong, as features say it."""
