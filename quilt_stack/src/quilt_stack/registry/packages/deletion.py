"""``packageRevisionDelete``: removing a revision's pointers (registry facts 7.8). Manifest and data stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from quilt_stack.registry.packages import layout
from quilt_stack.registry.packages.failures import FailureName, forbidden, operation_failed
from quilt_stack.registry.packages.store import newest_first

if TYPE_CHECKING:
    from quilt_stack.registry.packages.permissions import Permissions
    from quilt_stack.registry.packages.store import PackageStore


def delete_revision(store: PackageStore, bucket: str, package: str, top_hash: str, permissions: Permissions) -> None:
    """Remove every pointer of the package to the hash; ``latest`` moves to the newest one left, if there is one.

    Raises:
        OperationRefusal: ``Forbidden`` without write access, ``InvalidInputParameters`` if the hash is not whole,
            ``RevisionNotFound`` if no pointer of the package points to it.
    """
    if not permissions.may_write(bucket):
        raise forbidden(bucket, "write to")
    # Decision: only a whole top hash is taken; tags are not (inferred: registry facts 7.8).
    if not layout.is_top_hash(top_hash):
        message = f"{top_hash!r} is no top hash: 64 lower-case hexadecimal digits are needed."
        raise operation_failed(FailureName.INVALID_INPUT_PARAMETERS, message)
    pointers = store.pointers(bucket, package)
    doomed = []
    for pointer in pointers:
        revision = store.pointed(bucket, package, pointer.tag)
        if revision is not None and revision.top_hash == top_hash:
            doomed.append(pointer)
    if not doomed:
        message = f"The package {package!r} in {bucket!r} has no revision {top_hash}."
        raise operation_failed(FailureName.REVISION_NOT_FOUND, message)
    remaining = newest_first([pointer for pointer in pointers if pointer not in doomed])
    for pointer in doomed:
        if pointer.tag != layout.LATEST:
            store.remove_pointer(bucket, package, pointer.tag)
    if any(pointer.tag == layout.LATEST for pointer in doomed):
        _move_latest(store, bucket, package, remaining[0].tag if remaining else None)


def _move_latest(store: PackageStore, bucket: str, package: str, newest_tag: str | None) -> None:
    revision = None if newest_tag is None else store.pointed(bucket, package, newest_tag)
    if revision is None:
        store.remove_pointer(bucket, package, layout.LATEST)
    else:
        store.point(bucket, package, layout.LATEST, revision.top_hash)
