"""What a caller may do with buckets, as pushing and promoting ask it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from quilt_stack.registry.access import Access
    from quilt_stack.registry.identity import Caller


class Permissions(Protocol):
    """Answers for one caller."""

    def may_read(self, bucket: str) -> bool:
        """Whether objects of the bucket may be read."""

    def may_write(self, bucket: str) -> bool:
        """Whether objects may be written to the bucket."""


@dataclass(frozen=True)
class CallerPermissions:
    """Permissions by the caller's active role."""

    access: Access
    caller: Caller

    def may_read(self, bucket: str) -> bool:
        """Whether the active role may read the bucket."""
        return self.access.may_read(self.caller, bucket)

    def may_write(self, bucket: str) -> bool:
        """Whether the active role may write to the bucket."""
        return self.access.may_write(self.caller, bucket)
