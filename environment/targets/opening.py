"""The deployment that a command works on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING

from environment.errors import SuiteError

if TYPE_CHECKING:
    from environment.targets.target import Target


class TargetKind(StrEnum):
    """EMBEDDED is the one that ``acceptance up`` started, LIVE the one that ``.env.test`` describes."""

    EMBEDDED = "embedded"
    LIVE = "live"


def is_up() -> bool:
    """Whether ``acceptance up`` started an embedded deployment that still runs."""
    import quilt_stack
    from environment.targets.starting import STANDING_STATE

    return quilt_stack.attach(STANDING_STATE) is not None


@contextmanager
def deployment(kind: TargetKind, account: str = "user") -> Iterator[Target]:
    """Open a deployment for the length of a command.

    Args:
        kind: which one.
        account: the account whose token the command needs.

    Raises:
        SuiteError: no embedded deployment is up; a setting of the live one is missing, or it is not marked as a test
            environment.
    """
    # Late, so that the command line need not load the AWS and GraphQL clients to show its help.
    from environment.settings import LiveSettings
    from environment.targets.embedded import EmbeddedTarget
    from environment.targets.live import LiveTarget
    from environment.targets.starting import STANDING_STATE

    target: Target | None = (
        LiveTarget(LiveSettings(), account=account)
        if kind is TargetKind.LIVE
        else EmbeddedTarget.attach(STANDING_STATE)
    )
    if target is None:
        raise SuiteError("Looked for the embedded deployment", "none is up", "Start one with 'acceptance up'")
    try:
        yield target
    finally:
        target.close()
