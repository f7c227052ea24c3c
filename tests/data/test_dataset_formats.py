"""Every format opens in a reader that did not write it, and the processed files agree with the raw ones."""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path
from typing import Any

import duckdb
import nanoarrow
import pypdf
import pytest
import simplejpeg

from data.datasets.dataset_list import dataset
from data.datasets.definitions import mixed_formats
from data.datasets.generation import generate

FIRST = ("100001", "sample-100001")


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("mixed-formats")
    generate(dataset("mixed-formats"), directory)
    return directory / "v1"


@pytest.fixture(scope="module")
def nested(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("nested-structure")
    generate(dataset("nested-structure"), directory)
    return directory / "v1"


def query(sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return list(connection.execute(sql).fetchall())


@pytest.mark.parametrize(
    ("relation", "rows"),
    [
        ("read_csv('{folder}/table.csv')", mixed_formats.CSV_ROWS),
        ("read_json('{folder}/records.json')", mixed_formats.JSON_ROWS),
        ("read_parquet('{folder}/table.parquet')", mixed_formats.PARQUET_ROWS),
    ],
)
def test_tables_open_in_duckdb(mixed: Path, relation: str, rows: int) -> None:
    relation = relation.format(folder=mixed)
    (summary,) = query(f"SELECT count(*), min(id), min(value) >= 100, max(value) < 1000 FROM {relation}")
    columns = [name for name, *_ in query(f"DESCRIBE SELECT * FROM {relation}")]

    assert summary == (rows, 100_001, True, True)
    assert columns == ["id", "name", "value", "category", "timestamp"]


def test_parquet_has_real_types(mixed: Path) -> None:
    described = query(f"DESCRIBE SELECT * FROM read_parquet('{mixed}/table.parquet')")

    assert [kind for _, kind, *_ in described] == ["BIGINT", "VARCHAR", "DOUBLE", "VARCHAR", "TIMESTAMP"]


def test_arrow_opens_in_nanoarrow(mixed: Path) -> None:
    """Which has code of its own: a file is a stream between a mark of eight bytes and a footer."""
    data = (mixed / "table.arrow").read_bytes()
    assert (data[:8], data[-6:]) == (b"ARROW1\0\0", b"ARROW1")

    table = nanoarrow.Array(nanoarrow.ArrayStream.from_readable(data[8:]))

    assert [field.name for field in table.schema.fields] == ["id", "name", "value", "category", "timestamp"]
    numbers, names, values = (list(table.child(column).iter_py()) for column in range(3))
    assert numbers == list(range(100_001, 100_001 + mixed_formats.ARROW_ROWS))
    assert names[0] == "sample-100001"
    assert 100 <= min(values) <= max(values) < 1000


def test_png_has_its_pixels(mixed: Path) -> None:
    data = (mixed / "picture.png").read_bytes()
    chunks = dict(_png_chunks(data))
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])

    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert (width, height) == mixed_formats.PNG_PIXELS
    assert len(zlib.decompress(chunks[b"IDAT"])) == height * (1 + 3 * width)


def test_jpeg_has_its_size_and_decodes(mixed: Path) -> None:
    data = (mixed / "photo.jpg").read_bytes()
    frame = data.index(b"\xff\xc0")
    height, width = struct.unpack(">HH", data[frame + 5 : frame + 9])

    assert (data[:2], data[-2:]) == (b"\xff\xd8", b"\xff\xd9")
    assert (width, height) == mixed_formats.JPEG_PIXELS
    pixels = simplejpeg.decode_jpeg(data, colorspace="RGB")
    assert pixels.shape == (height, width, 3)
    assert len({*pixels[0, :100].flatten().tolist()}) > 100  # noise, not a grey field


def test_pdf_has_its_pages_and_text_and_no_date(mixed: Path) -> None:
    document = pypdf.PdfReader(mixed / "report.pdf")

    assert len(document.pages) == mixed_formats.PDF_PAGES
    assert mixed_formats.TITLE in document.pages[0].extract_text()
    assert "sample-100001" in document.pages[0].extract_text()
    assert document.metadata is not None
    assert document.metadata.title == mixed_formats.TITLE


def test_the_aggregate_and_the_summary_are_those_of_the_raw_tables(nested: Path) -> None:
    computed = query(f"""
        SELECT strftime(timestamp, '%Y-%m-%d') AS day, category, count(*), sum(round(value * 1000))::BIGINT
        FROM read_csv('{nested}/data/raw/*/*.csv') GROUP BY ALL ORDER BY ALL
    """)
    aggregated = query(f"SELECT * FROM read_parquet('{nested}/data/processed/aggregated.parquet') ORDER BY ALL")
    summary = json.loads((nested / "data/processed/summary.json").read_text())

    assert aggregated == computed
    assert summary["rows"] == sum(row[2] for row in computed)
    assert summary["months"]["2024-03"]["value_sum_thousandths"] == sum(
        row[3] for row in computed if row[0].startswith("2024-03")
    )


def test_the_nested_files_lie_in_ten_folders(nested: Path) -> None:
    folders = {path.parent for path in nested.rglob("*") if path.is_file()}

    assert len(folders) == 10
    assert {folder.relative_to(nested).as_posix() for folder in folders} >= {
        "data/raw/2024-01",
        "data/processed",
        "metadata",
    }


def _png_chunks(data: bytes) -> list[tuple[bytes, bytes]]:
    joined: dict[bytes, bytes] = {}
    position = 8
    while position < len(data):
        length, kind = struct.unpack(">I4s", data[position : position + 8])
        body = data[position + 8 : position + 8 + length]
        (checksum,) = struct.unpack(">I", data[position + 8 + length : position + 12 + length])
        assert checksum == zlib.crc32(kind + body)
        joined[kind] = joined.get(kind, b"") + body
        position += 12 + length
    return list(joined.items())
