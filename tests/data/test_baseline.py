"""Baseline: created once, continued when interrupted, and every difference named."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest
import quilt3
import yaml

from data.baseline import (
    BASELINE,
    BaselinePackage,
    PackageRevision,
    PublishedEntry,
    PublishedRevision,
    create_baseline,
    verify_baseline,
)
from data.datasets.dataset_list import DATASETS
from data.datasets.verification import Problem
from data.package_access import WITHOUT_FILES, ManifestReader, obstacle
from data.upload import ArrangedDataset, arrange_dataset
from environment.arrangement import kept
from environment.settings import ROOT, Buckets
from quilt_stack.aws.cloud import Cloud

SMALL = tuple(package for package in BASELINE if package.dataset_name not in ("large-package", "mixed-formats"))


class QuiltWriter:
    """Writes the objects of a package as quilt3 does, one second after the other (registry facts 7.1)."""

    def __init__(self, s3: Any, bucket: str) -> None:
        self._s3 = s3
        self._bucket = bucket
        self._time = 1_700_000_000
        self.written: list[str] = []

    def write(self, revision: PackageRevision) -> str:
        package = quilt3.Package()
        for file in revision.files:
            entry_hash = {"type": "sha2-256-chunked", "value": file.file.quilt_hash}
            key = quilt3.util.PhysicalKey.from_url(file.physical_key)
            package.set(file.logical_key, quilt3.packages.PackageEntry(key, file.file.size, entry_hash, {}))
        package.set_meta(revision.metadata)
        package._meta["message"] = revision.message
        manifest = io.StringIO()
        package.dump(manifest)
        self._time += 1
        self._put(f".quilt/packages/{package.top_hash}", manifest.getvalue())
        for pointer in (self._time, "latest"):
            self._put(f".quilt/named_packages/{revision.name}/{pointer}", package.top_hash)
        self.written.append(revision.name)
        return str(package.top_hash)

    def _put(self, key: str, text: str) -> None:
        self._s3.put_object(Bucket=self._bucket, Key=key, Body=text.encode())


@pytest.fixture
def writer(s3: Any, bucket: str) -> QuiltWriter:
    return QuiltWriter(s3, bucket)


@pytest.fixture
def reader(s3: Any, bucket: str) -> ManifestReader:
    return ManifestReader(s3, bucket)


@pytest.fixture(scope="module")
def datasets(cloud: Cloud) -> dict[str, ArrangedDataset]:
    s3 = cloud.client("s3")
    s3.create_bucket(Bucket="reference-data")
    s3.put_bucket_versioning(Bucket="reference-data", VersioningConfiguration={"Status": "Enabled"})
    names = {package.dataset_name for package in SMALL}
    return {name: arrange_dataset(name, s3, "reference-data") for name in names}


def test_the_baseline_is_the_one_of_the_table() -> None:
    assert [package.name for package in BASELINE] == [
        f"test-user/{name}"
        for name in (
            "simple-csv",
            "nested-structure",
            "large-package",
            "mixed-formats",
            "versioned-data",
            "versioned-data-v1",
            "versioned-data-v2",
            "metadata-rich",
            "empty-package",
            "single-file",
        )
    ]
    assert all(package.metadata["description"] and package.metadata["tags"] for package in BASELINE)


@pytest.mark.slow
def test_creates_everything_once(
    writer: QuiltWriter, reader: ManifestReader, datasets: dict[str, ArrangedDataset]
) -> None:
    first = create_baseline(writer, reader, datasets, SMALL)
    second = create_baseline(writer, reader, datasets, SMALL)

    assert verify_baseline(reader, SMALL) == []
    assert len(first.written["test-user/versioned-data"]) == 2
    assert (second.written, len(second.kept)) == ({}, len(SMALL))
    assert len(writer.written) == len(SMALL) + 1


def test_metadata_comes_back_as_it_is_in_the_dataset(
    writer: QuiltWriter, reader: ManifestReader, datasets: dict[str, ArrangedDataset]
) -> None:
    create_baseline(writer, reader, datasets, SMALL)

    (found,) = reader.revisions("test-user/metadata-rich")

    assert found.metadata is not None
    assert json.dumps(found.metadata, sort_keys=True) == json.dumps(
        next(package.metadata for package in BASELINE if package.name.endswith("rich")), sort_keys=True
    )
    assert found.metadata["authors"][1]["name"] == "山田 太郎"


def test_continues_a_package_that_was_left_half_way(
    writer: QuiltWriter, reader: ManifestReader, datasets: dict[str, ArrangedDataset]
) -> None:
    whole = next(package for package in SMALL if package.name == "test-user/versioned-data")
    half = BaselinePackage(whole.name, whole.dataset_name, ("v1",))
    create_baseline(writer, reader, datasets, [half])

    created = create_baseline(writer, reader, datasets, [whole])

    assert len(created.written[whole.name]) == 1
    assert [len(revision.entries) for revision in reader.revisions(whole.name)] == [3, 4]


def test_puts_the_baseline_back_on_top_of_other_revisions(
    writer: QuiltWriter, reader: ManifestReader, datasets: dict[str, ArrangedDataset]
) -> None:
    (package,) = (package for package in SMALL if package.name == "test-user/versioned-data")
    create_baseline(writer, reader, datasets, [package])
    create_baseline(writer, reader, datasets, [BaselinePackage(package.name, "simple-csv")])

    assert verify_baseline(reader, [package])
    create_baseline(writer, reader, datasets, [package])

    assert verify_baseline(reader, [package]) == []
    assert [len(revision.entries) for revision in reader.revisions(package.name)] == [3, 4, 5, 3, 4]


def test_names_what_differs(s3: Any, bucket: str, reader: ManifestReader, datasets: dict[str, ArrangedDataset]) -> None:
    class Careless(QuiltWriter):
        def write(self, revision: PackageRevision) -> str:
            first, second, *rest = revision.files
            other_bytes = replace(first, file=replace(first.file, digest=second.file.digest))
            stranger = datasets["single-file"].files["data.csv"]
            return super().write(
                replace(
                    revision,
                    message="other",
                    metadata={**revision.metadata, "tags": []},
                    files=(other_bytes, *rest, stranger),
                )
            )

    package = SMALL[0]
    create_baseline(Careless(s3, bucket), reader, datasets, [package])

    findings = verify_baseline(reader, SMALL[:2])

    assert [(finding.problem, finding.what.split(" of revision")[0]) for finding in findings] == [
        (Problem.MISSING, "file file2.csv"),
        (Problem.CHANGED, "file file1.csv"),
        (Problem.EXTRA, "file data.csv"),
        (Problem.CHANGED, "metadata"),
        (Problem.CHANGED, "message"),
        (Problem.MISSING, "the package"),
    ]
    assert str(findings[0]).startswith("missing: test-user/simple-csv: file file2.csv of revision v1 (")


def test_quiltops_can_make_packages_of_files_without_folders() -> None:
    able = {package.name for package in BASELINE if obstacle(package, []) is None}

    assert able == {f"test-user/{name}" for name in ("simple-csv", "large-package", "mixed-formats", "single-file")}


@pytest.mark.parametrize(
    ("files", "metadata", "hindered"),
    [
        (["file1.csv"], {}, False),
        (["file1.csv", "file2.csv"], {"description": "another"}, False),
        (["file1.csv", "stranger.csv"], {}, True),
        (["file1.csv"], {"description": "another", "mood": "bad"}, True),
    ],
)
def test_quiltops_takes_nothing_out_of_a_package(files: list[str], metadata: dict[str, str], hindered: bool) -> None:
    entries = {name: PublishedEntry(1, "another") for name in files}
    published = [
        PublishedRevision("first", None, {"mood": "bad"}, {"gone.csv": PublishedEntry(1, "another")}),
        PublishedRevision("newest", None, metadata, entries),
    ]

    assert (obstacle(SMALL[0], published) is not None) is hindered


def test_what_quiltops_cannot_make_is_in_the_ledger() -> None:
    """When the defect is mended and its entry gone, QuiltOps makes this package, too."""
    entries = yaml.safe_load((ROOT / "reports" / "known_defects.yaml").read_text(encoding="utf-8"))
    (entry,) = (each for each in entries if each["id"] == WITHOUT_FILES)

    assert (entry["requirement"], entry["modes"]) == ("CREA-5", ["local", "multiuser"])


def test_undoing_keeps_every_dataset_and_every_baseline_package() -> None:
    assert set(kept.DATASETS) == set(DATASETS)
    assert set(kept.PACKAGES) == {package.name for package in BASELINE}
    with pytest.raises(kept.KeptError, match="everything in"):
        kept.must_not_be_kept(Buckets.model_construct(), "any-bucket", "/")
