"""Where and as what somebody pushes a package, and what is wrong with it before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from quilt_stack.registry.packages.failures import FailureName, forbidden, invalid_value
from quilt_stack.registry.packages.names import is_package_name
from quilt_stack.registry.packages.permissions import Permissions


@dataclass(frozen=True)
class PushParameters:
    """Where and as what a revision is pushed.

    Attributes:
        bucket: destination.
        name: namespace/name.
        message: commit message, None for none; an empty one is refused.
        user_meta: None leaves the key out of the header, an empty dictionary is stored as such.
        workflow: None for the bucket's default, an empty text for explicitly none, or an id.
    """

    bucket: str
    name: str
    message: str | None
    user_meta: Mapping[str, Any] | None
    workflow: str | None


def check_parameters(parameters: PushParameters, permissions: Permissions) -> None:
    """Refuse parameters that are wrong in themselves, then those that the caller may not use.

    Raises:
        InvalidInputRefusal: at ``params.name`` or ``params.message``.
        OperationRefusal: ``Forbidden`` without write access.
    """
    if not is_package_name(parameters.name):
        message = f"{parameters.name!r} is no package name: expected namespace/name."
        raise invalid_value("params.name", FailureName.INVALID_INPUT_PARAMETERS, message)
    if parameters.message == "":
        message = "The message must not be empty: give a text, or null for none."
        raise invalid_value("params.message", FailureName.INVALID_INPUT_PARAMETERS, message)
    if not permissions.may_write(parameters.bucket):
        raise forbidden(parameters.bucket, "write to")
