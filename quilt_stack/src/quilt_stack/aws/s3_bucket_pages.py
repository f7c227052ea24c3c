"""ListBuckets in pages, by name.

Stock moto cuts the list at ``max-buckets`` and gives no token for the rest (AWS documentation, "ListBuckets").
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from moto.core.responses import ActionResult
from moto.s3.exceptions import InvalidContinuationToken, InvalidMaxPartArgument
from moto.s3.responses import S3Response

from quilt_stack.patches import Patch

_LARGEST_PAGE = 10_000

PATCH = Patch(
    __name__,
    "moto",
    reason="moto cuts the list of buckets at max-buckets and gives no token for the rest.",
    bodies={
        "moto.s3.responses:S3Response.all_buckets": "5380bd433f6b",
    },
    fence="tests/quilt_stack/aws/test_aws_bucket_pages.py::test_all_buckets_are_found_page_by_page",
    until="moto lists buckets in pages",
    needed="tests/upstream/test_moto.py::test_buckets_are_listed_in_pages",
)


def install() -> None:
    """Take the place of moto's ListBuckets."""
    PATCH.replace(S3Response, "all_buckets", _in_pages)


def _in_pages(_original: Any) -> Any:
    def all_buckets(self: S3Response) -> Any:
        self.data["Action"] = "ListAllMyBuckets"
        self._authenticate_and_authorize_s3_action()
        prefix, token = self._get_param("prefix"), self._get_param("continuation-token")
        size = _size(self._get_param("max-buckets"))
        found = self.backend.list_buckets(
            prefix=prefix, bucket_region=self._get_param("bucket-region"), max_buckets=None
        )
        after = _name(token) if token else ""
        rest = sorted((bucket for bucket in found if bucket.name > after), key=lambda bucket: bucket.name)
        page = rest[:size]
        answer: dict[str, Any] = {
            "Owner": {"ID": "bcaf1ffd86f41161ca5fb16fd081034f", "DisplayName": "webfile"},
            "Buckets": [{"Name": bucket.name, "CreationDate": bucket.creation_date_ISO8601} for bucket in page],
            "Prefix": prefix,
        }
        if len(rest) > size:
            answer["ContinuationToken"] = _token(page[-1].name)
        self.data["Action"] = "ListBuckets"
        return self.serialized(ActionResult(answer))

    return all_buckets


def _size(text: str | None) -> int:
    if not text:
        return _LARGEST_PAGE
    if not text.isdecimal() or not 1 <= int(text) <= _LARGEST_PAGE:
        raise InvalidMaxPartArgument("max-buckets", 1, _LARGEST_PAGE)
    return int(text)


def _token(name: str) -> str:
    return base64.urlsafe_b64encode(name.encode()).decode()


def _name(token: str) -> str:
    try:
        return base64.b64decode(token.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        raise InvalidContinuationToken from None
