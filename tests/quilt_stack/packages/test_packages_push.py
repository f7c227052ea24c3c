"""packageConstruct and packageRevisionDelete (registry facts 7.5, 7.8), seen from GraphQL and from quilt3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import quilt3
from in_process_registry import DATA, PLAIN, READER, SECRET, InProcessRegistry, unique_name

from quilt_stack.registry.packages.construct import EntrySource, HashLimits, construct_package
from quilt_stack.registry.packages.push_parameters import PushParameters
from quilt_stack.registry.refusals import OperationRefusal

DELETE = """mutation Delete($bucket: String!, $name: String!, $hash: String!) {
  packageRevisionDelete(bucket: $bucket, name: $name, hash: $hash) {
    __typename ... on OperationError { name message } } }"""
CONTENT = b"a,b\n1,2\n"


class Everything:
    """Permissions without limits."""

    def may_read(self, bucket: str) -> bool:
        return True

    def may_write(self, bucket: str) -> bool:
        return True


def quilt3_push(name: str, files: dict[str, bytes], directory: Path, message: str | None, meta: Any = None) -> str:
    """What an unmodified quilt3 pushes; returns its top hash."""
    package = quilt3.Package()
    for key, content in files.items():
        path = directory / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        package.set(key, str(path), meta={"from": key} if key.endswith(".csv") else None)
    if meta is not None:
        package.set_meta(meta)
    pushed = package.push(name, registry=f"s3://{DATA}", message=message, force=True)
    return str(pushed.top_hash)


def tags(registry: InProcessRegistry, name: str, bucket: str = DATA) -> dict[str, str]:
    """Pointers of a package: tag to hash."""
    found = {}
    for pointer in registry.packages.pointers(bucket, name):
        revision = registry.packages.pointed(bucket, name, pointer.tag)
        assert revision is not None
        found[pointer.tag] = revision.top_hash
    return found


@pytest.mark.parametrize(
    ("meta", "content"), [(None, b""), ({}, CONTENT), ({"k": 1, "ü": ["é", None]}, bytes(9 * 1024 * 1024))]
)
def test_both_ways_of_pushing_give_the_same_top_hash(
    quilt3_environment: InProcessRegistry, tmp_path: Path, meta: Any, content: bytes
) -> None:
    registry = quilt3_environment
    name = unique_name()
    files = {"data/a b.csv": CONTENT, "data/ä.bin": content}
    expected = quilt3_push(name, files, tmp_path, name, meta)
    browsed = quilt3.Package.browse(name, registry=f"s3://{DATA}")
    entries = [
        {
            "logicalKey": key,
            "physicalKey": str(entry.physical_key),
            "meta": {"user_meta": entry.meta} if entry.meta else None,
        }
        for key, entry in browsed.walk()
    ]
    result = registry.construct(unique_name(), entries[::-1], message=name, userMeta=meta)
    assert result["revision"]["hash"] == expected


def test_quilt3_reads_installs_and_verifies_what_was_constructed(
    quilt3_environment: InProcessRegistry, tmp_path: Path
) -> None:
    registry = quilt3_environment
    name = unique_name()
    files = {"data/a b.csv": CONTENT, "ümläut+%.txt": b"x"}
    # quilt3 keeps manifests on disk by their hash, so that a hash of an earlier run must not come again.
    top_hash = registry.push(name, files, message=name, userMeta={"k": 1})
    package = quilt3.Package.browse(name, registry=f"s3://{DATA}")
    assert package.top_hash == top_hash
    assert package.meta == {"k": 1}
    package.fetch(str(tmp_path / "fetched"))
    assert {key: (tmp_path / "fetched" / key).read_bytes() for key in files} == files
    assert package.verify(str(tmp_path / "fetched"))


def test_graphql_sees_what_quilt3_pushed_and_not_what_it_deleted(
    quilt3_environment: InProcessRegistry, tmp_path: Path
) -> None:
    registry = quilt3_environment
    name = unique_name()
    top_hash = quilt3_push(name, {"a/one.csv": CONTENT}, tmp_path, None)
    query = """query Q($name: String!) { package(bucket: "data", name: $name) {
      revision { hash message file(path: "a/one.csv") { size metadata } } } }"""
    revision = registry.execute(query, {"name": name})["package"]["revision"]
    assert revision == {
        "hash": top_hash,
        "message": None,
        "file": {"size": 8, "metadata": {"user_meta": {"from": "a/one.csv"}}},
    }
    quilt3.delete_package(name, registry=f"s3://{DATA}")
    assert registry.execute(query, {"name": name})["package"] is None


def test_the_last_of_two_entries_with_one_key_counts(registry: InProcessRegistry) -> None:
    name = unique_name()
    entries = [
        {"logicalKey": "a.txt", "physicalKey": registry.put(f"{name}/1", b"1")},
        {"logicalKey": "a.txt", "physicalKey": registry.put(f"{name}/22", b"22")},
    ]
    top_hash = registry.construct(name, entries)["revision"]["hash"]
    manifest = registry.packages.manifest(DATA, top_hash)
    assert manifest is not None
    assert [(entry.logical_key, entry.size) for entry in manifest.entries] == [("a.txt", 2)]


def test_an_object_whose_hash_and_size_are_given_is_not_read(registry: InProcessRegistry) -> None:
    name = unique_name()
    version = registry.s3.put_object(Bucket=DATA, Key=f"{name}/x", Body=b"1")["VersionId"]
    given = {"type": "SHA256", "value": "ab" * 32}
    key = f"s3://{DATA}/{name}/x?versionId={version}"
    entries = [{"logicalKey": "x", "physicalKey": key, "hash": given, "size": 12345}]
    manifest = registry.packages.manifest(DATA, registry.construct(name, entries)["revision"]["hash"])
    assert manifest is not None
    entry = manifest.entries[0]
    assert (entry.physical_key, entry.size, entry.hash and entry.hash.as_dict()) == (key, 12345, given)


def test_a_given_version_is_the_one_that_is_hashed(registry: InProcessRegistry) -> None:
    name = unique_name()
    old = registry.s3.put_object(Bucket=DATA, Key=f"{name}/x", Body=b"old")["VersionId"]
    registry.put(f"{name}/x", b"newer")
    by_version = registry.construct(name, [{"logicalKey": "x", "physicalKey": f"s3://{DATA}/{name}/x?versionId={old}"}])
    manifest = registry.packages.manifest(DATA, by_version["revision"]["hash"])
    assert manifest is not None
    assert manifest.entries[0].size == 3


def test_objects_without_versions_have_none_in_their_physical_keys(registry: InProcessRegistry) -> None:
    name = unique_name()
    top_hash = registry.push(name, {"a.txt": b"1"}, bucket=PLAIN)
    manifest = registry.packages.manifest(PLAIN, top_hash)
    assert manifest is not None
    assert manifest.entries[0].physical_key == f"s3://{PLAIN}/{name}/a.txt"


def test_objects_are_referenced_and_not_copied(registry: InProcessRegistry) -> None:
    name = unique_name()
    registry.construct(name, [{"logicalKey": "in/package.csv", "physicalKey": registry.put("raw/some.csv")}])
    listed = registry.s3.list_objects_v2(Bucket=DATA, Prefix=f"{name}/")
    assert listed["KeyCount"] == 0


def test_an_empty_metadata_object_is_stored_and_counts(registry: InProcessRegistry) -> None:
    without = registry.construct(unique_name(), [], message="m")["revision"]
    empty = registry.construct(unique_name(), [], message="m", userMeta={})["revision"]
    assert (without["userMeta"], empty["userMeta"]) == (None, {})
    assert without["hash"] != empty["hash"]


def test_the_same_content_again_is_a_second_revision_with_the_same_hash(registry: InProcessRegistry) -> None:
    name = unique_name()
    first = registry.push(name, {})
    registry.clock.advance(5)
    try:
        assert registry.push(name, {}) == first
    finally:
        registry.clock.reset()
    query = """query Q($name: String!) { package(bucket: "data", name: $name) { revisions { total page { hash } } } }"""
    revisions = registry.execute(query, {"name": name})["package"]["revisions"]
    assert revisions == {"total": 2, "page": [{"hash": first}, {"hash": first}]}


@pytest.mark.parametrize(
    ("entry", "name"),
    [
        ({"logicalKey": "a", "physicalKey": "file:///etc/passwd"}, "InvalidLocalPhysicalKey"),
        ({"logicalKey": "a", "physicalKey": "https://data/a"}, "InvalidS3PhysicalKey"),
        ({"logicalKey": "a", "physicalKey": "s3://data/"}, "InvalidS3PhysicalKey"),
        ({"logicalKey": "a", "physicalKey": "s3://data/a?other=1"}, "InvalidS3PhysicalKey"),
        ({"logicalKey": "a", "physicalKey": "s3://data/missing"}, "FailedToFetchObjectMetadata"),
        ({"logicalKey": "a", "physicalKey": f"s3://{SECRET}/a"}, "FailedToFetchObjectMetadata"),
        ({"logicalKey": "a", "physicalKey": "s3://no-such-bucket/a"}, "FailedToFetchObjectMetadata"),
        ({"logicalKey": "", "physicalKey": "s3://data/a"}, "QuiltException"),
        ({"logicalKey": "a/", "physicalKey": "s3://data/a"}, "QuiltException"),
        ({"logicalKey": "a/../b", "physicalKey": "s3://data/a"}, "QuiltException"),
    ],
)
def test_wrong_entries_are_invalid_input_and_change_nothing(
    registry: InProcessRegistry, entry: dict[str, Any], name: str
) -> None:
    package = unique_name()
    result = registry.construct(package, [entry])
    assert result["__typename"] == "InvalidInput"
    assert [(error["path"], error["name"]) for error in result["errors"]] == [("src.entries", name)]
    assert tags(registry, package) == {}


def test_every_missing_object_is_named(registry: InProcessRegistry) -> None:
    entries = [{"logicalKey": key, "physicalKey": f"s3://{DATA}/missing/{key}"} for key in ("a", "b")]
    errors = registry.construct(unique_name(), entries)["errors"]
    assert [error["context"]["logical_key"] for error in errors] == ["a", "b"]


def test_a_key_cannot_be_a_file_and_a_directory(registry: InProcessRegistry) -> None:
    uri = registry.put("some/object")
    keys = ("a", "a/b")
    result = registry.construct(unique_name(), [{"logicalKey": key, "physicalKey": uri} for key in keys])
    assert "both a file and a directory" in result["errors"][0]["message"]


@pytest.mark.parametrize(
    ("params", "path"),
    [
        ({"name": "no-namespace"}, "params.name"),
        ({"name": "a/b/c"}, "params.name"),
        ({"name": "a/b\n"}, "params.name"),
        ({"name": "dana/good", "message": ""}, "params.message"),
    ],
)
def test_wrong_parameters_are_invalid_input(registry: InProcessRegistry, params: dict[str, Any], path: str) -> None:
    result = registry.construct(params.pop("name"), [], **params)
    assert [error["path"] for error in result["errors"]] == [path]


@pytest.mark.parametrize("bucket", [DATA, SECRET, "no-such-bucket"])
def test_pushing_needs_write_access(registry: InProcessRegistry, bucket: str) -> None:
    result = registry.construct(unique_name(), [], READER, bucket=bucket)
    assert (result["__typename"], result["name"]) == ("OperationError", "Forbidden")
    assert bucket in result["message"]


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (HashLimits(files=1), "TooManyFilesToHash"),
        (HashLimits(file_bytes=2), "FileTooLargeForHashing"),
        (HashLimits(total_bytes=5), "PackageTooLargeToHash"),
    ],
)
def test_too_much_to_hash_is_refused(registry: InProcessRegistry, limits: HashLimits, name: str) -> None:
    sources = [EntrySource(key, registry.put(f"limits/{key}", b"123")) for key in ("a", "b")]
    parameters = PushParameters(DATA, unique_name(), None, None, None)
    with pytest.raises(OperationRefusal) as refused:
        construct_package(registry.cloud, registry.packages, parameters, sources, Everything(), limits)
    assert refused.value.name == name


class TestDeletion:
    def revisions(self, registry: InProcessRegistry, count: int) -> tuple[str, list[str]]:
        """A package with revisions a minute apart, the oldest first."""
        name = unique_name()
        hashes = []
        try:
            for number in range(count):
                hashes.append(registry.push(name, {}, message=f"revision {number}"))
                registry.clock.advance(60)
        finally:
            registry.clock.reset()
        return name, hashes

    def delete(self, registry: InProcessRegistry, name: str, top_hash: str, **options: Any) -> Any:
        variables = {"bucket": DATA, "name": name, "hash": top_hash}
        return registry.execute(DELETE, variables, **options)["packageRevisionDelete"]

    def test_deleting_the_latest_moves_latest_to_the_one_before(self, registry: InProcessRegistry) -> None:
        name, hashes = self.revisions(registry, 3)
        assert self.delete(registry, name, hashes[2]) == {"__typename": "PackageRevisionDeleteSuccess"}
        left = tags(registry, name)
        assert left["latest"] == hashes[1]
        assert sorted(set(left.values())) == sorted(hashes[:2])
        assert registry.packages.manifest(DATA, hashes[2]) is not None

    def test_deleting_an_older_one_leaves_latest(self, registry: InProcessRegistry) -> None:
        name, hashes = self.revisions(registry, 2)
        self.delete(registry, name, hashes[0])
        assert set(tags(registry, name).values()) == {hashes[1]}

    def test_deleting_the_only_one_makes_the_package_disappear(self, registry: InProcessRegistry) -> None:
        name, hashes = self.revisions(registry, 1)
        self.delete(registry, name, hashes[0])
        query = """query Q($name: String!) { package(bucket: "data", name: $name) { name } }"""
        assert registry.execute(query, {"name": name})["package"] is None

    @pytest.mark.parametrize(
        ("top_hash", "expected"), [("0" * 64, "RevisionNotFound"), ("latest", "InvalidInputParameters")]
    )
    def test_an_unknown_hash_changes_nothing(self, registry: InProcessRegistry, top_hash: str, expected: str) -> None:
        name, _ = self.revisions(registry, 1)
        before = tags(registry, name)
        assert self.delete(registry, name, top_hash)["name"] == expected
        assert tags(registry, name) == before

    def test_deleting_needs_write_access(self, registry: InProcessRegistry) -> None:
        name, hashes = self.revisions(registry, 1)
        assert self.delete(registry, name, hashes[0], who=READER)["name"] == "Forbidden"
        assert tags(registry, name)["latest"] == hashes[0]
