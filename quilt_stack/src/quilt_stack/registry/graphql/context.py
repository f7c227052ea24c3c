"""What every resolver finds in ``info.context``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import strawberry

from quilt_stack.registry.access import Access
from quilt_stack.registry.graphql.errors import PermissionRefused
from quilt_stack.registry.identity import Caller
from quilt_stack.registry.services import Services


@dataclass(frozen=True)
class Context:
    """One request: the deployment's services, who asks, and what the caller's active role may see."""

    services: Services
    caller: Caller
    access: Access

    def require_admin(self, what: str = "This operation") -> None:
        """Stop the field unless the caller is an administrator.

        Raises:
            PermissionRefused: the answer of a refused ``@admin`` field.
        """
        if not self.caller.is_admin:
            raise PermissionRefused(what)


Info: TypeAlias = strawberry.Info[Context, None]
