"""What today's web catalog asks for on its page that compares two revisions, which the bundle does not have yet.

Without a browser: the queries that the page in `catalog/app/containers/Bucket/PackageCompare` of Quilt's public
repository sends, said in other words, and what it needs of the answers.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import boto3
import pytest
import requests
from stack_wire import CLOSED_BUCKET, OPEN_BUCKET, READER, WRITER, WireDeployment

_PUSH = """mutation ($to: PackagePushParams!, $of: PackageConstructSource!) {
    packageConstruct(params: $to, src: $of) { ... on PackagePushSuccess { revision { hash } } } }"""
_REVISION = """query ($bucket: String!, $name: String!, $hashOrTag: String!) {
    package(bucket: $bucket, name: $name) { __typename name bucket
        revision(hashOrTag: $hashOrTag) {
            __typename userMeta totalBytes message modified hash contentsFlatMap } } }"""
_CHOICE = """query ($bucket: String!, $name: String!) {
    package(bucket: $bucket, name: $name) { __typename name bucket
        revisions { __typename page(perPage: 100, number: 1) { __typename modified message hash } } } }"""


@dataclass(frozen=True)
class Compared:
    """A package of two revisions, of which the second changes a file, adds one and keeps one."""

    wire: WireDeployment
    bucket: str
    name: str
    hashes: tuple[str, str]

    def ask(self, query: str, user: str = READER, **variables: str) -> dict[str, Any] | None:
        """The package, as a page of the web catalog asks for it."""
        answer = requests.post(
            f"{self.wire.running.registry_url}/graphql",
            json={"query": query, "variables": {"bucket": self.bucket, "name": self.name, **variables}},
            headers={**self.wire.headers(user), "Origin": self.wire.running.catalog_url},
            timeout=30,
        )
        assert answer.status_code == 200, answer.text
        assert answer.headers["Access-Control-Allow-Origin"] in ("*", self.wire.running.catalog_url)
        body = answer.json()
        assert "errors" not in body, body["errors"]
        found: dict[str, Any] | None = body["data"]["package"]
        return found

    def revision(self, hash_or_tag: str) -> Any:
        found = self.ask(_REVISION, hashOrTag=hash_or_tag)
        assert found is not None
        assert (found["__typename"], found["bucket"], found["name"]) == ("Package", self.bucket, self.name)
        return found["revision"]


def _revisions(wire: WireDeployment, bucket: str) -> Compared:
    name = f"compared/n{uuid.uuid4().hex[:8]}"
    before = {"kept.csv": b"a\n", "changed.csv": b"1\n"}
    first = _push(wire, bucket, name, 0, before, before)
    wire.running.control.advance_clock(2)  # a package has one pointer a second
    try:
        second = _push(wire, bucket, name, 1, {"changed.csv": b"22\n", "d/new": b"n"}, (*before, "d/new"))
    finally:
        wire.running.control.reset_clock()
    return Compared(wire, bucket, name, (first, second))


def _push(
    wire: WireDeployment, bucket: str, name: str, number: int, stored: Mapping[str, bytes], keys: Iterable[str]
) -> str:
    for key, content in stored.items():
        _s3(wire).put_object(Bucket=bucket, Key=f"{name}/{key}", Body=content)
    pushed = wire.graphql(
        _PUSH,
        to={"bucket": bucket, "name": name, "message": f"number {number}", "userMeta": {"number": number}},
        of={"entries": [{"logicalKey": key, "physicalKey": f"s3://{bucket}/{name}/{key}"} for key in keys]},
    )
    return str(pushed["packageConstruct"]["revision"]["hash"])


def _s3(wire: WireDeployment) -> Any:
    return boto3.client("s3", **wire.running.boto3_arguments)


@pytest.fixture(scope="module")
def compared(wire: WireDeployment) -> Compared:
    """In the bucket that everybody reads."""
    return _revisions(wire, OPEN_BUCKET)


def test_two_revisions_come_with_all_their_files(compared: Compared) -> None:
    base, other = map(compared.revision, compared.hashes)
    assert (base["hash"], other["hash"]) == compared.hashes
    assert (base["message"], other["message"]) == ("number 0", "number 1")
    assert (base["userMeta"], other["userMeta"]) == ({"number": 0}, {"number": 1})
    assert (base["totalBytes"], other["totalBytes"]) == (4, 6)
    assert datetime.fromisoformat(base["modified"]) <= datetime.fromisoformat(other["modified"])

    before, after = base["contentsFlatMap"], other["contentsFlatMap"]
    assert before.keys() == {"kept.csv", "changed.csv"}
    assert after.keys() == {"kept.csv", "changed.csv", "d/new"}
    assert before["kept.csv"] == after["kept.csv"]
    changed = before["changed.csv"], after["changed.csv"]
    assert [each["size"] for each in changed] == [2, 3]
    assert [each["hash"]["type"] for each in changed] == ["sha2-256-chunked"] * 2
    assert changed[0]["hash"]["value"] != changed[1]["hash"]["value"]
    places = [each["physicalKey"].partition("?versionId=") for each in changed]
    assert places[0][0] == places[1][0] == f"s3://{OPEN_BUCKET}/{compared.name}/changed.csv"
    assert places[0][2] != places[1][2]


def test_a_revision_is_compared_by_its_tag_too(compared: Compared) -> None:
    assert compared.revision("latest") == compared.revision(compared.hashes[1])


def test_the_revisions_to_choose_from_come_newest_first(compared: Compared) -> None:
    found = compared.ask(_CHOICE)
    assert found is not None
    listed = found["revisions"]["page"]
    assert [(each["hash"], each["message"]) for each in listed] == [
        (compared.hashes[1], "number 1"),
        (compared.hashes[0], "number 0"),
    ]
    assert all(datetime.fromisoformat(each["modified"]) for each in listed)


def test_what_is_not_there_or_may_not_be_seen_is_null(compared: Compared) -> None:
    """The page says so then; a package without the revision is there (registry facts 7.9)."""
    assert compared.revision("0" * 64) is None
    hidden = _revisions(compared.wire, CLOSED_BUCKET)
    assert hidden.ask(_REVISION, user=READER, hashOrTag="latest") is None
    assert hidden.ask(_REVISION, user=WRITER, hashOrTag="latest") is not None
