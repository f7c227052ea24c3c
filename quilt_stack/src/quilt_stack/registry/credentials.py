"""AWS credentials of the caller's active role, from STS (registry facts 1.3, 4)."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError
from sqlalchemy import select

from quilt_stack.registry.calls import Refused
from quilt_stack.registry.database import Role
from quilt_stack.registry.identity import Caller

if TYPE_CHECKING:
    from quilt_stack.registry.services import Services

_SHORTEST_SESSION_NAME = 2


def aws_credentials(services: Services, caller: Caller) -> dict[str, str]:
    """Assume the active role for the caller.

    Returns:
        ``AccessKeyId``, ``SecretAccessKey``, ``SessionToken`` and ``Expiration`` (ISO 8601 with a time zone).

    Raises:
        Refused: with 403, if the caller has no role, or STS does not let the stack assume it.
    """
    with services.database.reading() as session:
        arn = session.scalar(select(Role.arn).where(Role.id == caller.role_id))
    if arn is None:
        raise Refused(403, "You have no role: ask an administrator to assign one.")
    try:
        answer = services.cloud.client("sts").assume_role(
            RoleArn=arn,
            RoleSessionName=_session_name(caller.name),
            DurationSeconds=services.settings.credentials_lifetime_seconds,
        )
    except ClientError as error:
        code = error.response["Error"]["Code"]
        raise Refused(
            403,
            f"The role {caller.role_name} ({arn}) cannot be assumed: {code}. Ask an administrator to check its ARN.",
        ) from error
    issued = answer["Credentials"]
    return {
        "AccessKeyId": issued["AccessKeyId"],
        "SecretAccessKey": issued["SecretAccessKey"],
        "SessionToken": issued["SessionToken"],
        "Expiration": issued["Expiration"].astimezone(UTC).isoformat(),
    }


def _session_name(user_name: str) -> str:
    # STS wants two characters at least; a user name may have one.
    return user_name if len(user_name) >= _SHORTEST_SESSION_NAME else f"{user_name}@quilt"
