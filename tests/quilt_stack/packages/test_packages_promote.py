"""Workflows and promotion (registry facts 7.6, 7.7)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import quilt3
import yaml
from in_process_registry import ARCHIVE, DATA, READER, WRITER, InProcessRegistry, unique_name

from quilt_stack.registry.packages.promote import CopyLimits, PromotionSource, promote_package
from quilt_stack.registry.packages.push_parameters import PushParameters
from quilt_stack.registry.refusals import OperationRefusal

# quilt3 reads its schema of configurations by deprecated functions of importlib.
pytestmark = pytest.mark.filterwarnings("ignore:(read|open)_text is deprecated:DeprecationWarning")

CONFIGURATION = ".quilt/workflows/config.yml"
PROMOTE = """
mutation Promote($params: PackagePushParams!, $src: PackagePromoteSource!, $destPrefix: String) {
  packagePromote(params: $params, src: $src, destPrefix: $destPrefix) {
    __typename
    ... on PackagePushSuccess { package { bucket } revision { hash message userMeta
      contentsFlatMap } }
    ... on InvalidInput { errors { path name message } }
    ... on OperationError { name message }
  }
}
"""


class Everything:
    """Permissions without limits."""

    def may_read(self, bucket: str) -> bool:
        return True

    def may_write(self, bucket: str) -> bool:
        return True


class Configurations:
    """Sets a bucket's workflows configuration."""

    def __init__(self, registry: InProcessRegistry) -> None:
        self._registry = registry

    def set(self, bucket: str = DATA, text: str | None = None, **values: Any) -> None:
        content = {"version": "1", "workflows": {"checked": {"name": "Checked"}}, **values}
        self._registry.put(CONFIGURATION, (text or yaml.safe_dump(content)).encode(), bucket)

    def remove(self, bucket: str) -> None:
        self._registry.s3.delete_object(Bucket=bucket, Key=CONFIGURATION)


@pytest.fixture
def configurations(registry: InProcessRegistry) -> Iterator[Configurations]:
    found = Configurations(registry)
    yield found
    for bucket in (DATA, ARCHIVE):
        found.remove(bucket)


def promote(
    registry: InProcessRegistry, name: str, top_hash: str, who: Any = WRITER, prefix: str | None = None, **params: Any
) -> Any:
    variables = {
        "params": {"bucket": ARCHIVE, "name": name, **params},
        "src": {"bucket": DATA, "name": name, "hash": top_hash},
        "destPrefix": prefix,
    }
    return registry.execute(PROMOTE, variables, who)["packagePromote"]


