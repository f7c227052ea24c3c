"""single-file: the smallest package that has content."""

from __future__ import annotations

from data.datasets.model import Definition, FileRecipe, RevisionRecipe
from data.datasets.tables import CSV_HEADER, ROW_BYTES, csv_writer

NAME = "single-file"
SEED = 20240108
_ROWS = (100 * 1024 - len(CSV_HEADER)) // ROW_BYTES


def definition() -> Definition:
    """Return the dataset: data.csv, 100 KB."""
    return Definition(
        name=NAME,
        seed=SEED,
        data_version="1",
        description="A package with a single CSV file",
        contents=f"`data.csv` with {_ROWS:,} rows of id, name, value, category and timestamp.",
        tags=("csv", "minimal", "reference"),
        metadata={"rows": _ROWS},
        revisions=(RevisionRecipe("v1", (FileRecipe("data.csv", csv_writer(SEED, f"{NAME}/data.csv", _ROWS)),)),),
    )
