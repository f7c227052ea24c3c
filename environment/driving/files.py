"""Files that lie in S3 and that people publish: what is in them, and what becomes of them there."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

from environment.errors import SuiteError
from environment.observers.storage import PlaceInS3
from environment.targets.target import Target
from environment.undo.log import UndoLog

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CORRECTED = "corrected"
AS_FIRST_PUBLISHED = "as first published"
_ROWS = re.compile(r"(\d[\d,]*) rows?")
_TEXT = re.compile(r'"(.*)"', re.DOTALL)
CONTENT_PATTERN = rf"(?:{_ROWS.pattern})|{_TEXT.pattern}"
CONTENT_WORDS = f'`12 rows`, `"some text"`, `empty`, `{CORRECTED}` (other bytes of the same size)'


@dataclass(frozen=True)
class StoredContent(PlaceInS3):
    """One version of a file in S3: where it lies, its size in bytes and its SHA-256 (hex).

    ``name`` is what the scenario calls the file; ``version_id`` is None in a bucket without versions.
    """

    name: str
    bucket: str
    key: str
    version_id: str | None
    size: int
    sha256: str

    @classmethod
    def at(cls, physical_key: str, name: str, content: bytes) -> StoredContent:
        """What lies at a physical key, as manifests write it, and has these bytes."""
        place = urlsplit(physical_key)
        [version_id] = parse_qs(place.query).get("versionId", [None])
        digest = hashlib.sha256(content).hexdigest()
        return cls(
            bucket=place.netloc,
            key=unquote(place.path[1:]),
            version_id=version_id,
            name=name,
            size=len(content),
            sha256=digest,
        )


@dataclass
class ScenarioFile:
    """A file that a scenario names: what lay there at first, and what lies there now."""

    versions: list[StoredContent] = field(default_factory=list)

    @property
    def first(self) -> StoredContent:
        """What lay there at first.

        Raises:
            SuiteError: nothing was put there.
        """
        if not self.versions:
            raise SuiteError("Looked for a file", "nothing put it anywhere", "Put it into a bucket in an earlier step")
        return self.versions[0]

    @property
    def latest(self) -> StoredContent:
        """What lies there now.

        Raises:
            SuiteError: nothing was put there.
        """
        return self.versions[-1] if self.versions else self.first


def content_of(words: str, name: str) -> bytes:
    """The bytes that words in a table mean; the same words for the same file always mean the same bytes.

    Raises:
        SuiteError: the words mean nothing.
    """
    if found := _ROWS.fullmatch(words):
        rows = int(found[1].replace(",", ""))
        lines = [f"plot,grams of {name}", *(f"{row},{100 + row}" for row in range(1, rows + 1))]
        return "".join(f"{line}\n" for line in lines).encode()
    if found := _TEXT.fullmatch(words):
        return found[1].encode()
    if words == "empty":
        return b""
    if words in ("", "some content"):
        return f"some content of {name}\n".encode()
    raise SuiteError(f'Read the content "{words}" of {name}', "it means nothing", f"Write one of {CONTENT_WORDS}")


def contents_in(table: Iterable[Mapping[str, str]]) -> dict[str, bytes]:
    """The files in a table with the columns file and content, which may be left out."""
    return {row["file"]: content_of(row.get("content", ""), row["file"]) for row in table}


def corrected(content: bytes) -> bytes:
    """Other bytes of the same size."""
    if not content:
        raise SuiteError("Corrected a file", "it is empty", "Give it some content first")
    return bytes(reversed(content)) if content != content[::-1] else bytes([content[0] ^ 1]) + content[1:]


class Storeroom:
    """Puts a scenario's files into buckets, in a folder of its own that is booked for undoing.

    The packages' bucket keeps versions, and tests may write there: that is where files go unless told otherwise.
    """

    def __init__(self, target: Target, undo: UndoLog, folder: str) -> None:
        self._target = target
        self._undo = undo
        self._folder = folder
        self._booked: set[str] = set()
        self._contents: dict[tuple[str, str], bytes] = {}

    def put(self, name: str, content: bytes, bucket: str | None = None, *, folder: str = "") -> StoredContent:
        """Store a file under its name; ``folder`` sets it apart from another one of the same name."""
        bucket = bucket or self._target.buckets.packages
        return self._write(name, bucket, self.key_for("/".join(filter(None, (folder, name))), bucket), content)

    def key_for(self, path: str, bucket: str) -> str:
        """Where a file belongs in a bucket; what is put there is undone."""
        if bucket not in self._booked:
            prefix = f"{self._folder}/"
            self._undo.book("objects", f"the objects s3://{bucket}/{prefix}", bucket=bucket, prefix=prefix)
            self._booked.add(bucket)
        return f"{self._folder}/{path}"

    def overwrite(self, file: ScenarioFile) -> None:
        """Put other bytes of the same size in its place; a bucket with versions keeps the earlier ones."""
        now = file.latest
        content = corrected(self._contents[now.bucket, now.key])
        file.versions.append(self._write(now.name, now.bucket, now.key, content))

    def corrected_copy(self, file: StoredContent, bucket: str, *, is_larger: bool = False) -> StoredContent:
        """Other bytes, of the same size or more of them, under the same name in another folder of a bucket."""
        content = corrected(self._client().get_object(Bucket=file.bucket, Key=file.key)["Body"].read())
        content += content if is_larger else b""
        return self.put(file.name, content, bucket, folder=CORRECTED)

    def discard(self, files: Iterable[StoredContent]) -> None:
        """Delete files with all their versions, as if their owner had cleared up."""
        for file in files:
            listed = self._client().list_object_versions(Bucket=file.bucket, Prefix=file.key)
            for version in listed["Versions"]:
                self._client().delete_object(Bucket=file.bucket, Key=version["Key"], VersionId=version["VersionId"])

    def _write(self, name: str, bucket: str, key: str, content: bytes) -> StoredContent:
        answer = self._client().put_object(Bucket=bucket, Key=key, Body=content)
        self._contents[bucket, key] = content
        version_id = answer.get("VersionId")
        digest = hashlib.sha256(content).hexdigest()
        return StoredContent(name, bucket, key, None if version_id == "null" else version_id, len(content), digest)

    def _client(self) -> S3Client:
        client: S3Client = self._target.client("s3")
        return client