class TestWorkflows:
    def errors(self, result: Any) -> list[tuple[str, str]]:
        assert result["__typename"] == "InvalidInput", result
        return [(error["path"], error["name"]) for error in result["errors"]]

    def test_without_a_configuration_none_is_recorded(self, registry: InProcessRegistry) -> None:
        manifest = registry.packages.manifest(DATA, registry.push(unique_name(), {}))
        assert manifest is not None
        assert "workflow" not in manifest.header

    @pytest.mark.parametrize("workflow", ["", "named"])
    def test_without_a_configuration_nothing_can_be_chosen(self, registry: InProcessRegistry, workflow: str) -> None:
        result = registry.construct(unique_name(), [], workflow=workflow)
        assert self.errors(result) == [("params.workflow", "QuiltException")]

    def test_the_default_is_used_and_recorded_with_its_version(
        self, registry: InProcessRegistry, configurations: Configurations
    ) -> None:
        configurations.set(default_workflow="checked")
        manifest = registry.packages.manifest(DATA, registry.push(unique_name(), {}))
        assert manifest is not None
        assert manifest.workflow is not None
        assert manifest.workflow["id"] == "checked"
        assert manifest.workflow["config"].startswith(f"s3://{DATA}/{CONFIGURATION}?versionId=")

    def test_a_required_workflow_cannot_be_left_out(
        self, registry: InProcessRegistry, configurations: Configurations
    ) -> None:
        configurations.set(default_workflow="checked")
        assert self.errors(registry.construct(unique_name(), [], workflow="")) == [
            ("params.workflow", "QuiltException")
        ]
        configurations.set(is_workflow_required=False)
        result = registry.construct(unique_name(), [], workflow="")
        manifest = registry.packages.manifest(DATA, result["revision"]["hash"])
        assert manifest is not None
        assert manifest.workflow is not None
        assert manifest.workflow["id"] is None

    def test_an_unknown_workflow_is_refused(self, registry: InProcessRegistry, configurations: Configurations) -> None:
        configurations.set()
        assert self.errors(registry.construct(unique_name(), [], workflow="other")) == [
            ("params.workflow", "QuiltException")
        ]

    @pytest.mark.parametrize(
        ("rule", "good", "bad"),
        [
            ({"is_message_required": True}, {"message": "m"}, {"message": None}),
            ({"handle_pattern": "^dana/wf"}, {"name": "dana/wf-1"}, {"name": "dana/other"}),
            ({"metadata_schema": "s"}, {"userMeta": {"run": 1}}, {"userMeta": {"run": "x"}}),
        ],
    )
    def test_rules(
        self,
        registry: InProcessRegistry,
        configurations: Configurations,
        rule: dict[str, Any],
        good: dict[str, Any],
        bad: dict[str, Any],
    ) -> None:
        schema = {"type": "object", "required": ["run"], "properties": {"run": {"type": "number"}}}
        uri = registry.put("schemas/run.json", json.dumps(schema).encode())
        workflows = {"w": {"name": "W", **rule}}
        configurations.set(workflows=workflows, default_workflow="w", schemas={"s": {"url": uri}})
        refused = registry.construct(bad.pop("name", "dana/rules"), [], **bad)
        assert self.errors(refused) == [("params.workflow", "WorkflowValidationError")]
        passed = registry.construct(good.pop("name", "dana/rules"), [], **good)
        assert passed["__typename"] == "PackagePushSuccess"

    def test_entries_are_checked(self, registry: InProcessRegistry, configurations: Configurations) -> None:
        uri = registry.put("schemas/entries.json", json.dumps({"type": "array", "minItems": 1}).encode())
        workflows = {"w": {"name": "W", "entries_schema": "e"}}
        configurations.set(workflows=workflows, default_workflow="w", schemas={"e": {"url": uri}})
        assert self.errors(registry.construct(unique_name(), []))[0][1] == "WorkflowValidationError"
        registry.push(unique_name())

    def test_the_same_package_has_the_same_hash_as_quilt3_gives_it(
        self, quilt3_environment: InProcessRegistry, tmp_path: Path
    ) -> None:
        registry = quilt3_environment
        configurations = Configurations(registry)
        configurations.set(default_workflow="checked")
        try:
            name = unique_name()
            (tmp_path / "a.csv").write_bytes(b"1")
            package = quilt3.Package().set("a.csv", str(tmp_path / "a.csv"))
            expected = package.push(name, registry=f"s3://{DATA}", message="m").top_hash
            assert registry.push(name, {"a.csv": b"1"}, message="m") == expected
        finally:
            configurations.remove(DATA)

    @pytest.mark.parametrize("text", ["[", "version: 1", "version: '7'\nworkflows: {w: {name: W}}"])
    def test_a_broken_configuration_stops_every_push(
        self, registry: InProcessRegistry, configurations: Configurations, text: str
    ) -> None:
        configurations.set(text=text)
        result = registry.construct(unique_name(), [])
        assert (result["__typename"], result["name"]) == ("OperationError", "QuiltException")


