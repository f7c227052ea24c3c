"""mixed-formats: one file of each format that a catalog previews."""

from __future__ import annotations

from data.datasets.columnar import arrow_writer, parquet_writer
from data.datasets.documents import pdf_writer
from data.datasets.model import MEBIBYTE, Definition, FileRecipe, RevisionRecipe
from data.datasets.pictures import jpeg_writer, png_writer
from data.datasets.tables import ROW_BYTES, csv_writer, json_writer

NAME = "mixed-formats"
SEED = 20240104
TITLE = "Measurements of the reference laboratory"
PDF_PAGES = 450
PNG_PIXELS = (1600, 1200)
JPEG_PIXELS = (1600, 1200)
JSON_ROWS = 8 * MEBIBYTE // 120
CSV_ROWS = 14 * MEBIBYTE // ROW_BYTES
PARQUET_ROWS = 10 * MEBIBYTE // 50
ARROW_ROWS = 8 * MEBIBYTE // 50


_TYPES = {"id": "int64", "name": "string", "value": "double", "category": "string", "timestamp": "timestamp[ms]"}


def definition() -> Definition:
    """Return the dataset: seven files in seven formats."""

    def label(key: str) -> str:
        return f"{NAME}/{key}"

    files = (
        FileRecipe("records.json", json_writer(SEED, label("records.json"), JSON_ROWS)),
        FileRecipe("table.csv", csv_writer(SEED, label("table.csv"), CSV_ROWS)),
        FileRecipe(
            "table.parquet",
            parquet_writer(csv_writer(SEED, label("table.parquet"), PARQUET_ROWS), _TYPES),
            libraries=("pyarrow",),
        ),
        FileRecipe(
            "table.arrow",
            arrow_writer(csv_writer(SEED, label("table.arrow"), ARROW_ROWS), _TYPES),
            libraries=("pyarrow",),
        ),
        FileRecipe("picture.png", png_writer(SEED, label("picture.png"), *PNG_PIXELS), libraries=("pillow",)),
        FileRecipe("photo.jpg", jpeg_writer(SEED, label("photo.jpg"), *JPEG_PIXELS), libraries=("pillow",)),
        FileRecipe("report.pdf", pdf_writer(SEED, label("report.pdf"), TITLE, PDF_PAGES), libraries=("reportlab",)),
    )
    return Definition(
        name=NAME,
        seed=SEED,
        data_version="1",
        description="One file each in JSON, CSV, Parquet, Arrow, PNG, JPEG and PDF",
        contents=(
            f"`records.json` ({JSON_ROWS:,} records), `table.csv` ({CSV_ROWS:,} rows), "
            f"`table.parquet` ({PARQUET_ROWS:,} rows), `table.arrow` ({ARROW_ROWS:,} rows), "
            f"`picture.png` and `photo.jpg` ({PNG_PIXELS[0]} by {PNG_PIXELS[1]} pixels), "
            f"`report.pdf` ({PDF_PAGES} pages)."
        ),
        tags=("formats", "preview", "reference"),
        metadata={"formats": ["json", "csv", "parquet", "arrow", "png", "jpeg", "pdf"]},
        revisions=(RevisionRecipe("v1", files),),
    )
