"""The scratch rules: what the suite writes into the scratch bucket, told from everything else there by its key.

Undo logs name what scenarios make, but a log goes with the machine that kept it, as a CI runner does; and Athena's
results are booked by nobody. Whatever a rule does not describe to the last character is somebody else's and stays.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_RUN = "[0-9a-f]{8}"
_UUID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_MOST_AT_ONCE = 1000  # S3's own limit of one DeleteObjects


@dataclass(frozen=True)
class ScratchRule:
    """A kind of leftover: in words, and the whole key; the group ``thing`` is the part that belongs together."""

    what: str
    key: re.Pattern[str]


RULES = (
    ScratchRule("files of a scenario", re.compile(rf"(?P<thing>arranged/[A-Za-z]+-[A-Za-z]+-{_RUN}-[0-9]+/).+", re.S)),
    ScratchRule(
        "query results of an outsider", re.compile(rf"(?P<thing>outsiders/quilt-mcp-test-outsider-{_RUN}/).+", re.S)
    ),
    ScratchRule(
        "query results of the workgroup", re.compile(rf"(?P<thing>athena-results/){_UUID}\.(?:csv|txt)(?:\.metadata)?")
    ),
)


def arranged(package_name: str) -> str:
    """Prefix for the files of a scenario that has this package name (`Names.package_name`) for itself."""
    return f"arranged/{package_name.rpartition('/')[2]}/"


def of_outsider(name: str) -> str:
    """Prefix for the query results of an IAM user whom a scenario made."""
    return f"outsiders/{name}/"


class ScratchError(Exception):
    """S3 kept something that was to go; the message names the first object."""


@dataclass(frozen=True)
class _Leftover:
    """An object's version, or an upload that was never finished."""

    key: str
    moment: datetime
    size: int = 0
    version_id: str | None = None
    upload_id: str | None = None


@dataclass
class ScratchThing:
    """Leftovers that belong together: what they are, and their common prefix."""

    what: str
    prefix: str
    _leftovers: list[_Leftover] = field(default_factory=list, repr=False)

    def __str__(self) -> str:
        uploads = sum(each.upload_id is not None for each in self._leftovers)
        counts = (len(self._leftovers) - uploads, "object"), (uploads, "unfinished upload")
        parts = [f"{count:,} {word}{'' if count == 1 else 's'}" for count, word in counts if count]
        size = sum(each.size for each in self._leftovers)
        newest = max(each.moment for each in self._leftovers)
        return f"{self.what}, {self.prefix} ({' and '.join(parts)}, {size:,} bytes, until {newest:%Y-%m-%d %H:%M} UTC)"


class Scratch:
    """The suite's leftovers in one scratch bucket that are older than a moment, except those under ``spared`` prefixes.

    Methods raise botocore's exceptions if S3 refuses or does not answer.
    """

    def __init__(self, s3: S3Client, bucket: str, before: datetime, spared: Collection[str] = ()) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._before = before
        self._spared = tuple(spared)

    def things(self) -> list[ScratchThing]:
        """What there is, by prefix."""
        things: dict[str, ScratchThing] = {}
        for found in (*self._versions(), *self._uploads()):
            rule, prefix = _rule_for(found.key)
            if rule is None or found.moment >= self._before or found.key.startswith(self._spared):
                continue
            things.setdefault(prefix, ScratchThing(rule.what, prefix))._leftovers.append(found)
        return [things[prefix] for prefix in sorted(things)]

    def remove(self, thing: ScratchThing) -> None:
        """Delete exactly what was found of a thing.

        Raises:
            ScratchError: S3 kept some of it.
        """
        objects: list[Any] = []
        for found in thing._leftovers:
            if found.upload_id is None:
                objects.append({"Key": found.key, "VersionId": found.version_id})
            else:
                self._s3.abort_multipart_upload(Bucket=self._bucket, Key=found.key, UploadId=found.upload_id)
        for start in range(0, len(objects), _MOST_AT_ONCE):
            batch = objects[start : start + _MOST_AT_ONCE]
            answer = self._s3.delete_objects(Bucket=self._bucket, Delete={"Objects": batch, "Quiet": True})
            if errors := answer.get("Errors"):
                raise ScratchError(f"S3 kept s3://{self._bucket}/{errors[0].get('Key')}: {errors[0].get('Code')}")

    def _versions(self) -> Iterator[_Leftover]:
        # Versions, not objects: the bucket keeps none, unless somebody turned them on.
        for page in self._s3.get_paginator("list_object_versions").paginate(Bucket=self._bucket):
            for item in page.get("Versions", []):
                yield _Leftover(item["Key"], item["LastModified"], item["Size"], version_id=item["VersionId"])
            for marker in page.get("DeleteMarkers", []):
                yield _Leftover(marker["Key"], marker["LastModified"], version_id=marker["VersionId"])

    def _uploads(self) -> Iterator[_Leftover]:
        for page in self._s3.get_paginator("list_multipart_uploads").paginate(Bucket=self._bucket):
            for item in page.get("Uploads", []):
                yield _Leftover(item["Key"], item["Initiated"], upload_id=item["UploadId"])


def _rule_for(key: str) -> tuple[ScratchRule | None, str]:
    for rule in RULES:
        if match := rule.key.fullmatch(key):
            return rule, match["thing"]
    return None, ""
