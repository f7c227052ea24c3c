"""The common form: one row for each AWS resource, its settings in plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Settings = dict[str, Any]
Table = dict[str, Settings]
"""Settings by ``<kind> <name>``, for example ``bucket quilt-mcp-test-data``."""


def policy(statements: Iterable[Mapping[str, Any]]) -> list[Settings]:
    """Return the statements of a policy document with every one-or-many value as a sorted list."""
    return [
        {
            "sid": statement["Sid"],
            "effect": statement["Effect"],
            "actions": many(statement["Action"]),
            "resources": many(statement.get("Resource", [])),
            "principals": _principals(statement.get("Principal", {})),
            "conditions": {
                operator: {key: many(value) for key, value in sorted(keys.items())}
                for operator, keys in sorted(statement.get("Condition", {}).items())
            },
        }
        for statement in statements
    ]


def many(value: Any) -> list[Any]:
    """Return one value or several as a sorted list."""
    return sorted(value) if isinstance(value, list) else [value]


def lifecycle_rule(
    name: str, status: str, expiration: Any = None, noncurrent: Any = None, multipart: Any = None, markers: Any = False
) -> Settings:
    """Return a lifecycle rule on all objects: what goes, and after how many days."""
    return {
        "id": name,
        "status": status,
        "expiration_days": expiration,
        "noncurrent_days": noncurrent,
        "abort_multipart_days": multipart,
        "expire_delete_markers": markers,
    }


def differences(left: Table, right: Table) -> list[str]:
    """Return a line for each resource or setting in which two tables differ."""
    lines = [f"only in the first: {name}" for name in sorted(left.keys() - right.keys())]
    lines += [f"only in the second: {name}" for name in sorted(right.keys() - left.keys())]
    for name in sorted(left.keys() & right.keys()):
        for setting in sorted(left[name].keys() | right[name].keys()):
            here, there = left[name].get(setting), right[name].get(setting)
            if here != there:
                lines.append(f"{name}: {setting} is {here!r} in the first, {there!r} in the second")
    return lines


def _principals(principal: Any) -> dict[str, list[Any]]:
    if principal == "*":
        return {"*": ["*"]}
    return {kind: many(value) for kind, value in sorted(principal.items())}
