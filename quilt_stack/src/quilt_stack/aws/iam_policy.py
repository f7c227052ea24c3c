"""What a policy document says about one request (AWS documentation, "Policy evaluation logic").

moto passes over ``NotResource`` (a Deny with it becomes an Allow), ``?``, the case of actions, most principals and
most conditions (foundations 2). This module knows nothing of moto: documents go in, decisions come out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from quilt_stack.aws.iam_conditions import Context, conditions_hold, matches_pattern

Statement = dict[str, Any]


class Decision(Enum):
    """Outcome of one document, or of several together: an explicit Deny outweighs every Allow."""

    ALLOW = "allow"
    DENY = "explicit deny"
    NEUTRAL = "implicit deny"


@dataclass(frozen=True)
class Principal:
    """Who asks. ``role_arn`` is set for a session of an assumed role, whose own ``arn`` names the session.

    ``federated``: somebody whom an identity provider vouches for; ``arn`` is the provider's.
    """

    arn: str
    account_id: str
    role_arn: str | None = None
    federated: bool = False


ANONYMOUS = Principal(arn="anonymous", account_id="anonymous")


@dataclass(frozen=True)
class AccessRequest:
    """One permission that a call needs: ``action`` as ``s3:GetObject``, ``resource`` as an ARN."""

    principal: Principal
    action: str
    resource: str
    context: Context


def evaluate(document: str, request: AccessRequest, *, for_principal: bool = False) -> Decision:
    """Decide by one document; ``for_principal`` for documents that name principals (bucket and trust policies).

    Raises:
        PolicyError: if the document holds a condition that cannot be evaluated.
    """
    statements, variables = _parsed(document)
    effects = {
        statement["Effect"]
        for statement in statements
        if (not for_principal or _names_principal(statement, request.principal))
        and _applies(statement, request, request.context if variables else None)
    }
    if "Deny" in effects:
        return Decision.DENY
    return Decision.ALLOW if "Allow" in effects else Decision.NEUTRAL


def evaluate_all(documents: Iterable[str], request: AccessRequest) -> Decision:
    """Decide by all identity policies of a principal together."""
    decisions = {evaluate(document, request) for document in documents}
    if Decision.DENY in decisions:
        return Decision.DENY
    return Decision.ALLOW if Decision.ALLOW in decisions else Decision.NEUTRAL


@lru_cache(maxsize=1024)
def _parsed(document: str) -> tuple[list[Statement], bool]:
    """The statements, and whether the document's version knows policy variables."""
    policy = json.loads(document)
    return _as_list(policy["Statement"]), policy.get("Version") == "2012-10-17"


def _applies(statement: Statement, request: AccessRequest, variables: Context | None) -> bool:
    return (
        _element_matches(statement, "Action", request.action, None, ignore_case=True)
        and _element_matches(statement, "Resource", request.resource, variables, ignore_case=False)
        and conditions_hold(statement.get("Condition") or {}, request.context)
    )


def _element_matches(
    statement: Statement, element: str, value: str, variables: Context | None, *, ignore_case: bool
) -> bool:
    """Match ``Action`` or ``NotAction``, ``Resource`` or ``NotResource``; a trust policy has no resource at all."""
    for name, wanted in ((element, True), (f"Not{element}", False)):
        if name in statement:
            patterns = _as_list(statement[name])
            found = any(matches_pattern(each, value, variables, ignore_case=ignore_case) for each in patterns)
            return found is wanted
    return True


def _names_principal(statement: Statement, principal: Principal) -> bool:
    if "NotPrincipal" in statement:
        return not _is_among(statement["NotPrincipal"], principal)
    return _is_among(statement.get("Principal", {}), principal)


def _is_among(element: Any, principal: Principal) -> bool:
    if element == "*":
        return True
    if principal.federated:
        return principal.arn in _as_list(element.get("Federated", []))
    names = {
        principal.arn,
        principal.role_arn,
        principal.account_id,
        f"arn:aws:iam::{principal.account_id}:root",
        "*",
    }
    return any(each in names for each in _as_list(element.get("AWS", [])))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
