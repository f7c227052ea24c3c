"""DeleteObjects: each key of the batch needs its own permission, and is answered on its own.

Stock moto asks once, for the bucket, so that a policy for objects refuses all (foundations 2); it also ignores
``Quiet`` and does not say which of the deleted versions were delete markers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import xmltodict  # type: ignore[import-untyped]
from moto.core.responses import ActionResult
from moto.s3.exceptions import AccessDeniedByLock, MalformedXML
from moto.s3.models import FakeDeleteMarker
from moto.s3.responses import S3Response

from quilt_stack.aws import moto_state
from quilt_stack.aws.iam_authorization import is_permitted
from quilt_stack.aws.s3_permissions import object_permission
from quilt_stack.patches import Patch

_MAXIMUM_KEYS = 1000


@dataclass(frozen=True)
class _Target:
    key: str
    version_id: str | None


PATCH = Patch(
    __name__,
    "moto",
    reason="moto ignores Quiet in DeleteObjects, and asks for one permission for the whole batch.",
    bodies={
        "moto.s3.responses:S3Response._bucket_response_delete_keys": "c86751189dea",
    },
    fence="tests/quilt_stack/aws/test_aws_access.py::test_delete_objects_is_decided_key_by_key",
    until="moto decides and answers key by key",
    needed="tests/upstream/test_moto.py::test_quiet_delete_objects_answers_errors_alone",
)


def install() -> None:
    """Take the place of moto's DeleteObjects."""
    PATCH.replace(S3Response, "_bucket_response_delete_keys", _each_key_for_itself)


def _each_key_for_itself(_original: Any) -> Any:
    def delete_objects(self: S3Response, bucket_name: str, authenticated: bool = True) -> Any:
        targets, quiet = _parsed(self.body)
        deleted: list[dict[str, Any]] = []
        errors: list[dict[str, Any]] = []
        for target in targets:
            permission = object_permission("DeleteObject", bucket_name, target.key, target.version_id)
            if not is_permitted(self.iam_request, permission):  # type: ignore[attr-defined]
                errors.append(_refusal(target, "Access Denied"))
                continue
            try:
                deleted.append(_delete(self, bucket_name, target))
            except AccessDeniedByLock:
                errors.append(_refusal(target, "Access Denied because object protected by object lock."))
        self.data["Action"] = "DeleteObjects"
        return self.serialized(ActionResult({"Deleted": [] if quiet else deleted, "Errors": errors}))

    return delete_objects


def _parsed(body: bytes) -> tuple[list[_Target], bool]:
    """The objects to delete, and whether only errors are to be answered.

    Raises:
        MalformedXML: for no object at all, or more than a thousand.
    """
    document = xmltodict.parse(body, strip_whitespace=False, force_list=("Object",))["Delete"]
    targets = [_Target(each["Key"], each.get("VersionId")) for each in document.get("Object", [])]
    if not 0 < len(targets) <= _MAXIMUM_KEYS:
        raise MalformedXML
    return targets, (document.get("Quiet") or "").strip().lower() == "true"


def _refusal(target: _Target, message: str) -> dict[str, Any]:
    return {"Key": target.key, "VersionId": target.version_id, "Code": "AccessDenied", "Message": message}


def _delete(response: S3Response, bucket_name: str, target: _Target) -> dict[str, Any]:
    version = moto_state.find_version(bucket_name, target.key, target.version_id)
    bypass = response.headers.get("x-amz-bypass-governance-retention", "").lower() == "true"
    _, outcome = response.backend.delete_object(bucket_name, target.key, version_id=target.version_id, bypass=bypass)
    answer: dict[str, Any] = {"Key": target.key, "VersionId": target.version_id}
    if target.version_id is None and "version-id" in outcome:
        answer |= {"DeleteMarker": True, "DeleteMarkerVersionId": outcome["version-id"]}
    elif target.version_id is not None and isinstance(version, FakeDeleteMarker):
        answer |= {"DeleteMarker": True, "DeleteMarkerVersionId": target.version_id}
    return answer
