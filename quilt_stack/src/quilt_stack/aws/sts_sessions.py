"""STS sessions end by the deployment's clock. moto writes down an expiration and never looks at it (foundations 2).

Who asks with an ended one is refused in `iam_authorization`, in the words of `iam_errors`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from moto.sts import models
from moto.sts.models import AssumedRole

from quilt_stack.aws import moto_state
from quilt_stack.patches import Patch

_LONG_AGO = datetime(1970, 1, 1)

PATCH = Patch(
    __name__,
    "moto",
    reason="moto writes down by real time when a session ends, and the deployment's clock can be moved.",
    bodies={
        "moto.sts.models:utcnow": "9b19990e6a17",
        "moto.sts.models:AssumedRole.__init__": "316d99d30e99",
    },
    fence="tests/quilt_stack/aws/test_aws_sessions.py::test_credentials_end_after_their_lifetime",
    until="moto ends sessions, by a clock that can be given",
    needed="tests/upstream/test_moto.py::test_an_ended_session_is_refused",
)


def install() -> None:
    """Let moto count a session's lifetime from the deployment's time."""
    PATCH.replace(models, "utcnow", _deployment_time)


def is_expired(session: AssumedRole) -> bool:
    """Whether the session's credentials have ended."""
    return bool(session.expiration <= moto_state.utc_now())


def expire_all() -> int:
    """End every session issued so far, for good; returns how many there were to end."""
    alive = [session for session in moto_state.sessions() if not is_expired(session)]
    for session in moto_state.sessions():
        session.expiration = _LONG_AGO
    return len(alive)


def _deployment_time(_wall_clock: Any) -> Any:
    return moto_state.utc_now