class TestPromotion:
    def successors(self, **options: Any) -> dict[str, Any]:
        return {f"s3://{ARCHIVE}": {"title": "Archive", **options}}

    def test_it_needs_a_successor(self, registry: InProcessRegistry, configurations: Configurations) -> None:
        name = unique_name()
        top_hash = registry.push(name)
        assert promote(registry, name, top_hash)["name"] == "InvalidSuccessor"
        configurations.set(is_workflow_required=False, successors={"s3://elsewhere": {"title": "Elsewhere"}})
        assert promote(registry, name, top_hash)["name"] == "InvalidSuccessor"
        assert registry.packages.pointers(ARCHIVE, name) == []

    @pytest.mark.parametrize(("prefix", "root"), [(None, ""), ("", ""), ("in/box", "in/box/"), ("in/box/", "in/box/")])
    def test_objects_are_copied_and_metadata_is_replaced(
        self, registry: InProcessRegistry, configurations: Configurations, prefix: str | None, root: str
    ) -> None:
        configurations.set(is_workflow_required=False, successors=self.successors())
        name = unique_name()
        uri = registry.put(f"{name}/x", b"12")
        meta = {"user_meta": {"kept": True}}
        pushed = registry.construct(
            name, [{"logicalKey": "a/b.txt", "physicalKey": uri, "meta": meta}], userMeta={"dropped": 1}
        )
        result = promote(registry, name, pushed["revision"]["hash"], prefix=prefix, message="promoted")
        revision = result["revision"]
        assert (revision["message"], revision["userMeta"]) == ("promoted", None)
        entry = revision["contentsFlatMap"]["a/b.txt"]
        assert entry["meta"] == meta
        assert entry["physicalKey"].startswith(f"s3://{ARCHIVE}/{root}{name}/a/b.txt?versionId=")
        copied = registry.s3.get_object(Bucket=ARCHIVE, Key=f"{root}{name}/a/b.txt")
        assert copied["Body"].read() == b"12"
        latest = registry.packages.pointed(ARCHIVE, name, "latest")
        assert latest is not None
        assert latest.top_hash == revision["hash"]

    def test_without_copying_the_objects_stay_where_they_are(
        self, registry: InProcessRegistry, configurations: Configurations
    ) -> None:
        configurations.set(is_workflow_required=False, successors=self.successors(copy_data=False))
        name = unique_name()
        result = promote(registry, name, registry.push(name), prefix="ignored")
        assert result["revision"]["contentsFlatMap"]["data.csv"]["physicalKey"].startswith(f"s3://{DATA}/")

    def test_within_a_bucket_nothing_is_copied(
        self, registry: InProcessRegistry, configurations: Configurations
    ) -> None:
        configurations.set(is_workflow_required=False, successors={f"s3://{DATA}": {"title": "Itself"}})
        name = unique_name()
        uri = registry.put("raw/x.csv", b"1")
        top_hash = registry.construct(name, [{"logicalKey": "x.csv", "physicalKey": uri}])["revision"]["hash"]
        entry = promote(registry, name, top_hash, bucket=DATA)["revision"]["contentsFlatMap"]["x.csv"]
        assert entry["physicalKey"].startswith(uri)

    def test_the_destination_has_its_own_workflows(
        self, registry: InProcessRegistry, configurations: Configurations
    ) -> None:
        configurations.set(is_workflow_required=False, successors=self.successors())
        configurations.set(ARCHIVE, workflows={"w": {"name": "W", "is_message_required": True}}, default_workflow="w")
        name = unique_name()
        top_hash = registry.push(name)
        assert promote(registry, name, top_hash)["errors"][0]["name"] == "WorkflowValidationError"
        assert promote(registry, name, top_hash, message="m")["__typename"] == "PackagePushSuccess"

    def test_the_hash_has_to_be_whole_and_known(
        self, registry: InProcessRegistry, configurations: Configurations
    ) -> None:
        configurations.set(is_workflow_required=False, successors=self.successors())
        assert promote(registry, "dana/x", "latest")["errors"][0]["path"] == "src.hash"
        assert promote(registry, "dana/x", "0" * 64)["name"] == "AWSError"

    def test_it_needs_access_to_both_buckets(self, registry: InProcessRegistry, configurations: Configurations) -> None:
        configurations.set(is_workflow_required=False, successors=self.successors())
        name = unique_name()
        assert promote(registry, name, registry.push(name), who=READER)["name"] == "Forbidden"

    def test_local_keys_cannot_be_promoted(self, registry: InProcessRegistry, configurations: Configurations) -> None:
        configurations.set(is_workflow_required=False, successors=self.successors())
        top_hash = "ab" * 32
        entry = {"logical_key": "a", "physical_keys": ["file:///a"], "size": 1, "hash": None, "meta": {}}
        lines = "\n".join(json.dumps(line) for line in ({"version": "v0"}, entry))
        registry.put(f".quilt/packages/{top_hash}", lines.encode())
        assert promote(registry, "dana/local", top_hash)["name"] == "ManifestHasLocalKeys"

    @pytest.mark.parametrize(
        ("limits", "name"),
        [
            (CopyLimits(files=1), "TooManyFilesToCopy"),
            (CopyLimits(total_bytes=1), "PackageTooLargeToCopy"),
            (CopyLimits(manifest_bytes=10), "ManifestTooLarge"),
        ],
    )
    def test_too_much_is_refused(
        self, registry: InProcessRegistry, configurations: Configurations, limits: CopyLimits, name: str
    ) -> None:
        configurations.set(is_workflow_required=False, successors=self.successors())
        package = unique_name()
        top_hash = registry.push(package, {"a": b"1", "b": b"2"})
        parameters = PushParameters(ARCHIVE, package, None, None, None)
        source = PromotionSource(DATA, package, top_hash)
        with pytest.raises(OperationRefusal) as refused:
            promote_package(registry.cloud, registry.packages, parameters, source, None, Everything(), limits)
        assert refused.value.name == name
