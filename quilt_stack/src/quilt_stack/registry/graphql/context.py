"""What every resolver finds in ``info.context``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import strawberry

from quilt_stack.registry.access import Access
from quilt_stack.registry.identity import Caller
from quilt_stack.registry.services import Services


@dataclass(frozen=True)
class Context:
    """One request: the deployment's services, who asks, and what the caller's active role may see."""

    services: Services
    caller: Caller
    access: Access


Info: TypeAlias = strawberry.Info[Context, None]
