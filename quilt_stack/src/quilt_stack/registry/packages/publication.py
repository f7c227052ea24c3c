"""Publishing complete entries: header, workflow, top hash, manifest, pointers (registry facts 7.5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quilt_stack.registry.packages import library
from quilt_stack.registry.packages.failures import (
    ENTRIES_PATH,
    FailureName,
    invalid_value,
    operation_failed,
)
from quilt_stack.registry.packages.manifest import MANIFEST_VERSION, ManifestEntry
from quilt_stack.registry.packages.names import directory_conflict, logical_key_fault
from quilt_stack.registry.packages.permissions import Permissions
from quilt_stack.registry.packages.push_parameters import PushParameters
from quilt_stack.registry.packages.store import PackageStore, Revision
from quilt_stack.registry.packages.workflows import checked_workflow, workflows_configuration

MAXIMUM_MANIFEST_BYTES = 100 * 1024 * 1024
"""Published limit of a manifest (registry facts 7.5)."""


def check_logical_keys(logical_keys: Sequence[str]) -> None:
    """Refuse keys that no package can hold.

    Raises:
        InvalidInputRefusal: at ``src.entries``.
    """
    faults = [fault for key in logical_keys if (fault := logical_key_fault(key)) is not None]
    conflict = directory_conflict(set(logical_keys))
    if conflict is not None:
        faults.append(f"The logical key {conflict!r} is both a file and a directory.")
    if faults:
        raise invalid_value(ENTRIES_PATH, FailureName.QUILT_EXCEPTION, " ".join(faults))


def publish(
    store: PackageStore, parameters: PushParameters, entries: Sequence[ManifestEntry], permissions: Permissions
) -> Revision:
    """Write a revision of complete entries; it becomes ``latest`` without a look at what was there.

    Raises:
        InvalidInputRefusal: the workflow or the metadata is not right.
        OperationRefusal: the workflows configuration cannot be used, or the manifest is too large.
    """
    header: dict[str, Any] = {"version": MANIFEST_VERSION}
    if parameters.user_meta is not None:
        header["user_meta"] = dict(parameters.user_meta)
    header["message"] = parameters.message
    configuration = workflows_configuration(store, parameters.bucket, permissions)
    try:
        package = library.LibraryPackage(entries)
        workflow = checked_workflow(configuration, parameters, header, package)
        if workflow is not None:
            header["workflow"] = workflow
        top_hash = package.top_hash(header)
        manifest = package.manifest(header)
    except library.LibraryError as error:
        raise operation_failed(FailureName.QUILT_EXCEPTION, str(error)) from error
    if len(manifest) > MAXIMUM_MANIFEST_BYTES:
        message = f"The manifest would take {len(manifest)} bytes, more than the {MAXIMUM_MANIFEST_BYTES} allowed."
        raise operation_failed(FailureName.REQUEST_TOO_LARGE, message)
    return store.publish(parameters.bucket, parameters.name, top_hash, manifest)
