"""Revisions written with quilt3 on a real embedded deployment: what is written, and what is said when it is refused."""

from __future__ import annotations

import io
import json
import warnings
from collections.abc import Iterator
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path

import pytest

from data.baseline import PackageRevision
from data.package_access import ManifestReader
from data.quilt3_writer import Quilt3Writer, quilt3_refusals_in_words
from data.upload import ArrangedDataset, arrange_dataset
from environment.driving.stage import Stage, open_stage
from environment.errors import SuiteError
from environment.modes import Mode
from environment.observers.storage import MANIFESTS, StorageObserver
from environment.targets.embedded import EmbeddedTarget
from quilt_stack import DeploymentSettings

# The sessions of quilt3 and the product are closed by nobody; that is not judged here.
pytestmark = pytest.mark.filterwarnings("ignore:Unclosed:ResourceWarning")


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedTarget]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what the product's dependencies warn of at import is not judged here
        import quilt_mcp.ops.factory  # noqa: F401
    running = EmbeddedTarget.start(DeploymentSettings(state_directory=tmp_path_factory.mktemp("deployment") / "state"))
    yield running
    running.close()


@pytest.fixture(scope="module")
def dataset(target: EmbeddedTarget) -> ArrangedDataset:
    return arrange_dataset("versioned-data", target.client("s3"), target.buckets.data)


@pytest.fixture
def stage(target: EmbeddedTarget, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("QUILT_DISABLE_USAGE_METRICS", "true")
    with open_stage(target, Mode.LOCAL, tmp_path) as opened:
        yield opened


@pytest.fixture
def writer(target: EmbeddedTarget) -> Quilt3Writer:
    return Quilt3Writer(target.registry)


@pytest.fixture
def revision(dataset: ArrangedDataset) -> PackageRevision:
    """All of v2, with metadata that are nested and not ASCII."""
    files = tuple(dataset.files_of("v2").values())
    return PackageRevision(
        "test-user/written", "Über alles", {"a": {"b": [1, None, "山"]}}, files, follows_another=False
    )


@pytest.mark.slow
def test_the_revision_holds_what_was_given_and_the_files_stay(
    target: EmbeddedTarget, stage: Stage, writer: Quilt3Writer, revision: PackageRevision
) -> None:
    stage.session("Dana").sign_in()
    printed = io.StringIO()
    with redirect_stdout(printed):
        top_hash = writer.write(revision)

    storage = StorageObserver(target.client("s3"))
    header, *rows = map(json.loads, storage.content(target.buckets.packages, f"{MANIFESTS}{top_hash}").splitlines())
    assert printed.getvalue() == ""
    assert (header["message"], header["user_meta"]) == (revision.message, revision.metadata)
    assert {row["logical_key"]: (row["physical_keys"], row["size"], row["hash"]) for row in rows} == {
        file.logical_key: (
            [file.physical_key],
            file.file.size,
            {"type": "sha2-256-chunked", "value": file.file.quilt_hash},
        )
        for file in revision.files
    }
    assert all("?versionId=" in file.physical_key for file in revision.files)
    assert [key for key in storage.keys(target.buckets.packages) if not key.startswith(".quilt/")] == []


@pytest.mark.slow
def test_a_revision_replaces_what_is_there(
    target: EmbeddedTarget, stage: Stage, writer: Quilt3Writer, revision: PackageRevision
) -> None:
    stage.session("Dana").sign_in()
    writer.write(replace(revision, name="test-user/replaced"))
    top_hash = writer.write(PackageRevision("test-user/replaced", "nothing", {}, (), follows_another=True))

    newest = ManifestReader(target.client("s3"), target.buckets.packages).revisions("test-user/replaced")[-1]
    assert (newest.top_hash, newest.message, newest.metadata, newest.entries) == (top_hash, "nothing", {}, {})


def test_the_hashes_are_those_of_the_objects_not_the_pinned_ones(
    target: EmbeddedTarget, stage: Stage, writer: Quilt3Writer, revision: PackageRevision
) -> None:
    first, second, *_ = revision.files
    mistaken = replace(first, file=replace(first.file, digest=second.file.digest))
    stage.session("Dana").sign_in()
    writer.write(replace(revision, name="test-user/mistaken", files=(mistaken,)))

    (found,) = ManifestReader(target.client("s3"), target.buckets.packages).revisions("test-user/mistaken")
    assert found.entries[first.logical_key].hash_value == first.file.quilt_hash != second.file.quilt_hash


@pytest.mark.slow
def test_one_who_may_not_write_is_refused_in_words(
    target: EmbeddedTarget, stage: Stage, writer: Quilt3Writer, revision: PackageRevision
) -> None:
    stage.session("Lee").sign_in()

    with pytest.raises(SuiteError, match=r"Created package test-user/refused in s3://.* with quilt3: .*AccessDenied"):
        writer.write(replace(revision, name="test-user/refused"))
    assert StorageObserver(target.client("s3")).latest_top_hash(target.buckets.packages, "test-user/refused") is None


def test_a_version_that_is_not_there_is_told_in_words(
    stage: Stage, writer: Quilt3Writer, revision: PackageRevision
) -> None:
    stage.session("Dana").sign_in()
    gone = replace(revision.files[0], version_id="0" * 32)

    with pytest.raises(SuiteError, match=r"Created package test-user/gone .* with quilt3"):
        writer.write(replace(revision, name="test-user/gone", files=(gone,)))


def test_a_sign_in_that_is_refused_is_told_in_words(stage: Stage, target: EmbeddedTarget) -> None:
    with pytest.raises(SuiteError, match="Signed in: Authentication error: 401"), quilt3_refusals_in_words("Signed in"):
        stage.session("Dana").use_token(target.expired_token("user"))  # type: ignore[attr-defined]
