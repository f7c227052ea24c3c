"""Reading a delete marker: 405 by its version id, and 404 that says so without one.

Stock moto answers GET of a marker's version id with NoSuchVersion (foundations 4).
"""

from __future__ import annotations

from typing import Any

from moto.s3.exceptions import MethodNotAllowed
from moto.s3.models import FakeDeleteMarker
from moto.s3.responses import S3Response

from quilt_stack.aws import moto_state
from quilt_stack.patches import Patch

PATCH = Patch(
    __name__,
    "moto",
    reason="moto answers GET of a delete marker's version with NoSuchVersion.",
    bodies={
        "moto.s3.responses:S3Response._get_key": "8d4895f56c4e",
    },
    fence="tests/quilt_stack/aws/test_aws_objects.py::test_a_delete_marker_is_not_readable_by_its_version_id",
    until="moto answers MethodNotAllowed",
    needed="tests/upstream/test_moto.py::test_a_delete_marker_is_not_readable_by_its_version_id",
)


def install() -> None:
    """Answer reads of delete markers as S3 does."""
    PATCH.replace(S3Response, "_get_key", _aware_of_markers)


def _aware_of_markers(original: Any) -> Any:
    def get_key(self: S3Response, validate_storage_class: bool = True) -> Any:
        version_id = self.querystring.get("versionId", [None])[0]
        version = moto_state.find_version(self.bucket_name, self.parse_key_name(), version_id)
        if isinstance(version, FakeDeleteMarker):
            self.response_headers["x-amz-delete-marker"] = "true"
            self.response_headers["x-amz-version-id"] = version.version_id
            if version_id is not None:
                self.response_headers["Allow"] = "DELETE"
                raise MethodNotAllowed
        return original(self, validate_storage_class)

    return get_key
