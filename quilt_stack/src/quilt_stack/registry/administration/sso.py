"""The SSO configuration: kept as it was sent, tied to the roles it names (registry facts 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from quilt_stack.registry.administration import configuration_text
from quilt_stack.registry.database import Role, SsoConfig
from quilt_stack.registry.refusals import InvalidInputRefusal

# Decision: this error is named after the member of roleDelete (open: registry facts 5).
ROLE_DOES_NOT_EXIST = "RoleDoesNotExist"

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["version", "mappings", "default_role"],
    "properties": {
        "version": {"const": "1.0"},
        "default_role": {"type": "string"},
        "union_roles": {"type": "boolean"},
        "mappings": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["schema", "roles"],
                "properties": {
                    "schema": {"type": ["boolean", "object"]},
                    "roles": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                    "admin": {"type": ["boolean", "null"]},
                },
            },
        },
    },
}


def current(session: Session) -> SsoConfig | None:
    """The configuration in force, or None."""
    newest = session.scalar(select(SsoConfig).order_by(SsoConfig.id.desc()).limit(1))
    return None if newest is None or newest.text is None else newest


def named_roles(session: Session) -> frozenset[str]:
    """Names of the roles that the configuration in force needs; they can be neither renamed nor deleted."""
    config = current(session)
    return frozenset() if config is None or config.text is None else _roles_in(yaml.safe_load(config.text))


def store(session: Session, text: str | None, *, uploader_id: str, now: datetime) -> None:
    """Put a configuration in force, or remove it with None; the text is kept to the letter.

    Decision: an empty text is invalid input, it does not remove the configuration (open: registry facts 5).

    Raises:
        InvalidInputRefusal: InvalidYaml at ``config``, ValidationError at a place in it, or RoleDoesNotExist at
            ``config``.
    """
    if text is not None:
        _check(session, text)
    session.add(SsoConfig(text=text, timestamp=now, uploader_id=uploader_id))
    session.flush()


def hand_over(session: Session, uploader_id: str, heir_id: str) -> None:
    """Let another administrator stand for the configurations of a user who is being deleted.

    Decision: the uploader of a configuration is not nullable, so the one who deletes the user takes it over (open:
    registry facts 5).
    """
    session.execute(update(SsoConfig).where(SsoConfig.uploader_id == uploader_id).values(uploader_id=heir_id))


def _check(session: Session, text: str) -> None:
    config = configuration_text.parse(text, SCHEMA)
    for number, mapping in enumerate(config["mappings"]):
        configuration_text.require_json_schema(mapping["schema"], "mappings", number, "schema")
    known = set(session.scalars(select(Role.name)))
    unknown = sorted(_roles_in(config) - known)
    if unknown:
        message = f"No such role: {', '.join(unknown)}. Create it first, or name one of: {', '.join(sorted(known))}."
        raise InvalidInputRefusal.at(configuration_text.PATH, ROLE_DOES_NOT_EXIST, message, {"roles": unknown})


def _roles_in(config: Any) -> frozenset[str]:
    named = [role for mapping in config["mappings"] for role in mapping["roles"]]
    return frozenset([config["default_role"], *named])
