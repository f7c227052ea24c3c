"""The policy of a posted form: until when it is good, and what its fields may say.

AWS documentation, "POST Policy". Names of fields are compared without regard to case.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from quilt_stack.aws.presigned import Refusal

_NEEDS_NO_CONDITION = frozenset({"awsaccesskeyid", "file", "policy", "signature", "x-amz-signature"})
_IGNORED_PREFIX = "x-ignore-"
_RANGE = "content-length-range"


@dataclass(frozen=True)
class PostPolicy:
    """A policy; ``conditions`` as they were written."""

    expires: float
    conditions: tuple[Any, ...]

    @classmethod
    def parse(cls, text: str) -> PostPolicy:
        """Read the form's field.

        Raises:
            Refusal: it is no policy.
        """
        try:
            document = json.loads(base64.b64decode(text, validate=True))
            moment = datetime.fromisoformat(document["expiration"]).astimezone(UTC)
            return cls(moment.timestamp(), tuple(document["conditions"]))
        except (KeyError, TypeError, ValueError) as error:
            message = f"Invalid Policy: Invalid JSON or no valid policy document: {type(error).__name__}"
            raise Refusal(400, "InvalidPolicyDocument", message) from None

    def check(self, fields: Mapping[str, str], bucket: str, size: int, now: float) -> None:
        """Check that the policy is in force and allows a form with these fields and a file of this size.

        Raises:
            Refusal: it does not.
        """
        if now > self.expires:
            raise _refused("Policy expired.")
        values = {**fields, "bucket": bucket}
        named = {name for condition in self.conditions for name in self._check_one(condition, values, size)}
        further = sorted(name for name in set(fields) - named - _NEEDS_NO_CONDITION if not _is_ignored(name))
        if further:
            raise _refused(f"Extra input fields: {', '.join(further)}")

    def _check_one(self, condition: Any, values: Mapping[str, str], size: int) -> list[str]:
        """Check one condition; returns the fields that it is about."""
        if isinstance(condition, dict):
            for name, value in condition.items():
                _require(values.get(name.lower()) == str(value), ["eq", f"${name}", value])
            return [name.lower() for name in condition]
        if not isinstance(condition, list) or len(condition) != 3:
            raise Refusal(400, "InvalidPolicyDocument", "Invalid Policy: Invalid condition.")
        operator = str(condition[0]).lower()
        if operator == _RANGE:
            _check_size(size, int(condition[1]), int(condition[2]))
            return []
        name, value = str(condition[1]).removeprefix("$").lower(), str(condition[2])
        if operator not in ("eq", "starts-with"):
            raise Refusal(400, "InvalidPolicyDocument", f"Invalid Policy: Invalid condition {operator}.")
        found = values.get(name)
        if operator == "eq":
            _require(found == value, condition)
        else:
            _require(found is not None and all(each.startswith(value) for each in _listed(name, found)), condition)
        return [name]


def _listed(name: str, value: str) -> list[str]:
    """A content type can be a list, all of which has to fit."""
    return value.split(",") if name == "content-type" else [value]


def _check_size(size: int, smallest: int, largest: int) -> None:
    if size > largest:
        details = {"ProposedSize": str(size), "MaxSizeAllowed": str(largest)}
        raise Refusal(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", details)
    if size < smallest:
        details = {"ProposedSize": str(size), "MinSizeAllowed": str(smallest)}
        raise Refusal(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", details)


def _require(holds: bool, condition: list[Any]) -> None:
    if not holds:
        raise _refused(f"Policy Condition failed: {json.dumps(condition)}")


def _refused(reason: str) -> Refusal:
    return Refusal(403, "AccessDenied", f"Invalid according to Policy: {reason}")


def _is_ignored(name: str) -> bool:
    return name.startswith(_IGNORED_PREFIX)
