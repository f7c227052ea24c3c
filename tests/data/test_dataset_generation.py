"""Datasets: the same bytes everywhere, complete or not there, and every difference named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from data.datasets.checksums import digest_of_file
from data.datasets.dataset_list import DATASETS, dataset, definitions
from data.datasets.generation import DigestMismatch, generate
from data.datasets.model import DatasetError, UnknownDataset
from data.datasets.pins import PATH, pin
from data.datasets.verification import Problem, verify

REPOSITORY = Path(__file__).parents[2]
FIRST_NEEDED = ("simple-csv", "nested-structure", "versioned-data", "metadata-rich", "empty-package", "single-file")
MEBIBYTE = 1024 * 1024


def contents(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


@pytest.mark.parametrize(
    ("name", "revision", "files", "size"),
    [
        ("simple-csv", "v1", 5, MEBIBYTE),
        ("nested-structure", "v1", 50, 10 * MEBIBYTE),
        ("large-package", "v1", 100, 500 * MEBIBYTE),
        ("mixed-formats", "v1", 7, 50 * MEBIBYTE),
        ("versioned-data", "v1", 3, 15 * MEBIBYTE),
        ("versioned-data", "v2", 4, 20 * MEBIBYTE),
        ("metadata-rich", "v1", 10, 5 * MEBIBYTE),
        ("empty-package", "v1", 0, 0),
        ("single-file", "v1", 1, 100 * 1024),
    ],
)
def test_has_the_files_and_size_of_the_table(name: str, revision: str, files: int, size: int) -> None:
    found = dataset(name).revision(revision)

    assert len(found.files) == files
    assert found.size == pytest.approx(size, rel=0.03)


def test_an_unknown_name_is_answered_with_the_nearest_and_all_known_ones() -> None:
    with pytest.raises(UnknownDataset) as caught:
        dataset("simple_cvs")

    assert 'Did you mean "simple-csv"?' in str(caught.value)
    assert all(name in str(caught.value) for name in DATASETS)


def test_an_unknown_revision_is_answered_with_the_known_ones() -> None:
    with pytest.raises(DatasetError, match=r"revision 'v3' of dataset versioned-data: there is none\. Known: v1, v2"):
        dataset("versioned-data").revision("v3")


def test_every_digest_is_pinned_as_the_generators_make_it(tmp_path: Path) -> None:
    small = [definition for definition in definitions() if definition.name != "large-package"]

    pin(small, tmp_path / "digests.json")

    made = json.loads((tmp_path / "digests.json").read_text())
    pinned = json.loads(PATH.read_text())
    assert made["libraries"] == pinned["libraries"]
    assert made["datasets"] == {name: made for name, made in pinned["datasets"].items() if name != "large-package"}


def test_some_digests_are_the_ones_of_the_first_release() -> None:
    # Independent of digests.json: whoever pins anew by accident must also change these lines.
    assert dataset("simple-csv").latest.file("file1.csv").sha256 == (
        "755da49e75ad8df571551c656224d008a676c8e90a70d0f03594afed6ed27628"
    )
    assert dataset("large-package").latest.file("chunk_099.bin").sha256 == (
        "a9e9aa739e400821131c25d1955b690c2e76700e359dab6af1ccad703a807dbf"
    )


@pytest.mark.parametrize("name", FIRST_NEEDED)
def test_another_process_in_another_folder_makes_the_same_bytes(name: str, tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there" / "deeper"
    generate(dataset(name), here)

    program = (
        "import sys; from pathlib import Path; from data.datasets.dataset_list import dataset;"
        "from data.datasets.generation import generate; generate(dataset(sys.argv[1]), Path(sys.argv[2]))"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    subprocess.run([sys.executable, "-c", program, name, str(there)], check=True, cwd=REPOSITORY, env=environment)

    assert contents(here) == contents(there)


def test_the_documents_give_size_and_digests_of_every_file(tmp_path: Path) -> None:
    generate(dataset("versioned-data"), tmp_path)

    manifest = json.loads((tmp_path / "manifest.json").read_text(encoding="utf-8"))
    checksums = json.loads((tmp_path / "checksums.json").read_text())
    for revision in manifest["revisions"]:
        for file in revision["files"]:
            path = f"{revision['name']}/{file['logical_key']}"
            found = digest_of_file(tmp_path / path)
            assert (file["size"], file["sha256"], file["quilt_hash"]) == (found.size, found.sha256, found.quilt_hash)
            assert checksums[path] == found.sha256
    assert (manifest["data_version"], manifest["seed"]) == ("1", 20240105)
    assert "| v2 | 4 |" in (tmp_path / "README.md").read_text()


def test_the_second_revision_differs_as_documented(tmp_path: Path) -> None:
    first, second = dataset("versioned-data").revisions

    assert [file.logical_key for file in second.files] == [f"data/file{number}.csv" for number in range(1, 5)]
    assert first.file("data/file1.csv").size == second.file("data/file1.csv").size
    assert first.file("data/file1.csv").sha256 != second.file("data/file1.csv").sha256
    for unchanged in ("data/file2.csv", "data/file3.csv"):
        assert first.file(unchanged).digest == second.file(unchanged).digest


def test_what_is_right_is_not_written_again(tmp_path: Path) -> None:
    generate(dataset("simple-csv"), tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "v1").iterdir()}

    again = generate(dataset("simple-csv"), tmp_path)

    assert (again.written, len(again.kept)) == ((), 5)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "v1").iterdir()} == before


def test_only_the_damaged_file_is_written_again(tmp_path: Path) -> None:
    generate(dataset("simple-csv"), tmp_path)
    (tmp_path / "v1" / "file3.csv").write_text("spoiled")
    (tmp_path / "v1" / "file4.csv").unlink()

    again = generate(dataset("simple-csv"), tmp_path)

    assert again.written == ("v1/file3.csv", "v1/file4.csv")
    assert verify(dataset("simple-csv"), tmp_path) == []


def test_a_crash_leaves_no_half_file_under_its_name(tmp_path: Path) -> None:
    def fails(sink: object) -> None:
        raise RuntimeError("the power went off")

    whole = dataset("simple-csv")
    first, second, *rest = whole.latest.files
    broken = replace(whole, revisions=(replace(whole.latest, files=(first, replace(second, writer=fails), *rest)),))

    with pytest.raises(RuntimeError, match="power"):
        generate(broken, tmp_path)

    assert {path.name for path in (tmp_path / "v1").iterdir()} <= {file.logical_key for file in whole.latest.files}
    assert not (tmp_path / "v1" / "file2.csv").exists()
    assert not (tmp_path / "manifest.json").exists()
    assert "v1/file2.csv" in generate(whole, tmp_path).written
    assert verify(whole, tmp_path) == []


def test_a_cut_off_record_and_leftovers_of_a_killed_process_do_no_harm(tmp_path: Path) -> None:
    generate(dataset("single-file"), tmp_path)
    (tmp_path / ".generated.json").write_text('{"v1/data.csv": [')
    (tmp_path / "v1" / "data.csv.partial").write_text("half")

    generate(dataset("single-file"), tmp_path)

    assert verify(dataset("single-file"), tmp_path) == []


def test_other_bytes_than_the_pinned_ones_are_refused_and_the_library_is_named(tmp_path: Path) -> None:
    whole = dataset("single-file")
    file = replace(whole.latest.files[0], writer=lambda sink: sink.write(b"other"), libraries=("pyarrow",))
    other = replace(whole, revisions=(replace(whole.latest, files=(file,)),))

    with pytest.raises(DigestMismatch, match=r"Generated data\.csv: its SHA-256 .* requirements\.lock: pyarrow "):
        generate(other, tmp_path)

    assert not (tmp_path / "v1" / "data.csv").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(DatasetError, match=r"Generated dataset single-file in .*/file: .*File exists"):
        generate(dataset("single-file"), tmp_path / "file")


def test_verify_names_the_changed_the_missing_and_the_extra_file(tmp_path: Path) -> None:
    generate(dataset("simple-csv"), tmp_path)
    changed = tmp_path / "v1" / "file1.csv"
    times = changed.stat()
    changed.write_bytes(changed.read_bytes().replace(b"sample-100001", b"sample-900001"))
    os.utime(changed, ns=(times.st_atime_ns, times.st_mtime_ns))
    (tmp_path / "v1" / "file2.csv").write_text("short")
    (tmp_path / "v1" / "file5.csv").unlink()
    (tmp_path / "v1" / "notes.txt").touch()
    (tmp_path / "manifest.json").write_text("{}")

    findings = verify(dataset("simple-csv"), tmp_path)

    assert [(finding.problem, finding.path) for finding in findings] == [
        (Problem.CHANGED, "manifest.json"),
        (Problem.CHANGED, "v1/file1.csv"),
        (Problem.CHANGED, "v1/file2.csv"),
        (Problem.MISSING, "v1/file5.csv"),
        (Problem.EXTRA, "v1/notes.txt"),
    ]
    assert "5 bytes in place of" in str(findings[2])


def test_progress_counts_every_byte_once(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []

    generate(dataset("versioned-data"), tmp_path, lambda path, size: told.append((path, size)))

    assert sorted(told) == sorted((path, file.size) for path, file in dataset("versioned-data").paths())


def test_the_six_datasets_of_the_small_scenarios_are_there_in_a_moment(tmp_path: Path) -> None:
    start = time.perf_counter()
    for name in FIRST_NEEDED:
        generate(dataset(name), tmp_path / name)
    seconds = time.perf_counter() - start

    assert seconds < 5, f"{seconds:.2f} s"  # 1 s on a quiet machine with two processors
