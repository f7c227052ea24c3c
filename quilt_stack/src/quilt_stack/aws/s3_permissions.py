"""Which permissions an S3 request needs (AWS documentation, "Actions, resources, and condition keys for Amazon S3").

moto checks one action a request, by a table that is wrong in places: HeadBucket by ``s3:HeadBucket``, CopyObject
without a look at its source, a version's tags by ``s3:GetObjectVersion`` (foundations 2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote

_BUCKET_SUBRESOURCES: dict[str, tuple[str, str, str]] = {
    # subresource: actions of GET, PUT and DELETE
    "accelerate": ("GetAccelerateConfiguration", "PutAccelerateConfiguration", ""),
    "acl": ("GetBucketAcl", "PutBucketAcl", ""),
    "cors": ("GetBucketCORS", "PutBucketCORS", "PutBucketCORS"),
    "encryption": ("GetEncryptionConfiguration", "PutEncryptionConfiguration", "PutEncryptionConfiguration"),
    "inventory": ("GetInventoryConfiguration", "PutInventoryConfiguration", "PutInventoryConfiguration"),
    "lifecycle": ("GetLifecycleConfiguration", "PutLifecycleConfiguration", "PutLifecycleConfiguration"),
    "location": ("GetBucketLocation", "", ""),
    "logging": ("GetBucketLogging", "PutBucketLogging", ""),
    "notification": ("GetBucketNotification", "PutBucketNotification", ""),
    "object-lock": ("GetBucketObjectLockConfiguration", "PutBucketObjectLockConfiguration", ""),
    "ownershipControls": (
        "GetBucketOwnershipControls",
        "PutBucketOwnershipControls",
        "PutBucketOwnershipControls",
    ),
    "policy": ("GetBucketPolicy", "PutBucketPolicy", "DeleteBucketPolicy"),
    "policyStatus": ("GetBucketPolicyStatus", "", ""),
    "publicAccessBlock": (
        "GetBucketPublicAccessBlock",
        "PutBucketPublicAccessBlock",
        "PutBucketPublicAccessBlock",
    ),
    "replication": ("GetReplicationConfiguration", "PutReplicationConfiguration", "PutReplicationConfiguration"),
    "tagging": ("GetBucketTagging", "PutBucketTagging", "PutBucketTagging"),
    "uploads": ("ListBucketMultipartUploads", "", ""),
    "versioning": ("GetBucketVersioning", "PutBucketVersioning", ""),
    "versions": ("ListBucketVersions", "", ""),
    "website": ("GetBucketWebsite", "PutBucketWebsite", "DeleteBucketWebsite"),
}
_BUCKET_ACTIONS = {
    "HEAD": "ListBucket",
    "GET": "ListBucket",
    "PUT": "CreateBucket",
    "DELETE": "DeleteBucket",
    "POST": "PutObject",
}
_COLUMN = {"GET": 0, "PUT": 1, "DELETE": 2}

_OBJECT_SUBRESOURCES: dict[str, tuple[str, str, str]] = {
    "acl": ("GetObjectAcl", "PutObjectAcl", ""),
    "legal-hold": ("GetObjectLegalHold", "PutObjectLegalHold", ""),
    "retention": ("GetObjectRetention", "PutObjectRetention", ""),
    "tagging": ("GetObjectTagging", "PutObjectTagging", "DeleteObjectTagging"),
}
_VERSION_ACTIONS = {
    "GetObject": "GetObjectVersion",
    "GetObjectAcl": "GetObjectVersionAcl",
    "GetObjectAttributes": "GetObjectVersionAttributes",
    "GetObjectTagging": "GetObjectVersionTagging",
    "PutObjectAcl": "PutObjectVersionAcl",
    "PutObjectTagging": "PutObjectVersionTagging",
    "DeleteObject": "DeleteObjectVersion",
    "DeleteObjectTagging": "DeleteObjectVersionTagging",
}


@dataclass(frozen=True)
class Permission:
    """An IAM action (``s3:GetObject``) and the ARN of what it is done to."""

    action: str
    resource: str


def object_permission(action: str, bucket: str, key: str, version_id: str | None = None) -> Permission:
    """A permission on one object; with a version id the action is the one for versions."""
    name = _VERSION_ACTIONS.get(action, action) if version_id else action
    return Permission(f"s3:{name}", f"arn:aws:s3:::{bucket}/{key}")


def bucket_permission(action: str, bucket: str) -> Permission:
    """A permission on a bucket itself."""
    return Permission(f"s3:{action}", f"arn:aws:s3:::{bucket}")


def required_permissions(
    method: str, bucket: str, key: str, query: Mapping[str, str], headers: Mapping[str, str]
) -> list[Permission]:
    """All permissions that a request needs; empty where there is nothing to ask for.

    ``key`` is empty for a request to a bucket, ``bucket`` for the list of buckets. DeleteObjects needs a permission
    for each key of its body, which ``s3_batch_delete`` asks for. ``headers`` must be found without regard to case.
    """
    if method == "OPTIONS" or (method == "POST" and not key and "delete" in query):
        return []
    if not bucket:
        return [Permission("s3:ListAllMyBuckets", "*")]
    if not key:
        return [bucket_permission(_bucket_action(method, query), bucket)]
    version_id = query.get("versionId")
    needed = [object_permission(action, bucket, key, version_id) for action in _object_actions(method, query)]
    if method == "PUT" and "x-amz-copy-source" in headers:
        needed.append(_source_permission(headers["x-amz-copy-source"]))
    if method == "PUT" and "x-amz-tagging" in headers:
        needed.append(object_permission("PutObjectTagging", bucket, key))
    return needed


def _bucket_action(method: str, query: Mapping[str, str]) -> str:
    for subresource, actions in _BUCKET_SUBRESOURCES.items():
        if subresource in query and method in _COLUMN and actions[_COLUMN[method]]:
            return actions[_COLUMN[method]]
    return _BUCKET_ACTIONS[method]


def _object_actions(method: str, query: Mapping[str, str]) -> list[str]:
    column = _COLUMN.get(method)
    for subresource, actions in _OBJECT_SUBRESOURCES.items():
        if column is not None and subresource in query and actions[column]:
            return [actions[column]]
    if method in ("GET", "HEAD"):
        if "uploadId" in query:
            return ["ListMultipartUploadParts"]
        return ["GetObject", "GetObjectAttributes"] if "attributes" in query else ["GetObject"]
    if method == "DELETE":
        return ["AbortMultipartUpload" if "uploadId" in query else "DeleteObject"]
    if method == "POST" and "restore" in query:
        return ["RestoreObject"]
    return ["GetObject"] if method == "POST" and "select" in query else ["PutObject"]


def _source_permission(copy_source: str) -> Permission:
    path, _, query = copy_source.partition("?")
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    return object_permission("GetObject", bucket, key, parse_qs(query).get("versionId", [None])[0])
