"""Removing a package as if it had never been: for tests, which no registry offers."""

from __future__ import annotations

import json

from quilt_stack.aws.s3_lock import STATE_LOCK
from quilt_stack.aws.s3_purging import content_ever, contents_ever, purge, purge_object
from quilt_stack.registry.packages import layout


def purge_package(bucket: str, package: str, words: str | None) -> None:
    """Delete all versions of a package's pointers, of its own manifests, and of the objects under its name.

    A manifest is named by its content, so that packages may share it: of those that any version of a pointer names,
    also of a deleted one, those go whose message or metadata have the words (None: none).
    """
    prefix = layout.pointer_prefix(package)
    with STATE_LOCK:
        if words is not None:
            for content in contents_ever(bucket, prefix):
                key = layout.manifest_key(content.decode(errors="replace").strip())
                if words in _said(content_ever(bucket, key)):
                    purge_object(bucket, key)
        purge(bucket, prefix)
        purge(bucket, f"{package}/")


def _said(manifest: bytes | None) -> str:
    """Message and metadata, as the first line of a manifest has them; empty if there is none."""
    if manifest is None:
        return ""
    try:
        header = json.loads(manifest.partition(b"\n")[0])
    except ValueError:
        return ""  # somebody spoiled it
    return f"{header.get('message')} {header.get('user_meta')}" if isinstance(header, dict) else ""
