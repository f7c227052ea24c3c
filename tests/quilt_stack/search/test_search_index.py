"""The index follows S3 with its delay (registry facts 1.5, 8.3)."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from in_process_registry import DATA, PLAIN, InProcessRegistry, unique_name

from quilt_stack.aws.cloud import ObjectEvent
from quilt_stack.registry.search.documents import extension
from quilt_stack.registry.search.index import SearchIndex


@pytest.fixture(autouse=True)
def without_delay(registry: InProcessRegistry) -> Iterator[None]:
    yield
    registry.search.set_delay(0)
    registry.indexed()


def sources(registry: InProcessRegistry, index: str = f"{DATA}_packages", **values: Any) -> list[dict[str, Any]]:
    """The documents that have these values."""
    return [
        dict(document.source)
        for document in registry.search.documents(index)
        if all(document.source.get(name) == value for name, value in values.items())
    ]


def test_a_push_makes_two_pointers_a_manifest_and_an_entry_per_file(registry: InProcessRegistry) -> None:
    name = unique_name()
    top_hash = registry.push(name, {"a.csv": b"1", "b/c.txt": b"22"}, message="m", userMeta={"k": {"d": "2024-01-01"}})
    registry.indexed()
    pointers = sources(registry, ptr_name=name)
    assert [pointer["ptr_tag"] == "latest" for pointer in pointers] in ([True, False], [False, True])
    assert {pointer["join_field"]["parent"] for pointer in pointers} == {f"mnfst:{top_hash}"}
    (manifest,) = sources(registry, mnfst_hash=top_hash)
    assert manifest["mnfst_message"] == "m"
    assert json.loads(manifest["mnfst_metadata"]) == {"k": {"d": "2024-01-01"}}
    assert manifest["mnfst_metadata_fields"] == [
        {"json_pointer": "/k/d", "type": "date", "text": '"2024-01-01"', "date": "2024-01-01"}
    ]
    assert manifest["mnfst_stats"] == {"total_bytes": 3, "total_files": 2}
    entries = [entry for entry in sources(registry) if entry["join_field"].get("parent") == f"mnfst:{top_hash}"]
    keys = {entry["entry_lk"]: entry["entry_pk"] for entry in entries if "entry_lk" in entry}
    assert set(keys) == {"a.csv", "b/c.txt"}
    assert keys["a.csv"].startswith(f"s3://{DATA}/{name}/a.csv?versionId=")


def test_ids_are_those_of_the_published_indexers(registry: InProcessRegistry) -> None:
    name = unique_name()
    top_hash = registry.push(name, {"a.csv": b"1"})
    registry.indexed()
    ids = {document.id for document in registry.search.documents(f"{DATA}_packages")}
    assert f"ptr:{hashlib.sha256(f'{name}/latest'.encode()).hexdigest()}" in ids
    assert f"mnfst:{top_hash}" in ids
    assert f"entry:{top_hash}:{hashlib.sha256(b'a.csv').hexdigest()}" in ids


def test_moving_latest_replaces_its_document(registry: InProcessRegistry) -> None:
    name = unique_name()
    registry.push(name, {}, message="first")
    second = registry.push(name, {}, message="second")
    registry.indexed()
    (latest,) = sources(registry, ptr_name=name, ptr_tag="latest")
    assert latest["join_field"]["parent"] == f"mnfst:{second}"


def test_deleted_pointers_are_no_longer_found_and_the_manifest_stays(registry: InProcessRegistry) -> None:
    name = unique_name()
    top_hash = registry.push(name)
    registry.indexed()
    for pointer in registry.packages.pointers(DATA, name):
        registry.packages.remove_pointer(DATA, name, pointer.tag)
    registry.indexed()
    assert sources(registry, ptr_name=name) == []
    assert len(sources(registry, mnfst_hash=top_hash)) == 1


def test_a_deleted_manifest_takes_its_entries_along(registry: InProcessRegistry) -> None:
    top_hash = registry.push(unique_name(), {"a.csv": b"1"}, message=unique_name())
    registry.indexed()
    registry.s3.delete_object(Bucket=DATA, Key=f".quilt/packages/{top_hash}")
    registry.indexed()
    parents = [document.parent for document in registry.search.documents(f"{DATA}_packages")]
    assert sources(registry, mnfst_hash=top_hash) == []
    assert [
        document
        for document in registry.search.documents(f"{DATA}_packages")
        if document.id.startswith(f"entry:{top_hash}")
    ] == []
    assert f"mnfst:{top_hash}" in parents  # its pointers are still there


def test_objects_have_a_document_per_version(registry: InProcessRegistry) -> None:
    key = f"{unique_name()}/Report.CSV"
    first = registry.s3.put_object(Bucket=DATA, Key=key, Body=b"one")
    registry.s3.put_object(Bucket=DATA, Key=key, Body=b"two")
    marker = registry.s3.delete_object(Bucket=DATA, Key=key)
    registry.indexed()
    found = sources(registry, DATA, key=key)
    assert [(source["size"], source["content"], source["ext"], source["delete_marker"]) for source in found] == [
        (3, "one", ".csv", False),
        (3, "two", ".csv", False),
        (0, "", ".csv", True),
    ]
    assert found[2]["version_id"] == marker["VersionId"]
    registry.s3.delete_object(Bucket=DATA, Key=key, VersionId=first["VersionId"])
    registry.indexed()
    assert [source["content"] for source in sources(registry, DATA, key=key)] == ["two", ""]


def test_objects_without_versions_are_replaced_and_removed(registry: InProcessRegistry) -> None:
    key = unique_name()
    registry.put(key, b"1", PLAIN)
    registry.put(key, b"22", PLAIN)
    registry.indexed()
    assert [(source["size"], source["version_id"]) for source in sources(registry, PLAIN, key=key)] == [(2, "null")]
    registry.s3.delete_object(Bucket=PLAIN, Key=key)
    registry.indexed()
    assert sources(registry, PLAIN, key=key) == []


def test_packaged_objects_are_marked(registry: InProcessRegistry) -> None:
    name = unique_name()
    registry.push(name, {"a.csv": b"1"})
    registry.indexed()
    (found,) = sources(registry, DATA, key=f"{name}/a.csv")
    assert found["was_packaged"] is True


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("a/b.CSV", ".csv"),
        ("a.b/c", ""),
        ("x.csv.gz", ".csv.gz"),
        ("x.tar.bz2", ".bz2"),
        (".hidden", ""),
        (".hidden.txt", ".txt"),
        ("x.", "."),
    ],
)
def test_extension(key: str, expected: str) -> None:
    assert extension(key) == expected


class TestDelay:
    def test_nothing_is_found_before_the_delay_is_over(self, registry: InProcessRegistry) -> None:
        name = unique_name()
        registry.search.set_delay(3600)
        registry.push(name)
        assert registry.search.wait_until_idle(0.05) is False
        assert sources(registry, ptr_name=name) == []
        registry.search.set_delay(0)
        registry.indexed()
        assert len(sources(registry, ptr_name=name)) == 2

    def test_the_delay_is_kept(self, registry: InProcessRegistry) -> None:
        registry.indexed()
        registry.search.set_delay(0.2)
        started = time.monotonic()
        registry.put(unique_name())
        registry.indexed()
        assert time.monotonic() - started >= 0.2

    def test_a_negative_delay_is_refused(self, registry: InProcessRegistry) -> None:
        with pytest.raises(ValueError, match="negative"):
            registry.search.set_delay(-1)


class TestReindexing:
    def test_it_gives_what_the_events_gave(self, registry: InProcessRegistry) -> None:
        registry.push(unique_name(), {"a.csv": b"1", "b.txt": b"2"})
        gone = registry.put(unique_name()).removeprefix(f"s3://{DATA}/")
        registry.s3.delete_object(Bucket=DATA, Key=gone)
        registry.indexed()

        def state(index: SearchIndex) -> dict[str, Any]:
            # Two pushes with one hash leave one manifest: only the events know of the objects of the first.
            unstable = ("updated", "event", "etag", "last_modified", "was_packaged")
            return {
                document.id: {name: value for name, value in document.source.items() if name not in unstable}
                for kind in (DATA, f"{DATA}_packages")
                for document in index.documents(kind)
            }

        anew = SearchIndex(registry.cloud, registry.packages, registry.clock, 0)
        assert anew.reindex(DATA) == len(state(anew))
        assert state(anew) == state(registry.search)

    def test_an_unknown_bucket_has_no_documents(self, registry: InProcessRegistry) -> None:
        assert registry.search.reindex("no-such-bucket") == 0


def test_what_cannot_be_indexed_does_not_stop_the_rest(
    registry: InProcessRegistry, caplog: pytest.LogCaptureFixture
) -> None:
    name = unique_name()
    registry.put(f".quilt/named_packages/{name}/latest", b"\xff no top hash")
    registry.put(f".quilt/packages/{'0' * 64}", b"no manifest")
    broken: Any = ObjectEvent("ObjectCreated:Put", DATA, "x", None, 1, "e", "no time")  # type: ignore[arg-type]
    registry.search.enqueue(broken)
    key = f"{name}/after"
    registry.put(key)
    registry.indexed()
    assert sources(registry, ptr_name=name) == []
    assert sources(registry, mnfst_hash="0" * 64) == []
    assert len(sources(registry, DATA, key=key)) == 1
    assert "Could not index s3://data/x" in caplog.text
