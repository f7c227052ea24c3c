"""Signing in through a provider: the claims and the SSO configuration decide who comes in, with which roles.

The rules are published (registry facts 5).

Decision: a user is known by the e-mail address of the claims; who is new gets a user name made of its first part
(open: registry facts 5).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml
from jsonschema import Draft7Validator
from sqlalchemy import select
from sqlalchemy.orm import Session

from quilt_stack.registry.administration import roles, sso, user_rules, users
from quilt_stack.registry.database import User
from quilt_stack.registry.refusals import InvalidInputRefusal, Refusal

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_]")
_NAME_LENGTH = 56


class NotAdmitted(Refusal):
    """Somebody for whom a provider vouched does not come in; the message is the published text (registry facts 1.3)."""


class DefaultRoleNotSet(Refusal):
    """Somebody new would come in, but nothing says with which role."""


@dataclass(frozen=True)
class Assignment:
    """What the configuration gives: roles in order, and the administrator's flag, None to leave it as it is."""

    roles: tuple[str, ...]
    admin: bool | None


def assignment(config: Mapping[str, Any], claims: Mapping[str, Any]) -> Assignment | None:
    """What the mappings give to somebody with these claims; None if no mapping fits.

    The first mapping that fits counts; with ``union_roles`` all that fit do, and the flag needs one that says yes and
    none that says no.
    """
    fitting = [each for each in config["mappings"] if Draft7Validator(each["schema"]).is_valid(dict(claims))]
    if not fitting:
        return None
    counting = fitting if config.get("union_roles", False) else fitting[:1]
    flags = [each["admin"] for each in counting if each.get("admin") is not None]
    names = dict.fromkeys(role for each in counting for role in each["roles"])
    return Assignment(tuple(names), all(flags) if flags else None)


def admit(session: Session, claims: Mapping[str, Any], *, now: datetime) -> User:
    """The user whom the claims are about, made if there is none, with roles and flag as the configuration says.

    Without a configuration who is new gets the default role, and whoever is known keeps what they have.

    Raises:
        NotAdmitted: the claims have no e-mail address that can be used, or the user is not active.
        DefaultRoleNotSet: nothing says which role somebody new gets.
    """
    email = claims.get("email")
    if not isinstance(email, str) or not user_rules.is_valid_email(email):
        raise NotAdmitted("Login attempt failed")
    stored = sso.current(session)
    config = None if stored is None or stored.text is None else yaml.safe_load(stored.text)
    given = None if config is None else assignment(config, claims)
    user = session.scalar(select(User).where(User.email == email))
    if user is not None and (not user.is_active or user.is_service):
        raise NotAdmitted("Login attempt failed")
    names = given.roles if given is not None else _default_roles(session, config, known=user is not None)
    if user is None:
        user = _made(session, email, names, now)
    elif names:
        users.keep_roles(session, user, names)
    # Who stored the configuration is spared, so that nobody locks themselves out with it (registry facts 5).
    is_own = stored is not None and stored.uploader_id == user.id
    if given is not None and given.admin is not None and not (is_own and not given.admin):
        user.is_admin = given.admin
    session.flush()
    return user


def _default_roles(session: Session, config: Mapping[str, Any] | None, *, known: bool) -> tuple[str, ...]:
    if config is not None:
        return (config["default_role"],)
    if known:
        return ()
    role = roles.default_role(session)
    if role is None:
        raise DefaultRoleNotSet("Default role not set")
    return (role.name,)


def _made(session: Session, email: str, names: Sequence[str], now: datetime) -> User:
    try:
        user = users.create(
            session, name=_free_name(session, email), email=email, role=names[0], extra_roles=names[1:], now=now
        )
    except InvalidInputRefusal as refusal:
        raise NotAdmitted("Login attempt failed") from refusal
    user.is_sso_only = True
    return user


def _free_name(session: Session, email: str) -> str:
    """A name that the rules allow and nobody has."""
    word = _NOT_IN_A_NAME.sub("_", email.partition("@")[0])[:_NAME_LENGTH]
    name = word if user_rules.is_valid_name(word) else f"_{word}"
    taken = set(session.scalars(select(User.name).where(User.name.startswith(name, autoescape=True))))
    return next(each for each in _numbered(name) if each not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    for number in itertools.count(2):
        yield f"{name}_{number}"
