"""The two implementations of QuiltOps that the suite judges."""

from __future__ import annotations

from enum import StrEnum


class Mode(StrEnum):
    """LOCAL is ``Quilt3_Backend`` on a signed-in quilt3 session, MULTIUSER is ``Platform_Backend`` with a JWT."""

    LOCAL = "local"
    MULTIUSER = "multiuser"

    @property
    def other(self) -> Mode:
        """The mode that this one is compared with."""
        return Mode.MULTIUSER if self is Mode.LOCAL else Mode.LOCAL
