"""The packager, which makes packages when something happens: fields of ``admin`` (registry facts 11).

Decision: nothing that happens here makes packages, so that there are no event rules, and none that could be switched
(open: registry facts 11).
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry

from quilt_stack.registry.graphql.errors import InvalidInput, OperationError
from quilt_stack.registry.refusals import InvalidInputRefusal

_NOT_FOUND = "EventRuleNotFound"


@strawberry.type
class PackagerEventRule:
    """What makes packages, and whether it does."""

    name: str
    enabled: bool


PackagerEventRuleToggleResult: TypeAlias = Annotated[
    PackagerEventRule | OperationError | InvalidInput, strawberry.union("PackagerEventRuleToggleResult")
]


@strawberry.type
class PackagerAdminQueries:
    """The packager's settings, reading."""

    @strawberry.field
    def event_rules(self) -> list[PackagerEventRule]:
        """All event rules."""
        return []

    @strawberry.field
    def event_rule(self, name: str) -> PackagerEventRule | None:
        """One event rule; null if there is none of the name."""
        return None


@strawberry.type
class PackagerAdminMutations:
    """The packager's settings, changing."""

    @strawberry.mutation
    def toggle_event_rule(self, name: str, enabled: bool) -> PackagerEventRuleToggleResult:
        """Switch an event rule on or off."""
        refusal = InvalidInputRefusal.at("name", _NOT_FOUND, f"There is no event rule named {name!r} on this stack.")
        return InvalidInput.of(refusal)
