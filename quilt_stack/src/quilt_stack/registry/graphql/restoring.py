"""Bringing an archived object back: ``restoreObject`` (registry facts 11)."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, TypeAlias

import strawberry
from botocore.exceptions import ClientError

from quilt_stack.registry.graphql.context import Info
from quilt_stack.registry.graphql.errors import InvalidInput, OperationError, refusal_result
from quilt_stack.registry.refusals import InvalidInputRefusal, OperationRefusal

_NOT_THERE = "NoSuchKey"
_RESTORED = 'ongoing-request="false"'


@strawberry.enum
class GlacierRestoreTier(Enum):
    """How fast, and how dear."""

    STANDARD = "Standard"
    BULK = "Bulk"
    EXPEDITED = "Expedited"


@strawberry.type
class RestoreObjectSuccess:
    """The object comes back, or is back already."""

    already_restored: bool


RestoreObjectResult: TypeAlias = Annotated[
    RestoreObjectSuccess | InvalidInput | OperationError, strawberry.union("RestoreObjectResult")
]


def _restore(
    info: Info, bucket: str, key: str, version: str | None, tier: GlacierRestoreTier, days: int
) -> RestoreObjectSuccess:
    """Restore with the registry's own rights.

    Decision: whoever may read the bucket may restore its objects; refusals of S3 become OperationErrors under S3's own
    names (open: registry facts 11).

    Raises:
        InvalidInputRefusal: a bucket that the caller may not read, or less than a day.
        OperationRefusal: S3 refuses.
    """
    context = info.context
    if not context.access.may_read(context.caller, bucket):
        raise InvalidInputRefusal.at("bucket", "BucketNotFound", f"Bucket not found: {bucket}")
    if days < 1:
        raise InvalidInputRefusal.at("days", "InvalidDays", f"An object is restored for a day at least, not {days}.")
    s3 = context.services.cloud.client("s3")
    place = {"Bucket": bucket, "Key": key, **({"VersionId": version} if version else {})}
    try:
        before = s3.head_object(**place).get("Restore", "")
        s3.restore_object(**place, RestoreRequest={"Days": days, "GlacierJobParameters": {"Tier": tier.value}})
    except ClientError as error:
        told = error.response["Error"]
        # A HEAD has no body that could name the error.
        name = _NOT_THERE if told["Code"] == "404" else str(told["Code"])
        raise OperationRefusal(name, str(told.get("Message", name))) from error
    return RestoreObjectSuccess(already_restored=_RESTORED in before)


@strawberry.type
class RestoringMutations:
    """Mutations of archived objects."""

    @strawberry.mutation
    def restore_object(
        self, info: Info, bucket: str, key: str, tier: GlacierRestoreTier, days: int, version: str | None = None
    ) -> RestoreObjectResult:
        """Bring an archived object back for some days."""
        try:
            return _restore(info, bucket, key, version, tier, days)
        except (InvalidInputRefusal, OperationRefusal) as refusal:
            return refusal_result(refusal)
