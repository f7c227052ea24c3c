"""Manifests, directories and the GraphQL reads (registry facts 7.2, 7.9)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from in_process_registry import DATA, NOBODY, READER, SECRET, WRITER, InProcessRegistry, schema, unique_name

from quilt_stack.registry.graphql.context import Context
from quilt_stack.registry.packages import library
from quilt_stack.registry.packages.manifest import (
    EntryHash,
    Manifest,
    ManifestEntry,
    ManifestError,
    parse_manifest,
)

SEGMENT = st.text(
    st.characters(codec="utf-8", exclude_characters="/\n", exclude_categories=["Cs"]), min_size=1, max_size=3
)
KEYS = st.lists(
    st.lists(SEGMENT.filter(lambda text: text not in (".", "..")), min_size=1, max_size=4).map("/".join),
    unique=True,
    max_size=12,
)
BROWSE = """
query Browse($bucket: String!, $name: String!, $path: String!) {
  package(bucket: $bucket, name: $name) {
    revision { dir(path: $path) { path size children {
      __typename ... on PackageFile { path size physicalKey } ... on PackageDir { path size } } }
      file(path: $path) { path size physicalKey metadata } }
  }
}
"""


def test_the_size_of_a_directory_fails_where_a_deployment_is_set_to(registry: InProcessRegistry) -> None:
    """As on a real registry (registry facts 11); what else is asked is answered."""
    name = unique_name()
    registry.push(name, {"a/b.csv": b"x"})
    failing = registry.settings.model_copy(update={"directory_sizes": False})
    context = Context(replace(registry.services, settings=failing), WRITER, registry.access)
    variables = {"bucket": DATA, "name": name, "path": "a"}
    failed = schema().execute_sync(BROWSE, variables, context_value=context)
    assert failed.errors is not None
    assert [error.message for error in failed.errors] == ["Internal Server Error"]
    assert failed.data == {"package": {"revision": {"dir": None, "file": None}}}
    without = schema().execute_sync(BROWSE.replace("path size", "path"), variables, context_value=context)
    assert (without.errors, without.data["package"]["revision"]["dir"]["path"]) == (None, "a/")  # type: ignore[index]


def without_conflicts(keys: list[str]) -> list[str]:
    return [key for key in keys if not any(other.startswith(f"{key}/") for other in keys)]


def manifest_of(keys: list[str]) -> Manifest:
    entries = [ManifestEntry(key, f"s3://b/k{n}", n, EntryHash("SHA256", "00"), {}) for n, key in enumerate(keys)]
    content = library.LibraryPackage(entries).manifest({"version": "v0"})
    return parse_manifest("0" * 64, content, datetime.now(UTC))


@settings(max_examples=50)
@given(KEYS)
def test_walking_the_directories_meets_every_file_once_and_sizes_add_up(keys: list[str]) -> None:
    keys = without_conflicts(keys)
    manifest = manifest_of(keys)

    def walk(path: str) -> tuple[list[str], int]:
        directory = manifest.directory(path)
        assert directory is not None
        found = [entry.logical_key for entry in directory.files]
        size = sum(entry.size for entry in directory.files)
        assert list(directory.directories) == sorted(directory.directories)
        assert found == sorted(found)
        for inner in directory.directories:
            assert inner.endswith("/") and inner.startswith(path)
            below, inner_size = walk(inner)
            found += below
            size += inner_size
        assert directory.size == size
        return found, size

    found, _ = walk("")
    assert sorted(found) == sorted(keys)


@settings(max_examples=50)
@given(KEYS)
def test_a_manifest_lists_each_directory_in_the_order_of_names(keys: list[str]) -> None:
    keys = without_conflicts(keys)
    written = [entry.logical_key for entry in manifest_of(keys).entries]
    assert written == sorted(keys, key=lambda key: key.split("/"))


@settings(max_examples=50)
@given(KEYS.filter(bool))
def test_a_file_is_no_directory_and_a_directory_no_file(keys: list[str]) -> None:
    keys = without_conflicts(keys)
    manifest = manifest_of(keys)
    for key in keys:
        assert manifest.file(key) is not None
        assert manifest.directory(key) is None


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"no json", b'{"version":"v0"}\n{"physical_keys":["s3://b/k"]}', b"\xff"]
)
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(ManifestError):
        parse_manifest("0" * 64, content, datetime.now(UTC))


@pytest.fixture(scope="module")
def package(registry: InProcessRegistry) -> str:
    name = unique_name()
    files = {"README.md": b"# Read me", "a/one.csv": b"1", "a/b/two.csv": b"22", "z.txt": b"zz z"}
    registry.push(name, files, message="first", userMeta={"k": [1, {"x": None}]})
    return name


class TestReads:
    def browse(self, registry: InProcessRegistry, name: str, path: str) -> Any:
        return registry.execute(BROWSE, {"bucket": DATA, "name": name, "path": path})["package"]["revision"]

    def test_the_root_shows_directories_then_files(self, registry: InProcessRegistry, package: str) -> None:
        revision = self.browse(registry, package, "")
        assert [child["path"] for child in revision["dir"]["children"]] == ["a/", "README.md", "z.txt"]
        assert revision["dir"]["size"] == 16
        assert revision["file"] is None

    @pytest.mark.parametrize("path", ["a", "a/"])
    def test_a_directory_with_or_without_its_slash(self, registry: InProcessRegistry, package: str, path: str) -> None:
        directory = self.browse(registry, package, path)["dir"]
        assert directory["path"] == "a/"
        assert directory["size"] == 3
        assert [(child["__typename"], child["path"], child["size"]) for child in directory["children"]] == [
            ("PackageDir", "a/b/", 2),
            ("PackageFile", "a/one.csv", 1),
        ]

    def test_a_file_is_not_shown_as_a_directory(self, registry: InProcessRegistry, package: str) -> None:
        revision = self.browse(registry, package, "a/one.csv")
        assert revision["dir"] is None
        assert revision["file"]["size"] == 1
        assert revision["file"]["physicalKey"].startswith(f"s3://{DATA}/{package}/a/one.csv?versionId=")

    def test_a_missing_path_is_null(self, registry: InProcessRegistry, package: str) -> None:
        assert self.browse(registry, package, "nowhere") == {"dir": None, "file": None}

    def test_revision_fields(self, registry: InProcessRegistry, package: str) -> None:
        query = """query Q($bucket: String!, $name: String!) { package(bucket: $bucket, name: $name) {
          modified accessCounts { total } revisions { total page { hash modified } }
          revision { hash message metadata userMeta totalEntries totalBytes workflow { id config }
            all: contentsFlatMap(max: 4) some: contentsFlatMap(max: 3)
            accessCounts { total counts { date value } } } } }"""
        found = registry.execute(query, {"bucket": DATA, "name": package})["package"]
        revision = found["revision"]
        assert revision["message"] == "first"
        assert revision["userMeta"] == {"k": [1, {"x": None}]}
        assert revision["metadata"] == {"version": "v0", "message": "first", "user_meta": revision["userMeta"]}
        assert (revision["totalEntries"], revision["totalBytes"], revision["workflow"]) == (4, 16, None)
        assert revision["some"] is None
        assert set(revision["all"]["z.txt"]) == {"physicalKey", "size", "hash", "meta"}
        assert found["revisions"]["total"] == 1
        assert found["revisions"]["page"][0]["hash"] == revision["hash"]

    @pytest.mark.parametrize("hash_or_tag", ["0" * 64, "1500000000", "no-such-tag", ""])
    def test_an_unknown_revision_is_null(self, registry: InProcessRegistry, package: str, hash_or_tag: str) -> None:
        query = """query Q($name: String!, $revision: String!) {
          package(bucket: "data", name: $name) { name revision(hashOrTag: $revision) { hash } } }"""
        found = registry.execute(query, {"name": package, "revision": hash_or_tag})["package"]
        assert found == {"name": package, "revision": None}

    def test_unreadable_and_unknown_places_are_null(self, registry: InProcessRegistry, package: str) -> None:
        query = """query Q($bucket: String!, $name: String!) {
          package(bucket: $bucket, name: $name) { name } packages(bucket: $bucket) { total } }"""
        nothing = {"package": None, "packages": None}
        for bucket, who in ((SECRET, WRITER), ("no-such-bucket", WRITER), (DATA, NOBODY)):
            assert registry.execute(query, {"bucket": bucket, "name": package}, who) == nothing
        found = registry.execute(query, {"bucket": DATA, "name": "dana/none"}, READER)
        assert found["package"] is None
        assert found["packages"]["total"] >= 1

    def test_listing_filters_pages_and_orders(self, registry: InProcessRegistry) -> None:
        stem = unique_name("list")
        names = [f"{stem}-{letter}" for letter in "CAB"]
        for name in names:
            registry.push(name)
        query = """query Q($filter: String, $number: Int, $perPage: Int, $order: PackageListOrder) {
          packages(bucket: "data", filter: $filter) { total
            page(number: $number, perPage: $perPage, order: $order) { name } } }"""

        def listed(**variables: Any) -> tuple[int, list[str]]:
            found = registry.execute(query, {"number": 1, "perPage": 30, "order": "NAME", **variables})["packages"]
            return found["total"], [package["name"] for package in found["page"]]

        assert listed(filter=stem.upper()) == (3, sorted(names))
        assert listed(filter=f"{stem}-?", number=2, perPage=2) == (3, sorted(names)[2:])
        assert listed(filter=f"{stem}-?", number=3, perPage=2) == (3, [])
        assert listed(filter="*nothing") == (0, [])
        assert listed(filter=f"{stem}-[ab]") == (0, [])

    def test_listing_by_time_begins_with_the_last_modified(self, registry: InProcessRegistry) -> None:
        registry.push(unique_name())
        query = """{ packages(bucket: "data") { page(perPage: 1000, order: MODIFIED) { modified } } }"""
        times = [found["modified"] for found in registry.execute(query)["packages"]["page"]]
        assert times == sorted(times, reverse=True)


def test_a_manifest_that_is_written_again_is_read_again(registry: InProcessRegistry) -> None:
    name = unique_name()
    top_hash = registry.push(name)
    first = registry.packages.manifest(DATA, top_hash)
    assert first is not None
    assert registry.packages.manifest(DATA, top_hash) is first
    moved = registry.put("elsewhere.csv", b"a,b\n1,2\n")
    registry.construct(name, [{"logicalKey": "data.csv", "physicalKey": moved}])
    again = registry.packages.manifest(DATA, top_hash)
    assert again is not None
    assert again.entries[0].physical_key.startswith(moved)


def test_entries_keep_their_whole_metadata(registry: InProcessRegistry) -> None:
    name = unique_name()
    meta = {"user_meta": {"unit": "µm"}, "other": 1}
    registry.construct(name, [{"logicalKey": "a.txt", "physicalKey": registry.put(f"{name}/a.txt"), "meta": meta}])
    file = registry.execute(BROWSE, {"bucket": DATA, "name": name, "path": "a.txt"})["package"]["revision"]["file"]
    assert file["metadata"] == meta
    assert json.dumps(file["metadata"], ensure_ascii=False) == json.dumps(meta, ensure_ascii=False)
