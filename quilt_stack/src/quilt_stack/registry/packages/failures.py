"""How pushing, promoting and deleting fail: the published names and the arms that carry them (registry facts 7.5).

Decision: what is wrong with the request itself is ``InvalidInput`` with the catalog's form path, everything that the
state of the deployment forbids is ``OperationError`` (inferred: registry facts 7.5).
"""

from __future__ import annotations

from enum import StrEnum

from quilt_stack.registry.refusals import InvalidInputRefusal, InvalidValue, OperationRefusal

ENTRIES_PATH = "src.entries"


class FailureName(StrEnum):
    """Names of failures that clients may look at."""

    INVALID_INPUT_PARAMETERS = "InvalidInputParameters"
    INVALID_S3_PHYSICAL_KEY = "InvalidS3PhysicalKey"
    INVALID_LOCAL_PHYSICAL_KEY = "InvalidLocalPhysicalKey"
    FAILED_TO_FETCH_OBJECT_METADATA = "FailedToFetchObjectMetadata"
    PACKAGE_TOO_LARGE_TO_HASH = "PackageTooLargeToHash"
    TOO_MANY_FILES_TO_HASH = "TooManyFilesToHash"
    FILE_TOO_LARGE_FOR_HASHING = "FileTooLargeForHashing"
    REQUEST_TOO_LARGE = "RequestTooLarge"
    WORKFLOW_VALIDATION_ERROR = "WorkflowValidationError"
    FORBIDDEN = "Forbidden"
    QUILT_EXCEPTION = "QuiltException"
    AWS_ERROR = "AWSError"
    INVALID_SUCCESSOR = "InvalidSuccessor"
    MANIFEST_TOO_LARGE = "ManifestTooLarge"
    MANIFEST_HAS_LOCAL_KEYS = "ManifestHasLocalKeys"
    PACKAGE_TOO_LARGE_TO_COPY = "PackageTooLargeToCopy"
    TOO_MANY_FILES_TO_COPY = "TooManyFilesToCopy"
    # Decision: the name for an unknown hash is ours (open: registry facts 7.8).
    REVISION_NOT_FOUND = "RevisionNotFound"


def invalid_value(
    path: str, name: FailureName, message: str, context: dict[str, object] | None = None
) -> InvalidInputRefusal:
    """Refuse one value of the input."""
    return InvalidInputRefusal.at(path, name.value, message, context)


def failed_to_fetch(logical_key: str, physical_key: str, error: str) -> InvalidValue:
    """An entry whose object could not be looked at."""
    return InvalidValue(
        ENTRIES_PATH,
        FailureName.FAILED_TO_FETCH_OBJECT_METADATA.value,
        f"The object {physical_key} of the entry {logical_key!r} could not be looked at: {error}.",
        {"logical_key": logical_key, "physical_key": physical_key, "error": error},
    )


def operation_failed(name: FailureName, message: str, context: dict[str, object] | None = None) -> OperationRefusal:
    """Refuse the operation as things stand."""
    return OperationRefusal(name.value, message, context)


def forbidden(bucket: str, what: str) -> OperationRefusal:
    """The caller's role lacks a permission on a bucket, or the bucket is not known.

    Decision: a push without write access is OperationError ``Forbidden``, and an unknown bucket looks the same (open:
    registry facts 7.5).
    """
    message = f"Your role may not {what} the bucket {bucket!r}: ask an administrator for the permission."
    return operation_failed(FailureName.FORBIDDEN, message, {"bucket": bucket})
