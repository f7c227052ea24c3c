"""What can be wrong with a snapshot, in words for people."""

from __future__ import annotations

from quilt_stack.errors import DeploymentError


class SnapshotError(DeploymentError):
    """A snapshot could not be taken or restored, and nothing has changed; the message is one line."""


class NotHeldError(Exception):
    """Something in the state has no form in a snapshot; the message says what and where."""


class DamagedError(Exception):
    """What is read was not written by this version, or not completely; the message says what is wrong with it."""
