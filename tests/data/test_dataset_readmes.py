"""The READMEs of the datasets and the table of all of them: their figures are those of the files that are made."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from data.data_command import data
from data.datasets.dataset_list import DATASETS, dataset
from data.datasets.generation import generate
from data.datasets.manifest import READMES, readme
from data.datasets.model import MEBIBYTE
from environment.settings import ROOT

MADE_HERE = [name for name in DATASETS if name != "large-package"]
ROWS = {
    "simple-csv": r"each with ([\d,]+) rows",
    "nested-structure": r"46 tables of ([\d,]+) rows in 8 months",
    "versioned-data": r"Tables of ([\d,]+) DNA reads",
    "metadata-rich": r"each with ([\d,]+) rows",
    "single-file": r"with ([\d,]+) rows",
}
UNITS = {"KB": 1024, "MB": MEBIBYTE}


def number(text: str) -> int:
    return int(text.replace(",", ""))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("datasets")
    for name in MADE_HERE:
        generate(dataset(name), folder / name)
    return folder


def test_there_is_one_for_each_dataset_as_the_list_has_it() -> None:
    kept = {path.stem: path.read_text(encoding="utf-8") for path in READMES.glob("*.md")}

    assert kept == {name: readme(found) for name, found in DATASETS.items()}, "run: acceptance data describe --write"


def test_the_command_prints_it() -> None:
    assert (
        CliRunner().invoke(data, ["describe", "single-file"]).output.strip() == readme(dataset("single-file")).strip()
    )


@pytest.mark.slow
@pytest.mark.parametrize("name", MADE_HERE)
def test_counts_sizes_and_digests_are_those_of_the_files(made: Path, name: str) -> None:
    text = (made / name / "README.md").read_text(encoding="utf-8")
    revisions = re.findall(r"^\| (v\d) \| ([\d,]+) \| ([\d,]+) \|$", text, re.MULTILINE)
    listed = re.findall(r"^\| `(v\d/[^`]+)` \| ([\d,]+) \| `([0-9a-f]{64})` \|$", text, re.MULTILINE)

    assert len(revisions) == len(dataset(name).revisions)
    for revision, count, size in revisions:
        sizes = [path.stat().st_size for path in (made / name / revision).rglob("*") if path.is_file()]
        assert (len(sizes), sum(sizes)) == (number(count), number(size))
    for path, size, sha256 in listed:
        content = (made / name / path).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (number(size), sha256)
    assert len(listed) == (0 if name in ("empty-package", "nested-structure") else len(list(dataset(name).paths())))


@pytest.mark.parametrize("name", ROWS)
def test_the_number_of_rows_is_that_of_each_table(made: Path, name: str) -> None:
    text = (made / name / "README.md").read_text(encoding="utf-8")
    (told,) = re.findall(ROWS[name], text)
    rows = {path.read_bytes().count(b"\n") - 1 for path in (made / name).rglob("*.csv")}

    assert rows == {number(told)}


def test_the_table_of_all_has_their_files_and_sizes() -> None:
    text = (ROOT / "docs" / "test-data.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \| ([^|]+) \|", text, re.MULTILINE)

    assert [name for name, _, _ in table] == list(DATASETS)
    for name, files, sizes in table:
        revisions = dataset(name).revisions
        counts = [(revision.name, str(len(revision.files))) for revision in revisions]
        assert re.findall(r"(v\d): (\d+)", files) == counts
        unit = next((factor for word, factor in UNITS.items() if sizes.strip().endswith(word)), 1)
        told = [int(size) * unit for size in re.findall(r"\d+", sizes)]
        assert [revision.size for revision in revisions] == pytest.approx(told, rel=0.03), name
