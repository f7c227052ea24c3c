"""All that is changed in moto, in one place.

Each module named here repairs one thing, and declares as a ``Patch`` what stock moto does instead, the test of the
repaired behaviour and the one that shows when the repair can go. A new repair is one more line.
"""

from __future__ import annotations

from moto import settings
from moto.core.authorization import ActionAuthenticatorMixin

from quilt_stack.aws import (
    cost_explorer,
    iam_authorization,
    iam_errors,
    moto_state,
    s3_batch_delete,
    s3_bucket_pages,
    s3_checksum_verification,
    s3_delete_markers,
    s3_events,
    s3_multipart_checksums,
    s3_restoring,
    s3_suspended_versioning,
    sts_sessions,
    sts_web_identity,
    tuning,
)
from quilt_stack.aws.anonymous import admit_anonymous
from quilt_stack.aws.athena import installation as athena
from quilt_stack.aws.first_use import before_first_use
from quilt_stack.aws.moto_doors import shut_moto_doors
from quilt_stack.aws.presigned import check_presigned
from quilt_stack.aws.s3_key_length import refuse_long_keys
from quilt_stack.aws.s3_lock import serialize_state_changes
from quilt_stack.aws.s3_presigned_post import accept_posted_forms
from quilt_stack.aws.s3_region import redirect_to_region
from quilt_stack.aws.s3_virtual_hosts import check_readdressed
from quilt_stack.clock import Clock
from quilt_stack.patches import check_loaded
from quilt_stack.wire.wsgi import Middleware

REPAIRS = (
    tuning,
    s3_suspended_versioning,
    s3_events,
    s3_multipart_checksums,
    s3_checksum_verification,
    s3_delete_markers,
    s3_batch_delete,
    s3_bucket_pages,
    s3_restoring,
    iam_errors,
    iam_authorization,
    sts_sessions,
    sts_web_identity,
    athena,
    cost_explorer,
)


def install(clock: Clock) -> None:
    """Repair moto in this process (a second call changes the clock alone) and enforce IAM.

    Raises:
        ChangedLibraryError: if moto, or another library that is loaded, is not the one that was repaired.
    """
    check_loaded()
    moto_state.use_clock(clock)
    for repair in REPAIRS:
        repair.install()
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    ActionAuthenticatorMixin.request_count = 0


def middlewares(clock: Clock) -> list[Middleware]:
    """What stands between the server and moto, outermost first."""
    return [
        shut_moto_doors,
        before_first_use("glue", athena.install_in_glue),
        redirect_to_region,
        check_readdressed,
        lambda application: check_presigned(application, clock),
        lambda application: accept_posted_forms(application, clock),
        admit_anonymous,
        refuse_long_keys,
        serialize_state_changes,
    ]
